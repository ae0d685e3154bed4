"""Write constraints.txt: the versions that the packages of requirements-dev.txt bring with them today, so that tomorrow's releases break no fresh clone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.setup import REQUIREMENTS, ROOT

HEADER = "# What the pinned packages bring with them; written by `make constraints`.\n"


def resolve(root: Path) -> list[str]:
    """Every package with its version, from a fresh environment without constraints."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        pins = [line for name in REQUIREMENTS[:2] for line in (root / name).read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
        wanted.write_text("\n".join(pins), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "venv", f"{folder}/venv"], check=True)
        python = f"{folder}/venv/bin/python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted], check=True)
        frozen = subprocess.run([python, "-m", "pip", "freeze", "--disable-pip-version-check"], check=True, capture_output=True, text=True)
    return sorted(frozen.stdout.split(), key=str.lower)


def main() -> None:
    """Replace the file."""
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(resolve(ROOT)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
