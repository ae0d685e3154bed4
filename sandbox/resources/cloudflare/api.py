"""How Cloudflare's API identifies things and says no."""

from __future__ import annotations

import hashlib
import json
import re

from ...kind import Call, Record, Refusal

ZONE = "cloudflare:index/zone:Zone"
API = "https://api.cloudflare.com/client/v4/"
_ID = re.compile(r"^[0-9a-f]{32}$")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"^(?:{_LABEL}\.)+(?!\d+$){_LABEL}$")
_LONGEST_NAME = 253


def text(value: object) -> str:
    """The value as the string it must be by now; an empty one where it is absent or not known."""
    return value if isinstance(value, str) else ""


def digest(*parts: object) -> str:
    """A stable hexadecimal fingerprint of the parts."""
    return hashlib.sha256("\x00".join(map(str, parts)).encode()).hexdigest()


def fresh(call: Call) -> str:
    """Thirty-two hexadecimal digits that no earlier resource of this name had."""
    return digest(call.urn, call.cloud.sequence(f"cloudflare {call.urn}"))[:32]


def is_id(value: object) -> bool:
    """Whether the value has the form of an identifier."""
    return _ID.match(text(value)) is not None


def is_domain(name: str) -> bool:
    """Whether this is a domain name of at least two labels."""
    return len(name) <= _LONGEST_NAME and _DOMAIN.match(name.lower()) is not None


def refusal(method: str, path: str, code: int, message: str, status: str = "400 Bad Request") -> Refusal:
    """An answer of the API as the provider prints it."""
    body = {"result": None, "success": False, "errors": [{"code": code, "message": message}], "messages": []}
    return Refusal(f'failed to make http request: {method} "{API}{path}": {status} {json.dumps(body, separators=(",", ":"))}')


def zone_named(call: Call, name: str) -> Record | None:
    """The zone of this name that the program made."""
    return next(call.cloud.find(ZONE, name=name.lower()), None)


def outside(name: str) -> str:
    """The id of a zone that its owner made elsewhere: it follows from the name."""
    return digest("zone", name.lower())[:32]


def zone_id(call: Call) -> str:
    """The zone that an input names; whoever knows an id of the right form may use a zone that the sandbox does not hold."""
    value = text(call.inputs.get("zoneId"))
    if not is_id(value):
        raise refusal(
            "POST", f"zones/{value}", 7003, f"Could not route to /client/v4/zones/{value}, perhaps your object identifier is invalid?", "404 Not Found"
        )
    return value


def zone_name(call: Call, about: str) -> str:
    """The name of the zone: its own, else the part of the name `about` from which its id follows, else nothing."""
    wanted = text(call.inputs.get("zoneId"))
    record = call.cloud.get(ZONE, wanted)
    if record is not None:
        return text(record.outputs.get("name"))
    labels = about.lower().rstrip(".").split(".")
    return next((name for at in range(len(labels)) if outside(name := ".".join(labels[at:])) == wanted), "")
