"""Databases and logins of one RDS server: made by SQL, because no API of AWS makes them; every call may be repeated.

It runs alone on AWS Lambda, so it imports nothing of the library. It returns and logs names only, never a password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

OWNER = "app"
"""The role that owns each database and all that WRITE logins make in it; the one user where there is a password."""
MEMBERS = "app_login"
"""The role that may connect; each login is a member of it."""
MAINTENANCE = "postgres"
"""The database that each server has."""
LOCK = 1_919_181_615
"""An advisory lock's key: PostgreSQL refuses two at once that change the same role."""
OWN_SCHEMAS = 150000
"""PostgreSQL's number since which a database's owner owns its schema `public`, and nobody else may create in it."""
ITERATIONS = 4096
"""PostgreSQL's own count for SCRAM-SHA-256; the password is random and long, so that more would protect nothing."""
TRIES, PAUSE_SECONDS = 6, 5
"""How often a server that does not answer is asked: rules of security groups and a failover need a moment."""


class Session(Protocol):
    """A connection to one database, in which every statement is its own transaction."""

    def run(self, sql: str, **parameters: str) -> list[list[Any]] | None:
        """The rows of one statement; `:name` in it stands for a parameter."""

    def close(self) -> None:
        """Ends it."""


Opening = Callable[[str], Session]
"""Opens a session with a database by its name, as the master user."""


def name(text: str) -> str:
    """A name as SQL takes it, whatever is in it. Raises ValueError for what no name can be."""
    if not text or "\0" in text or len(text.encode()) > 63:  # noqa: PLR2004  NAMEDATALEN - 1
        message = f"not a name that PostgreSQL takes: {text!r}"
        raise ValueError(message)
    return '"' + text.replace('"', '""') + '"'


def value(text: str) -> str:
    """A text as SQL takes it. Raises ValueError for what no text can be."""
    if "\0" in text:
        message = "a text of PostgreSQL has no NUL"
        raise ValueError(message)
    quoted = "'" + text.replace("'", "''") + "'"
    return f" E{quoted.replace(chr(92), chr(92) * 2)}" if "\\" in text else quoted


def scram(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803): sent in its place, the password itself is in no log of statements."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    coded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{coded[0]}${coded[1]}:{coded[2]}"


@contextmanager
def opened(opening: Opening, database: str) -> Iterator[Session]:
    """A session that is closed afterwards."""
    session = opening(database)
    try:
        yield session
    finally:
        session.close()


def set_up(opening: Opening, databases: list[str], password: str | None) -> None:
    """The roles and the databases. With a password the owner logs in by it, else nobody but the master user does by any."""
    with opened(opening, MAINTENANCE) as session:
        session.run(f"SELECT pg_advisory_lock({LOCK})")
        for role in (OWNER, MEMBERS):
            if not _exists(session, role):
                session.run(f"CREATE ROLE {name(role)} NOLOGIN")
        session.run(f"GRANT {name(OWNER)} TO CURRENT_USER")
        session.run(f"GRANT {name(MEMBERS)} TO {name(OWNER)}")
        if password is None:
            session.run(f"ALTER ROLE {name(OWNER)} NOLOGIN PASSWORD NULL")
        else:
            session.run(f"ALTER ROLE {name(OWNER)} LOGIN PASSWORD {value(scram(password, secrets.token_bytes(16)))}")
        for database in databases:
            _database(session, database)
            with opened(opening, database) as inside:
                _inside(inside)


def _exists(session: Session, role: str) -> bool:
    return bool(session.run("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :role", role=role))


def _database(session: Session, database: str) -> None:
    owners = session.run("SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = :name", name=database)
    if not owners:
        session.run(f"CREATE DATABASE {name(database)} OWNER {name(OWNER)}")
    elif owners[0][0] != OWNER:
        session.run(f"ALTER DATABASE {name(database)} OWNER TO {name(OWNER)}")
    # PostgreSQL lets every login into every database, until told otherwise
    session.run(f"REVOKE ALL ON DATABASE {name(database)} FROM PUBLIC")
    session.run(f"GRANT CONNECT ON DATABASE {name(database)} TO {name(MEMBERS)}")


def _inside(session: Session) -> None:
    version = session.run("SELECT pg_catalog.current_setting('server_version_num')::int") or [[0]]
    if version[0][0] < OWN_SCHEMAS:
        session.run(f"GRANT USAGE, CREATE ON SCHEMA public TO {name(OWNER)}")
        session.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    # which libraries are loaded only privileged users may read; a setting is there when its library is
    if session.run("SELECT 1 FROM pg_catalog.pg_settings WHERE name = 'pgaudit.log'"):
        session.run("CREATE EXTENSION IF NOT EXISTS pgaudit")


def log_in(opening: Opening, login: str, *, write: bool) -> None:
    """A user that logs in with a token of IAM: a member of the owner, as which it then acts, or one that may do what SQL grants it. Raises ValueError."""
    with opened(opening, MAINTENANCE) as session:
        session.run(f"SELECT pg_advisory_lock({LOCK})")
        master = (session.run("SELECT CURRENT_USER") or [[""]])[0][0]
        if login in (OWNER, MEMBERS, master) or login.startswith(("pg_", "rds")):
            message = f"an identity's user must not be called {login!r}: PostgreSQL or RDS has that name for itself"
            raise ValueError(message)
        if not _exists(session, login):
            session.run(f"CREATE ROLE {name(login)} LOGIN")
        session.run(f"GRANT rds_iam TO {name(login)}")
        session.run(f"GRANT {name(MEMBERS)} TO {name(login)}")
        if write:
            session.run(f"GRANT {name(OWNER)} TO {name(login)}")
            # what one of them makes belongs to all of them
            session.run(f"ALTER ROLE {name(login)} SET role = {value(OWNER)}")
        else:
            session.run(f"ALTER ROLE {name(login)} RESET role")
            session.run(f"REVOKE {name(OWNER)} FROM {name(login)}")


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{"databases": […], "password": ARN}` or `{"login": …, "write": …}`."""
    del context
    opening = _master()
    if "login" in event:
        log_in(opening, event["login"], write=event["write"])
        return {"login": event["login"]}
    given = event.get("password")
    set_up(opening, event["databases"], None if given is None else _secret(given))
    return {"databases": event["databases"]}


def _secret(arn: str) -> str:
    import boto3  # part of Lambda's runtime

    text: str = boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return text


def _master() -> Opening:
    """Sessions as the master user: its password is read at each call, because RDS changes it every week."""
    import pg8000.exceptions
    import pg8000.native

    master = json.loads(_secret(os.environ["MASTER_SECRET"]))
    trusted = trust(Path(__file__).with_name("authority.pem"))

    def opening(database: str) -> Session:
        for left in reversed(range(TRIES)):
            try:
                session: Session = pg8000.native.Connection(
                    master["username"],
                    password=master["password"],
                    host=os.environ["HOST"],
                    port=int(os.environ["PORT"]),
                    database=database,
                    ssl_context=trusted,
                    timeout=30,
                )
            except pg8000.exceptions.InterfaceError:
                if not left:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return session
        raise AssertionError

    return opening


def trust(authority: Path) -> ssl.SSLContext:
    """TLS to this server only: its certificate is checked with its name, by the authority of its region."""
    context = ssl.create_default_context(cafile=str(authority))
    # Python 3.13 asks more of an authority's form than RFC 5280's validation does, and RDS renews its own at any time
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
