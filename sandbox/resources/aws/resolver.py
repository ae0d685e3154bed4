"""Route 53 Resolver: which names a VPC's hosts ask for, written down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .ec2_flow_log import BUCKET
from .ec2_network import VPC, standing
from .formats import ACCOUNT, arn, check_tags, hex_id, placed, refused, region, text
from .logs import group_of
from .validators import is_arn

CONFIG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
_LONGEST = 64


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from is_arn(call, "destinationArn")
    name = call.inputs.get("name")
    if isinstance(name, str):
        if len(name) > _LONGEST:
            yield Failure("name", f'"name" cannot be greater than {_LONGEST} characters')
        if not re.match(r"^[0-9A-Za-z_ '-]+$", name) or name.isdigit():
            yield Failure("name", 'only alphanumeric characters, spaces, hyphens, underscores and apostrophes allowed in "name", and not digits alone')


def _create(call: Call) -> None:
    name, destination = text(call.inputs.get("name")), text(call.inputs.get("destinationArn"))
    doing, operation = f"creating Route53 Resolver Query Log Config ({name})", "Route53Resolver: CreateResolverQueryLogConfig"
    service = destination.split(":")[2]
    bucket = destination.rpartition(":::")[2].split("/", maxsplit=1)[0]
    there = group_of(call, destination) if service == "logs" else next(iter(call.cloud.find(BUCKET, bucket=bucket)), None) if service == "s3" else destination
    if there is None or service not in {"logs", "s3", "firehose"}:
        words = f"[RSLVR-01302] The destination ARN '{destination}' that you specified can't be found or isn't one that query logs can be sent to."
        raise refused(doing, operation, "InvalidRequestException", words, typed=True)


def _delete(call: Call) -> None:
    if any(call.cloud.find(ASSOCIATION, resolverQueryLogConfigId=call.id)):
        words = f"[RSLVR-01304] You can't delete the query logging configuration '{call.id}' because it is associated with one or more VPCs."
        doing = f"deleting Route53 Resolver Query Log Config ({call.id})"
        raise refused(doing, "Route53Resolver: DeleteResolverQueryLogConfig", "InvalidRequestException", words, typed=True)


def _associate(call: Call) -> None:
    config, vpc = text(call.inputs.get("resolverQueryLogConfigId")), text(call.inputs.get("resourceId"))
    doing, operation = "creating Route53 Resolver Query Log Config Association", "Route53Resolver: AssociateResolverQueryLogConfig"
    if call.cloud.get(CONFIG, config) is None:
        words = f"[RSLVR-01301] The query logging configuration with ID '{config}' could not be found."
        raise refused(doing, operation, "ResourceNotFoundException", words, typed=True)
    if standing(call.cloud, VPC, vpc, region(call)) is None:
        raise refused(doing, operation, "InvalidParameterException", f"[RSLVR-01303] The VPC '{vpc}' does not exist.", typed=True)
    if any(call.cloud.find(ASSOCIATION, resolverQueryLogConfigId=config, resourceId=vpc)):
        words = f"[RSLVR-01305] The VPC '{vpc}' is associated with the query logging configuration '{config}' already."
        raise refused(doing, operation, "ResourceExistsException", words, typed=True)


def _outputs(call: Call) -> Properties:
    return {**placed(call), "arn": arn(call, "route53resolver", f"resolver-query-log-config/{call.id}"), "ownerId": ACCOUNT, "shareStatus": "NOT_SHARED"}


KINDS = (
    Kind(
        token=CONFIG,
        identify=lambda call: hex_id("rqlc", call),
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"destinationArn", "name"}),
        name_limit=_LONGEST,
        lower_name=False,
        create=_create,
        delete=_delete,
    ),
    Kind(
        token=ASSOCIATION,
        identify=lambda call: hex_id("rqlca", call),
        outputs=lambda call: {"region": region(call)},
        replaces=frozenset({"resolverQueryLogConfigId", "resourceId"}),
        create=_associate,
    ),
)
"""Query logs and the VPCs that they are of."""
