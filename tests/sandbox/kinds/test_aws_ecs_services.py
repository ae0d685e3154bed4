"""ECS clusters and services in the sandbox: what ECS refuses of them, and what they hold."""

from __future__ import annotations

import pytest

from sandbox.resources.aws.addresses import free, with_group
from tests.sandbox.kinds.aws_compute_world import (
    CLUSTER,
    CLUSTER_ARN,
    PROVIDERS,
    SERVICE,
    compute_world,
    container,
    routed,
    service,
    targets,
    task,
)
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

PARAMETER = "creating ECS Service (web): operation error ECS: CreateService, https response error StatusCode: 400, InvalidParameterException: "
STRATEGY = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
NETWORK = {"subnets": ["subnet-0a"], "securityGroups": ["sg-0"]}


@pytest.fixture
def world() -> World:
    return compute_world()


def test_a_service_is_where_it_says(world):
    made = service(world)
    assert made.id == made.outputs["arn"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
    shown = {name: made.outputs[name] for name in ("cluster", "launchType", "platformVersion", "propagateTags", "desiredCount", "availabilityZoneRebalancing")}
    assert shown == {
        "cluster": CLUSTER_ARN,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "propagateTags": "NONE",
        "desiredCount": 2,
        "availabilityZoneRebalancing": "ENABLED",
    }
    assert made.outputs["networkConfiguration"] == {"assignPublicIp": False, "subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0"]}
    assert (made.inputs["deploymentMaximumPercent"], made.inputs["deploymentMinimumHealthyPercent"], made.inputs["schedulingStrategy"]) == (200, 100, "REPLICA")
    assert (made.inputs["enableExecuteCommand"], made.inputs["enableEcsManagedTags"]) == (False, False)


def test_a_strategy_runs_on_fargate_without_a_launch_type(world):
    made = service(world, launchType=None, capacityProviderStrategies=STRATEGY)
    assert (made.outputs["launchType"], made.outputs["platformVersion"]) == ("", "LATEST")


def test_the_cluster_says_the_strategy_where_the_service_does_not(world):
    world.create(CLUSTER, name="spot")
    world.create(
        PROVIDERS, clusterName="spot", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    )
    made = service(world, launchType=None, cluster="spot")
    assert made.outputs["capacityProviderStrategies"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def test_tasks_hold_addresses_and_groups(world):
    before = free(world.cloud, "subnet-0a") + free(world.cloud, "subnet-0b")
    service(world, desiredCount=3)
    assert before - free(world.cloud, "subnet-0a") - free(world.cloud, "subnet-0b") == 3
    assert len(list(with_group(world.cloud, "sg-0"))) == 3


def test_the_count_stays_where_no_deploy_says_one(world):
    made = service(world)
    assert world.update(made, desiredCount=None).outputs["desiredCount"] == 2


def test_a_cluster_and_a_task_definition_are_there(world):
    message = refused(lambda: service(world, cluster="elsewhere"))
    assert said(message).endswith("ECS: CreateService, https response error StatusCode: 400, ClusterNotFoundException: Cluster not found.")
    message = refused(lambda: service(world, taskDefinition="api:1"))
    assert said(message).endswith("ClientException: TaskDefinition not found.")
    assert service(world, taskDefinition="web").outputs["taskDefinition"] == "web"


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"capacityProviderStrategies": STRATEGY}, "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."),
        (
            {"launchType": None, "capacityProviderStrategies": [{"capacityProvider": "mine", "weight": 1}]},
            (
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
                "Associate the capacity provider with the cluster and try again."
            ),
        ),
        (
            {"launchType": None, "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 0}]},
            "The specified capacity provider strategy must contain at least one capacity provider with a weight greater than 0.",
        ),
        (
            {"launchType": None, "capacityProviderStrategies": [{**one, "base": 1} for one in STRATEGY]},
            "Only one capacity provider in the specified capacity provider strategy can have a base defined.",
        ),
        (
            {"launchType": None, "capacityProviderStrategies": [STRATEGY[0], {"capacityProvider": "FARGATE", "weight": 2}]},
            "The specified capacity provider strategy cannot contain the same capacity provider more than once.",
        ),
        ({"placementConstraints": [{"type": "distinctInstance"}]}, "Placement strategies and constraints are not supported with FARGATE launch type."),
        ({"schedulingStrategy": "DAEMON", "desiredCount": None}, "The scheduling strategy DAEMON is not supported with FARGATE launch type."),
        ({"platformVersion": "2.0.0"}, "The specified platform version 2.0.0 does not exist."),
        ({"launchType": "EC2", "platformVersion": "1.4.0"}, "The platform version must be null when specifying an EC2 launch type."),
        ({"deploymentMaximumPercent": 50}, "maximumPercent must be at least 100."),
        ({"deploymentMinimumHealthyPercent": 101}, "minimumHealthyPercent must be between 0 and 100."),
        ({"deploymentMaximumPercent": 100}, "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."),
        (
            {"deploymentCircuitBreaker": {"enable": True, "rollback": True}, "deploymentController": {"type": "CODE_DEPLOY"}},
            "The deployment circuit breaker feature is only supported for services using the rolling update (ECS) deployment type.",
        ),
        ({"networkConfiguration": None}, "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
        ({"iamRole": "role"}, "You cannot specify an IAM role for services that require a service linked role."),
        ({"networkConfiguration": {"subnets": []}}, "subnets can not be empty."),
        ({"networkConfiguration": {"subnets": ["subnet-0a"] * 17}}, "subnets can have at most 16 items."),
        ({"networkConfiguration": {"subnets": ["subnet-0a"], "securityGroups": ["sg-0"] * 6}}, "securityGroups can have at most 5 items."),
        (
            {"networkConfiguration": {"subnets": ["subnet-9"]}},
            "Error retrieving subnet information for [subnet-9]: The subnet ID 'subnet-9' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
        ),
        (
            {"networkConfiguration": {"subnets": ["subnet-0a"], "securityGroups": ["sg-9"]}},
            "Error retrieving security group information for [sg-9]: The security group 'sg-9' does not exist (ErrorCode: InvalidGroup.NotFound)",
        ),
        ({"networkConfiguration": {"subnets": ["subnet-0a", "subnet-1a"]}}, "All subnets must be in the same VPC: vpc-1, vpc-2."),
        (
            {"networkConfiguration": {"subnets": ["subnet-0a"], "securityGroups": ["sg-1"]}},
            "Security Group sg-1 does not appear to belong to the same VPC as the input subnets.",
        ),
        ({"launchType": "EC2", "networkConfiguration": {**NETWORK, "assignPublicIp": True}}, "Assign public IP is not supported for this launch type."),
        ({"healthCheckGracePeriodSeconds": 30}, "Health check grace period is only valid for services configured to use load balancers"),
        ({"loadBalancers": [{"containerName": "web", "containerPort": 8080}]}, "loadBalancerName and targetGroupArn cannot both be empty."),
        (
            {"enableExecuteCommand": True},
            "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
        ),
    ],
)
def test_a_service_that_cannot_be_is_refused(world, inputs, why):
    assert said(refused(lambda: service(world, **inputs))) == PARAMETER + why


