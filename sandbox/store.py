"""What exists in the local cloud: a SQLite file that outlives the command and that several commands may use at once."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .errors import UsageError
from .kind import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self

_BUSY_SECONDS = 60
_VERSION = 1
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE IF NOT EXISTS thing (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    urn TEXT NOT NULL,
    inputs TEXT NOT NULL,
    outputs TEXT NOT NULL,
    held TEXT,
    secrets TEXT NOT NULL,
    UNIQUE (type, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS held ON thing (type, held) WHERE held IS NOT NULL;
CREATE TABLE IF NOT EXISTS sequence (scope TEXT PRIMARY KEY, next INTEGER NOT NULL);
"""
_ONE = "SELECT type, id, urn, inputs, outputs FROM thing WHERE type = ? AND id = ?"
_HOLDER = "SELECT type, id, urn, inputs, outputs FROM thing WHERE type = ? AND held = ?"
_SOME = "SELECT type, id, urn, inputs, outputs FROM thing WHERE type = ? AND (? IS NULL OR json_extract(outputs, ?) = ?) ORDER BY number"
_ALL = "SELECT type, id, urn, inputs, outputs FROM thing ORDER BY number"


class OutdatedError(UsageError):
    """The file was made by a version of the sandbox that wrote it otherwise."""


class TakenError(Exception):
    """The id or the unique key is held by something else of the type."""


class Store:
    """Implements `Cloud`; a write is visible to others when its `transaction` ends, and not at all when it fails."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        tables, version = (self._database.execute(query).fetchone()[0] for query in ("SELECT count(*) FROM sqlite_master", "PRAGMA user_version"))
        if tables and version != _VERSION:
            self._database.close()
            raise OutdatedError(f"the sandbox in {path.parent} was made by another version of groundplan: `groundplan sandbox reset` starts a new one")
        if not tables:
            self._database.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one writer at a time, among threads and among processes. May be nested."""
        with self._lock:
            if self._depth == 0:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("COMMIT")

    def get(self, type_: str, id_: str) -> Record | None:
        """The thing of this type with this id, or None."""
        rows = self._rows(_ONE, type_, id_)
        return rows[0] if rows else None

    def find(self, type_: str, **outputs: object) -> Iterator[Record]:
        """Everything of this type whose named top-level outputs have exactly these values, oldest first."""
        path, wanted = next(((f'$."{name}"', value) for name, value in outputs.items() if isinstance(value, str)), (None, None))
        for record in self._rows(_SOME, type_, path, path or "$", wanted):
            if all(record.outputs.get(name) == value for name, value in outputs.items()):
                yield record

    def secrets(self, record: Record) -> dict[str, Any]:
        """Which of its properties were given as secrets (a mask as `wire` has it)."""
        with self._lock:
            row = self._database.execute("SELECT secrets FROM thing WHERE type = ? AND id = ?", (record.type, record.id)).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def types(self) -> list[str]:
        """The types of everything that exists."""
        with self._lock:
            return [str(row[0]) for row in self._database.execute("SELECT DISTINCT type FROM thing")]

    def all(self) -> list[Record]:
        """Everything that exists, oldest first."""
        return self._rows(_ALL)

    def sequence(self, scope: str) -> int:
        """The next number, from 0, in a scope that this cloud remembers."""
        with self.transaction():
            row = self._database.execute("SELECT next FROM sequence WHERE scope = ?", (scope,)).fetchone()
            number = int(row[0]) if row else 0
            self._database.execute("INSERT OR REPLACE INTO sequence VALUES (?, ?)", (scope, number + 1))
            return number

    def now(self) -> str:
        """The present moment, RFC 3339 in UTC."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def holder(self, type_: str, key: tuple[object, ...]) -> Record | None:
        """Who holds this unique key."""
        rows = self._rows(_HOLDER, type_, _held(key))
        return rows[0] if rows else None

    def add(self, record: Record, key: tuple[object, ...] | None = None, secrets: Mapping[str, object] | None = None) -> None:
        """Makes it exist; TakenError when its id or its unique key is held."""
        try:
            with self.transaction():
                self._database.execute(
                    "INSERT INTO thing (type, id, urn, inputs, outputs, held, secrets) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (record.type, record.id, record.urn, _json(record.inputs), _json(record.outputs), _held(key), _json(secrets or {})),
                )
        except sqlite3.IntegrityError as error:
            raise TakenError(record.id) from error

    def replace(self, record: Record, key: tuple[object, ...] | None = None, secrets: Mapping[str, object] | None = None) -> None:
        """Gives an existing thing new properties; TakenError when its new unique key is held by another."""
        try:
            with self.transaction():
                self._database.execute(
                    "UPDATE thing SET urn = ?, inputs = ?, outputs = ?, held = ?, secrets = ? WHERE type = ? AND id = ?",
                    (record.urn, _json(record.inputs), _json(record.outputs), _held(key), _json(secrets or {}), record.type, record.id),
                )
        except sqlite3.IntegrityError as error:
            raise TakenError(record.id) from error

    def edit(self, record: Record) -> None:
        """Changes an existing thing's properties behind its owner's back; its unique key stays."""
        with self.transaction():
            self._database.execute(
                "UPDATE thing SET inputs = ?, outputs = ? WHERE type = ? AND id = ?",
                (_json(record.inputs), _json(record.outputs), record.type, record.id),
            )

    def remove(self, type_: str, id_: str) -> None:
        """Makes it exist no longer."""
        with self.transaction():
            self._database.execute("DELETE FROM thing WHERE type = ? AND id = ?", (type_, id_))

    def _rows(self, query: str, *values: str | None) -> list[Record]:
        with self._lock:
            rows = self._database.execute(query, values).fetchall()
        return [Record(type=type_, id=id_, urn=urn, inputs=json.loads(inputs), outputs=json.loads(outputs)) for type_, id_, urn, inputs, outputs in rows]


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _held(key: tuple[object, ...] | None) -> str | None:
    return None if key is None else _json(key)
