"""The databases and users of a Cloud SQL instance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...kind import Call, Failure, Kind, Properties, Record, Reference, Refusal
from . import sql_flags, sql_tiers
from .formats import known
from .iam import account_missing
from .lifecycle import deletes, deletion
from .names import project, text
from .private_ranges import SQL
from .sql_instance import DATABASE, USER
from .sql_rules import part

_LINK = "https://sqladmin.googleapis.com/sql/v1beta4/"
_DATABASE_ID = "projects/{project}/instances/{instance}/databases/{name}"
_SUFFIX = ".gserviceaccount.com"
_BUILT_IN = frozenset({"BUILT_IN", ""})
_EXISTING_USERS = frozenset({"postgres", "root", "sqlserver"})
"""Made with the instance: to create one is to take it over."""
_EXISTING_DATABASES = frozenset({"postgres", "template0", "template1", "cloudsqladmin", "mysql", "information_schema", "performance_schema", "sys"})
_NAME_BYTES = 63

OF_INSTANCE = Reference(
    path="instance",
    types=(SQL,),
    by=("id", "selfLink", "name"),
    message="Error, failed to use instance {value}: googleapi: Error 404: The Cloud SQL instance does not exist., instanceDoesNotExist",
    holds=False,
)


def _instance(call: Call) -> str:
    return text(call.inputs.get("instance")).rsplit("/", 1)[-1]


def _server(call: Call) -> Record | None:
    return call.cloud.get(SQL, _instance(call))


def _postgres(call: Call) -> bool:
    server = _server(call)
    return server is not None and sql_tiers.is_postgres(server.outputs.get("databaseVersion"))


def _database_id(call: Call) -> str:
    return _DATABASE_ID.format(project=project(call), instance=_instance(call), name=call.inputs.get("name"))


def _database_import(id_: str, config: Mapping[str, str]) -> str:
    parts = re.sub(r"^projects/|instances/|databases/", "", id_).split("/")
    owner = parts[-3] if len(parts) > 2 else config.get("project", "")  # noqa: PLR2004  project, instance, name
    return _DATABASE_ID.format(project=owner, instance=parts[-2], name=parts[-1]) if len(parts) > 1 else id_


def _database_outputs(call: Call) -> Properties:
    postgres = _postgres(call)
    return {
        "project": project(call),
        "charset": call.inputs.get("charset") or ("UTF8" if postgres else "utf8mb4"),
        "collation": call.inputs.get("collation") or ("en_US.UTF8" if postgres else "utf8mb4_0900_ai_ci"),
        "selfLink": _LINK + _database_id(call),
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }


def _refuse_database(call: Call) -> None:
    name = text(call.inputs.get("name"))
    failed = "Error creating Database: googleapi: Error 400: Invalid request: "
    if name in _EXISTING_DATABASES:
        raise Refusal(f'{failed}failed to create database {name}. Detail: pq: database "{name}" already exists., invalid')
    if not name or len(name.encode()) > _NAME_BYTES:
        raise Refusal(f"{failed}database name ({name}) must be 1 to {_NAME_BYTES} bytes long., invalid")
    if _postgres(call):
        charset, collation = text(call.inputs.get("charset")) or "UTF8", text(call.inputs.get("collation")) or "en_US.UTF8"
        if charset.upper() != "UTF8":
            raise Refusal(f"{failed}failed to create database {name}. Detail: charset {charset} is not supported, only UTF8 is., invalid")
        if not re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}\.(UTF8|UTF-8|utf8)|C|POSIX|C\.UTF-8|C\.UTF8", collation):
            raise Refusal(f'{failed}failed to create database {name}. Detail: pq: invalid locale name: "{collation}"., invalid')


def _user_outputs(call: Call) -> Properties:
    return {
        "project": project(call),
        "host": call.inputs.get("host") or ("" if _postgres(call) else "%"),
        "iamEmail": _email(call) if _kind(call) not in _BUILT_IN else "",
        "sqlServerUserDetails": [],
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }


def _kind(call: Call) -> str:
    return text(call.inputs.get("type"))


def _email(call: Call) -> str:
    name = text(call.inputs.get("name"))
    return f"{name}{_SUFFIX}" if _kind(call) == "CLOUD_IAM_SERVICE_ACCOUNT" and _postgres(call) else name


def _user_id(call: Call) -> str:
    """An empty host for PostgreSQL leaves two slashes."""
    host = text(call.inputs.get("host")) or ("" if _postgres(call) else "%")
    return f"{text(call.inputs.get('name'))}/{host}/{_instance(call)}"


def _user_import(id_: str, _config: Mapping[str, str]) -> str:
    parts = id_.split("/")
    if len(parts) == 3 and parts[1]:  # noqa: PLR2004  project, instance, name
        return f"{parts[2]}//{parts[1]}"
    return f"{parts[3]}/{parts[2]}/{parts[1]}" if len(parts) == 4 else id_  # noqa: PLR2004  with a host


def _check_user(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    if known(inputs.get("password")) and known(inputs.get("passwordWo")):
        yield Failure("password", '"password": conflicts with password_wo')
    if not known(inputs.get("name")) and "name" not in inputs:
        yield Failure("name", '"name": required field is not set')


def _refuse_user(call: Call) -> None:
    name, instance, kind = text(call.inputs.get("name")), _instance(call), _kind(call)
    failed = f"Error, failed to insert user {name} into instance {instance}: googleapi: Error 400: Invalid request: "
    server = _server(call)
    if server is None:
        return
    postgres = _postgres(call)
    if kind in _BUILT_IN:
        if postgres and not (call.inputs.get("password") or call.inputs.get("passwordWo")):
            raise Refusal(f"{failed}Password must be set for a built-in user., invalid")
        if postgres and call.inputs.get("host"):
            raise Refusal(f"{failed}Host is not supported for PostgreSQL users., invalid")
        return
    if call.inputs.get("password") or call.inputs.get("passwordWo"):
        raise Refusal(f"{failed}Password is not allowed for a user of type {kind}., invalid")
    flags = sql_flags.flags(part(server.outputs, "settings"))
    flag = "cloudsql.iam_authentication" if postgres else "cloudsql_iam_authentication"
    if flags.get(flag) != "on":
        raise Refusal(f"{failed}Cloud SQL IAM database authentication is not enabled on the instance: set the flag {flag} to on., invalid")
    _refuse_account(call, failed, name, postgres=postgres)


def _refuse_account(call: Call, failed: str, name: str, *, postgres: bool) -> None:
    kind = _kind(call)
    if "@" not in name:
        raise Refusal(f"{failed}The name of a user of type {kind} must be an email address, got {name}., invalid")
    if kind != "CLOUD_IAM_SERVICE_ACCOUNT":
        if name.endswith((".iam", _SUFFIX)):
            raise Refusal(f"{failed}{name} is a service account: its user type is CLOUD_IAM_SERVICE_ACCOUNT., invalid")
        return
    if postgres and name.endswith(_SUFFIX):
        raise Refusal(f'{failed}Database username for Cloud IAM service account should be created without "{_SUFFIX}" suffix., invalid')
    email = _email(call)
    if not email.endswith(_SUFFIX) or account_missing(call, email):
        raise Refusal(f"{failed}Service account {email} does not exist., invalid")


def _adopts(call: Call) -> bool:
    return text(call.inputs.get("name")) in _EXISTING_USERS


KINDS = (
    Kind(
        token=DATABASE,
        identify=_database_id,
        outputs=_database_outputs,
        replaces=frozenset({"instance", "name", "project"}),
        lower_name=False,
        taken='Error creating Database: googleapi: Error 400: Invalid request: failed to create database {name}. Detail: pq: database "{name}" '
        "already exists., invalid",
        references=(OF_INSTANCE,),
        api="sqladmin.googleapis.com",
        create=_refuse_database,
        update=_refuse_database,
        delete=deletion("google_sql_database"),
        deleted=deletes,
        import_id=_database_import,
    ),
    Kind(
        token=USER,
        identify=_user_id,
        outputs=_user_outputs,
        check=_check_user,
        replaces=frozenset({"host", "instance", "name", "project", "type"}),
        lower_name=False,
        taken="Error, failed to insert user {name} into instance {instance}: googleapi: Error 409: The user already exists., alreadyExists",
        adopts=_adopts,
        references=(OF_INSTANCE,),
        api="sqladmin.googleapis.com",
        create=_refuse_user,
        update=_refuse_user,
        delete=deletion("google_sql_user"),
        deleted=deletes,
        import_id=_user_import,
    ),
)
"""Databases and users."""
