"""The inner loop: what a preview of the reference application costs, beside an empty program and beside the same resources written flat.

python -m benchmarks.inner_loop [--runs 5] [--force]; needs `make setup`. Figures of an idle machine are in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import flat, process
from benchmarks.process import Cost

ROOT = Path(__file__).resolve().parent.parent
LOAD = 1.5
"""Load average over one minute above which figures would tell of the neighbours."""

EMPTY = "import pulumi\n"
IMPORTS = {
    "import pulumi": "import pulumi",
    "import pulumi, components": "import pulumi, components",
    "the same, every noun loaded": "import pulumi, components\nfor name in components.__all__: getattr(components, name)",
}


@dataclass(frozen=True)
class Case:
    """A program in a folder, with a local cloud of its own."""

    name: str
    folder: Path

    def env(self) -> dict[str, str]:
        path = os.pathsep.join([str(Path(sys.prefix) / "bin"), str(Path(sys.prefix) / "engine"), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path, "GROUNDPLAN_SANDBOX": str(self.folder / "sandbox")}

    def pulumi(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "sandbox", "run", "--", "pulumi", *arguments]

    def preview(self) -> Cost:
        """One preview of a stack that has nothing yet, the local cloud's start included."""
        return process.run(self.pulumi("preview", "--stack", "dev", "--non-interactive"), self.folder, self.env())


def case(base: Path, name: str, program: str | None) -> Case:
    """The program with the reference application's settings; `None` is the application itself."""
    folder = base / name.replace(" ", "-")
    folder.mkdir()
    for file in ("Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py"):
        shutil.copy(ROOT / file, folder)
    if program is not None:
        (folder / "__main__.py").write_text(program, encoding="utf-8")
    (folder / ".venv").symlink_to(sys.prefix)
    made = Case(name, folder)
    process.run(made.pulumi("stack", "init", "dev"), folder, made.env())
    return made


def deployment(application: Case) -> dict[str, object]:
    """The state of the application, brought up once on a local cloud that is then forgotten."""
    process.run(application.pulumi("up", "--stack", "dev", "--yes", "--skip-preview"), application.folder, application.env())
    command = application.pulumi("stack", "export", "--stack", "dev", "--show-secrets")
    exported = subprocess.run(command, cwd=application.folder, env=application.env(), capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(exported.stdout)["deployment"]
    return found


def interleaved(cases: list[Case], runs: int) -> dict[str, list[Cost]]:
    """Each case once unmeasured, then all of them in turn, so that a slow minute hits every case alike."""
    for one in cases:
        one.preview()
    costs: dict[str, list[Cost]] = {one.name: [] for one in cases}
    for number in range(runs):
        print(f"run {number + 1} of {runs}", file=sys.stderr)
        for one in cases:
            costs[one.name].append(one.preview())
    return costs


def imports(runs: int) -> dict[str, list[Cost]]:
    """Start of Python with an import, in turn."""
    costs: dict[str, list[Cost]] = {name: [] for name in IMPORTS}
    for number in range(runs + 1):
        for name, code in IMPORTS.items():
            cost = process.run([sys.executable, "-c", code], ROOT, os.environ)
            if number:
                costs[name].append(cost)
    return costs


def table(costs: dict[str, list[Cost]]) -> str:
    rows = ["| what | CPU s, median (min to max) | wall s, median (min to max) |", "|---|---|---|"]
    for name, runs in costs.items():
        cells = (
            f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})" for values in ([run.cpu for run in runs], [run.wall for run in runs])
        )
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def ratio(costs: dict[str, list[Cost]], over: str, under: str) -> float:
    return statistics.median(run.cpu for run in costs[over]) / statistics.median(run.cpu for run in costs[under])


def measure(runs: int) -> None:
    """Print the tables."""
    process.adopt()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        state = deployment(case(base, "state", None))
        application = case(base, "reference application", None)
        flat_sdk = case(base, "the same flat", flat.write(state))
        flat_thin = case(base, "the same flat, Cloudflare without its SDK", flat.write(state, thin=True))
        costs = interleaved([case(base, "empty program", EMPTY), application, flat_sdk, flat_thin], runs)
    print(table(costs))
    for other in (flat_sdk, flat_thin):
        print(f"\nCPU of the application ÷ {other.name}: {ratio(costs, application.name, other.name):.2f}", end="")
    print("\n\n" + table(imports(runs)))


def main() -> None:
    """Refuse to measure on a busy machine."""
    parser = argparse.ArgumentParser(description="What a preview costs.")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each case")
    parser.add_argument("--force", action="store_true", help="measure on a busy machine too")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    if load > LOAD and not options.force:
        raise SystemExit(f"the machine is busy: load {load:.2f}, figures need {LOAD} or less; wait, or say --force")
    print(f"load at the start {load:.2f}, {os.cpu_count()} cores, {options.runs} runs", file=sys.stderr)
    measure(options.runs)


if __name__ == "__main__":
    main()
