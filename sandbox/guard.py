"""Refuses, before anything runs, a command whose state would live anywhere but in the sandbox."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import environment
from .errors import UsageError
from .folder import PROJECT_FILES, project_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WITH_VALUE = frozenset({"-C", "--cwd", "-s", "--stack", "--config-file", "--color", "--tracing", "--profiling", "-v", "--verbose", "--otel-traces"})


def refuse_other_backends(command: Sequence[str], here: Path, outside: Mapping[str, str], folder: Path) -> None:
    """One clear sentence for a backend in the environment, in the project file or on the command line."""
    own = environment.backend(folder)
    asked = outside.get(environment.BACKEND)
    if asked and asked != own:
        raise UsageError(f"{environment.BACKEND} is {asked}, but the sandbox keeps its state in its own folder only ({own}): unset it")
    for project in project_folders(command, here):
        url = _project_backend(project)
        if url and url != own:
            raise UsageError(f"the project file in {project} sets its backend to {url}, but the sandbox keeps its state in its own folder only ({own})")
    url = _login(command)
    if url is not None and url != own:
        raise UsageError(f"pulumi login{f' {url}' if url else ''} would leave the sandbox, which keeps its state in its own folder only ({own})")


def project_folders(command: Sequence[str], here: Path) -> list[Path]:
    """The Pulumi projects that the command is about: where we are, and where its -C, --cwd or (in a shell's line) cd leads."""
    starts = [here, *(here / path for path in _values([*command, *_lines(command)], "-C", "--cwd", "cd"))]
    return list(dict.fromkeys(folder for start in starts if (folder := project_folder(start.resolve())) is not None))


def _lines(command: Sequence[str]) -> Iterator[str]:
    """The words of arguments that are whole lines for a shell."""
    for argument in command:
        if " " in argument:
            with suppress(ValueError):  # quotes that do not pair: no line for a shell
                yield from shlex.split(argument)


def _values(arguments: Sequence[str], *names: str) -> Iterator[str]:
    for index, argument in enumerate(arguments):
        flag, equals, value = argument.partition("=")
        if flag not in names:
            continue
        if equals:
            yield value
        elif index + 1 < len(arguments):
            yield arguments[index + 1]


def _login(command: Sequence[str]) -> str | None:
    """The backend that `pulumi login` asks for ("" is Pulumi's own cloud), or None for any other command."""
    if not command or Path(command[0]).name != "pulumi":
        return None
    words = _words(command[1:])
    if not words or words[0] != "login":
        return None
    if "--local" in command or "-l" in command:
        return "file://~"
    return next(_values(command, "--cloud-url", "-c"), "") or (words[1] if len(words) > 1 else "")


def _words(arguments: Sequence[str]) -> list[str]:
    words: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument.startswith("-"):
            skip = argument in _WITH_VALUE
        else:
            words.append(argument)
    return words


def _project_backend(project: Path) -> str | None:
    for name in PROJECT_FILES:
        path = project / name
        if path.is_file() and "backend" in path.read_text(encoding="utf-8"):
            import yaml

            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            backend = content.get("backend") if isinstance(content, dict) else None
            return backend.get("url") if isinstance(backend, dict) else None
    return None
