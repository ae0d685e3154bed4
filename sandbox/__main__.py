"""The sandbox's command line: run a command in it, look into it, change it, forget it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import folder
from .errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE_STATUS = 2
_CLOSED_STATUS = 141
"""What a shell reports of a program that a closed pipe ended: 128 and SIGPIPE."""
_EPILOG = """\
The sandbox lives in $GROUNDPLAN_SANDBOX, else in .groundplan beside the Pulumi project.

  groundplan sandbox -- pulumi up -s dev            any command, with a local cloud in place of every account
  groundplan sandbox ls                             what exists in it
  groundplan sandbox edit api description=changed   drift, for `pulumi refresh` to find
"""


def main(arguments: Sequence[str]) -> int:
    """The exit status: the command's own, 2 for a request that cannot be served."""
    program, command = _split(arguments)
    try:
        status = _run(program, command) if command is not None else _look(program)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (`| head`) has seen enough; nothing more may be written, at exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED_STATUS
    except UsageError as error:
        sys.stderr.write(f"groundplan sandbox: {error}\n")
        return _USAGE_STATUS
    return status


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str] | None]:
    if "--" not in arguments:
        return arguments, None
    index = list(arguments).index("--")
    return arguments[:index], arguments[index + 1 :]


def _run(program: Sequence[str], command: Sequence[str]) -> int:
    if program not in ([], ["run"]):
        raise UsageError(f"what is to run stands after `--`; before it only `run` may stand, not {' '.join(program)}")
    if not command:
        raise UsageError("say what to run: groundplan sandbox -- pulumi up -s dev")
    from .run import run

    return run(command)


def _look(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.action is None:
        _parser().print_help()
        return _USAGE_STATUS
    if options.action == "run":
        raise UsageError("say what to run after two dashes: groundplan sandbox -- pulumi up -s dev")
    from . import inventory

    home = folder.sandbox_folder(Path.cwd())
    if options.action == "ls":
        inventory.ls(home, as_json=options.json)
    elif options.action == "show":
        inventory.show(home, options.thing, secrets=options.secrets)
    elif options.action == "edit":
        inventory.edit(home, options.thing, options.change)
    elif options.action == "rm":
        inventory.rm(home, options.thing)
    elif options.yes or _confirmed(home):
        inventory.reset(home)
    else:
        raise UsageError("nothing was deleted")
    return 0


def _confirmed(home: Path) -> bool:
    """Asks whoever sits there; a script has said it by calling."""
    if not sys.stdin.isatty():
        return True
    sys.stderr.write(f"Delete everything in {home}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundplan sandbox",
        description="A local cloud behind the real Pulumi engine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="command")
    actions.add_parser("run", help="run a command in the sandbox: groundplan sandbox run -- <command>, or without `run`")
    listing = actions.add_parser("ls", help="list what exists")
    listing.add_argument("--json", action="store_true", help="as JSON")
    showing = actions.add_parser("show", help="print one thing as JSON")
    showing.add_argument("thing", help="its id, name or URN")
    showing.add_argument("--secrets", action="store_true", help="print secret values too")
    editing = actions.add_parser("edit", help="change one thing as if in the console (drift)")
    editing.add_argument("thing", help="its id, name or URN")
    editing.add_argument("change", nargs="+", help="property=value; the property dotted, the value as JSON or plain text")
    removing = actions.add_parser("rm", help="delete one thing as if in the console")
    removing.add_argument("thing", help="its id, name or URN")
    resetting = actions.add_parser("reset", help="forget everything, the engine's state of the sandbox included")
    resetting.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