def test_a_task_definition_suits_what_it_runs_on(world):
    elsewhere = task(world, requiresCompatibilities=["EC2"], networkMode="bridge")
    assert said(refused(lambda: service(world, elsewhere))) == f"{PARAMETER}Task definition does not support launch_type FARGATE."
    message = "Network Configuration is not valid for the given networkMode of this task definition."
    assert said(refused(lambda: service(world, elsewhere, launchType="EC2"))) == PARAMETER + message
    assert service(world, elsewhere, launchType="EC2", networkConfiguration=None).outputs["launchType"] == "EC2"


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"desiredCount": -1}, "desiredCount", "expected desired_count to be at least (0), got -1"),
        ({"name": "my web"}, "name", "invalid value for name (must be 1 to 255 letters, digits, underscores and hyphens)"),
        (
            {"healthCheckGracePeriodSeconds": -1},
            "healthCheckGracePeriodSeconds",
            "expected health_check_grace_period_seconds to be in the range (0 - 2.14748e+09), got -1",
        ),
        (
            {"orderedPlacementStrategies": [{"type": "spread"}] * 6},
            "orderedPlacementStrategies",
            "Too many ordered_placement_strategies blocks: no more than 5 allowed",
        ),
        ({"placementConstraints": [{"type": "memberOf"}] * 11}, "placementConstraints", "Too many placement_constraints blocks: no more than 10 allowed"),
        ({"capacityProviderStrategies": [{"base": 100001}]}, "capacityProviderStrategies[0].base", "expected base to be in the range (0 - 100000), got 100001"),
        ({"capacityProviderStrategies": [{"weight": 1001}]}, "capacityProviderStrategies[0].weight", "expected weight to be in the range (0 - 1000), got 1001"),
        ({"serviceRegistries": {"registryArn": "web"}}, "serviceRegistries.registryArn", '"registry_arn" (web) is an invalid ARN: arn: invalid prefix'),
        (
            {"serviceRegistries": {"registryArn": CLUSTER_ARN, "port": 65537}},
            "serviceRegistries.port",
            "expected port to be in the range (0 - 65536), got 65537",
        ),
        ({"loadBalancers": [{"targetGroupArn": "web"}]}, "loadBalancers[0].targetGroupArn", '"target_group_arn" (web) is an invalid ARN: arn: invalid prefix'),
        ({"loadBalancers": [{"containerPort": 65537}]}, "loadBalancers[0].containerPort", "expected container_port to be in the range (0 - 65536), got 65537"),
        ({"alarms": {"alarmNames": []}}, "alarms.alarmNames", "Attribute alarms.alarm_names requires 1 item minimum, but config has only 0 declared."),
    ],
)
def test_the_provider_refuses_values_out_of_range(world, inputs, path, why):
    assert invalid(world, SERVICE, name=inputs.pop("name", "web"), **inputs) == {path: why}


