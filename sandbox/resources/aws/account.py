"""Who and where: the account, the partition, the regions and their zones."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ...kind import Call, Function, Properties, Refusal
from .formats import ACCOUNT, partition, region, text

LETTERS = "abc"
"""Most regions have three zones that every account sees under these letters; us-east-1 has six."""


def _identity(call: Call) -> Properties:
    del call
    return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/sandbox", "id": ACCOUNT, "userId": "AIDASANDBOX0000000000"}


def _partition(call: Call) -> Properties:
    word = partition(region(call))
    suffix = "amazonaws.com.cn" if word == "aws-cn" else "amazonaws.com"
    return {"id": word, "partition": word, "dnsSuffix": suffix, "reverseDnsPrefix": ".".join(reversed(suffix.split(".")))}


def _region(call: Call) -> Properties:
    place = text(call.inputs.get("name")) or region(call)
    return {"id": place, "name": place, "region": place, "description": place, "endpoint": f"ec2.{place}.amazonaws.com"}


def zones(place: str) -> list[str]:
    """The names of a region's availability zones."""
    return [f"{place}{letter}" for letter in ("abcdef" if place == "us-east-1" else LETTERS)]


def zone_id(place: str, number: int) -> str:
    """The id of a zone that is the same in every account: `euw1-az1`."""
    area, side, digit = place.rsplit("-", 2)
    words = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c", "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
    return f"{area.replace('-gov', 'g')}{words.get(side, side)}{digit}-az{number}"


def _zones(call: Call) -> Properties:
    place = region(call)
    names = zones(place)
    return {
        "id": place,
        "region": place,
        "names": names,
        "zoneIds": [zone_id(place, number) for number, _ in enumerate(names, 1)],
        "groupNames": [place],
        **{key: call.inputs[key] for key in ("state", "filters", "allAvailabilityZones", "excludeNames", "excludeZoneIds") if key in call.inputs},
    }


def configure(config: Mapping[str, str]) -> None:
    """The provider compares the credentials' account with those that it may touch, and those that it must not."""
    allowed, forbidden = (json.loads(config.get(key) or "[]") for key in ("allowedAccountIds", "forbiddenAccountIds"))
    if (allowed and ACCOUNT not in allowed) or ACCOUNT in forbidden:
        message = f"AWS account ID not allowed: {ACCOUNT}"
        raise Refusal(message)


FUNCTIONS = (
    Function(token="aws:index/getCallerIdentity:getCallerIdentity", answer=_identity),
    Function(token="aws:index/getPartition:getPartition", answer=_partition),
    Function(token="aws:index/getRegion:getRegion", answer=_region),
    Function(token="aws:index/getAvailabilityZones:getAvailabilityZones", answer=_zones),
)
