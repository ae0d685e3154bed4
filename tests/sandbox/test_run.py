"""Any command runs in the sandbox as it would outside, with the providers beside it and no way to a real account."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.sandbox.place import Place

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "k", "AWS_PROFILE": "p", "AWS_WEB_IDENTITY_TOKEN_FILE": "f", "GOOGLE_APPLICATION_CREDENTIALS": "f", "GOOGLE_OAUTH_ACCESS_TOKEN": "t",
    "CLOUDSDK_AUTH_ACCESS_TOKEN": "t", "GCLOUD_PROJECT": "p", "CLOUDFLARE_API_TOKEN": "t", "CF_API_KEY": "k", "KUBECONFIG": "~/.kube/config",
    "ARM_CLIENT_SECRET": "s", "AZURE_CLIENT_SECRET": "s", "PULUMI_ACCESS_TOKEN": "t",
}  # fmt: skip
_ENVIRONMENT = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]


def _inside(place: Place, extra: dict[str, str] | None = None) -> dict[str, str]:
    done = place.sandbox("--", *_ENVIRONMENT, extra=extra)
    assert done.returncode == 0, done.stderr
    environment: dict[str, str] = json.loads(done.stdout)
    return environment


def _listening(pid: int) -> set[str]:
    """The local addresses, in hexadecimal, on which a process listens."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            target = str(descriptor.readlink())
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A" and row[9] in inodes}


