"""The command line `groundplan`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from . import doctor, lifecycle, program
from .refusal import Refused

EPILOG = """\
  groundplan up                               bring the application up on the local cloud
  groundplan sandbox -- pulumi stack output   any command, with the local cloud in place of every account
  groundplan sandbox ls                       what exists there; also show, edit, rm, reset
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: the engine's own where it ran, 2 for a request that cannot be served."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["sandbox"]:
        return program.become(program.sandbox(words[1:]))
    options = _parser().parse_args(words)
    try:
        return int(options.action(options))
    except Refused as refusal:
        print(f"groundplan: {refusal}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundplan",
        description="An application's infrastructure in the application's words.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for action in (lifecycle.UP, lifecycle.PREVIEW, lifecycle.DESTROY):
        command = commands.add_parser(action.name, help=action.help)
        command.add_argument("--stack", default=os.environ.get("STACK") or "dev", help="dev (default), staging, prod, or any stack with a Pulumi.<stack>.yaml")
        command.add_argument("--app", default=os.environ.get("APP") or ".", help="folder with the program's Pulumi.yaml; default here")
        command.add_argument(
            "--cloud", default=os.environ.get("CLOUD") or None, help="gcp or aws in place of the stack's own cloud, on a stack <stack>-<cloud>"
        )
        command.set_defaults(action=lambda options, action=action: lifecycle.perform(action, options.app, options.stack, options.cloud))
    commands.add_parser("sandbox", help="run a command on the local cloud, or look into it: groundplan sandbox --help", add_help=False)
    commands.add_parser("doctor", help="what is installed, and what is missing").set_defaults(action=lambda _: doctor.report())
    commands.add_parser("version", help="groundplan's version").set_defaults(action=lambda _: _version())
    return parser


def _version() -> int:
    print(metadata.version("groundplan"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
