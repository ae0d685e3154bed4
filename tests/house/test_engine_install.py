"""Where the engine comes from: PATH, else the official installer, else a build; and one clear sentence where none of them can."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from tools.engine import build, found, install, official
from tools.engine.pins import ENGINE
from tools.progress import Failed


def script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def an_engine(folder: Path, version: str = "v3.250.0") -> Path:
    script(folder, "pulumi", f"echo {version}")
    script(folder, "pulumi-language-python", "exit 0")
    return folder


def closed(*_arguments: object) -> None:
    raise Failed("https://get.example/install.sh cannot be reached: closed")


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A machine with nothing on PATH, an empty cache and a closed official site."""
    monkeypatch.setattr(official, "download", closed)
    return {"PATH": str(tmp_path / "path"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_an_engine_on_path_is_used(outside):
    folder = an_engine(Path(outside["PATH"]))
    assert install.engine(outside, sys.executable) == folder


def test_the_oldest_engine_that_will_do_is_used(outside):
    folder = an_engine(Path(outside["PATH"]), "v3.200.0")
    assert install.engine(outside, sys.executable) == folder


@pytest.mark.parametrize("version", ["v3.199.0", "v2.25.1"])
def test_an_engine_on_path_that_is_too_old_is_refused(outside, version):
    folder = an_engine(Path(outside["PATH"]), version)
    with pytest.raises(Failed) as refused:
        install.engine(outside, sys.executable)
    assert str(refused.value) == (
        f"{folder}/pulumi is version {version[1:]}, 3.200.0 or newer is needed; "
        "upgrade it, or take it off PATH and setup gets one, or name another with GROUNDPLAN_ENGINE=<folder>"
    )


def test_setup_refuses_a_too_old_engine_in_one_sentence(root, tmp_path):
    """The same through the command that a user types."""
    import subprocess

    an_engine(tmp_path / "old", "v3.100.0")
    env = {"PATH": f"{tmp_path / 'old'}{os.pathsep}{os.defpath}", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "tools.engine.install"], cwd=root, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"groundplan: {tmp_path}/old/pulumi is version 3.100.0, 3.200.0 or newer is needed; "
        "upgrade it, or take it off PATH and setup gets one, or name another with GROUNDPLAN_ENGINE=<folder>\n"
    )


def test_a_pulumi_that_does_not_say_its_version_is_refused(outside):
    script(Path(outside["PATH"]), "pulumi", "exit 3")
    with pytest.raises(Failed, match=r"pulumi does not answer `pulumi version`, 3\.200\.0 or newer is needed; upgrade it"):
        install.engine(outside, sys.executable)


def test_the_folder_that_the_user_names_comes_before_path(outside, tmp_path):
    an_engine(Path(outside["PATH"]), "v3.100.0")
    chosen = an_engine(tmp_path / "chosen" / "bin")
    assert install.engine({**outside, "GROUNDPLAN_ENGINE": str(chosen)}, sys.executable) == chosen
    assert install.engine({**outside, "GROUNDPLAN_ENGINE": str(chosen.parent)}, sys.executable) == chosen


def test_a_named_folder_without_an_engine_is_refused(outside, tmp_path):
    with pytest.raises(
        Failed, match=r"^GROUNDPLAN_ENGINE names \S+, where pulumi and pulumi-language-python are not; name the folder that holds both, or unset it$"
    ):
        install.engine({**outside, "GROUNDPLAN_ENGINE": str(tmp_path)}, sys.executable)


def test_a_pulumi_without_its_python_host_is_left_alone(outside, monkeypatch):
    script(Path(outside["PATH"]), "pulumi", "echo v3.250.0")
    monkeypatch.setattr(build, "build", lambda target, *_: an_engine(target / "bin"))
    assert install.engine(outside, sys.executable) == Path(outside["XDG_CACHE_HOME"]) / "groundplan" / f"engine-{ENGINE}" / "bin"


def test_without_any_way_one_sentence_names_all_three(outside):
    with pytest.raises(Failed) as refused:
        install.engine(outside, sys.executable)
    assert str(refused.value) == (
        "no Pulumi engine: put pulumi 3.200.0 or newer on PATH (brew install pulumi, or the archive from the project's release page), "
        "or let the official installer be reached (https://get.example/install.sh cannot be reached: closed), "
        "or install Go, with which it is built from source (go is not on PATH)"
    )


def test_a_go_without_a_network_ends_in_its_own_reason(outside):
    reason = 'go: github.com/pulumi/pulumi/sdk/v3@v3.79.0: Get \\"https://proxy.example/x\\": dial tcp: lookup proxy.example: no such host'
    script(Path(outside["PATH"]), "go", f'echo "{reason}" >&2; echo "more words" >&2; exit 1')
    with pytest.raises(Failed, match=r"built from source \(\S+/go could not build it: go: \S+: Get .* no such host\)$"):
        install.engine(outside, sys.executable)
    assert [path.name for path in (Path(outside["XDG_CACHE_HOME"]) / "groundplan").iterdir()] == [f".engine-{ENGINE}.lock"]


def test_a_build_that_lacks_a_program_is_not_kept(outside, monkeypatch):
    monkeypatch.setattr(build, "build", lambda target, *_: script(target / "bin", "pulumi", "echo v3.220.0"))
    with pytest.raises(Failed, match=r"\(what came lacks pulumi or pulumi-language-python\)"):
        install.engine(outside, sys.executable)
    assert not (Path(outside["XDG_CACHE_HOME"]) / "groundplan" / f"engine-{ENGINE}").exists()


def test_an_interrupted_build_leaves_nothing(outside, monkeypatch):
    def interrupted(target: Path, *_: object) -> None:
        script(target / "bin", "pulumi", "")
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install.engine(outside, sys.executable)
    assert [path.name for path in (Path(outside["XDG_CACHE_HOME"]) / "groundplan").iterdir()] == [f".engine-{ENGINE}.lock"]


def test_two_setups_at_once_build_once(outside, monkeypatch):
    built: list[Path] = []
    entered, go_on = threading.Event(), threading.Event()

    def slow(target: Path, *_: object) -> None:
        built.append(target)
        entered.set()
        go_on.wait(10)
        an_engine(target / "bin")

    monkeypatch.setattr(build, "build", slow)
    answers: list[Path] = []
    both = [threading.Thread(target=lambda: answers.append(install.engine(outside, sys.executable))) for _ in range(2)]
    both[0].start()
    assert entered.wait(10)
    both[1].start()
    go_on.set()
    for one in both:
        one.join(20)
    assert len(built) == 1
    assert len(set(answers)) == 1
    assert len(answers) == 2


def test_an_engine_in_the_cache_is_used_without_asking_anybody(outside):
    kept = an_engine(Path(outside["XDG_CACHE_HOME"]) / "groundplan" / f"engine-{ENGINE}" / "bin")
    assert install.engine(outside, sys.executable) == kept


def test_the_cache_follows_the_desktop_standard(tmp_path):
    assert install.cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "groundplan"
    assert install.cache({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache" / "groundplan"
    assert install.cache({}) == Path.home() / ".cache" / "groundplan"


def test_a_closed_official_site_is_said_in_one_line(tmp_path):
    with pytest.raises(Failed, match=r"^https://\S+/install\.sh cannot be reached: "):
        official.download(tmp_path, {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "no_proxy": "", "NO_PROXY": ""}, sys.executable)


def test_a_site_that_never_answers_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(official, "REACH", 0.2)
    with pytest.raises(Failed, match="its site does not answer within 0 s"):
        official.download(tmp_path, {}, str(script(tmp_path, "python", "sleep 20")))


def test_the_built_host_and_command_line_are_complete(engine):
    """What setup linked, wherever it came from."""
    assert found.complete(engine)
