"""Physical names and labels: pure, deterministic, never random.

A name reads `{application}-{stack}-{component}[-{role}]`. Four hex digits of the whole name's hash are added when the plain reading would be
ambiguous (a part holds a hyphen), was altered to fit the alphabet, or is cut to the length that the cloud takes: two different things never share a name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .errors import Problem

COMPONENT_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""What a component may be called: it becomes part of names on every cloud, so the narrowest alphabet of all of them."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one kind of name may look like on one cloud."""

    longest: int
    shortest: int = 1


LIMITS: Mapping[tuple[str, str], Limit] = {
    # (cloud, kind): source of the number
    ("gcp", "network"): Limit(63),  # RFC 1035 label, all Compute Engine names
    ("gcp", "subnetwork"): Limit(63),
    ("gcp", "router"): Limit(63),
    ("gcp", "nat"): Limit(63),
    ("gcp", "firewall"): Limit(63),
    ("gcp", "address"): Limit(63),
    ("gcp", "tag"): Limit(63),  # network tag: RFC 1035 label
    ("gcp", "dns_policy"): Limit(63),
    ("gcp", "dns_zone"): Limit(63),
    ("gcp", "service_account"): Limit(30, 6),  # "account id must be 6-30 characters long"
    ("gcp", "endpoint_group"): Limit(63),
    ("gcp", "run_service"): Limit(49),  # Cloud Run: "less than 50 characters"
    ("gcp", "sql_instance"): Limit(67),  # "project-id:instance-id must be 98 characters or less", and a project id has up to 30
    ("gcp", "redis"): Limit(40),  # Memorystore for Redis: instance id 1-40
    ("gcp", "valkey"): Limit(63),  # Memorystore: instance_id 4-63
    ("gcp", "connection_policy"): Limit(63),
    ("gcp", "bucket"): Limit(63, 3),  # Cloud Storage bucket without dots
    ("gcp", "secret"): Limit(255),
    ("gcp", "certificate"): Limit(64),  # Certificate Manager: 1-64
    ("gcp", "dns_authorization"): Limit(63),  # Certificate Manager, RFC 1035 label as in its own examples
    ("gcp", "repository"): Limit(63),  # Artifact Registry repository id
    ("aws", "tag"): Limit(256),  # the value of a tag: the Name that the console shows
    ("aws", "security_group"): Limit(255),
    ("aws", "log_group"): Limit(480),  # CloudWatch Logs takes 512, folders in front of it included
    ("aws", "log_policy"): Limit(512),  # CloudWatch Logs: name of a resource policy
    ("aws", "query_log"): Limit(64),  # Route 53 Resolver: name of a query logging configuration
    ("aws", "key_alias"): Limit(250),  # KMS takes 256, "alias/" included
    ("aws", "namespace"): Limit(63),  # one label of a private domain
    ("aws", "signing_key"): Limit(128, 3),  # Route 53: name of a key-signing key
    ("aws", "ecs"): Limit(255),  # ECS: clusters, services, families of task definitions
    ("aws", "target_group"): Limit(32),  # Elastic Load Balancing: letters, digits and hyphens
    ("aws", "scaling_policy"): Limit(255),  # Application Auto Scaling
    ("aws", "repository"): Limit(128),  # ECR takes 256, the image's own name included
    ("aws", "role"): Limit(40),  # IAM takes 64; the same name is a user's in ElastiCache, which takes 40
    ("aws", "role_policy"): Limit(128),
    ("aws", "bucket"): Limit(32),  # S3 takes 63; the account (12), the longest region (14), "-an" and the hyphens between come behind it
    ("aws", "secret"): Limit(512),  # Secrets Manager: name of a secret
    ("aws", "cache"): Limit(40),  # ElastiCache: replication group id
    ("aws", "cache_user"): Limit(40),  # ElastiCache: user id and user group id
    ("aws", "cache_settings"): Limit(255),  # ElastiCache: parameter group and subnet group
    ("aws", "snapshot"): Limit(255),  # ElastiCache: snapshot
    ("aws", "db_instance"): Limit(63),  # RDS: DB instance identifier
    ("aws", "db_settings"): Limit(255),  # RDS: parameter group and subnet group
    ("aws", "db_proxy"): Limit(63),  # RDS: DB proxy identifier
    ("aws", "function"): Limit(64),  # Lambda: function name
}
"""The table of limits, one row a kind and cloud."""


def name_problems(name: str) -> Iterator[Problem]:
    """What is wrong with a component's own name."""
    if not COMPONENT_NAME.fullmatch(name):
        better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-").lstrip("0123456789-")
        yield Problem(
            "name",
            "must be 1 to 40 of a-z, 0-9 and hyphens, start with a letter and not end with a hyphen",
            name,
            f'did you mean "{better}"?' if better else "",
        )


def physical_name(cloud: str, kind: str, *parts: str) -> str:
    """The name in the cloud for `(application, stack, component[, role])`, within the limits of its kind."""
    limit = LIMITS[cloud, kind]
    whole = "/".join(parts)
    plain = "-".join(parts)
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if not name[:1].isalpha():
        name = f"x{name}"
    ambiguous = any("-" in part for part in parts[:3])
    if ambiguous or name != plain or not limit.shortest <= len(name) <= limit.longest:
        digest = hashlib.sha256(whole.encode()).hexdigest()[:4]
        name = f"{name[: limit.longest - 5].rstrip('-')}-{digest}"
    return name


def account_mark(account: str) -> str:
    """Six hex digits that stand for a cloud account in names that all accounts of that cloud share."""
    return hashlib.sha256(account.encode()).hexdigest()[:6]


LABEL_VALUE = re.compile(r"[^a-z0-9_-]")


def label_value(text: str) -> str:
    """A value that both Google labels (63 of a-z, 0-9, _ and -) and AWS tags take."""
    return LABEL_VALUE.sub("-", text.lower())[:63]
