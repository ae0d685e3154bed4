"""How Cloud Run names what it makes: addresses of services, revisions, the people who change them."""

from __future__ import annotations

import re
from typing import Any

from ...kind import Call, Properties
from .names import digest, location, project, project_number, text

REGION_CODES = {
    "africa-south1": "bq",
    "asia-east1": "de",
    "asia-east2": "df",
    "asia-northeast1": "an",
    "asia-northeast2": "dt",
    "asia-northeast3": "du",
    "asia-south1": "el",
    "asia-south2": "em",
    "asia-southeast1": "as",
    "asia-southeast2": "et",
    "australia-southeast1": "ts",
    "australia-southeast2": "km",
    "europe-central2": "lm",
    "europe-north1": "lz",
    "europe-north2": "rn",
    "europe-southwest1": "no",
    "europe-west1": "ew",
    "europe-west10": "oe",
    "europe-west12": "og",
    "europe-west2": "nw",
    "europe-west3": "ey",
    "europe-west4": "ez",
    "europe-west6": "oa",
    "europe-west8": "oc",
    "europe-west9": "od",
    "me-central1": "ww",
    "me-central2": "wx",
    "me-west1": "zf",
    "northamerica-northeast1": "nn",
    "northamerica-northeast2": "pd",
    "northamerica-south1": "pv",
    "southamerica-east1": "rj",
    "southamerica-west1": "tl",
    "us-central1": "uc",
    "us-east1": "ue",
    "us-east4": "uk",
    "us-east5": "ul",
    "us-south1": "vp",
    "us-west1": "uw",
    "us-west2": "wl",
    "us-west3": "wm",
    "us-west4": "wn",
}
"""The two letters in a service's address for each region where Cloud Run is."""

_LETTERS = "bcdfghjklmnpqrstvwxz0123456789"
_ANY = "abcdefghijklmnopqrstuvwxyz234567"


def _spell(letters: str, seed: str, length: int) -> str:
    number = int(seed, 16)
    spelled = ""
    for _ in range(length):
        number, at = divmod(number, len(letters))
        spelled += letters[at]
    return spelled


def host(call: Call) -> str:
    """`api-a2b3c4d5e6-ew.a.run.app`: the middle is the project's."""
    return f"{_short(call)}-{_spell(_ANY, digest('run', project(call)), 10)}-{REGION_CODES.get(location(call), 'xx')}.a.run.app"


def fixed_host(call: Call) -> str:
    """`api-123456789012.europe-west1.run.app`: known before the service is."""
    return f"{_short(call)}-{project_number(project(call))}.{location(call)}.run.app"


def _short(call: Call) -> str:
    return text(call.inputs.get("name")).rsplit("/", 1)[-1]


def revisions(call: Call) -> int:
    """How many revisions there were before this call."""
    before = text(call.old.outputs.get("latestCreatedRevision")) if call.old is not None else ""
    found = re.search(r"-(\d{5})-\w{3}$", before)
    return int(found[1]) if found else (1 if before else 0)


def revision(call: Call) -> str:
    """The revision that serves after this call: a new one where the template changed."""
    if call.old is not None and call.old.inputs.get("template") == call.inputs.get("template"):
        return text(call.old.outputs.get("latestCreatedRevision"))
    said = text((call.inputs.get("template") or {}).get("revision"))
    number = revisions(call) + 1
    return said or f"{_short(call)}-{number:05d}-{_spell(_LETTERS, digest(call.urn, project(call), number), 3)}"


def life(call: Call) -> Properties:
    """What every resource of Cloud Run says of its own life."""
    old: dict[str, Any] = call.old.outputs if call.old is not None else {}
    generation = str(int(old.get("generation") or 0) + 1)
    who = f"developer@{project(call)}.iam.gserviceaccount.com"
    now = call.cloud.now()
    digits = digest(call.urn, project(call), "uid")
    condition = {"lastTransitionTime": now, "state": "CONDITION_SUCCEEDED"}
    return {
        "uid": old.get("uid") or f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}",
        "createTime": old.get("createTime") or now,
        "updateTime": now,
        "deleteTime": "",
        "expireTime": "",
        "creator": old.get("creator") or who,
        "lastModifier": who,
        "generation": generation,
        "observedGeneration": generation,
        "reconciling": False,
        "etag": f'"{digest(call.urn, generation, now)[:20]}"',
        "terminalConditions": [{"type": "Ready", **condition}],
        "launchStage": call.inputs.get("launchStage") or "GA",
        "effectiveAnnotations": call.inputs.get("annotations") or {},
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }


CHANGES = frozenset({"etag", "generation", "observedGeneration", "updateTime", "terminalConditions", "conditions"})
"""What any update gives anew."""
