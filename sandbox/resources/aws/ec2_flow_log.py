"""VPC flow logs, to a log group, a bucket or a stream."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .addresses import SUBNET
from .ec2_network import INTERFACE, NAT, VPC, ec2_arn, require
from .formats import check_tags, hex_id, placed, refused, text
from .iam_trust import trusts
from .logs import group_of
from .validators import exactly_one, is_arn, one_of

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
BUCKET = "aws:s3/bucket:Bucket"
_FIELDS = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
_FORMAT = " ".join(f"${{{field}}}" for field in _FIELDS.split())
"""What a flow log tells where the program asks for nothing else."""
_SUBJECTS = ("eniId", "regionalNatGatewayId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId")
_OPERATION = "EC2: CreateFlowLogs"
_LOGS = "cloud-watch-logs"


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from exactly_one(call, *_SUBJECTS)
    yield from one_of(call, "logDestinationType", (_LOGS, "s3", "kinesis-data-firehose"))
    yield from one_of(call, "trafficType", ("ACCEPT", "REJECT", "ALL"))
    yield from one_of(call, "maxAggregationInterval", (60, 600))
    for path in ("logDestination", "iamRoleArn", "deliverCrossAccountRole"):
        yield from is_arn(call, path)


def _create(call: Call) -> None:
    subject = next((text(call.inputs[name]) for name in _SUBJECTS if call.inputs.get(name)), "")
    doing = f"creating Flow Log ({subject})"
    for name, type_ in (("vpcId", VPC), ("subnetId", SUBNET), ("eniId", INTERFACE), ("regionalNatGatewayId", NAT)):
        if call.inputs.get(name):
            require(call, type_, call.inputs[name], doing, _OPERATION)
    if not call.inputs.get("trafficType") and not subject.startswith("tgw"):
        raise refused(doing, _OPERATION, "MissingParameter", "The request must contain the parameter TrafficType")
    _refuse_role(call, doing)
    _refuse_destination(call, doing)
    name = next(name for name in _SUBJECTS if call.inputs.get(name))
    for other in call.cloud.find(FLOW_LOG, **{name: subject}):
        if other.inputs.get("logDestination") == call.inputs.get("logDestination") and other.inputs.get("trafficType") == call.inputs.get("trafficType"):
            message = "Error. There is an existing Flow Log with the same configuration and log destination."
            raise refused(doing, _OPERATION, "FlowLogAlreadyExists", message)


def _refuse_role(call: Call, doing: str) -> None:
    to_logs, role = call.inputs.get("logDestinationType", _LOGS) == _LOGS, text(call.inputs.get("iamRoleArn"))
    if to_logs and not role:
        raise refused(doing, _OPERATION, "InvalidParameter", f"DeliverLogsPermissionArn can't be empty if LogDestinationType is {_LOGS}.")
    if not to_logs and role:
        kind = call.inputs.get("logDestinationType")
        raise refused(doing, _OPERATION, "InvalidParameter", f"DeliverLogsPermissionArn is not applicable for {kind} delivery")
    if to_logs and not trusts(call, role, "vpc-flow-logs.amazonaws.com"):
        raise refused(doing, _OPERATION, "InvalidParameter", "Unable to assume given IAM role")


def _refuse_destination(call: Call, doing: str) -> None:
    destination, kind = text(call.inputs.get("logDestination")), call.inputs.get("logDestinationType", _LOGS)
    if not destination:
        raise refused(doing, _OPERATION, "InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided.")
    service = destination.split(":")[2]
    if service != {_LOGS: "logs", "s3": "s3", "kinesis-data-firehose": "firehose"}[kind]:
        raise refused(doing, _OPERATION, "InvalidParameter", f"LogDestination: {destination} is not of type {kind}.")
    bucket = destination.rpartition(":::")[2].split("/", maxsplit=1)[0]
    missing = (kind == _LOGS and group_of(call, destination) is None) or (kind == "s3" and not any(call.cloud.find(BUCKET, bucket=bucket)))
    if missing:
        raise refused(doing, _OPERATION, "LogDestinationNotFoundException", f"LogDestination: {destination} does not exist.")


def _outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "arn": ec2_arn(call, "vpc-flow-log"),
        "logFormat": text(call.inputs.get("logFormat")) or _FORMAT,
        "logDestination": text(call.inputs.get("logDestination")),
    }


KINDS = (
    Kind(
        token=FLOW_LOG,
        identify=lambda call: hex_id("fl", call),
        outputs=_outputs,
        defaults=lambda _call: {"logDestinationType": _LOGS, "maxAggregationInterval": 600},
        check=_check,
        replaces=frozenset(
            {
                *_SUBJECTS,
                *("deliverCrossAccountRole", "destinationOptions", "iamRoleArn", "logDestination", "logDestinationType"),
                *("logFormat", "maxAggregationInterval", "tagFieldSpecifications", "trafficType"),
            }
        ),
        create=_create,
    ),
)
"""A flow log."""
