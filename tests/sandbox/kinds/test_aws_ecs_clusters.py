"""ECS clusters and their capacity providers in the sandbox: what ECS refuses of them, and what they hold."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.aws_compute_world import CLUSTER, CLUSTER_ARN, PROVIDERS, compute_world, service
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

STRATEGY = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]

MACHINES = {"autoScalingGroupArn": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:mine"}
MANAGED = {
    "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/machines",
    "instanceLaunchTemplate": {"ec2InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/machines"},
}


@pytest.fixture
def world() -> World:
    return compute_world()


def test_a_cluster_goes_after_its_services(world):
    cluster, made = world.cloud.get(CLUSTER, CLUSTER_ARN), service(world, cluster="main")
    shown = said(refused(lambda: world.delete(cluster)))
    assert shown == (
        f"deleting ECS Cluster ({CLUSTER_ARN}): operation error ECS: DeleteCluster, https response error StatusCode: 400, "
        "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active."
    )
    world.delete(made)
    world.delete(cluster)
    assert world.cloud.get(CLUSTER, CLUSTER_ARN) is None


def test_a_cluster_shows_its_settings(world):
    made = world.create(CLUSTER, name="other")
    assert (made.id, made.outputs["arn"]) == (f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/other",) * 2
    assert made.outputs["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    enhanced = [{"name": "containerInsights", "value": "enhanced"}]
    assert world.create(CLUSTER, name="watched", settings=enhanced).outputs["settings"] == enhanced
    assert world.kinds[CLUSTER].import_id("main", {"region": REGION}) == CLUSTER_ARN


def test_a_cluster_that_is_there_is_taken_over_when_asked_for_alike(world):
    assert world.create(CLUSTER, name="main").id == CLUSTER_ARN
    message = refused(lambda: world.create(CLUSTER, name="main", settings=[{"name": "containerInsights", "value": "enabled"}]))
    assert message.endswith("ClientException: Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"name": "my cluster"}, "name", "invalid value for name (The cluster name must consist of alphanumerics, hyphens, and underscores.)"),
        ({"serviceConnectDefaults": {"namespace": "app"}}, "serviceConnectDefaults.namespace", '"namespace" (app) is an invalid ARN: arn: invalid prefix'),
        (
            {"configuration": {"executeCommandConfiguration": {"logging": "OVERRIDE"}}},
            "configuration.executeCommandConfiguration.logging",
            "log_configuration is required when logging is OVERRIDE",
        ),
    ],
)
def test_the_provider_refuses_a_cluster(world, inputs, path, why):
    assert invalid(world, CLUSTER, **{"name": "main", **inputs}) == {path: why}


def test_a_cluster_connects_in_a_namespace_that_is_there(world):
    nowhere = {"namespace": f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/ns-1"}
    message = refused(lambda: world.create(CLUSTER, name="other", serviceConnectDefaults=nowhere))
    assert message.endswith("NamespaceNotFoundException: The specified namespace wasn't found.")
    space = world.create("aws:servicediscovery/httpNamespace:HttpNamespace", name="app")
    assert world.create(CLUSTER, name="other", serviceConnectDefaults={"namespace": space.outputs["arn"]}).outputs["name"] == "other"


def test_capacity_providers_are_those_that_exist_of_a_cluster_that_exists(world):
    assert refused(lambda: world.create(PROVIDERS, clusterName="none")).endswith("ClusterNotFoundException: Cluster not found.")
    message = refused(lambda: world.create(PROVIDERS, clusterName="main", capacityProviders=["mine"]))
    assert message.endswith("InvalidParameterException: The specified capacity provider 'mine' was not found.")
    world.create("aws:ecs/capacityProvider:CapacityProvider", name="mine", autoScalingGroupProvider=MACHINES)
    mixed = [{"capacityProvider": "mine", "weight": 1}, {"capacityProvider": "FARGATE", "weight": 1}]
    message = refused(lambda: world.create(PROVIDERS, clusterName="main", capacityProviders=["mine", "FARGATE"], defaultCapacityProviderStrategies=mixed))
    assert message.endswith("The specified capacity provider strategy cannot mix Fargate and Auto Scaling group capacity providers.")
    assert invalid(world, PROVIDERS, clusterName="my cluster")["clusterName"].startswith("invalid value for cluster_name (")
    assert invalid(world, "aws:ecs/capacityProvider:CapacityProvider", name="fargate-x", autoScalingGroupProvider=MACHINES) == {
        "name": "invalid value for name (cannot begin with aws, ecs or fargate)"
    }


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({}, "autoScalingGroupProvider", "exactly one of auto_scaling_group_provider or managed_instances_provider must be specified"),
        (
            {"autoScalingGroupProvider": MACHINES, "managedInstancesProvider": MANAGED, "cluster": "main"},
            "autoScalingGroupProvider",
            "only one of auto_scaling_group_provider or managed_instances_provider must be specified",
        ),
        ({"managedInstancesProvider": MANAGED}, "cluster", "cluster is required when using managed_instances_provider"),
        ({"autoScalingGroupProvider": MACHINES, "cluster": "main"}, "cluster", "cluster must not be set when using auto_scaling_group_provider"),
    ],
)
def test_a_capacity_provider_is_of_machines_of_one_s_own_or_of_those_that_aws_runs(world, inputs, path, reason):
    assert invalid(world, "aws:ecs/capacityProvider:CapacityProvider", name="mine", **inputs) == {path: reason}


def test_managed_machines_serve_one_cluster(world):
    assert world.create("aws:ecs/capacityProvider:CapacityProvider", name="mine", managedInstancesProvider=MANAGED, cluster="main").inputs["cluster"] == "main"


def test_a_capacity_provider_in_use_stays(world):
    service(world, launchType=None, capacityProviderStrategies=STRATEGY)
    held = world.cloud.get(PROVIDERS, "main")
    message = "ResourceInUseException: The specified capacity provider is in use and cannot be removed."
    assert refused(lambda: world.update(held, capacityProviders=["FARGATE"])).endswith(message)
    assert refused(lambda: world.delete(held)).endswith(message)
