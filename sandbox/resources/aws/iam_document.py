"""The data source that writes policy documents: `aws.iam.get_policy_document`."""

from __future__ import annotations

import json
import zlib
from typing import Any

from ...kind import Call, Function, Properties, Refusal
from .policies import document, listed

_VERSION = "2012-10-17"
_LISTS = (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource"))


def _several(values: list[str]) -> str | list[str]:
    """One value alone; more of them in a list, the last letter first, as the data source sorts them."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principal(blocks: list[dict[str, Any]]) -> Any:
    merged: dict[str, list[str]] = {}
    for block in blocks:
        merged.setdefault(block["type"], []).extend(block["identifiers"])
    if merged == {"*": ["*"]}:
        return "*"
    return {kind: _several(list(dict.fromkeys(values))) for kind, values in merged.items()}


def _conditions(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for block in blocks:
        merged.setdefault(block["test"], {})[block["variable"]] = block["values"][0] if len(block["values"]) == 1 else block["values"]
    return merged


def _variables(value: Any) -> Any:
    """`&{aws:username}` stands for IAM's own `${aws:username}`."""
    if isinstance(value, str):
        return value.replace("&{", "${")
    if isinstance(value, list):
        return [_variables(one) for one in value]
    if isinstance(value, dict):
        return {_variables(key): _variables(one) for key, one in value.items()}
    return value


def _statement(given: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if given.get("sid"):
        written["Sid"] = given["sid"]
    written["Effect"] = given.get("effect") or "Allow"
    for name, shown in _LISTS:
        if given.get(name):
            written[shown] = _variables(_several(given[name]))
    for name, shown in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(name):
            written[shown] = _variables(_principal(given[name]))
    if given.get("conditions"):
        written["Condition"] = _variables(_conditions(given["conditions"]))
    return written


def _answer(call: Call) -> Properties:
    version = call.inputs.get("version") or _VERSION
    if version not in {_VERSION, "2008-10-17"}:
        raise Refusal(f'expected version to be one of ["2008-10-17" "2012-10-17"], got {version}')
    own = [_statement(given) for given in call.inputs.get("statements") or ()]
    _refuse_same([one["Sid"] for one in own if "Sid" in one], "duplicate Sid")
    statements = _merged(call, own)
    whole: dict[str, Any] = {"Version": version}
    if call.inputs.get("policyId"):
        whole["Id"] = call.inputs["policyId"]
    if statements:
        whole["Statement"] = statements
    text = _escaped(json.dumps(whole, indent=2, ensure_ascii=False))
    small = _escaped(json.dumps(whole, separators=(",", ":"), ensure_ascii=False))
    return {**call.inputs, "id": str(zlib.crc32(text.encode())), "json": text, "minifiedJson": small, "version": version}


def _escaped(text: str) -> str:
    """Go's encoder writes these three as escapes."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _merged(call: Call, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statements of source documents, the program's own over them, and those of override documents over all, by Sid."""
    found: list[dict[str, Any]] = []
    for source in call.inputs.get("sourcePolicyDocuments") or ():
        found += _parsed(source)
    _refuse_same([one["Sid"] for one in found if one.get("Sid")], "duplicate Sid")
    for layer in [own, *(_parsed(one) for one in call.inputs.get("overridePolicyDocuments") or ())]:
        for statement in layer:
            place = next((index for index, one in enumerate(found) if statement.get("Sid") and one.get("Sid") == statement["Sid"]), None)
            if place is None:
                found.append(statement)
            else:
                found[place] = statement
    return found


def _parsed(value: str) -> list[dict[str, Any]]:
    policy = document(value)
    if policy is None:
        raise Refusal(f"writing IAM Policy Document: merging source document: {value!r} is no policy document")
    return [one for one in listed(policy.get("Statement")) if isinstance(one, dict)]


def _refuse_same(sids: list[str], reason: str) -> None:
    for sid in sids:
        if sids.count(sid) > 1:
            raise Refusal(f"writing IAM Policy Document: {reason} ({sid}). Remove the Sid or ensure the Sid is unique.")


FUNCTIONS = (Function(token="aws:iam/getPolicyDocument:getPolicyDocument", answer=_answer),)
"""The writer."""
