"""Find the Pulumi engine on PATH, or download it, or build it: `python -m tools.engine.install` ends with its folder on stdout."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.engine import build, found, official
from tools.engine.pins import ENGINE
from tools.progress import Failed, say

NO_WAY = (
    "no Pulumi engine: put pulumi {minimum} or newer on PATH (brew install pulumi, or the archive from the project's release page), "
    "or let the official installer be reached ({official}), or install Go, with which it is built from source ({built})"
)


def cache(environment: Mapping[str, str]) -> Path:
    """Where engines are kept, outside every checkout."""
    base = environment.get("XDG_CACHE_HOME") or ""
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "groundplan"  # noqa: PTH117  # an empty text is not a path


def engine(environment: Mapping[str, str], python: str) -> Path:
    """The folder with `pulumi` and its Python language host; `python` has the Pulumi SDK, whose installer is the official one."""
    present = found.chosen(environment) or found.on_path(environment)
    if present:
        return present
    kept = cache(environment) / f"engine-{ENGINE}"
    if not found.complete(kept / "bin"):
        with _alone(kept):
            if not found.complete(kept / "bin"):
                _fill(kept, environment, python)
    return kept / "bin"


@contextlib.contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """Two setups at once: the second waits and finds the work done."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / f".{kept.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another setup is getting the engine; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fill(kept: Path, environment: Mapping[str, str], python: str) -> None:
    """Get the engine into a folder beside the final one and rename it when it is whole: a half engine is never seen."""
    reasons: dict[str, str] = {}
    for way, get in (("official", official.download), ("built", build.build)):
        fresh = Path(tempfile.mkdtemp(prefix=f".{kept.name}-", dir=kept.parent))
        try:
            get(fresh, environment, python)
            found.demand_complete(fresh / "bin")
            shutil.rmtree(kept, ignore_errors=True)
            fresh.chmod(0o755)
            fresh.rename(kept)
        except Failed as failure:
            reasons[way] = str(failure)
            if way == "official":
                say(f"the official installer gives no engine: {failure}")
        else:
            say(f"engine {ENGINE} is in {kept}")
            return
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    raise Failed(NO_WAY.format(minimum=found.MINIMUM, **reasons))


def main() -> int:
    """Print the engine's folder, all else on stderr."""
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    try:
        print(engine(os.environ, python))
    except Failed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
