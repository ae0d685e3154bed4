"""Tags of everything of compute in the sandbox, and the ARNs of what has none."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.aws_compute_world import BALANCER, CLUSTER, LISTENER, RULE, SERVICE, TARGETS, TASK, compute_world
from tests.sandbox.kinds.cloud import Invalid, invalid

TAGGED = (
    CLUSTER,
    SERVICE,
    TASK,
    BALANCER,
    TARGETS,
    LISTENER,
    RULE,
    "aws:ecs/capacityProvider:CapacityProvider",
    "aws:appautoscaling/target:Target",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    "aws:servicediscovery/httpNamespace:HttpNamespace",
    "aws:servicediscovery/service:Service",
    "aws:lambda/function:Function",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:sqs/queue:Queue",
    "aws:sns/topic:Topic",
)


@pytest.mark.parametrize("token", TAGGED)
def test_a_tag_of_aws_s_own_is_refused_everywhere(token):
    with pytest.raises(Invalid, match=r"tag keys must be 1 to 128 .* must not start with aws:"):
        compute_world().check(token, tags={"aws:mine": "x"})


@pytest.mark.parametrize("argument", ["listenerArn", "certificateArn"])
def test_a_certificate_of_a_listener_is_named_by_arns(argument):
    legal = {
        "listenerArn": "arn:aws:elasticloadbalancing:eu-west-1:000000000000:listener/1",
        "certificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/1",
    }
    found = invalid(compute_world(), "aws:lb/listenerCertificate:ListenerCertificate", **{**legal, argument: "mine"})
    assert set(found) == {argument}