def balanced(group, **changes):
    return {"loadBalancers": [{"targetGroupArn": group if isinstance(group, str) else group.id, "containerName": "web", "containerPort": 8080, **changes}]}


def test_a_target_group_reaches_a_port_of_the_task(world):
    _, group = routed(world)
    assert service(world, healthCheckGracePeriodSeconds=30, **balanced(group)).outputs["healthCheckGracePeriodSeconds"] == 30
    message = "The container api does not exist in the task definition."
    assert said(refused(lambda: service(world, name="b", **balanced(group, containerName="api")))).endswith(message)
    message = "The container web did not have a container port 80 defined."
    assert said(refused(lambda: service(world, name="b", **balanced(group, containerPort=80)))).endswith(message)


def test_a_target_group_is_there_of_addresses_and_behind_a_load_balancer(world):
    lone, instances = targets(world, name="lone"), targets(world, name="instances", targetType="instance")
    message = f"The target group with targetGroupArn {lone.id} does not have an associated load balancer."
    assert said(refused(lambda: service(world, **balanced(lone)))) == PARAMETER + message
    message = (
        f"The provided target group {instances.id} has target type instance, which is incompatible with the awsvpc network mode "
        "specified in the task definition."
    )
    assert said(refused(lambda: service(world, **balanced(instances)))) == PARAMETER + message
    nowhere = lone.id.replace("lone", "none")
    assert said(refused(lambda: service(world, **balanced(nowhere)))) == f"{PARAMETER}The specified target group {nowhere} does not exist."
    _, group = routed(world)
    five = {"loadBalancers": balanced(group)["loadBalancers"] * 6}
    assert said(refused(lambda: service(world, **five))) == f"{PARAMETER}load balancers can have at most 5 items."


def test_a_name_is_taken_while_the_service_is_active(world):
    made = service(world)
    assert refused(lambda: service(world)).endswith("InvalidParameterException: Creation of service was not idempotent.")
    world.delete(made)
    assert service(world).id == made.id


def test_an_update_is_held_to_the_same_rules(world):
    made = service(world)
    message = "InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
    shown = said(refused(lambda: world.update(made, deploymentMaximumPercent=100)))
    assert shown == f"updating ECS Service ({made.id}): operation error ECS: UpdateService, https response error StatusCode: 400, {message}"


def test_a_strategy_changes_only_with_a_new_deployment(world):
    made = service(world, launchType=None, capacityProviderStrategies=STRATEGY)
    message = "force_new_deployment should be true when capacity_provider_strategy is being updated"
    assert refused(lambda: world.update(made, capacityProviderStrategies=STRATEGY[:1])) == f"updating ECS Service ({made.id}): {message}"
    assert world.update(made, capacityProviderStrategies=STRATEGY[:1], forceNewDeployment=True).outputs["capacityProviderStrategies"] == STRATEGY[:1]


def test_what_makes_a_new_service(world):
    assert world.kinds[SERVICE].replaces == {"name", "cluster", "iamRole", "launchType", "schedulingStrategy"}
    assert world.kinds[CLUSTER].replaces == {"name"}
    assert world.kinds[PROVIDERS].replaces == {"clusterName"}


def test_a_service_does_not_drain_without_its_cluster(world):
    made = service(world)
    del world.cloud.records[CLUSTER, CLUSTER_ARN]
    assert refused(lambda: world.delete(made)).endswith("ClusterNotFoundException: Cluster not found.")


def test_a_task_without_ports_serves_nobody(world):
    _, group = routed(world)
    mute = task(world, container(portMappings=None))
    assert refused(lambda: service(world, mute, **balanced(group))).endswith("The container web did not have a container port 8080 defined.")


def test_a_service_of_task_sets_may_name_no_task_definition(world):
    external = {"deploymentController": {"type": "EXTERNAL"}, "networkConfiguration": None, "launchType": None}
    assert service(world, taskDefinition=None, **external).outputs["deploymentController"] == {"type": "EXTERNAL"}
    assert refused(lambda: service(world, taskDefinition=None, name="b")).endswith("ClientException: TaskDefinition not found.")
    assert refused(lambda: service(world, taskDefinition="api:1", name="b", **external)).endswith("ClientException: TaskDefinition not found.")


def test_what_fargate_has_not_is_for_machines_of_one_s_own(world):
    elsewhere = task(world, requiresCompatibilities=["EC2"], networkMode="bridge")
    machines = {"launchType": "EC2", "networkConfiguration": None, "placementConstraints": [{"type": "distinctInstance"}], "schedulingStrategy": "DAEMON"}
    assert service(world, elsewhere, **machines).outputs["launchType"] == "EC2"
