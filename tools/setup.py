"""Prepare a checkout: virtual environment, packages, engine. Says what it does while it works, and nothing when nothing is to do."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.engine.install import engine
from tools.progress import Failed, Finished, say, watch

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "constraints.txt")
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
UNREACHABLE = (
    "Failed to establish a new connection",
    "NewConnectionError",
    "Name or service not known",
    "Temporary failure in name resolution",
    "ConnectTimeout",
    "ProxyError",
    "(from versions: none)",  # every package that we pin is on the index: none of it means that it was not asked
)


def setup(root: Path = ROOT) -> None:
    """Bring `root`/.venv up to date, with the engine linked as `.venv/engine`."""
    venv = root / ".venv"
    _environment(venv)
    with _alone(venv):
        _packages(root, venv)
        _link(venv / "engine", engine(_outside(venv), str(venv / "bin" / "python")).resolve())


def _environment(venv: Path) -> None:
    """A virtual environment whose Python starts: one that was moved or whose Python was removed is made anew."""
    python = venv / "bin" / "python"
    with contextlib.suppress(OSError):
        if subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0:
            return
    say(f"creating {venv.name} with Python {sys.version_info.major}.{sys.version_info.minor}")
    made = watch([sys.executable, "-m", "venv", "--clear", str(venv)], lambda _: f"creating {venv.name}")
    if made.code != 0:
        raise Failed(f"{venv} cannot be created: {made.reason()}")


@contextlib.contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Two setups of one checkout at once: the second waits and finds the work done."""
    with (venv / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(root: Path) -> str:
    """Changes when something must be installed again; not when a linter's setting changes."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [json.dumps([project["build-system"], project["project"], project["tool"]["hatch"]], sort_keys=True)]
    parts += [(root / name).read_text(encoding="utf-8") for name in REQUIREMENTS]
    return hashlib.sha256("\0".join([*parts, str(root)]).encode()).hexdigest()


def _packages(root: Path, venv: Path) -> None:
    stamp, wanted = venv / ".packages", fingerprint(root)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    say("installing the packages of requirements-dev.txt: the first time about a minute")
    stamp.unlink(missing_ok=True)
    _pip(root, venv, "--requirement", "requirements-dev.txt")
    _pip(root, venv, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(wanted, encoding="ascii")


def _pip(root: Path, venv: Path, *arguments: str) -> None:
    count, doing = 0, "found"

    def describe(line: str) -> str:
        nonlocal count, doing
        count += line.lstrip().startswith(("Collecting", "Requirement already satisfied"))
        doing = "being installed" if line.startswith("Installing collected packages") else doing
        return f"{count} packages {doing}"

    done = watch([str(venv / "bin" / "python"), *PIP, "install", "--progress-bar", "off", *arguments], describe, cwd=root)
    if done.code != 0:
        raise Failed(_refusal(done))


def _refusal(done: Finished) -> str:
    """One sentence instead of pip's pages."""
    if any(word in line for line in done.tail for word in UNREACHABLE):
        return "the package index cannot be reached; connect to a network, or name a mirror with PIP_INDEX_URL, and run this again"
    errors = [line.removeprefix("ERROR: ").strip() for line in done.tail if line.startswith("ERROR: ")]
    return f"pip could not install the packages: {errors[-1] if errors else done.reason()}"


def _outside(venv: Path) -> dict[str, str]:
    """The environment without what earlier setups put on PATH, so that an engine of the user's is found and our own link is not."""
    ours = {venv / "bin", venv / "engine"}
    path = os.pathsep.join(folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder and Path(folder).absolute() not in ours)
    return {**os.environ, "PATH": path}


def _link(link: Path, target: Path) -> None:
    """Point the link at the engine in one step."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".engine-{os.getpid()}")
    fresh.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    fresh.replace(link)
    say(f"the engine in use is {target}")


def main() -> int:
    """Set up; failures are one sentence."""
    try:
        setup()
    except Failed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted; nothing half done is used, run it again")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
