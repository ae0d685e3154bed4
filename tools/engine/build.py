"""The engine built from source with Go: what works where no release can be downloaded but the Go module proxy can."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.engine.pins import ENGINE, HOST
from tools.progress import Failed, Finished, say, watch

HERE = Path(__file__).resolve().parent
SDK = "github.com/pulumi/pulumi/sdk/v3"
SCRIPTS = ("cmd/pulumi-language-python-exec", "dist/pulumi-analyzer-policy-python", "dist/pulumi-resource-pulumi-python")
LIMIT = 3600.0
"""Seconds for one program on a slow machine; two cores of 2026 need three minutes for both."""


def build(target: Path, environment: Mapping[str, str], _python: str) -> None:
    """Fill `target`/bin, or raise with the reason."""
    go = shutil.which("go", path=environment.get("PATH", ""))
    if go is None:
        raise Failed("go is not on PATH")
    env = {
        **os.environ,
        **environment,
        # The committed go.mod and go.sum decide, whatever the user's own settings are, and stay as they are.
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    binaries = target / "bin"
    binaries.mkdir()
    say(f"building engine {ENGINE} with {go}: once, some minutes, into a cache outside the checkout")
    _compile(go, env, HERE / "host", [f"{SDK}/python/cmd/pulumi-language-python"], binaries, _flags(SDK, HOST))
    _compile(go, env, HERE / "cli", ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], binaries, _flags(SDK, ENGINE))
    _scripts(go, env, binaries)


def _flags(sdk: str, version: str) -> str:
    return f"-s -w -X {sdk}/go/common/version.Version=v{version}"


def _compile(go: str, env: Mapping[str, str], module: Path, programs: list[str], binaries: Path, flags: str) -> None:
    command = [go, "build", "-v", "-trimpath", "-ldflags", flags, "-o", f"{binaries}{os.sep}", *programs]
    done = watch(command, _counter(programs[0].rsplit("/", 1)[-1]), env=env, cwd=module, limit=LIMIT)
    if done.code != 0:
        raise Failed(f"{go} could not build it: {_cause(done)}")


def _counter(program: str) -> Callable[[str], str]:
    """Where the build is, from what `go build -v` writes: modules downloaded, then one line a package."""
    counts = {"modules": 0, "packages": 0}

    def describe(line: str) -> str:
        if line.strip():
            counts["modules" if line.startswith("go: downloading") else "packages"] += 1
        return f"building {program}: {counts['modules']} modules downloaded, {counts['packages']} packages compiled"

    return describe


def _cause(done: Finished) -> str:
    """The line with the reason: Go names it first where a download fails."""
    return next(
        (line.strip() for line in done.tail if any(word in line for word in ("dial tcp", "lookup", "requires go", "checksum", "forbidden"))), done.reason()
    )


def _scripts(go: str, env: Mapping[str, str], binaries: Path) -> None:
    """Copy what the engine starts that is not compiled, from the module that go.sum vouches for."""
    listed = subprocess.run(
        [go, "list", "-m", "-f", "{{.Dir}}", SDK], cwd=HERE / "cli", env=dict(env), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    folder = listed.stdout.strip()
    if listed.returncode or not folder:
        raise Failed(f"{go} does not say where {SDK} is: {(listed.stderr.strip().splitlines() or ['no answer'])[-1]}")
    for script in SCRIPTS:
        copied = binaries / Path(script).name
        shutil.copyfile(Path(folder) / "python" / script, copied)
        copied.chmod(0o755)
