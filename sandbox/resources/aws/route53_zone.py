"""Route 53: hosted zones, those that their owners made elsewhere, and the logs of their queries."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Function, Kind, Properties, Record, Reference, Refusal
from .formats import ACCOUNT, check_tags, fresh, kept, known, refused, text

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
QUERY_LOG = "aws:route53/queryLog:QueryLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
VPC = "aws:ec2/vpc:Vpc"
DOMAIN = re.compile(r"^(?=.{1,254}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
ENDS = ("com", "net", "org", "co.uk")
"""The top-level domains that Route 53's name servers are spread over."""
LONGEST_COMMENT = 256
WORLD = "us-east-1"


def domain(value: object) -> str:
    """A name in lower case without its last dot."""
    return text(value).lower().rstrip(".")


def name_servers(seed: str) -> list[str]:
    """Four servers, one a top-level domain."""
    numbers = [int(hashlib.sha256(f"{seed}{end}".encode()).hexdigest()[:4], 16) % 2048 for end in ENDS]
    return sorted(f"ns-{number}.awsdns-{number % 64:02d}.{end}" for number, end in zip(numbers, ENDS, strict=True))


def _id(seed: str) -> str:
    letters = hashlib.sha256(seed.encode()).hexdigest().upper()[:20]
    return f"Z{letters}"


def outside(name: str) -> str:
    """The id of a zone that was there before the stack."""
    return _id(f"outside {name}")


def zone_name(call: Call, zone_id: str, name: str = "") -> str | None:
    """The domain of a zone by its id: of one that the local cloud holds, or of one outside that the name may lie in; None where there is none."""
    record = call.cloud.get(ZONE, zone_id)
    if record is not None:
        return domain(record.outputs.get("name"))
    parts = name.split(".")
    above = (".".join(parts[start:]) for start in range(len(parts) - 1))
    return next((candidate for candidate in above if outside(candidate) == zone_id), None)


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    comment = call.inputs.get("comment")
    if isinstance(comment, str) and len(comment) > LONGEST_COMMENT:
        yield Failure("comment", f"expected length of comment to be in the range (0 - {LONGEST_COMMENT}), got {comment}")
    if call.inputs.get("vpcs") and known(call.inputs.get("delegationSetId")):
        yield Failure("delegationSetId", '"delegation_set_id": conflicts with vpc')


def _create(call: Call) -> None:
    name = domain(call.inputs.get("name"))
    if not DOMAIN.match(name):
        raise refused(
            f"creating Route53 Hosted Zone ({call.inputs.get('name')})",
            "Route 53: CreateHostedZone",
            "InvalidDomainName",
            f"{name} is not a valid domain name. Verify that the domain name contains only characters that are valid",
            typed=True,
        )


def _outputs(call: Call) -> Properties:
    servers = name_servers(call.id)
    return {
        "arn": f"arn:aws:route53:::hostedzone/{call.id}",
        "zoneId": call.id,
        "name": domain(call.inputs.get("name")),
        "nameServers": kept(call, "nameServers", lambda: servers),
        "primaryNameServer": kept(call, "primaryNameServer", lambda: servers[0]),
        "tagsAll": call.inputs.get("tags") or {},
    }


def _records(call: Call) -> Iterator[Record]:
    return call.cloud.find(RECORD, zoneId=call.id)


def _delete(call: Call) -> None:
    if call.old is not None and call.old.inputs.get("forceDestroy") is True:
        return
    if next(_records(call), None) is not None:
        message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
        raise refused(f"deleting Route53 Hosted Zone ({call.id})", "Route 53: DeleteHostedZone", "HostedZoneNotEmpty", message, typed=True)