@pytest.fixture
def running(place: Place) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A sandbox around a command that waits: the process, the command's pid and the first provider's port."""
    waits = "import os, time; print(os.getpid(), os.environ['PULUMI_DEBUG_PROVIDERS'].split(',')[0].split(':')[1], flush=True); time.sleep(60)"
    process = place.start("--", sys.executable, "-c", waits)
    assert process.stdout is not None
    pid, port = map(int, process.stdout.readline().split())
    yield process, pid, port
    for number in (process.pid, pid):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.communicate()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_the_exit_status_is_the_commands(place: Place, status: int) -> None:
    assert place.sandbox("--", "sh", "-c", f"exit {status}").returncode == status


def test_a_command_that_a_signal_ended_exits_as_in_a_shell(place: Place) -> None:
    assert place.sandbox("--", "sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL


def test_input_and_output_pass_through_and_nothing_is_added(place: Place) -> None:
    done = place.sandbox("run", "--", "sh", "-c", "cat; echo oops >&2", stdin="héllo\n")
    assert (done.stdout, done.stderr) == ("héllo\n", "oops\n")


def test_dashes_after_the_first_belong_to_the_command(place: Place) -> None:
    assert place.sandbox("--", "echo", "--", "-x").stdout == "-- -x\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--"], "groundplan sandbox: say what to run: groundplan sandbox -- pulumi up -s dev\n"),
        (["run"], "groundplan sandbox: say what to run after two dashes: groundplan sandbox -- pulumi up -s dev\n"),
        (["ls", "--", "true"], "groundplan sandbox: what is to run stands after `--`; before it only `run` may stand, not ls\n"),
        (["--", "no-such-program"], "groundplan sandbox: cannot run no-such-program: No such file or directory\n"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_sentence(place: Place, arguments: list[str], message: str) -> None:
    done = place.sandbox(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_no_credential_is_passed_on(place: Place) -> None:
    inside = _inside(place, _CREDENTIALS)
    passed = {name: inside[name] for name in _CREDENTIALS if name in inside}
    assert passed == {"KUBECONFIG": os.devnull}
    assert {inside[name] for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE")} == {os.devnull}
    assert list(Path(inside["CLOUDSDK_CONFIG"]).iterdir()) == []


def test_the_engine_is_pointed_at_the_sandbox_and_nothing_else(place: Place) -> None:
    inside = _inside(place, {"KEPT": "yes"})
    assert inside["KEPT"] == "yes"
    assert inside["PULUMI_BACKEND_URL"] == (place.home / "state").as_uri()
    assert inside["PULUMI_HOME"] == str(place.home / "home")
    assert {part.split(":")[0] for part in inside["PULUMI_DEBUG_PROVIDERS"].split(",")} == {"gcp", "aws", "cloudflare", "random", "kubernetes"}
    assert inside["PULUMI_CONFIG_PASSPHRASE"] == ""


def test_checkpoints_and_a_passphrase_are_the_users_to_choose(place: Place) -> None:
    inside = _inside(place, {"GROUNDPLAN_SANDBOX_CHECKPOINTS": "0", "PULUMI_CONFIG_PASSPHRASE": "mine"})
    assert inside["PULUMI_SKIP_CHECKPOINTS"] == "true"
    assert inside["PULUMI_CONFIG_PASSPHRASE"] == "mine"


def test_a_killed_command_loses_nothing_unless_told_so(place: Place) -> None:
    for said in ("", "1"):
        assert "PULUMI_SKIP_CHECKPOINTS" not in _inside(place, {"GROUNDPLAN_SANDBOX_CHECKPOINTS": said, "PULUMI_SKIP_CHECKPOINTS": "true"})


def test_the_lock_of_a_dead_engine_is_dropped_and_that_of_a_living_one_kept(place: Place) -> None:
    locks = place.home / "state" / ".pulumi" / "locks" / "organization" / "app" / "dev"
    locks.mkdir(parents=True)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True).stdout
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    ended.stdout.read()  # it has ended, and nobody has asked how yet
    held = {
        "ended": (ended.pid, socket.gethostname()),
        "dead": (int(dead), socket.gethostname()),
        "alive": (os.getpid(), socket.gethostname()),
        "elsewhere": (int(dead), "another-machine"),
    }
    for name, (pid, host) in held.items():
        (locks / f"{name}.json").write_text(json.dumps({"pid": pid, "hostname": host}), encoding="utf-8")
    (locks / "broken.json").write_text("{", encoding="utf-8")
    assert "an earlier command was killed" in place.sandbox("--", "true").stderr
    assert place.sandbox("--", "true").stderr == ""
    assert sorted(lock.stem for lock in locks.iterdir()) == ["alive", "broken", "elsewhere"]
    ended.wait()


def test_the_folder_is_the_owners_alone_and_ignored_by_git(place: Place) -> None:
    place.sandbox("--", "true")
    assert place.home.stat().st_mode & 0o777 == 0o700
    assert (place.home / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_sandbox_in_a_sandbox_is_the_same_one(place: Place) -> None:
    show = "echo $PULUMI_DEBUG_PROVIDERS $PULUMI_BACKEND_URL"
    outer, inner = place.sandbox("--", "sh", "-c", f"{show}; cd /; exec {sys.executable} -m sandbox -- sh -c '{show}'").stdout.splitlines()
    assert inner == outer


def test_a_sandbox_that_is_gone_is_not_mistaken_for_one(place: Place) -> None:
    stale = _inside(place)["GROUNDPLAN_SANDBOX_PROVIDERS"]
    assert _inside(place, {"GROUNDPLAN_SANDBOX_PROVIDERS": stale})["PULUMI_DEBUG_PROVIDERS"] != stale


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads the sockets of a process from /proc")
def test_it_listens_on_loopback_alone(running: tuple[subprocess.Popen[str], int, int]) -> None:
    process, _, port = running
    listening = _listening(process.pid)
    assert len(listening) == 5
    assert f"{port:04X}" in {address.split(":")[1] for address in listening}
    assert {address.split(":")[0].removeprefix("0000000000000000FFFF0000") for address in listening} == {"0100007F"}


def test_killing_the_sandbox_ends_the_server(running: tuple[subprocess.Popen[str], int, int]) -> None:
    process, _, port = running
    assert _answers(port)
    process.kill()
    process.wait()
    assert not _answers(port)


def test_the_server_ends_with_the_command(running: tuple[subprocess.Popen[str], int, int]) -> None:
    process, pid, port = running
    os.kill(pid, signal.SIGKILL)
    assert process.wait() == 128 + signal.SIGKILL
    assert not _answers(port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_sandbox_reaches_the_command_and_its_status_comes_back(place: Place, number: signal.Signals) -> None:
    program = f"import signal, time; signal.signal({int(number)}, lambda *_: exit(7)); print('ready', flush=True); time.sleep(60)"
    process = place.start("--", sys.executable, "-c", program)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    process.communicate()
    assert process.returncode == 7


def test_another_backend_is_refused_before_anything_is_made(place: Place) -> None:
    done = place.sandbox("--", "touch", "ran", extra={"PULUMI_BACKEND_URL": "s3://bucket"})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not place.home.exists()
    assert not (place.folder / "ran").exists()


def test_a_terminals_interrupt_reaches_the_command_once(place: Place) -> None:
    program = textwrap.dedent("""
        import signal, time
        seen = []
        signal.signal(signal.SIGINT, lambda *_: seen.append(1))
        print("ready", flush=True)
        while not seen:
            time.sleep(0.01)
        time.sleep(0.3)
        print("interrupts:", len(seen), flush=True)
        raise SystemExit(5)
    """)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(place.folder)
        os.execve(sys.executable, [sys.executable, "-m", "sandbox", "--", sys.executable, "-c", program], place.environment())
    told = b""
    while b"ready" not in told:
        told += os.read(terminal, 1024)
    os.write(terminal, b"\x03")
    with suppress(OSError):  # the terminal is gone when its last process is
        while part := os.read(terminal, 1024):
            told += part
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert b"interrupts: 1\r\n" in told
    assert os.waitstatus_to_exitcode(status) == 5
