"""Block Public Access of VPCs: one setting a region, and what is left out of it."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .addresses import SUBNET
from .ec2_network import VPC, require
from .formats import ACCOUNT, arn, check_tags, hex_id, placed, refused, region
from .validators import one_of, said

OPTIONS = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
EXCLUSION = "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
_SUBJECTS = ("subnetId", "vpcId")


def _check_options(call: Call) -> Iterator[Failure]:
    yield from one_of(call, "internetGatewayBlockMode", ("off", "block-bidirectional", "block-ingress"))


def _check_exclusion(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "internetGatewayExclusionMode", ("allow-bidirectional", "allow-egress"))
    if len(said(call, *_SUBJECTS)) != 1:
        yield Failure("subnetId", "Exactly one of these attributes must be configured: [subnet_id,vpc_id]")


def _exclude(call: Call) -> None:
    doing, operation = "creating VPC Block Public Access Exclusion", "EC2: CreateVpcBlockPublicAccessExclusion"
    for name, type_ in (("vpcId", VPC), ("subnetId", SUBNET)):
        if call.inputs.get(name):
            require(call, type_, call.inputs[name], doing, operation)
            if any(call.cloud.find(EXCLUSION, **{name: call.inputs[name]})):
                words = f"A VPC Block Public Access exclusion exists for {call.inputs[name]} already."
                raise refused(doing, operation, "VpcBlockPublicAccessExclusionAlreadyExists", words)


def _options_outputs(call: Call) -> Properties:
    return {"region": region(call), "awsAccountId": ACCOUNT, "awsRegion": region(call)}


def _exclusion_outputs(call: Call) -> Properties:
    noun = "subnet" if call.inputs.get("subnetId") else "vpc"
    return {**placed(call), "resourceArn": arn(call, "ec2", f"{noun}/{call.inputs.get('subnetId') or call.inputs.get('vpcId')}")}


KINDS = (
    Kind(
        token=OPTIONS,
        identify=region,
        outputs=_options_outputs,
        check=_check_options,
        adopts=lambda _call: True,
    ),
    Kind(
        token=EXCLUSION,
        identify=lambda call: hex_id("vpcbpa-exclude", call),
        outputs=_exclusion_outputs,
        check=_check_exclusion,
        replaces=frozenset(_SUBJECTS),
        create=_exclude,
    ),
)
"""The setting and its exclusions."""