def _lookup(call: Call) -> Properties:
    """A zone of the local cloud, else the one that the domain's owner is taken to have made before."""
    wanted, name = text(call.inputs.get("zoneId")), domain(call.inputs.get("name"))
    if wanted and name:
        message = "at most one of zone_id and name may be specified"
        raise Refusal(message)
    private = call.inputs.get("privateZone") is True
    found = [
        record
        for record in call.cloud.find(ZONE)
        if (record.id == wanted if wanted else domain(record.outputs.get("name")) == name) and bool(record.inputs.get("vpcs")) == private
    ]
    if len(found) > 1:
        message = "multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single Route 53 Hosted Zone"
        raise Refusal(message)
    if found:
        outputs = found[0].outputs
        facts = {key: outputs.get(key) for key in ("arn", "name", "nameServers", "primaryNameServer", "comment")}
        return {**call.inputs, **facts, "id": found[0].id, "zoneId": found[0].id, "privateZone": private, "tags": outputs.get("tags") or {}}
    if private or not DOMAIN.match(name):
        message = "no matching Route 53 Hosted Zone found"
        raise Refusal(message)
    id_ = outside(name)
    servers = name_servers(id_)
    arn = f"arn:aws:route53:::hostedzone/{id_}"
    return {
        **call.inputs, "arn": arn, "id": id_, "zoneId": id_, "name": name, "nameServers": servers, "primaryNameServer": servers[0],
        "comment": "", "privateZone": False, "tags": {}, "callerReference": "outside", "resourceRecordSetCount": 2,
    }  # fmt: skip


def _check_log(call: Call) -> None:
    arn, zone = text(call.inputs.get("cloudwatchLogGroupArn")), text(call.inputs.get("zoneId"))

    def no(code: str, message: str) -> Refusal:
        return refused("creating Route53 query logging configuration", "Route 53: CreateQueryLoggingConfig", code, message, typed=True)

    if f":logs:{WORLD}:" not in arn:
        raise no("InvalidInput", f"The CloudWatch Logs log group must be in the {WORLD} region.")
    if next(call.cloud.find(LOG_GROUP, arn=arn.removesuffix(":*")), None) is None:
        raise no("NoSuchCloudWatchLogsLogGroup", f"The specified CloudWatch Logs log group does not exist: {arn}")
    policies = [record for record in call.cloud.find(LOG_POLICY) if f'"{WORLD}"' in json.dumps([record.outputs.get("region")])]
    if not any("route53.amazonaws.com" in text(record.inputs.get("policyDocument")) for record in policies):
        message = "The CloudWatch Logs log group's resource policy does not grant Route 53 the rights logs:CreateLogStream and logs:PutLogEvents"
        raise no("InsufficientCloudWatchLogsResourcePolicy", message)
    if next(call.cloud.find(QUERY_LOG, zoneId=zone), None) is not None:
        raise no("QueryLoggingConfigAlreadyExists", "A query logging configuration already exists for this hosted zone.")


KINDS = (
    Kind(
        token=ZONE,
        identify=lambda call: _id(fresh(call)),
        outputs=_outputs,
        defaults=lambda _call: {"comment": "Managed by Pulumi", "forceDestroy": False},
        check=_check,
        replaces=frozenset({"name", "delegationSetId"}),
        references=(Reference(path="vpcs.*.vpcId", types=(VPC,), by=("id",), message="The VPC: {value} does not exist."),),
        create=_create,
        delete=_delete,
        carries=_records,
    ),
    Kind(
        token=QUERY_LOG,
        identify=fresh,
        outputs=lambda call: {"arn": f"arn:aws:route53:::queryloggingconfig/{call.id}"},
        replaces=frozenset({"cloudwatchLogGroupArn", "zoneId"}),
        references=(
            Reference(
                path="zoneId",
                types=(ZONE,),
                by=("id",),
                message=f"creating Route53 query logging configuration: NoSuchHostedZone: No hosted zone found with ID: {{value}} in account {ACCOUNT}",
                foreign=lambda call, value: call.cloud.get(ZONE, value) is None and value.startswith("Z"),
            ),
        ),
        create=_check_log,
    ),
)
"""Zones and their query logs."""

FUNCTIONS = (Function(token="aws:route53/getZone:getZone", answer=_lookup),)
"""Look-ups."""
