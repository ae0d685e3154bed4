"""The programs that the operator starts see the engine, and their signals and exit status are their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from ops import program


def test_this_pythons_programs_and_the_engine_come_first_once(monkeypatch, tmp_path):
    engine = tmp_path / "engine"
    engine.mkdir()
    monkeypatch.setattr(program, "ENGINE", engine)
    monkeypatch.setenv("PATH", os.pathsep.join(["elsewhere", str(program.BIN)]))
    assert program.environment()["PATH"] == os.pathsep.join([str(program.BIN), str(engine), "elsewhere"])


def test_the_sandbox_is_started_as_a_program():
    assert program.sandbox(["ls"]) == [sys.executable, "-P", "-m", "sandbox", "ls"]


def test_an_installed_operator_starts_the_installed_sandbox(monkeypatch):
    monkeypatch.setattr(program, "__package__", "groundplan.ops")
    assert program.sandbox([])[3] == "groundplan.sandbox"


@pytest.mark.parametrize(("code", "status"), [("sys.exit(0)", 0), ("sys.exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", 137)])
def test_the_exit_status_is_the_commands_own(tmp_path, code, status):
    assert program.run([sys.executable, "-c", f"import os, signal, sys; {code}"], tmp_path) == status


def test_a_request_to_end_is_passed_on(tmp_path):
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    code = f"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); open({str(ready)!r}, 'w').close(); time.sleep(10)"

    def request():
        ready.read_bytes()
        os.kill(os.getpid(), signal.SIGTERM)

    asker = threading.Thread(target=request)
    asker.start()
    before = signal.getsignal(signal.SIGTERM)
    assert program.run([sys.executable, "-c", code], tmp_path) == 7
    asker.join()
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_command_line_hands_the_sandbox_its_words_as_they_are(root, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ops", "sandbox", "--", "sh", "-c", "printf '%s|' \"$@\"; exit 5", "sh", "a b", "--stack", "$X"],
        cwd=root,
        env={**os.environ, "GROUNDPLAN_SANDBOX": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (5, "a b|--stack|$X|")
