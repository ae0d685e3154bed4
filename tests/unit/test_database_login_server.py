"""The function that makes databases and logins on RDS, on a real PostgreSQL server with RDS's roles; skipped, saying so, where none is installed."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from components.aws.database_login import handler

MASTER = "master"


class Server(NamedTuple):
    port: int
    log: Path


def binary(name: str) -> Path | None:
    """A program of PostgreSQL's server, which Debian keeps off the search path."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *(Path(path) for path in [shutil.which(name)] if path)]
    return max(found, default=None)


def unprivileged() -> str | None:
    """Who the server runs as: PostgreSQL refuses the superuser."""
    if os.geteuid():
        return None
    return next((user.pw_name for user in pwd.getpwall() if user.pw_name in {"postgres", "nobody"}), None)


NEEDED = [name for name in ("initdb", "postgres") if binary(name) is None] + [name for name in ("pg8000",) if importlib.util.find_spec(name) is None]
needs_server = pytest.mark.skipif(bool(NEEDED), reason=f"no PostgreSQL server to try it on: {', '.join(NEEDED)} not found")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A server on a port of its own with the roles that RDS has, whose master user may do what it may do there."""
    folder = tmp_path_factory.mktemp("postgresql")
    user = unprivileged()
    as_user = [] if user is None else ["setpriv", f"--reuid={user}", "--clear-groups", "--"]
    if user is not None:
        shutil.chown(folder, user)
        for parent in list(folder.parents)[:3]:
            parent.chmod(parent.stat().st_mode | 0o011)
    subprocess.run(
        [*as_user, str(binary("initdb")), "-D", str(folder / "data"), "-U", "rdsadmin", "--auth=trust", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    (folder / "data" / "pg_hba.conf").write_text("host all app 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "log_statement=all"]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [*as_user, str(binary("postgres")), "-D", str(folder / "data"), "-p", str(port), *settings], stdout=log, stderr=log, cwd=folder
        )
    try:
        admin = answering(port)
        admin.run("CREATE ROLE rds_iam NOLOGIN")
        admin.run("CREATE ROLE rds_superuser NOLOGIN")
        admin.run("GRANT rds_iam TO rds_superuser WITH ADMIN OPTION")
        admin.run(f"CREATE ROLE {MASTER} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser")
        admin.close()
        yield Server(port, folder / "log")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)


def answering(port: int) -> Any:
    for _ in range(200):
        try:
            return connected(port, "rdsadmin", "postgres")
        except OSError:
            time.sleep(0.05)
        except Exception as error:
            if "starting up" not in str(error) and "create a connection" not in str(error):
                raise
            time.sleep(0.05)
    raise AssertionError("PostgreSQL did not start")


def connected(port: int, user: str, database: str, password: str | None = None) -> Any:
    import pg8000.native

    return pg8000.native.Connection(user, host="127.0.0.1", port=port, database=database, password=password, timeout=10)


@needs_server
class TestOnARealServer:
    """PostgreSQL itself decides; `rds_iam` and the master user's rights are as on RDS."""

    @pytest.fixture(autouse=True)
    def made(self, server: Server) -> None:
        self.port, self.log = server
        self.master = lambda database: connected(self.port, MASTER, database)
        handler.set_up(self.master, ["orders", "users"], None)

    def login(self, name: str, *, write: bool) -> None:
        handler.log_in(self.master, name, write=write)

    def does(self, user: str, *statements: str, database: str = "orders", password: str | None = None) -> list[list[Any]]:
        session = connected(self.port, user, database, password)
        try:
            return [session.run(sql) for sql in statements][-1]
        finally:
            session.close()

    def test_what_is_made_once_may_be_made_again(self) -> None:
        for write in (True, True, False, False):
            handler.set_up(self.master, ["orders", "users"], None)
            self.login("again", write=write)
        owners = "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname IN ('orders', 'users') ORDER BY 1"
        assert self.does("rdsadmin", owners) == [["orders", "app"], ["users", "app"]]

    def test_writers_own_together_what_each_of_them_makes(self) -> None:
        self.login("first", write=True)
        self.login("second", write=True)
        self.does("first", "CREATE TABLE events (id int)", "INSERT INTO events VALUES (1)")
        self.does("second", "ALTER TABLE events ADD COLUMN at timestamptz", "CREATE SCHEMA archive", "ALTER TABLE events SET SCHEMA archive")
        assert self.does("first", "SELECT id FROM archive.events") == [[1]]
        self.does("first", "DROP SCHEMA archive CASCADE", "CREATE TABLE users_only (id int)", "DROP TABLE users_only", database="orders")
        assert self.does("first", "SELECT session_user, current_user") == [["first", "app"]]

    def test_a_writer_owns_every_database(self) -> None:
        self.login("both", write=True)
        for database in ("orders", "users"):
            self.does("both", "CREATE TABLE seen (id int)", "DROP TABLE seen", database=database)

    def test_one_who_connects_may_do_nothing_until_sql_grants_it(self) -> None:
        self.login("writer", write=True)
        self.login("reader", write=False)
        self.does("writer", "CREATE TABLE private (id int)")
        for refused in (
            "SELECT * FROM private",
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "SET role = 'app'",
            "CREATE DATABASE mine",
        ):
            with pytest.raises(Exception, match="permission denied"):
                self.does("reader", refused)
        self.does("writer", "GRANT SELECT ON private TO reader")
        assert self.does("reader", "SELECT * FROM private") == []
        self.does("writer", "DROP TABLE private")

    def test_another_verb_changes_the_user_that_is_there(self) -> None:
        self.login("changing", write=True)
        self.does("changing", "CREATE TABLE held (id int)")
        self.login("changing", write=False)
        assert self.does("changing", "SELECT current_user, rolconfig FROM pg_roles WHERE rolname = 'changing'") == [["changing", None]]
        with pytest.raises(Exception, match="permission denied"):
            self.does("changing", "SELECT * FROM held")
        self.login("changing", write=True)
        self.does("changing", "DROP TABLE held")

    def test_who_was_given_no_login_gets_into_no_database(self) -> None:
        self.does("rdsadmin", "DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN")
        with pytest.raises(Exception, match='permission denied for database "orders"'):
            self.does("stranger", "SELECT 1")

    def test_each_login_is_one_by_token(self) -> None:
        self.login("api", write=False)
        members = "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = 'api'"
        assert sorted(self.does("rdsadmin", members)) == [["app_login"], ["rds_iam"]]
        assert self.does("rdsadmin", "SELECT rolsuper, rolcreaterole, rolcreatedb, rolpassword FROM pg_authid WHERE rolname = 'api'") == [[False] * 3 + [None]]

    def test_a_name_with_quotes_is_one_user_and_no_statement(self) -> None:
        hostile = 'x"; DROP ROLE "app'
        self.login(hostile, write=False)
        assert self.does("rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'x\"; DROP ROLE \"app')") == [[2]]
        assert self.does(hostile, "SELECT 1") == [[1]]

    def test_a_password_lets_the_owner_in_and_stands_in_no_log(self) -> None:
        handler.set_up(self.master, ["orders"], "correct-horse")
        assert self.does("app", "CREATE TABLE own (id int)", "DROP TABLE own", "SELECT current_user", password="correct-horse") == [["app"]]
        with pytest.raises(Exception, match="password authentication failed"):
            self.does("app", "SELECT 1", password="wrong-horse")
        log = self.log.read_text()
        assert "ALTER ROLE" in log
        assert "correct-horse" not in log
        handler.set_up(self.master, ["orders"], None)
        with pytest.raises(Exception, match=r"password authentication failed|not permitted to log in"):
            self.does("app", "SELECT 1", password="correct-horse")

    def test_logins_made_at_once_wait_for_each_other(self) -> None:
        holder = connected(self.port, MASTER, "postgres")
        holder.run(f"SELECT pg_advisory_lock({handler.LOCK})")
        with ThreadPoolExecutor(4) as pool:
            made = [pool.submit(self.login, f"parallel-{number}", write=number % 2 == 0) for number in range(4)]
            while holder.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != [[4]]:
                assert not any(each.done() for each in made)
            holder.close()
        assert [each.result() for each in made] == [None] * 4
        assert self.does("rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'parallel-%'") == [[4]]
