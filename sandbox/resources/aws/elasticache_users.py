"""ElastiCache users and the groups that caches know them by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from . import arguments
from .elasticache_groups import GROUP, cache_refused, cache_taken
from .formats import arn, check_tags, known, placed, text
from .placement import texts
from .validators import one_of

USER = "aws:elasticache/user:User"
USER_GROUP = "aws:elasticache/userGroup:UserGroup"
ASSOCIATION = "aws:elasticache/userGroupAssociation:UserGroupAssociation"
_SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
_ID = re.compile(r"^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$")
_LONGEST_ID = 40
_PASSWORD = (16, 128)
_MOST_PASSWORDS = 2
_MOST_USERS = 100
"""Users of a group (Amazon ElastiCache quotas)."""
_ENGINES = ("redis", "valkey")
_DEFAULT = "default"
_MEMBER = "User {user} is already a member of the user group {group}."
_WORD = re.compile(
    r"^(on|off|sanitize-payload|skip-sanitize-payload|allkeys|allcommands|nocommands|resetkeys|allchannels|resetchannels|clearselectors|reset"
    r"|[+-]@?[a-z][a-z0-9_|-]*|[~&]\S+|%(R|W|RW)~\S+)$"
)
"""One word of an access string (Redis ACL, without passwords, which ElastiCache keeps apart)."""


def _engine(call: Call) -> str:
    return text(call.inputs.get("engine")).lower()


_ARGUMENTS = {"passwords.*": arguments.long(16, 128), "authenticationMode.passwords": arguments.items(1, 2**31)}


def _check_user(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    mode, engine = call.inputs.get("authenticationMode"), call.inputs.get("engine")
    if known(engine) and isinstance(engine, str) and engine.lower() not in _ENGINES:
        yield Failure("engine", f'expected engine to be one of ["redis" "valkey"], got {engine}')
    yield from arguments.check(call, _ARGUMENTS)
    given = mode.get("passwords") if isinstance(mode, dict) else None
    if isinstance(given, list) and len(given) > _MOST_PASSWORDS:
        yield Failure("authenticationMode.passwords", f"Too many list items: no more than {_MOST_PASSWORDS} are allowed, got {len(given)}")
    passwords = call.inputs.get("passwords")
    if isinstance(passwords, list) and len(passwords) > _MOST_PASSWORDS:
        yield Failure("passwords", f"Too many list items: no more than {_MOST_PASSWORDS} are allowed, got {len(passwords)}")


def _refuse_user(call: Call) -> None:
    fault = next(_user_faults(call), None)
    if fault is not None:
        verb, operation = ("creating", "CreateUser") if call.old is None else ("updating", "ModifyUser")
        raise cache_refused(f"{verb} ElastiCache User ({call.inputs.get('userId')})", operation, *fault)


def _user_faults(call: Call) -> Iterator[tuple[str, str]]:
    inputs, id_ = call.inputs, text(call.inputs.get("userId"))
    if not _ID.match(id_) or len(id_) > _LONGEST_ID:
        rule = "must begin with a letter, hold only letters, digits and single hyphens, not end with a hyphen, and be at most 40 characters long"
        yield "InvalidParameterValue", f"The parameter UserId is not valid: it {rule}."
    name = text(inputs.get("userName"))
    if not name or " " in name:
        yield "InvalidParameterValue", f"The parameter UserName is not valid: {name}"
    for word in _words(text(inputs.get("accessString"))):
        if not _WORD.match(word):
            yield "InvalidParameterValue", f"Access String Syntax error: {word}"
    yield from _mode_faults(inputs, id_, name)


def _mode_faults(inputs: Properties, id_: str, name: str) -> Iterator[tuple[str, str]]:
    mode, passwords = _mode(inputs), _passwords(inputs)
    if mode == "iam" and name != id_:
        yield "InvalidParameterCombination", "User Id and User name must be same for authentication type: iam"
    if mode == "iam" and id_ != id_.lower():
        yield "InvalidParameterValue", "User Id must be lower case for authentication type: iam"
    if mode == "password" and not passwords:
        yield "InvalidParameterCombination", "Passwords must be provided for authentication type: password"
    if mode in {"iam", "no-password-required"} and passwords:
        yield "InvalidParameterCombination", f"Passwords cannot be provided for authentication type: {mode}"
    low, high = _PASSWORD
    if any(not low <= len(password) <= high for password in passwords):
        yield "InvalidParameterValue", f"Passwords length must be between {low}-{high} characters."
    if mode == "":
        yield "InvalidParameterCombination", "Input Authentication type: no authentication mode, passwords or noPasswordRequired was given"


def _words(access: str) -> list[str]:
    return access.replace("(", " ").replace(")", " ").split()


def _mode(inputs: Properties) -> str:
    mode = inputs.get("authenticationMode")
    if isinstance(mode, dict):
        return text(mode.get("type"))
    if inputs.get("noPasswordRequired") is True:
        return "no-password-required"
    return "password" if inputs.get("passwords") or inputs.get("passwordsWo") else ""


def _passwords(inputs: Properties) -> list[str]:
    mode = inputs.get("authenticationMode")
    nested = texts(mode.get("passwords")) if isinstance(mode, dict) else []
    return [*texts(inputs.get("passwords")), *nested, *([text(inputs["passwordsWo"])] if text(inputs.get("passwordsWo")) else [])]


def _user_outputs(call: Call) -> Properties:
    mode = call.inputs.get("authenticationMode")
    shown = {"type": _mode(call.inputs), "passwordCount": len(_passwords(call.inputs))}
    return {
        **placed(call),
        "arn": arn(call, "elasticache", f"user:{call.id}"),
        "userId": call.id,
        "engine": call.inputs.get("engine"),
        "noPasswordRequired": call.inputs.get("noPasswordRequired") or False,
        "authenticationMode": {**mode, **shown} if isinstance(mode, dict) else shown,
    }


def members(call: Call, group: Record) -> list[str]:
    """The users of a group: those that it lists, and those that associations add."""
    added = [text(one.outputs.get("userId")) for one in call.cloud.find(ASSOCIATION, userGroupId=group.id)]
    return list(dict.fromkeys([*texts(group.outputs.get("userIds")), *added]))


def _delete_user(call: Call) -> None:
    """A user leaves its groups by itself, unless it is the one that a Redis group cannot be without."""
    if text(call.inputs.get("userName")) != _DEFAULT:
        return
    for group in call.cloud.find(USER_GROUP):
        if call.id in members(call, group) and group.outputs.get("engine") == "redis":
            doing, message = (
                f"deleting ElastiCache User ({call.id})",
                f"The default user {call.id} is associated with user group {group.id} and cannot be deleted.",
            )
            raise cache_refused(doing, "DeleteUser", "DefaultUserAssociatedToUserGroup", message, typed=True)


def _refuse_group(call: Call) -> None:
    fault = next(_group_faults(call, texts(call.inputs.get("userIds"))), None)
    if fault is not None:
        verb, operation = ("creating", "CreateUserGroup") if call.old is None else ("updating", "ModifyUserGroup")
        code, message = fault
        raise cache_refused(f"{verb} ElastiCache User Group ({call.inputs.get('userGroupId')})", operation, code, message, typed=code[0] in "DU")


def _group_faults(call: Call, users: list[str]) -> Iterator[tuple[str, str]]:
    id_ = text(call.inputs.get("userGroupId"))
    if not _ID.match(id_) or len(id_) > _LONGEST_ID:
        rule = "must begin with a letter, hold only letters, digits and single hyphens, not end with a hyphen, and be at most 40 characters long"
        yield "InvalidParameterValue", f"The parameter UserGroupId is not valid: it {rule}."
    yield from member_faults(call, _engine(call), users)


def member_faults(call: Call, engine: str, users: list[str]) -> Iterator[tuple[str, str]]:
    """What the API refuses of the users of a group."""
    if len(users) > _MOST_USERS:
        yield "InvalidParameterValue", f"A user group can have at most {_MOST_USERS} users."
    records = {user: call.cloud.get(USER, user) for user in users}
    for user, record in records.items():
        if record is None and user != _DEFAULT:
            yield "UserNotFound", f"User {user} not found."
        if record is not None and engine == "redis" and record.outputs.get("engine") == "valkey":
            yield "InvalidParameterCombination", f"User {user} of engine valkey cannot be in a user group of engine redis."
    names = Counter(text(record.inputs.get("userName")) if record is not None else user for user, record in records.items())
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        yield "DuplicateUserName", f"User group cannot contain more than one user with the user name {twice}."
    if engine == "redis" and _DEFAULT not in names:
        yield "DefaultUserRequired", "User group needs to contain a user with the user name default."


def _group_outputs(call: Call) -> Properties:
    return {**placed(call), "arn": arn(call, "elasticache", f"usergroup:{call.id}"), "userIds": call.inputs.get("userIds") or []}


def _delete_group(call: Call) -> None:
    for type_, path in ((GROUP, "userGroupIds"), (_SERVERLESS, "userGroupId")):
        for record in call.cloud.find(type_):
            if call.id in (texts(record.outputs.get(path)) or [text(record.outputs.get(path))]):
                doing = f"deleting ElastiCache User Group ({call.id})"
                message = f"User group {call.id} is associated with {record.id}: disassociate it before it is deleted."
                raise cache_refused(doing, "DeleteUserGroup", "InvalidUserGroupState", message, typed=True)


def _refuse_association(call: Call) -> None:
    group, user = text(call.inputs.get("userGroupId")), text(call.inputs.get("userId"))
    doing = f"creating ElastiCache User Group Association ({group},{user})"
    record = call.cloud.get(USER_GROUP, group)
    if record is None:
        raise cache_refused(doing, "ModifyUserGroup", "UserGroupNotFound", f"UserGroup {group} not found.", typed=True)
    if user in members(call, record):
        raise cache_refused(doing, "ModifyUserGroup", "InvalidParameterCombination", _MEMBER.format(user=user, group=group))
    fault = next(member_faults(call, text(record.outputs.get("engine")), [*members(call, record), user]), None)
    if fault is not None:
        raise cache_refused(doing, "ModifyUserGroup", *fault, typed=fault[0][0] in "DU")


KINDS = (
    Kind(
        token=USER,
        identify=lambda call: text(call.inputs.get("userId")),
        outputs=_user_outputs,
        defaults=lambda _call: {"noPasswordRequired": False},
        check=_check_user,
        replaces=frozenset({"userId", "userName"}),
        taken=cache_taken("User", "CreateUser", "UserAlreadyExists", "User {id} already exists."),
        create=_refuse_user,
        update=_refuse_user,
        delete=_delete_user,
    ),
    Kind(
        token=USER_GROUP,
        identify=lambda call: text(call.inputs.get("userGroupId")),
        outputs=_group_outputs,
        check=lambda call: (failure for check in (check_tags(call), one_of(call, "engine", (*_ENGINES, "REDIS", "VALKEY"))) for failure in check),
        replaces=frozenset({"userGroupId"}),
        taken=cache_taken("User Group", "CreateUserGroup", "UserGroupAlreadyExists", "User Group {id} already exists."),
        create=_refuse_group,
        update=_refuse_group,
        delete=_delete_group,
    ),
    Kind(
        token=ASSOCIATION,
        identify=lambda call: f"{text(call.inputs.get('userGroupId'))},{text(call.inputs.get('userId'))}",
        outputs=lambda call: {"region": placed(call)["region"]},
        replaces=frozenset({"userGroupId", "userId"}),
        taken=cache_refused(
            "creating ElastiCache User Group Association ({id})",
            "ModifyUserGroup",
            "InvalidParameterCombination",
            _MEMBER.format(user="{userId}", group="{userGroupId}"),
        ).message,
        create=_refuse_association,
    ),
)
"""Users, groups, and single users added to groups."""
