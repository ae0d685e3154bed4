"""The official installer, called through the Pulumi SDK for Python, where its site can be reached."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.engine.pins import ENGINE
from tools.progress import Failed, say, watch

REACH = 8.0
"""Seconds after which a site that does not answer counts as closed; looking its name up has no limit of its own."""

LIMIT = 600.0
"""Seconds for a download of some 100 MB."""

PROBE = """
import inspect, re, sys, urllib.request
from pulumi.automation import PulumiCommand
address = re.search(r'"(https://[^"]*install[.]sh)"', inspect.getsource(PulumiCommand._install_posix)).group(1)
try:
    urllib.request.urlopen(address, timeout=float(sys.argv[1])).close()
except Exception as error:
    sys.exit("%s cannot be reached: %s" % (address, getattr(error, "reason", error)))
"""

INSTALL = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def download(target: Path, environment: Mapping[str, str], python: str) -> None:
    """Fill `target`/bin, or raise with the reason within seconds where the site is closed."""
    env = {**os.environ, **environment}
    try:
        reach = subprocess.run([python, "-c", PROBE, str(REACH / 2)], capture_output=True, text=True, timeout=REACH, check=False, env=env)
    except subprocess.TimeoutExpired:
        raise Failed(f"its site does not answer within {REACH:.0f} s") from None
    except OSError as error:
        raise Failed(f"{python} does not start: {error.strerror}") from None
    if reach.returncode:
        lines = reach.stderr.strip().splitlines()
        raise Failed(lines[-1] if lines else "its site cannot be reached")
    say(f"downloading engine {ENGINE} with the official installer")
    done = watch([python, "-c", INSTALL, str(target), ENGINE], lambda _: "downloading the engine", env=env, limit=LIMIT)
    if done.code != 0:
        raise Failed(f"it did not finish: {done.reason()}")
