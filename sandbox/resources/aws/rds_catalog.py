"""What RDS sells: engines, their versions and parameter families, machine classes."""

from __future__ import annotations

import re

POSTGRES = "postgres"
MYSQL_LIKE = frozenset({"mysql", "mariadb"})
AURORA = frozenset({"aurora-postgresql", "aurora-mysql"})

_POSTGRES: dict[str, range] = {
    "11": range(22, 23),
    "12": range(22, 23),
    "13": range(20, 24),
    "14": range(18, 23),
    "15": range(13, 18),
    "16": range(9, 14),
    "17": range(5, 10),
    "18": range(1, 4),
}
"""Minor versions by major: "Release calendars for Amazon RDS for PostgreSQL" and AWS Health's notice of 2026-05-01, from which day no instance of 14.14 to
14.17, 15.9 to 15.12, 16.5 to 16.8 or 17.1 to 17.4 can be made."""
_DEFAULT_MAJOR = "17"
_OTHERS: dict[str, tuple[str, ...]] = {
    "mysql": ("8.0.40", "8.0.41", "8.0.42", "8.0.43", "8.0.44", "8.4.4", "8.4.5", "8.4.6", "8.4.7"),
    "mariadb": ("10.6.22", "10.6.23", "10.11.13", "10.11.14", "11.4.7", "11.4.8", "11.8.3"),
    "aurora-postgresql": ("14.18", "14.19", "15.13", "15.14", "16.9", "16.10", "17.5", "17.6"),
    "aurora-mysql": ("8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0", "8.0.mysql_aurora.3.10.1"),
}
"""Other engines as far as a version is checked for them; what stands in neither list (Oracle, SQL Server, Db2) is taken as it is given."""
ENGINES = frozenset(
    {
        POSTGRES,
        *_OTHERS,
        "custom-oracle-ee",
        "db2-ae",
        "db2-se",
        "oracle-ee",
        "oracle-ee-cdb",
        "oracle-se2",
        "oracle-se2-cdb",
        "sqlserver-ee",
        "sqlserver-ex",
        "sqlserver-se",
        "sqlserver-web",
    }
)
PORTS = {"postgres": 5432, "aurora-postgresql": 5432, "mysql": 3306, "mariadb": 3306, "aurora-mysql": 3306}
LICENSES = {"postgres": "postgresql-license", "aurora-postgresql": "postgresql-license", "mysql": "general-public-license", "mariadb": "general-public-license"}
LOGS = {
    "postgres": frozenset({"postgresql", "upgrade", "iam-db-auth-error"}),
    "mysql": frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"}),
    "mariadb": frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"}),
}
"""Logs that an engine sends to CloudWatch (Amazon RDS User Guide, "Publishing database logs to Amazon CloudWatch Logs")."""
CERTIFICATES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
"""Certificate authorities (Amazon RDS User Guide, "Using SSL/TLS to encrypt a connection"); rds-ca-2019 ended in August 2024."""

_BURST = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
_INTEL = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")
_GRAVITON = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_NEWER = (*_GRAVITON[:-1], "16xlarge", "24xlarge", "48xlarge")
_FAMILIES: dict[str, tuple[str, ...]] = {
    "t3": _BURST,
    "t4g": _BURST,
    "m5": _INTEL,
    "m5d": _INTEL,
    "m6g": _GRAVITON,
    "m6gd": _GRAVITON,
    "m6i": (*_INTEL, "32xlarge"),
    "m6id": (*_INTEL, "32xlarge"),
    "m6idn": (*_INTEL, "32xlarge"),
    "m6in": (*_INTEL, "32xlarge"),
    "m7g": _GRAVITON,
    "m7i": _NEWER,
    "m8g": _NEWER,
    "m8gd": _NEWER,
    "r5": _INTEL,
    "r5b": _INTEL,
    "r5d": _INTEL,
    "r6g": _GRAVITON,
    "r6gd": _GRAVITON,
    "r6i": (*_INTEL, "32xlarge"),
    "r6id": (*_INTEL, "32xlarge"),
    "r6idn": (*_INTEL, "32xlarge"),
    "r6in": (*_INTEL, "32xlarge"),
    "r7g": _GRAVITON,
    "r7i": _NEWER,
    "r8g": _NEWER,
    "r8gd": _NEWER,
    "x2g": _GRAVITON,
    "x2idn": ("16xlarge", "24xlarge", "32xlarge"),
    "x2iedn": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge"),
    "z1d": ("large", "xlarge", "2xlarge", "3xlarge", "6xlarge", "12xlarge"),
}
"""Amazon RDS User Guide, "DB instance class types"."""
_RETIRED = frozenset({"t1", "t2", "m1", "m2", "m3", "m4", "r3", "r4", "x1", "x1e"})
"""Classes whose names are legal and that no engine version of today runs on."""
_CLASS = re.compile(r"^db\.([a-z0-9]+)\.([a-z0-9]+)$")
_NO_INSIGHTS = frozenset({"db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"})
"""Performance Insights, MySQL and MariaDB: not on these (Amazon RDS User Guide, "Amazon RDS DB engine, Region, and instance class support for Performance
Insights"); PostgreSQL has it on all."""


def versions(engine: str) -> list[str]:
    """All versions that an instance can be made of, oldest first; empty where no list is kept."""
    if engine == POSTGRES:
        return [f"{major}.{minor}" for major, minors in _POSTGRES.items() for minor in minors]
    return list(_OTHERS.get(engine, ()))


def resolved(engine: str, wanted: str) -> str | None:
    """The version that AWS takes: the newest of a major, the one named, the default for none; None where there is none such."""
    every = versions(engine)
    if not every:
        return wanted
    if not wanted:
        wanted = _DEFAULT_MAJOR if engine in {POSTGRES, "aurora-postgresql"} else every[-1]
    return next((version for version in reversed(every) if version == wanted or version.startswith(f"{wanted}.")), None)


def major(engine: str, version: str) -> str:
    """What a major upgrade changes: 16 of 16.9 (PostgreSQL), 8.0 of 8.0.40 (the others)."""
    parts = version.split(".")
    return parts[0] if engine in {POSTGRES, "aurora-postgresql"} else ".".join(parts[:2])


def family(engine: str, version: str) -> str:
    """The family of parameter groups: postgres16, mysql8.0."""
    return f"{engine}{major(engine, version)}"


def families() -> frozenset[str]:
    """Every family that a parameter group may be of, as far as versions are listed."""
    return frozenset(family(engine, version) for engine in (POSTGRES, *_OTHERS) for version in versions(engine))


def number(version: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def class_fault(name: str) -> str:
    """Nothing for a class that exists, `unknown` for a name that AWS never had, `retired` for one that runs nothing any more."""
    found = _CLASS.match(name)
    if name == "db.serverless":
        return ""
    if found is None:
        return "unknown"
    if found[1] in _RETIRED:
        return "retired"
    return "" if found[2] in _FAMILIES.get(found[1], ()) else "unknown"


def insights(engine: str, name: str) -> bool:
    """Whether Performance Insights runs on the class."""
    return engine not in MYSQL_LIKE or name not in _NO_INSIGHTS


def classes() -> list[str]:
    """Every class on sale."""
    return [f"db.{family_}.{size}" for family_, sizes in _FAMILIES.items() for size in sizes]
