"""The function that makes databases and logins on RDS: what it tells a server, of names, values and events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from components.aws.authorities import server_authority
from components.aws.database_login import handler


class Fake:
    """A session that writes down what it is told, and answers queries from a table."""

    def __init__(self, said: list[tuple[str, str]], database: str, answers: dict[str, list[list[Any]]]) -> None:
        self.said, self.database, self.answers = said, database, answers

    def run(self, sql: str, **parameters: str) -> list[list[Any]] | None:
        for name, text in parameters.items():
            sql = sql.replace(f":{name}", f"<{text}>")
        self.said.append((self.database, sql))
        return next((rows for part, rows in self.answers.items() if part in sql), [])

    def close(self) -> None:
        self.said.append((self.database, "close"))


def told(call: Callable[[handler.Opening], None], **answers: list[list[Any]]) -> list[str]:
    """What a call says to the server: changes only, with the database where it is not the maintenance one."""
    said: list[tuple[str, str]] = []
    parts = {"roles": "pg_roles", "owners": "pg_database", "version": "server_version_num", "audit": "pgaudit.log"}
    known = {"server_version_num": [[170000]], "CURRENT_USER": [["postgres"]]} | {parts[key]: rows for key, rows in answers.items()}
    call(lambda database: Fake(said, database, known))
    return [sql if database == "postgres" else f"{database}: {sql}" for database, sql in said if not sql.startswith("SELECT 1") and sql != "close"]


def test_a_name_stays_a_name_whatever_is_in_it() -> None:
    assert handler.name('x"; DROP ROLE "app') == '"x""; DROP ROLE ""app"'
    assert handler.value("it's") == "'it''s'"
    assert handler.value("a\\' OR 1") == " E'a\\\\'' OR 1'"


@pytest.mark.parametrize("text", ["", "a\0b", "x" * 64, "ü" * 32])
def test_what_postgresql_takes_as_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"not a name that PostgreSQL takes: {text!r}")):
        handler.name(text)


def test_a_text_with_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="a text of PostgreSQL has no NUL"):
        handler.value("a\0b")


def test_a_new_server_gets_its_roles_and_databases_with_nothing_left_to_the_public() -> None:
    assert told(lambda opening: handler.set_up(opening, ["orders"], None)) == [
        "SELECT pg_advisory_lock(1919181615)",
        'CREATE ROLE "app" NOLOGIN',
        'CREATE ROLE "app_login" NOLOGIN',
        'GRANT "app" TO CURRENT_USER',
        'GRANT "app_login" TO "app"',
        'ALTER ROLE "app" NOLOGIN PASSWORD NULL',
        "SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = <orders>",
        'CREATE DATABASE "orders" OWNER "app"',
        'REVOKE ALL ON DATABASE "orders" FROM PUBLIC',
        'GRANT CONNECT ON DATABASE "orders" TO "app_login"',
        "orders: SELECT pg_catalog.current_setting('server_version_num')::int",
    ]


def test_before_postgresql_15_the_public_loses_its_right_to_create_by_hand() -> None:
    said = told(lambda opening: handler.set_up(opening, ["orders"], None), version=[[140012]])
    assert said[-2:] == ['orders: GRANT USAGE, CREATE ON SCHEMA public TO "app"', "orders: REVOKE CREATE ON SCHEMA public FROM PUBLIC"]


def test_auditing_is_made_part_of_each_database_where_the_server_loads_it() -> None:
    said = told(lambda opening: handler.set_up(opening, ["a", "b"], None), audit=[[1]])
    assert [line for line in said if "EXTENSION" in line] == ["a: CREATE EXTENSION IF NOT EXISTS pgaudit", "b: CREATE EXTENSION IF NOT EXISTS pgaudit"]


def test_a_database_of_somebody_else_changes_hands_and_one_of_ours_is_left_alone() -> None:
    theirs = told(lambda opening: handler.set_up(opening, ["orders"], None), roles=[[1]], owners=[["postgres"]])
    ours = told(lambda opening: handler.set_up(opening, ["orders"], None), roles=[[1]], owners=[["app"]])
    assert [line for line in theirs if line not in ours] == ['ALTER DATABASE "orders" OWNER TO "app"']
    assert not any("CREATE" in line for line in (*ours, *theirs))


def test_a_verifier_is_what_rfc_5803_says() -> None:
    # the exchange of RFC 7677, section 3: user "user", password "pencil", salt and iterations as given there
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    auth = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    verifier = handler.scram("pencil", salt)
    stored, server_key = (base64.b64decode(part) for part in verifier.rpartition("$")[2].split(":"))
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    client_key = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored, auth, "sha256"), strict=True))
    assert hashlib.sha256(client_key).digest() == stored
    assert base64.b64encode(hmac.digest(server_key, auth, "sha256")) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    assert verifier.startswith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")


@pytest.mark.parametrize("login", ["app", "app_login", "postgres", "pg_monitor", "rdsadmin", "rds_iam"])
def test_no_identity_becomes_a_user_that_has_a_meaning_already(login: str) -> None:
    said: list[tuple[str, str]] = []
    with pytest.raises(ValueError, match=f"an identity's user must not be called '{login}': PostgreSQL or RDS has that name for itself"):
        handler.log_in(lambda database: Fake(said, database, {"SELECT CURRENT_USER": [["postgres"]]}), login, write=True)
    assert not any(sql.startswith(("CREATE", "GRANT", "ALTER")) for _, sql in said)
    assert said[-1] == ("postgres", "close")


@pytest.mark.parametrize(
    ("event", "answer", "secrets"),
    [
        ({"databases": ["orders"]}, {"databases": ["orders"]}, []),
        ({"databases": ["orders"], "password": "arn:password"}, {"databases": ["orders"]}, ["arn:password"]),
        ({"login": "api", "write": False}, {"login": "api"}, []),
    ],
)
def test_an_event_says_what_is_done_and_the_answer_holds_no_secret(monkeypatch, event, answer, secrets) -> None:
    read: list[str] = []
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(handler, "_master", lambda: lambda database: Fake(said, database, {"CURRENT_USER": [["postgres"]]}))
    monkeypatch.setattr(handler, "_secret", lambda arn: read.append(arn) or "hunter2")
    assert handler.handler(event, None) == answer
    assert read == secrets
    assert not any("hunter2" in sql for _, sql in said)


def test_the_servers_name_is_checked_with_its_certificate(tmp_path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text(server_authority("eu-west-1"))
    context = handler.trust(authority)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert [each["subject"] for each in context.get_ca_certs()] == [ssl_subject("eu-west-1")]


def ssl_subject(region: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    parts = {
        "countryName": "US",
        "organizationName": "Amazon Web Services, Inc.",
        "organizationalUnitName": "Amazon RDS",
        "stateOrProvinceName": "WA",
        "commonName": f"Amazon RDS {region} Root CA RSA2048 G1",
        "localityName": "Seattle",
    }
    return tuple(((key, text),) for key, text in parts.items())
