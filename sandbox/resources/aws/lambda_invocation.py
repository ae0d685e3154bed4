"""Who may call a Lambda function, and calls that a program makes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .compute_checks import is_arn, matches
from .formats import fresh, placed, refused, text
from .lambda_function import function

PERMISSION = "aws:lambda/permission:Permission"
INVOCATION = "aws:lambda/invocation:Invocation"
ANSWER = "null"
"""What a call answers: no code runs here, and a function that returns nothing answers so."""
_STATEMENT = r"^[A-Za-z0-9_-]{1,100}$"
_SERVICE = re.compile(r"^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$")


def _check_permission(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from matches("action", inputs.get("action"), r"^(lambda:[*]|lambda:[a-zA-Z]+|[*])$", "must be lambda:* or lambda: and an action")
    yield from matches("statementId", inputs.get("statementId"), _STATEMENT, "must be 1 to 100 letters, digits, hyphens and underscores")
    yield from matches("sourceAccount", inputs.get("sourceAccount"), r"^\d{12}$", "must be 12 digits")
    yield from matches("principalOrgId", inputs.get("principalOrgId"), r"^o-[a-z0-9]{10,32}$", "must be the id of an organization")
    yield from is_arn("sourceArn", inputs.get("sourceArn"))
    if inputs.get("functionUrlAuthType") is not None and inputs.get("action") not in {None, "lambda:InvokeFunctionUrl"}:
        yield Failure("functionUrlAuthType", "function_url_auth_type is only valid with the action lambda:InvokeFunctionUrl")


def _statement(call: Call) -> str:
    return text(call.inputs.get("statementId")) or f"terraform-{fresh(call, 26)}"


def _add_permission(call: Call) -> None:
    inputs, doing = call.inputs, f"adding Lambda Permission ({call.inputs.get('function')}/{call.id.rpartition('/')[2]})"
    found = function(call, inputs.get("function"))
    if found is None:
        message = f"Function not found: {inputs.get('function')}"
        raise refused(doing, "Lambda: AddPermission", "ResourceNotFoundException", message, status=404, typed=True)
    principal = text(inputs.get("principal"))
    if not (_SERVICE.match(principal) or re.fullmatch(r"\d{12}|\*", principal) or principal.startswith("arn:")):
        message = "The provided principal was invalid. Please check the principal and try again."
        raise refused(doing, "Lambda: AddPermission", "InvalidParameterValueException", message, typed=True)
    for other in call.cloud.find(PERMISSION, statementId=call.id.rpartition("/")[2]):
        if function(call, other.inputs.get("function")) == found and other.inputs.get("qualifier") == inputs.get("qualifier"):
            message = (
                f"The statement id ({call.id.rpartition('/')[2]}) provided already exists. Please provide a new statement id, or remove the existing statement."
            )
            raise refused(doing, "Lambda: AddPermission", "ResourceConflictException", message, status=409, typed=True)


def _permission_id(call: Call) -> str:
    """The statement's id, as the provider has it; with the function where another one's statement holds it."""
    statement = _statement(call)
    held = call.cloud.get(PERMISSION, statement)
    return statement if held is None else f"{text(call.inputs.get('function'))}/{statement}"


def _check_invocation(call: Call) -> Iterator[Failure]:
    given = call.inputs.get("input")
    if isinstance(given, str):
        try:
            json.loads(given)
        except json.JSONDecodeError as error:
            yield Failure("input", f'"input" contains an invalid JSON: {error.msg} at byte offset {error.pos}')
    if call.inputs.get("lifecycleScope") == "CRUD" and isinstance(given, str) and not (given.strip().startswith("{") and given.strip().endswith("}")):
        yield Failure("input", 'lifecycle_scope other than "CREATE_ONLY" requires input to be a JSON object')


def _invoke(call: Call) -> None:
    inputs = call.inputs
    if function(call, inputs.get("functionName")) is None:
        doing, message = f"invoking Lambda Function ({inputs.get('functionName')})", f"Function not found: {inputs.get('functionName')}"
        raise refused(doing, "Lambda: Invoke", "ResourceNotFoundException", message, status=404, typed=True)


def _end(call: Call) -> None:
    """A call that goes along with the resource's life is made once more at its end."""
    if call.inputs.get("lifecycleScope") == "CRUD":
        _invoke(call)


def _invocation_id(call: Call) -> str:
    inputs = call.inputs
    digest = hashlib.sha256(text(inputs.get("input")).encode()).hexdigest()[:32]
    wanted = f"{inputs.get('functionName')}_{inputs.get('qualifier')}_{digest}"
    held = call.cloud.get(INVOCATION, wanted)
    return wanted if held is None else f"{wanted}_{fresh(call, 8)}"


def _invocation_replaces(_old: Properties, new: Properties) -> frozenset[str]:
    """A call made at creation alone is made anew, as a new resource, when what it says changes."""
    return frozenset() if new.get("lifecycleScope") == "CRUD" else frozenset({"input"})


KINDS = (
    Kind(
        token=PERMISSION,
        identify=_permission_id,
        outputs=lambda call: {"region": placed(call)["region"], "statementId": call.id.rpartition("/")[2]},
        check=_check_permission,
        replaces=frozenset(
            {
                "action",
                "eventSourceToken",
                "function",
                "functionUrlAuthType",
                "invokedViaFunctionUrl",
                "principal",
                "principalOrgId",
                "qualifier",
                "sourceAccount",
                "sourceArn",
                "statementId",
                "statementIdPrefix",
            }
        ),
        create=_add_permission,
    ),
    Kind(
        token=INVOCATION,
        identify=_invocation_id,
        outputs=lambda call: {"region": placed(call)["region"], "result": ANSWER},
        defaults=lambda _call: {"lifecycleScope": "CREATE_ONLY", "qualifier": "$LATEST", "terraformKey": "tf"},
        check=_check_invocation,
        replaces=frozenset({"functionName", "qualifier", "triggers"}),
        replaces_on=_invocation_replaces,
        create=_invoke,
        update=_invoke,
        delete=_end,
        volatile=frozenset({"result"}),
    ),
)
"""The permission and the invocation."""
