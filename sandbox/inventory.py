"""Looks into the local cloud, and changes it behind the engine's back."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import rules, stackfiles
from .errors import UsageError
from .kind import Call, Refusal
from .resources import find, is_detailed
from .schema import Schemas
from .store import OutdatedError, Store
from .wire import Mask, masked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .kind import Record

MASK = "[secret]"
WIDEST_ID = 100
"""Letters of an id in the table; a condition makes some very long. `--json` and `show` have it whole."""
API = "gcp:projects/service:Service"
"""A state of the project rather than a thing in it."""


def ls(home: Path, *, as_json: bool) -> None:
    """Everything that exists, oldest first."""
    rows = [{"type": record.type, "name": _name(record), "id": record.id, "emulation": _emulation(record)} for record in _all(home)]
    if as_json:
        _print(json.dumps(rows, indent=2))
        return
    apis = [row["id"] for row in rows if row["type"] == API]
    rows = [row for row in rows if row["type"] != API]
    if rows:
        _table(rows)
    else:
        _print("The sandbox is empty.")
    if apis:
        _print(f"\nGoogle APIs enabled, which no destroy disables: {', '.join(apis)}")


def _table(rows: Sequence[Mapping[str, str]]) -> None:
    titles = {"type": "TYPE", "name": "NAME", "id": "ID", "emulation": "EMULATION"}
    rows = [{**row, "id": row["id"] if len(row["id"]) <= WIDEST_ID else row["id"][: WIDEST_ID - 1] + "…"} for row in rows]
    widths = {key: max(len(row[key]) for row in [titles, *rows]) for key in titles}
    for row in [titles, *rows]:
        _print("  ".join(row[key].ljust(widths[key]) for key in titles).rstrip())
    generic = sorted({row["type"] for row in rows if row["emulation"] == "generic"})
    if generic:
        _print(f"\nNot emulated in detail (inputs checked and echoed, computed outputs made up): {', '.join(generic)}")


def show(home: Path, wanted: str, *, secrets: bool) -> None:
    """One thing whole."""
    record = _one(home, wanted)
    hidden: Mask = {} if secrets else _hidden(home, record)
    _print(
        json.dumps(
            {
                "type": record.type,
                "id": record.id,
                "urn": record.urn,
                "emulation": _emulation(record),
                "inputs": masked(record.inputs, hidden, MASK),
                "outputs": masked(record.outputs, hidden, MASK),
            },
            indent=2,
        )
    )


def edit(home: Path, wanted: str, changes: Sequence[str]) -> None:
    """Drift: sets properties of one thing as if somebody had used the console."""
    record = _one(home, wanted)
    schema = Schemas().resource(record.type)
    inputs, outputs = json.loads(json.dumps([record.inputs, record.outputs]))
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals:
            raise UsageError(f"{change} is not of the form property=value, such as description=changed or settings.tier='\"db-f1-micro\"'")
        first, *rest = path.split(".")
        settable = schema is not None and first in schema.inputs
        if not settable and first not in outputs:
            raise UsageError(f"{record.type} has no property {first}: `groundplan sandbox show {wanted}` lists what there is")
        for properties in (inputs, outputs) if settable else (outputs,):
            if not _set(properties, [first, *rest], _value(text)):
                raise UsageError(f"{record.id} has no {path} that could be set: `groundplan sandbox show {wanted}` lists what there is")
    with Store(home / "sandbox.db") as store:
        store.edit(replace(record, inputs=inputs, outputs=outputs))
    _print(f"Changed {', '.join(change.partition('=')[0] for change in changes)} of {record.type} {record.id}; `pulumi refresh` will see it.")


def rm(home: Path, wanted: str) -> None:
    """Deletes one thing as if somebody had used the console: what goes with it goes too, and what others use stays."""
    record = _one(home, wanted)
    with Store(home / "sandbox.db") as store, store.transaction():
        try:
            rules.refuse_in_use(record, store, find)
        except Refusal as refusal:
            raise UsageError(refusal.message) from refusal
        call = Call(type=record.type, urn=record.urn, inputs=record.inputs, config={}, cloud=store, old=record, id=record.id)
        for carried in list(find(record.type).carries(call)):
            store.remove(carried.type, carried.id)
        store.remove(record.type, record.id)
    _print(f"Deleted {record.type} {record.id}; `pulumi refresh` will see it.")


def reset(home: Path) -> None:
    """Forgets everything: what exists and what the engine knows of it."""
    if not home.is_dir():
        _print(f"There is no sandbox in {home}.")
        return
    if stackfiles.in_use(home):
        raise UsageError(f"a command is running in the sandbox in {home}: wait for its end")
    try:
        gone = _counted(len(_all(home)))
    except OutdatedError:
        gone = "all resources"
    for name in ("state", "home"):
        shutil.rmtree(home / name, ignore_errors=True)
    for path in (*home.glob("sandbox.db*"), home / "sandbox.log"):
        path.unlink(missing_ok=True)
    _print(f"Deleted {gone} and all Pulumi state of the sandbox in {home}.")


def _counted(number: int) -> str:
    return "1 resource" if number == 1 else f"{number} resources"


def _all(home: Path) -> list[Record]:
    if not (home / "sandbox.db").exists():
        return []
    with Store(home / "sandbox.db") as store:
        return store.all()


def _one(home: Path, wanted: str) -> Record:
    records = _all(home)
    exact = [record for record in records if wanted in {record.id, record.urn}]
    found = exact or [record for record in records if wanted in {_name(record), record.outputs.get("name")}]
    if len(found) > 1:
        raise UsageError(f"{wanted} may be any of {', '.join(record.urn for record in found)}: name it by its URN")
    if not found:
        raise UsageError(f"nothing in the sandbox has the id or the name {wanted}: `groundplan sandbox ls` lists what exists")
    return found[0]


def _name(record: Record) -> str:
    return record.urn.rsplit("::", 1)[-1]


def _emulation(record: Record) -> str:
    return "detailed" if is_detailed(record.type) else "generic"


def _hidden(home: Path, record: Record) -> Mask:
    """What the program gave as a secret, and what the type says is one."""
    with Store(home / "sandbox.db") as store:
        given = store.secrets(record)
    schema = Schemas().resource(record.type)
    of_type = schema.secrets | {name for name, known in {**schema.inputs, **schema.outputs}.items() if known.secret} if schema else frozenset()
    return {**given, **dict.fromkeys(of_type | find(record.type).secrets, True)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _set(properties: Any, path: Sequence[str], value: Any) -> bool:
    """Sets it where its parent exists; says whether that was so."""
    head, *rest = path
    key: Any = head
    if isinstance(properties, list):
        key = int(head) if head.isdigit() and int(head) < len(properties) else None
    elif not isinstance(properties, dict) or (rest and head not in properties):
        key = None
    if key is None:
        return False
    if rest:
        return _set(properties[key], rest, value)
    properties[key] = value
    return True


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
