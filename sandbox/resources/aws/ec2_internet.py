"""Ways to and from the internet: gateways, Elastic IP addresses and NAT."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .addresses import SUBNET, Interface, fits, interfaces, take
from .ec2_network import ATTACHMENT, EIP, GATEWAY, NAT, VPC, attached_gateway, ec2_arn, given, missing, owned, require, vpc_of
from .formats import check_tags, fresh, hex_id, kept, known, placed, refused, region, text
from .validators import conflicts, one_of, said

EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"


def _attach(call: Call, gateway: str, vpc: str) -> None:
    doing, operation = f"attaching EC2 Internet Gateway ({gateway}) to VPC ({vpc})", "EC2: AttachInternetGateway"
    require(call, VPC, vpc, doing, operation)
    if attached_gateway(call.cloud, vpc):
        raise refused(doing, operation, "InvalidParameterValue", f"Network {vpc} already has an internet gateway attached")


def _detach(call: Call, gateway: str, vpc: str) -> None:
    """A gateway stays as long as the network has addresses that the internet knows."""
    mapped = (one for one in interfaces(call.cloud) if one.public)
    subnets = {record.id for record in call.cloud.find(SUBNET, vpcId=vpc)}
    if any(one.subnet in subnets for one in mapped):
        message = f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
        doing = f"detaching EC2 Internet Gateway ({gateway}) from VPC ({vpc})"
        raise refused(doing, "EC2: DetachInternetGateway", "DependencyViolation", message)


def _create_gateway(call: Call) -> None:
    vpc = text(call.inputs.get("vpcId"))
    if vpc:
        _attach(call, call.id, vpc)


def _update_gateway(call: Call) -> None:
    before, after = text(call.old.inputs.get("vpcId")) if call.old else "", text(call.inputs.get("vpcId"))
    if before and before != after:
        _detach(call, call.id, before)
    if after and before != after:
        _attach(call, call.id, after)


def _delete_gateway(call: Call) -> None:
    vpc = text(call.inputs.get("vpcId"))
    if vpc:
        _detach(call, call.id, vpc)
    if any(call.cloud.find(ATTACHMENT, internetGatewayId=call.id)):
        words = f"The internetGateway '{call.id}' has dependencies and cannot be deleted."
        raise refused(f"deleting EC2 Internet Gateway ({call.id})", "EC2: DeleteInternetGateway", "DependencyViolation", words)


def _create_attachment(call: Call) -> None:
    gateway, vpc = text(call.inputs.get("internetGatewayId")), text(call.inputs.get("vpcId"))
    doing, operation = f"attaching EC2 Internet Gateway ({gateway}) to VPC ({vpc})", "EC2: AttachInternetGateway"
    own = text(require(call, GATEWAY, gateway, doing, operation).outputs.get("vpcId"))
    held = own or next((text(one.outputs.get("vpcId")) for one in call.cloud.find(ATTACHMENT, internetGatewayId=gateway)), "")
    if held:
        raise refused(doing, operation, "Resource.AlreadyAssociated", f"resource {gateway} is already attached to network {held}")
    _attach(call, gateway, vpc)


def _check_eip(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "domain", ("vpc", "standard"))
    yield from conflicts(call, "instance", "networkInterface")


def _eip_outputs(call: Call) -> Properties:
    place = region(call)
    public = kept(call, "publicIp", lambda: _public(call))
    suffix = "compute-1" if place == "us-east-1" else f"{place}.compute"
    return {
        **placed(call),
        **given(call, "address", "carrierIp", "customerOwnedIp", "customerOwnedIpv4Pool", "instance", "ptrRecord", domain="vpc", publicIpv4Pool="amazon"),
        "arn": ec2_arn(call, "elastic-ip"),
        "allocationId": call.id,
        "publicIp": public,
        "publicDns": f"ec2-{public.replace('.', '-')}.{suffix}.amazonaws.com",
        "networkBorderGroup": text(call.inputs.get("networkBorderGroup")) or place,
        **_association(call),
    }


def _public(call: Call) -> str:
    """An address of the range that is kept for documents (RFC 5737): it leads nowhere."""
    number = call.cloud.sequence("elastic addresses") % 254
    return f"203.0.113.{number + 1}"


def _association(call: Call) -> Properties:
    holder = next(iter(call.cloud.find(NAT, allocationId=call.id)), None)
    if holder is None:
        association = next(iter(call.cloud.find(EIP_ASSOCIATION, allocationId=call.id)), None)
        return {"associationId": association.id if association else "", "networkInterface": "", "privateIp": ""}
    private = text(holder.outputs.get("privateIp"))
    return {"associationId": holder.outputs.get("associationId", ""), "networkInterface": holder.outputs.get("networkInterfaceId", ""), "privateIp": private}


def held_by(call: Call, allocation: str) -> str:
    """What an Elastic IP address is associated with already; empty where with nothing."""
    for type_, name in ((NAT, "allocationId"), (EIP_ASSOCIATION, "allocationId")):
        for record in call.cloud.find(type_, **{name: allocation}):
            if call.old is None or record.id != call.old.id:
                return record.id
    more = (record for record in call.cloud.find(NAT) if allocation in (record.inputs.get("secondaryAllocationIds") or ()))
    return next((record.id for record in more if call.old is None or record.id != call.old.id), "")


def _delete_eip(call: Call) -> None:
    if any(call.cloud.find(NAT, allocationId=call.id)):
        message = "You do not have permission to access the specified resource."
        raise refused(f"disassociating EC2 EIP ({call.id})", "EC2: DisassociateAddress", "AuthFailure", message)


def _associate_eip(call: Call) -> None:
    doing, operation = "creating EC2 EIP Association", "EC2: AssociateAddress"
    allocation = text(call.inputs.get("allocationId"))
    if not allocation:
        return
    require(call, EIP, allocation, doing, operation)
    if held_by(call, allocation) and not call.inputs.get("allowReassociation"):
        raise refused(
            doing, operation, "Resource.AlreadyAssociated", f"resource {allocation} is already associated with associate-id {held_by(call, allocation)}"
        )


def _check_nat(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "connectivityType", ("private", "public"))
    yield from one_of(call, "availabilityMode", ("zonal", "regional"))
    yield from conflicts(call, "secondaryPrivateIpAddressCount", "secondaryPrivateIpAddresses")
    private, regional = call.inputs.get("connectivityType") == "private", call.inputs.get("availabilityMode") == "regional"
    if private and said(call, "secondaryAllocationIds"):
        yield Failure("secondaryAllocationIds", 'secondary_allocation_ids is not supported with connectivity_type = "private"')
    if not private and not regional and call.inputs.get("secondaryPrivateIpAddressCount") is not None:
        yield Failure("secondaryPrivateIpAddressCount", 'secondary_private_ip_address_count is not supported with connectivity_type = "public"')
    for number, place in enumerate(call.inputs.get("availabilityZoneAddresses") or ()):
        if regional and isinstance(place, dict) and place.get("availabilityZone") is None and place.get("availabilityZoneId") is None:
            yield Failure(f"availabilityZoneAddresses[{number}]", "At least one of availability_zone or availability_zone_id must be specified")
    if private and known(call.inputs.get("allocationId")):
        yield Failure("allocationId", "allocation_id is not supported with connectivity_type = private")
    if not private and not regional and call.inputs.get("allocationId") is None:
        yield Failure("allocationId", "allocation_id is required when connectivity_type = public")
    if not regional and call.inputs.get("subnetId") is None:
        yield Failure("subnetId", "subnet_id is required when availability_mode = zonal")
    if regional and call.inputs.get("vpcId") is None:
        yield Failure("vpcId", "vpc_id is required when availability_mode = regional")


def _nat_replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """A regional gateway chooses its addresses itself, or is given them, for ever."""
    manual = [bool(inputs.get("availabilityZoneAddresses")) for inputs in (old, new)]
    return frozenset({"availabilityZoneAddresses"}) if new.get("availabilityMode") == "regional" and manual[0] != manual[1] else frozenset()


def _failed(call: Call, code: str, words: str) -> Refusal:
    """A NAT gateway is made first and fails then."""
    doing = f"creating EC2 NAT Gateway: waiting for EC2 NAT Gateway ({call.id}) create"
    return Refusal(f"{doing}: unexpected state 'failed', wanted target 'available'. last error: {code}: {words}")


def _create_nat(call: Call) -> None:
    doing, operation = "creating EC2 NAT Gateway", "EC2: CreateNatGateway"
    if call.inputs.get("availabilityMode") == "regional":
        require(call, VPC, call.inputs.get("vpcId"), doing, operation)
        return
    subnet = require(call, SUBNET, call.inputs.get("subnetId"), doing, operation)
    allocations = [text(call.inputs.get("allocationId")), *(call.inputs.get("secondaryAllocationIds") or ())]
    for allocation in filter(None, allocations):
        if call.cloud.get(EIP, allocation) is None:
            raise missing(EIP, allocation, doing, operation)
        if held_by(call, allocation):
            raise _failed(call, "Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated")
    vpc = vpc_of(subnet)
    if call.inputs.get("connectivityType") != "private" and not attached_gateway(call.cloud, vpc):
        raise _failed(call, "Gateway.NotAttached", f"Network {vpc} has no Internet gateway attached")
    wanted = text(call.inputs.get("privateIp"))
    if wanted and not fits(call.cloud, subnet.id, wanted):
        raise refused(doing, operation, "InvalidParameterValue", f"Address {wanted} is not available in subnet {subnet.id}")
    if not take(call, subnet.id):
        raise _failed(
            call, "InsufficientFreeAddressesInSubnet", f"The specified subnet {subnet.id} does not have enough free addresses to satisfy the request."
        )


def _nat_outputs(call: Call) -> Properties:
    subnet, place = text(call.inputs.get("subnetId")), region(call)
    eip = call.cloud.get(EIP, text(call.inputs.get("allocationId")))
    found = call.cloud.get(SUBNET, subnet)
    return {
        **placed(call),
        **given(call, "allocationId", "subnetId", connectivityType="public", availabilityMode="zonal", secondaryAllocationIds=[], availabilityZoneAddresses=[]),
        **given(call, secondaryPrivateIpAddressCount=0, secondaryPrivateIpAddresses=[]),
        "region": place,
        "vpcId": text(call.inputs.get("vpcId")) or (vpc_of(found) if found else ""),
        "privateIp": text(call.inputs.get("privateIp")) or kept(call, "privateIp", lambda: next(iter(take(call, subnet)), "")),
        "publicIp": text(eip.outputs.get("publicIp")) if eip else "",
        "associationId": kept(call, "associationId", lambda: f"eipassoc-0{fresh(call, 16)}" if eip else ""),
        "networkInterfaceId": kept(call, "networkInterfaceId", lambda: f"eni-0{fresh(call, 16)}" if subnet else ""),
        "regionalNatGatewayAddresses": [],
        "regionalNatGatewayAutoMode": "",
        "autoProvisionZones": "",
        "autoScalingIps": "",
        "routeTableId": "",
    }


def _nat_interfaces(record: Record) -> Iterator[Interface]:
    outputs = record.outputs
    if outputs.get("subnetId"):
        public = outputs.get("connectivityType") != "private"
        yield Interface(subnet=outputs["subnetId"], address=text(outputs.get("privateIp")), owner=record.id, public=public)
        for address in outputs.get("secondaryPrivateIpAddresses") or ():
            yield Interface(subnet=outputs["subnetId"], address=address, owner=record.id)


INTERFACES = {NAT: _nat_interfaces}

KINDS = (
    Kind(
        token=GATEWAY,
        identify=lambda call: hex_id("igw", call),
        outputs=lambda call: {**owned(call, "internet-gateway"), **given(call, "vpcId")},
        check=check_tags,
        create=_create_gateway,
        update=_update_gateway,
        delete=_delete_gateway,
    ),
    Kind(
        token=ATTACHMENT,
        identify=lambda call: f"{call.inputs['internetGatewayId']}:{call.inputs['vpcId']}",
        outputs=lambda call: {"region": region(call)},
        replaces=frozenset({"internetGatewayId", "vpcId"}),
        create=_create_attachment,
        delete=lambda call: _detach(call, call.inputs["internetGatewayId"], call.inputs["vpcId"]),
    ),
    Kind(
        token=EIP,
        identify=lambda call: hex_id("eipalloc", call),
        outputs=_eip_outputs,
        check=_check_eip,
        replaces=frozenset({"address", "customerOwnedIpv4Pool", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"}),
        delete=_delete_eip,
        refresh=_association,
    ),
    Kind(
        token=EIP_ASSOCIATION,
        identify=lambda call: hex_id("eipassoc", call),
        outputs=lambda call: {"region": region(call), **given(call, "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp")},
        replaces=frozenset({"allocationId", "allowReassociation", "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp"}),
        create=_associate_eip,
    ),
    Kind(
        token=NAT,
        identify=lambda call: hex_id("nat", call),
        outputs=_nat_outputs,
        defaults=lambda _call: {"connectivityType": "public"},
        check=_check_nat,
        replaces=frozenset({"allocationId", "availabilityMode", "connectivityType", "privateIp", "subnetId", "vpcId"}),
        replaces_on=_nat_replaces_on,
        create=_create_nat,
    ),
)
"""What joins a VPC to the internet."""
