"""A service is steady only where its load balancers get through to the port that they ask for health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sandbox.kind import Record
from tests.sandbox.kinds.aws_compute_world import FIXED, LISTENER, RULE, TARGETS, balancer, targets
from tests.sandbox.kinds.aws_reach_world import ANYWHERE, Net, entry, reach_world, steady, stopped
from tests.sandbox.kinds.aws_world import EGRESS, INGRESS, group, subnet

PORT = 8080


@dataclass
class Front:
    """A load balancer before a service, with the rules that let it through."""

    net: Net
    gate: Record
    targets: Record
    out: Record
    into: Record

    @property
    def joined(self) -> list[dict[str, object]]:
        return [{"targetGroupArn": self.targets.id, "containerName": "web", "containerPort": PORT}]

    def up(self) -> bool:
        return steady(self.net, loadBalancers=self.joined)

    def failed(self) -> bool:
        return stopped(self.net, loadBalancers=self.joined) == f"Task failed ELB health checks in (target-group {self.targets.id})"


@pytest.fixture
def front() -> Front:
    net = reach_world()
    net.translated()
    second = subnet(net.world, net.vpc, "10.9.2.0/24", "b")
    gate = group(net.world, net.vpc, "front")
    made = balancer(net.world, subnets=[net.public.id, second.id], securityGroups=[gate.id])
    joined = targets(net.world, vpcId=net.vpc.id)
    on = net.world.create(LISTENER, loadBalancerArn=made.id, port=80, protocol="HTTP", defaultActions=[FIXED])
    path = [{"pathPattern": {"values": ["/*"]}}]
    net.world.create(RULE, listenerArn=on.id, priority=10, conditions=path, actions=[{"type": "forward", "targetGroupArn": joined.id}])
    out = net.rule(EGRESS, gate, low=PORT, high=PORT, referencedSecurityGroupId=net.group.id)
    into = net.rule(INGRESS, net.group, low=PORT, high=PORT, referencedSecurityGroupId=gate.id)
    return Front(net, gate, joined, out, into)


def test_a_load_balancer_that_gets_through_finds_its_targets_well(front):
    assert front.up()


def _not_let_in(front: Front) -> None:
    front.net.world.delete(front.into)


def _not_let_out(front: Front) -> None:
    front.net.world.delete(front.out)


def _let_in_elsewhere(front: Front) -> None:
    front.net.world.update(front.into, fromPort=80, toPort=80)


def _let_out_elsewhere(front: Front) -> None:
    front.net.world.update(front.out, fromPort=8081, toPort=9000)


def _others_let_in(front: Front) -> None:
    front.net.world.delete(front.into)
    front.net.rule(INGRESS, front.net.group, low=PORT, high=PORT, cidrIpv4="10.9.1.0/24")


def _wall_before_tasks(front: Front) -> None:
    front.net.listed(front.net.app, [entry(100, ports=(30000, 65535))], [entry(100, protocol="-1")])


def _tasks_do_not_answer(front: Front) -> None:
    front.net.listed(front.net.app, [entry(100, protocol="-1")], [entry(100, ports=(443, 443))])


def _wall_before_balancer(front: Front) -> None:
    front.net.listed(front.net.public, [entry(100, protocol="-1")], [entry(90, "10.9.0.0/24", (PORT, PORT), "deny"), entry(100, protocol="-1")])


def _balancer_hears_nothing(front: Front) -> None:
    front.net.listed(front.net.public, [entry(100, "10.9.0.0/24", (443, 443)), entry(110, "52.0.0.0/8")], [entry(100, protocol="-1")])


LINKS = [
    _not_let_in,
    _not_let_out,
    _let_in_elsewhere,
    _let_out_elsewhere,
    _others_let_in,
    _wall_before_tasks,
    _tasks_do_not_answer,
    _wall_before_balancer,
    _balancer_hears_nothing,
]


@pytest.mark.parametrize("link", LINKS)
def test_every_link_from_a_load_balancer_counts(front: Front, link: Callable[[Front], None]) -> None:
    link(front)
    assert front.failed()


def test_blocks_of_the_load_balancer_s_subnets_let_it_in_too(front):
    front.net.world.delete(front.into)
    front.net.rule(INGRESS, front.net.group, low=PORT, high=PORT, cidrIpv4="10.9.0.0/16")
    assert front.up()


def test_a_port_of_health_s_own_is_what_must_be_open(front):
    world = front.net.world
    front.targets = world.update(front.targets, healthCheck={"port": "9090"})
    assert front.failed()
    front.net.rule(EGRESS, front.gate, low=9090, high=9090, cidrIpv4=ANYWHERE)
    assert front.failed()
    front.net.rule(INGRESS, front.net.group, low=9090, high=9090, referencedSecurityGroupId=front.gate.id)
    world.delete(front.into)
    assert front.up()


def test_a_network_load_balancer_without_groups_is_known_by_its_addresses(front):
    world, net = front.net.world, front.net
    made = balancer(world, name="flat", loadBalancerType="network", subnets=[net.public.id], securityGroups=None)
    flat = world.create(TARGETS, name="flat", port=PORT, protocol="TCP", targetType="ip", vpcId=net.vpc.id)
    world.create(LISTENER, loadBalancerArn=made.id, port=80, protocol="TCP", defaultActions=[{"type": "forward", "targetGroupArn": flat.id}])
    front.targets = flat
    assert front.failed()
    net.rule(INGRESS, net.group, low=PORT, high=PORT, cidrIpv4="10.9.1.0/24")
    assert front.up()


def test_members_of_the_group_that_a_network_is_born_with_reach_one_another(front):
    world, net = front.net.world, front.net
    born = net.vpc.outputs["defaultSecurityGroupId"]
    made = balancer(world, name="born", subnets=[net.public.id, subnet(world, net.vpc, "10.9.3.0/24", "c").id], securityGroups=[born])
    front.targets = targets(world, name="born", vpcId=net.vpc.id)
    world.create(LISTENER, loadBalancerArn=made.id, port=80, protocol="HTTP", defaultActions=[{"type": "forward", "targetGroupArn": front.targets.id}])
    assert front.failed()
    assert steady(net, loadBalancers=front.joined, network={"securityGroups": [born]})
