"""Interfaces and the addresses that they take, whoever places them."""

from __future__ import annotations

import pytest

from sandbox.resources.aws.addresses import Interface, fits, free, interfaces, take, with_group
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, SUBNET, aws_world, group, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
CREATING = "creating EC2 Network Interface: operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, api error"


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world)


@pytest.fixture
def place(world, network):
    return subnet(world, network, "10.0.0.0/28")


def test_an_interface_has_an_address_a_mac_and_the_default_group(world, network, place):
    made = world.create(INTERFACE, subnetId=place.id)
    assert made.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/{made.id}"
    assert (made.outputs["privateIp"], made.outputs["privateIps"], made.outputs["privateIpsCount"]) == ("10.0.0.4", ["10.0.0.4"], 0)
    assert made.outputs["macAddress"].startswith("02:")
    assert made.outputs["securityGroups"] == [network.outputs["defaultSecurityGroupId"]]
    assert world.update(made, description="one").outputs["privateIps"] == ["10.0.0.4"]
    more = world.create(INTERFACE, subnetId=place.id, privateIpsCount=2)
    assert more.outputs["privateIps"] == ["10.0.0.5", "10.0.0.6", "10.0.0.7"]


def test_free_addresses_are_those_that_nobody_has(world, place):
    assert free(world.cloud, place.id) == 11
    made = world.create(INTERFACE, subnetId=place.id, privateIps=["10.0.0.6", "10.0.0.4"])
    assert free(world.cloud, place.id) == 9
    call = world.call(INTERFACE, {})
    assert take(call, place.id, 2) == ["10.0.0.5", "10.0.0.7"]
    assert len(take(call, place.id, 99)) == 9
    assert take(call, "subnet-1") == []
    assert free(world.cloud, "subnet-1") == 0
    assert [one.owner for one in interfaces(world.cloud, subnet=place.id)] == [made.id, made.id]
    assert not list(interfaces(world.cloud, subnet="subnet-1"))


def test_interfaces_without_an_address_of_their_own_count_too(world, network, place, monkeypatch):
    from sandbox.resources import aws

    world.put("aws:m/task:Task", "task", count=3)
    placed = {"aws:m/task:Task": lambda record: [Interface(subnet=place.id, groups=("sg-1",))] * record.outputs["count"]}
    monkeypatch.setattr(aws, "INTERFACES", placed)
    assert free(world.cloud, place.id) == 8
    assert len(list(with_group(world.cloud, "sg-1"))) == 3
    assert not list(with_group(world.cloud, "sg-2"))
    assert "has dependencies" in refused(world.delete, record=place)


def test_the_first_four_and_the_last_address_are_never_given(world, place):
    given = [f"10.0.0.{number}" for number in range(16) if fits(world.cloud, place.id, f"10.0.0.{number}")]
    assert given == [f"10.0.0.{number}" for number in range(4, 15)]
    assert world.cloud.get(SUBNET, place.id) == place


def test_an_address_that_is_taken_or_elsewhere_is_refused(world, place):
    world.create(INTERFACE, subnetId=place.id, privateIps=["10.0.0.5"])
    message = said(refused(world.create, token=INTERFACE, subnetId=place.id, privateIps=["10.0.0.5"]))
    assert message == f"{CREATING} InvalidIPAddress.InUse: The specified address is already in use."
    message = said(refused(world.create, token=INTERFACE, subnetId=place.id, privateIp="10.0.1.5"))
    assert message == f"{CREATING} InvalidParameterValue: Address does not fall within the subnet's address range"
    message = said(refused(world.create, token=INTERFACE, subnetId=place.id, privateIpsCount=10))
    assert message == f"{CREATING} InsufficientFreeAddressesInSubnet: insufficient free addresses in subnet '{place.id}', requested: 11"


def test_a_group_of_another_network_is_refused(world, network, place):
    away = group(world, vpc(world))
    message = said(refused(world.create, token=INTERFACE, subnetId=place.id, securityGroups=[away.id]))
    assert message == f"{CREATING} InvalidParameterValue: Security group {away.id} and subnet {place.id} belong to different networks."
    assert "InvalidGroup.NotFound" in refused(world.create, token=INTERFACE, subnetId=place.id, securityGroups=["sg-0123456789abcdef0"])
    made = world.create(INTERFACE, subnetId=place.id, securityGroups=[group(world, network).id])
    assert "belong to different networks" in refused(world.update, old=made, securityGroups=[away.id])
    assert "InvalidSubnetID.NotFound" in refused(world.create, token=INTERFACE, subnetId="subnet-0123456789abcdef0")


def test_what_the_provider_refuses_of_an_interface(world):
    assert invalid(world, INTERFACE, subnetId="s", privateIps=["here"]) == {
        "privateIps[0]": "expected private_ips.0 to contain a valid IPv4 address, got: here"
    }
    assert "conflicts" in invalid(world, INTERFACE, subnetId="s", privateIps=["10.0.0.4"], privateIpsCount=1)["privateIpsCount"]
