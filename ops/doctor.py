"""What this installation has and what it lacks, one line each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from . import program

PYTHON = (3, 11)
SDKS = ("pulumi", "pulumi-gcp", "pulumi-aws", "pulumi-cloudflare", "pulumi-random", "pulumi-kubernetes", "pulumi-policy")
REMEDY = "make setup"


@dataclass(frozen=True)
class Finding:
    """One thing that groundplan needs."""

    what: str
    found: str | None
    """Its version and place; `None` where it is missing."""

    remedy: str = REMEDY

    def line(self) -> str:
        return f"ok       {self.what} {self.found}" if self.found else f"missing  {self.what}: {self.remedy}"


def findings() -> Iterator[Finding]:
    """Python, the engine, its language host, the SDKs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", f"{version} at {sys.executable}" if sys.version_info >= PYTHON else None, f"{version} is too old, 3.11 is needed")
    for name in ("pulumi", "pulumi-language-python"):
        yield Finding(name, _engine(name))
    for name in SDKS:
        yield Finding(f"{name} (SDK)", _installed(name))


def _engine(name: str) -> str | None:
    place = shutil.which(name, path=program.environment()["PATH"])
    if place is None or name != "pulumi":
        return place and f"at {place}"
    answer = subprocess.run([place, "version"], capture_output=True, text=True, check=False, env={**program.environment(), "PULUMI_SKIP_UPDATE_CHECK": "true"})
    return f"{answer.stdout.strip()} at {place}" if answer.returncode == 0 else None


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def report() -> int:
    """Print every finding; 1 where something is missing."""
    found = list(findings())
    for finding in found:
        print(finding.line())
    return 0 if all(finding.found for finding in found) else 1
