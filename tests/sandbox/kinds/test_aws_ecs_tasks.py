"""Task definitions in the sandbox: what Fargate has, what ECS and the provider refuse, and how a revision is given back."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.kinds.aws_compute_world import CONTAINER, TASK, compute_world, container, task
from tests.sandbox.kinds.aws_data_world import role
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

REGISTER = "creating ECS Task Definition (web): operation error ECS: RegisterTaskDefinition, https response error StatusCode: 400, ClientException: "


@pytest.fixture
def world() -> World:
    return compute_world()


def test_every_change_is_the_next_revision_of_the_family(world):
    first, second = task(world), task(world, cpu="512", memory="1024")
    family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web"
    assert [(one.outputs["revision"], one.outputs["arn"], one.outputs["arnWithoutRevision"]) for one in (first, second)] == [
        (1, f"{family}:1", family),
        (2, f"{family}:2", family),
    ]
    assert first.id == first.outputs["arn"]
    world.delete(second)
    assert task(world).outputs["revision"] == 3


def test_a_revision_is_registered_for_good_where_it_is_to_stay(world):
    kept = task(world, skipDestroy=True)
    world.delete(kept)
    assert world.cloud.get(TASK, kept.id) is not None


def test_containers_come_back_as_ecs_gives_them(world):
    environment = [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    made = task(world, {"Name": "web", "image": "nginx", "PortMappings": [{"containerPort": 80}], "environment": environment, "user": "", "command": []})
    assert json.loads(made.outputs["containerDefinitions"]) == [
        {
            "name": "web",
            "image": "nginx",
            "cpu": 0,
            "essential": True,
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "mountPoints": [],
            "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
            "systemControls": [],
            "volumesFrom": [],
        }
    ]
    assert task(world, requiresCompatibilities=None, networkMode=None).outputs["networkMode"] == "bridge"
    assert made.outputs["enableFaultInjection"] is False


def test_the_provider_fills_in_its_defaults(world):
    made = task(world, networkMode="awsvpc", proxyConfiguration={"containerName": "web"}).inputs
    assert (made["skipDestroy"], made["trackLatest"], made["proxyConfiguration"]) == (False, False, {"containerName": "web", "type": "APPMESH"})


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [("256", "2048"), ("512", "3072"), ("1024", "8192"), ("2048", "5120"), ("4096", "30720"), ("8192", "20480"), ("16384", "122880"), ("1 vCPU", "2GB")],
)
def test_fargate_has_the_sizes_of_its_table(world, cpu, memory):
    assert task(world, cpu=cpu, memory=memory).outputs["cpu"] == cpu


@pytest.mark.parametrize(
    ("cpu", "memory", "units", "size"),
    [
        ("256", "1536", 256, 1536),
        ("256", "4096", 256, 4096),
        ("300", "512", 300, 512),
        ("1024", "1024", 1024, 1024),
        ("8192", "17408", 8192, 17408),
        (".5 vCPU", "8 GB", 512, 8192),
    ],
)
def test_fargate_has_no_other_size(world, cpu, memory, units, size):
    message = f"No Fargate configuration exists for given values: {units} CPU, {size} memory. See the Amazon ECS documentation for the valid values."
    assert said(refused(lambda: task(world, cpu=cpu, memory=memory))) == REGISTER + message


@pytest.mark.parametrize(
    ("definitions", "why"),
    [
        ("[{", "invalid JSON: Expecting property name enclosed in double quotes at byte offset 2"),
        ('{"name": "web"}', "json: cannot unmarshal object into Go value of type []types.ContainerDefinition"),
        ('["web"]', "json: cannot unmarshal string into Go value of type types.ContainerDefinition"),
        ("[{}]", "invalid container definition supplied at index (0)"),
        ('[{"name": "web", "cpus": 1}]', 'json: unknown field "cpus" in ContainerDefinition'),
        ('[{"name": "web", "cpu": "1"}]', "json: cannot unmarshal string into Go struct field ContainerDefinition.Cpu of type int32"),
        ('[{"essential": 1}]', "json: cannot unmarshal number into Go struct field ContainerDefinition.Essential of type bool"),
        ('[{"command": "run"}]', "json: cannot unmarshal string into Go struct field ContainerDefinition.Command of type []string"),
        ('[{"healthCheck": []}]', "json: cannot unmarshal array into Go struct field ContainerDefinition.HealthCheck of type types"),
        ('[{"portMappings": [{"port": 80}]}]', 'json: unknown field "port" in ContainerDefinition.PortMappings'),
        (
            '[{"logConfiguration": {"options": {"awslogs-group": 1}}}]',
            "json: cannot unmarshal number into Go struct field ContainerDefinition.LogConfiguration.Options.Awslogs-group of type string",
        ),
    ],
)
def test_the_provider_refuses_containers_that_are_none(world, definitions, why):
    found = invalid(world, TASK, family="web", containerDefinitions=definitions)
    assert found == {"containerDefinitions": f"ECS Task Definition container_definitions is invalid: {why}"}


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"family": "my web"}, "family", "invalid value for family (see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html)"),
        ({"family": "a" * 256}, "family", f"expected length of family to be in the range (1 - 255), got {'a' * 256}"),
        ({"ephemeralStorage": {"sizeInGib": 20}}, "ephemeralStorage.sizeInGib", "expected size_in_gib to be in the range (21 - 200), got 20"),
        ({"ephemeralStorage": {"sizeInGib": 201}}, "ephemeralStorage.sizeInGib", "expected size_in_gib to be in the range (21 - 200), got 201"),
        (
            {"runtimePlatform": {"cpuArchitecture": "arm64"}},
            "runtimePlatform.cpuArchitecture",
            'expected cpu_architecture to be one of ["X86_64" "ARM64"], got arm64',
        ),
        ({"executionRoleArn": "execution"}, "executionRoleArn", '"execution_role_arn" (execution) is an invalid ARN: arn: invalid prefix'),
        ({"taskRoleArn": "arn:aws:iam"}, "taskRoleArn", '"task_role_arn" (arn:aws:iam) is an invalid ARN: arn: not enough sections'),
        ({"pidMode": "none"}, "pidMode", 'expected pid_mode to be one of ["host" "task"], got none'),
        ({"placementConstraints": [{"type": "memberOf"}] * 11}, "placementConstraints", "Too many placement_constraints blocks: no more than 10 allowed"),
        ({"proxyConfiguration": {"containerName": "a", "type": "ENVOY"}}, "proxyConfiguration.type", 'expected type to be one of ["APPMESH"], got ENVOY'),
    ],
)
def test_the_provider_refuses_values_out_of_range(world, inputs, path, why):
    full = {"family": "web", "containerDefinitions": json.dumps([CONTAINER]), **inputs}
    assert invalid(world, TASK, **full) == {path: why}


def test_an_operating_system_is_one_of_the_list(world):
    found = invalid(world, TASK, family="web", containerDefinitions=json.dumps([CONTAINER]), runtimePlatform={"operatingSystemFamily": "BSD"})
    assert found["runtimePlatform.operatingSystemFamily"].endswith('"WINDOWS_SERVER_20H2_CORE"], got BSD')


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"networkMode": "bridge"}, "Fargate only supports network mode \u2018awsvpc\u2019."),
        ({"networkMode": None}, "Fargate only supports network mode \u2018awsvpc\u2019."),
        ({"cpu": None}, "Fargate requires that 'cpu' be defined at the task level."),
        ({"memory": None}, "Fargate requires that 'memory' be defined at the task level."),
        ({"ipcMode": "task"}, "Tasks using the Fargate launch type do not support ipcMode."),
        ({"pidMode": "host"}, "Tasks using the Fargate launch type do not support pidMode 'host'."),
        ({"placementConstraints": [{"type": "memberOf"}]}, "Fargate compatible task definitions do not support placementConstraints"),
        ({"cpu": "lots"}, "Invalid 'cpu' setting for task."),
        ({"memory": "1.5"}, "Invalid 'memory' setting for task."),
        ({"volumes": [{"name": "a"}, {"name": "a"}]}, "Volume names must be unique within a task definition."),
        ({"volumes": [{"name": "a", "hostPath": "/x"}]}, "Fargate compatible task definitions do not support sourcePath"),
        (
            {"volumes": [{"name": "a", "dockerVolumeConfiguration": {"scope": "task"}}]},
            "Fargate compatible task definitions do not support dockerVolumeConfiguration",
        ),
        (
            {"volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}}}]},
            "EFS volumes with an authorizationConfig must have transitEncryption enabled.",
        ),
        (
            {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            "The CPU architecture ARM64 is not supported for the operating system family WINDOWS_SERVER_2022_CORE",
        ),
        ({"executionRoleArn": None}, "Fargate requires task definition to have execution role ARN to support log driver awslogs."),
    ],
)
def test_fargate_refuses_task_definitions_that_it_cannot_run(world, inputs, why):
    assert said(refused(lambda: task(world, **inputs))) == REGISTER + why


def test_secrets_and_private_images_need_an_execution_role(world):
    bare = container(logConfiguration=None)
    message = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    assert said(refused(lambda: task(world, bare, executionRoleArn=None))) == REGISTER + message
    private = {"name": "web", "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1"}
    message = "Fargate requires task definition to have execution role ARN to support ECR images."
    assert said(refused(lambda: task(world, private, executionRoleArn=None))) == REGISTER + message


def test_memory_is_said_somewhere(world):
    message = "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified."
    assert said(refused(lambda: task(world, requiresCompatibilities=["EC2"], memory=None))) == REGISTER + message


def test_a_task_definition_has_at_most_64_kib(world):
    long = container(environment=[{"name": "A", "value": "x" * 66000}])
    assert said(refused(lambda: task(world, long))).endswith(" Max allowed length is '65536' bytes.")
    assert task(world, container(environment=[{"name": "A", "value": "x" * 60000}])).outputs["family"] == "web"


@pytest.mark.parametrize("argument", ["executionRoleArn", "taskRoleArn"])
def test_a_role_is_there_and_trusts_the_tasks(world, argument):
    other = role(world, "other", "lambda.amazonaws.com")
    for named in (other, f"arn:aws:iam::{ACCOUNT}:role/nobody"):
        message = refused(lambda named=named: task(world, **{argument: named}))
        assert f"ClientException: ECS was unable to assume the role '{named}' that was provided for this task." in message


def test_every_argument_but_the_tags_makes_a_new_revision(world):
    inputs = {
        "containerDefinitions",
        "cpu",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
    }
    more = {"proxyConfiguration", "requiresCompatibilities", "runtimePlatform", "taskRoleArn", "volumes", "enableFaultInjection"}
    assert world.kinds[TASK].replaces == inputs | more


def test_what_is_not_for_fargate_may_have_what_fargate_has_not(world):
    made = task(world, container(privileged=True, logConfiguration={"logDriver": "json-file"}), requiresCompatibilities=["EC2"], networkMode="host")
    assert made.outputs["networkMode"] == "host"
