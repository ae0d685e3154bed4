"""What every test may ask for: the engine's folder, and Pulumi programs on a sandbox of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.engine.driver import Program, Source

# Programs of tests end with the test: no state need survive a kill.
os.environ.setdefault("GROUNDPLAN_SANDBOX_CHECKPOINTS", "0")

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("claims", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("claims")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def engine() -> Path:
    """The engine's folder. A test that needs it and finds none fails: a skipped engine test would prove nothing."""
    folder = ROOT / ".venv" / "engine"
    if not os.access(folder / "pulumi", os.X_OK):
        pytest.fail("the Pulumi engine is missing: run make setup", pytrace=False)
    return folder


@pytest.fixture
def pulumi_program(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Program]]:
    """Makes programs that run on the real engine, each on a sandbox of its own that ends with the test; see `tests/engine/driver.py`."""
    programs: list[Program] = []

    def make(source: Source, *, stack: str = "dev", config: dict[str, object] | None = None, beside: Program | None = None) -> Program:
        programs.append(Program(source, tmp_path_factory.mktemp("program"), engine=engine, stack=stack, config=config or {}, beside=beside))
        return programs[-1]

    yield make
    for program in reversed(programs):
        program.close()
