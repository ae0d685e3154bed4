"""What was read of one SDK, kept on disk under the SDK's version and this reader's own."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLE = "CREATE TABLE IF NOT EXISTS entry (kind TEXT, key TEXT, data TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"


def default_folder() -> Path:
    """Where caches live: `$XDG_CACHE_HOME`, else `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groundplan" / "schema"


@lru_cache(maxsize=1)
def _reader_digest() -> str:
    """Changes with the code that reads the SDKs, so that a newer reader never trusts an older one's table."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Cache:
    """The rows of one SDK at one version. A folder that cannot be written, or a broken file, costs speed and nothing else."""

    def __init__(self, folder: Path, package: str, version: str) -> None:
        self.path = folder / f"{package}-{version}-{_reader_digest()}.sqlite3"
        self._lock = threading.RLock()
        fresh = not self.path.exists()
        self._database = self._opened()
        if fresh:
            self._forget_older(f"{package}-{version}-*.sqlite3")

    def _opened(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self._open(str(self.path))
        except (OSError, sqlite3.OperationalError):
            return self._open(":memory:")
        except sqlite3.DatabaseError:
            return self._renewed()

    def _renewed(self) -> sqlite3.Connection:
        """A new file in place of a broken one."""
        try:
            self.path.unlink(missing_ok=True)
            return self._open(str(self.path))
        except (OSError, sqlite3.DatabaseError):
            return self._open(":memory:")

    def _open(self, name: str) -> sqlite3.Connection:
        database = sqlite3.connect(name, timeout=10, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA synchronous=OFF")
        database.execute(_TABLE)
        return database

    def _forget_older(self, pattern: str) -> None:
        for path in self.path.parent.glob(pattern):
            if path != self.path:
                path.unlink(missing_ok=True)

    def _rows(self, query: str, *values: str) -> list[tuple[str]]:
        with self._lock:
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.DatabaseError:
                self._database.close()
                self._database = self._renewed()
                return []

    def get(self, kind: str, key: str) -> Any:
        """The row, or None."""
        found = self._rows("SELECT data FROM entry WHERE kind = ? AND key = ?", kind, key)
        return json.loads(found[0][0]) if found else None

    def keys(self, kind: str) -> tuple[str, ...]:
        """Every key of this kind, sorted."""
        return tuple(key for (key,) in self._rows("SELECT key FROM entry WHERE kind = ? ORDER BY key", kind))

    def put(self, rows: Iterable[tuple[str, str, Any]]) -> None:
        """Keeps (kind, key, row) triples, all or none."""
        encoded = [(kind, key, json.dumps(row, separators=(",", ":"), ensure_ascii=False)) for kind, key, row in rows]
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", encoded)
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Lets the file go."""
        self._database.close()
