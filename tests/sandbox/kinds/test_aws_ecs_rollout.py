"""Rollouts that cannot succeed: what a service that waits for its tasks hears, and what IAM allows the role that starts them."""

from __future__ import annotations

import json

import pytest

from sandbox.resources.aws.iam_evaluate import MANAGED, allows
from tests.sandbox.kinds.aws_compute_world import LOG_GROUP, SECRET, SECRET_ARN, SERVICE, VERSION, allow, compute_world, container, service, task
from tests.sandbox.kinds.aws_data_world import role
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION
from tests.sandbox.kinds.cloud import World, refused

EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/execution"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
TIMEOUT = "timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s) The last stopped task says: "
PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"


@pytest.fixture
def world() -> World:
    return compute_world()


@pytest.fixture
def powerless(world):
    """A role that trusts the tasks and may do nothing."""
    return role(world, "powerless", "ecs-tasks.amazonaws.com")


def denied(action, resource, name="powerless"):
    return (
        f"AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/task is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


def test_a_rollout_that_can_succeed_does(world):
    assert service(world).outputs["waitForSteadyState"] is True


def test_nobody_hears_of_a_rollout_that_nobody_waits_for(world, powerless):
    hopeless = task(world, executionRoleArn=powerless)
    assert service(world, hopeless, waitForSteadyState=None).outputs["desiredCount"] == 2
    assert service(world, hopeless, name="idle", desiredCount=0).outputs["desiredCount"] == 0


def test_a_role_that_may_not_read_the_secret_starts_nothing(world, powerless):
    where = f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET_ARN} from secrets manager: "
    message = refused(lambda: service(world, task(world, executionRoleArn=powerless)))
    assert message == f"waiting for ECS Service ({ARN}) create: {TIMEOUT}{PULL}{where}{denied('secretsmanager:GetSecretValue', SECRET_ARN)}"


@pytest.mark.parametrize(("rollback", "word"), [(True, "rolled back"), (False, "failed")])
def test_the_circuit_breaker_says_how_it_ended(world, powerless, rollback, word):
    breaker = {"enable": True, "rollback": rollback}
    message = refused(lambda: service(world, task(world, executionRoleArn=powerless), deploymentCircuitBreaker=breaker))
    assert message.startswith(f"waiting for ECS Service ({ARN}) create: Service deployment {word} because the circuit breaker threshold was exceeded. The last")


def test_an_update_rolls_out_too(world, powerless):
    made = service(world)
    hopeless = task(world, executionRoleArn=powerless).outputs["arn"]
    assert refused(lambda: world.update(made, taskDefinition=hopeless)).startswith(f"waiting for ECS Service ({ARN}) update: {TIMEOUT}{PULL}")
    assert refused(lambda: world.update(made, taskDefinition=hopeless, desiredCount=None)).startswith(
        f"waiting for ECS Service ({ARN}) update: {TIMEOUT}{PULL}"
    )


def last(message):
    return message.partition("The last stopped task says: ")[2]


def test_a_secret_is_there_with_a_value(world):
    ghost = f"{SECRET_ARN}x"
    allow(world, "execution", ("secretsmanager:GetSecretValue", ghost))
    lost = task(world, container(secrets=[{"name": "A", "valueFrom": ghost}]))
    assert last(refused(lambda: service(world, lost))).endswith("ResourceNotFoundException: Secrets Manager can't find the specified secret.")
    del world.cloud.records[VERSION, f"{SECRET_ARN}|1"]
    shown = last(refused(lambda: service(world)))
    assert shown.endswith("ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT")


def test_one_key_of_a_secret_is_a_secret_too(world):
    keyed = task(world, container(secrets=[{"name": "A", "valueFrom": f"{SECRET_ARN}:username::"}]))
    assert service(world, keyed).outputs["name"] == "web"


def test_a_secret_under_a_customer_key_needs_the_key(world):
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    world.put("aws:kms/key:Key", "1", arn=key, keyId="1")
    world.put(SECRET, SECRET_ARN, arn=SECRET_ARN, name="password", kmsKeyId=key, region=REGION)
    assert last(refused(lambda: service(world))).endswith("AccessDeniedException: Access to KMS is not allowed")
    allow(world, "execution", ("kms:Decrypt", key))
    assert service(world).outputs["name"] == "web"


def test_a_parameter_is_there_and_may_be_read(world):
    named = task(world, container(secrets=[{"name": "A", "valueFrom": "/app/token"}]))
    resource = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/app/token"
    where = f"{PULL}unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
    assert last(refused(lambda: service(world, named))) == where + denied("ssm:GetParameters", resource, "execution")
    allow(world, "execution", ("ssm:GetParameters", resource))
    assert last(refused(lambda: service(world, named))) == f"{where}invalid ssm parameters: /app/token"
    world.put("aws:ssm/parameter:Parameter", "/app/token", name="/app/token")
    assert service(world, named).outputs["name"] == "web"


def test_a_private_image_needs_the_registry_the_repository_and_its_layers(world):
    private = task(world, container(image=IMAGE))
    where = f"{PULL}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
    pulled = f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {IMAGE}: "
    repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/web"
    assert last(refused(lambda: service(world, private))) == where + denied("ecr:GetAuthorizationToken", "*", "execution")
    allow(world, "execution", ("ecr:GetAuthorizationToken", "*"))
    assert last(refused(lambda: service(world, private))) == pulled + denied("ecr:BatchGetImage", repository, "execution")
    allow(world, "execution", ("ecr:BatchGetImage", repository))
    assert last(refused(lambda: service(world, private))) == pulled + denied("ecr:GetDownloadUrlForLayer", repository, "execution")
    allow(world, "execution", ("ecr:GetDownloadUrlForLayer", repository))
    assert last(refused(lambda: service(world, private))) == f"{pulled}The repository with name 'web' does not exist in the registry with id '{ACCOUNT}'"
    world.put("aws:ecr/repository:Repository", "web", name="web")
    assert service(world, private).outputs["name"] == "web"


def test_the_log_group_is_there_and_may_be_written(world):
    failed = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: "
    options = {"awslogs-group": "/other", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}
    other = task(world, container(logConfiguration={"logDriver": "awslogs", "options": options}))
    assert last(refused(lambda: service(world, other))) == f"{failed}ResourceNotFoundException: The specified log group does not exist. : exit status 1"
    world.put(LOG_GROUP, "/other", name="/other", region=REGION)
    stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/other:log-stream:task"
    assert last(refused(lambda: service(world, other))) == f"{failed}{denied('logs:CreateLogStream', stream, 'execution')} : exit status 1"
    made = task(world, container(logConfiguration={"logDriver": "awslogs", "options": {**options, "awslogs-group": "/new", "awslogs-create-group": "true"}}))
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/new:log-stream:"
    assert last(refused(lambda: service(world, made))) == failed + denied("logs:CreateLogGroup", group, "execution")


def test_a_full_subnet_takes_no_task(world):
    tight = {"subnets": ["subnet-tiny"], "securityGroups": ["sg-0"]}
    assert service(world, networkConfiguration=tight, desiredCount=11).outputs["desiredCount"] == 11
    message = last(refused(lambda: service(world, name="more", networkConfiguration=tight, desiredCount=1)))
    assert "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses" in message
    world.delete(world.cloud.get(SERVICE, ARN))
    assert service(world, name="more", networkConfiguration=tight, desiredCount=1).outputs["desiredCount"] == 1


def may(world, action="s3:GetObject", resource="arn:aws:s3:::b/k"):
    return allows(world.call(SERVICE, {}), EXECUTION, action, resource)


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k", True),
        ("S3:getobject", "arn:aws:s3:::b/*", True),
        ("s3:Get*", "arn:aws:s3:::?/k", True),
        ("*", "*", True),
        ("s3:PutObject", "*", False),
        ("s3:GetObject", "arn:aws:s3:::B/k", False),
        ("s3:GetObject", "arn:aws:s3:::b", False),
    ],
)
def test_a_statement_covers_what_its_patterns_cover(world, action, resource, allowed):
    assert not may(world)
    allow(world, "execution", (action, resource))
    assert may(world) is allowed


def test_a_denial_wins(world):
    allow(world, "execution", ("s3:*", "*"))
    assert may(world)
    allow(world, "execution", ("s3:GetObject", "arn:aws:s3:::b/*"), effect="Deny")
    assert not may(world)
    assert may(world, resource="arn:aws:s3:::other/k")


def test_what_is_left_out_is_covered(world):
    statement = {"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": "arn:aws:s3:::secret/*"}
    world.put("aws:iam/rolePolicy:RolePolicy", "not", role="execution", policy=json.dumps({"Statement": statement}))
    assert may(world)
    assert not may(world, action="iam:PassRole")
    assert not may(world, resource="arn:aws:s3:::secret/k")


def test_a_denial_under_a_condition_is_taken_not_to_hold(world):
    allow(world, "execution", ("s3:*", "*"))
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    world.put("aws:iam/rolePolicy:RolePolicy", "deny", role="execution", policy=json.dumps({"Statement": [denial]}))
    assert may(world)


def test_attached_policies_count_the_account_s_own_and_aws_s(world):
    own = f"arn:aws:iam::{ACCOUNT}:policy/own"
    world.put(ATTACHMENT, "1", role="execution", policyArn=own)
    assert not may(world)
    world.put(POLICY, own, arn=own, policy=json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}))
    assert may(world)
    assert not may(world, action="ecr:BatchGetImage")
    world.put(ATTACHMENT, "2", role="execution", policyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
    assert may(world, action="ecr:BatchGetImage")
    assert "service-role/AmazonECSTaskExecutionRolePolicy" in MANAGED


def test_a_boundary_limits_what_policies_allow(world):
    limit = f"arn:aws:iam::{ACCOUNT}:policy/limit"
    allow(world, "execution", ("s3:*", "*"))
    found = next(world.cloud.find("aws:iam/role:Role", name="execution"))
    found.outputs["permissionsBoundary"] = limit
    assert not may(world)
    world.put(POLICY, limit, arn=limit, policy=json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}))
    assert may(world)
    assert not may(world, action="s3:PutObject")


def test_a_role_that_is_not_there_may_nothing(world):
    assert not allows(world.call(SERVICE, {}), f"arn:aws:iam::{ACCOUNT}:role/nobody", "s3:GetObject", "*")


def test_a_secret_that_a_service_owns_has_its_value_from_there(world):
    del world.cloud.records[VERSION, f"{SECRET_ARN}|1"]
    world.put(SECRET, SECRET_ARN, arn=SECRET_ARN, name="password", owningService="rds", region=REGION)
    assert service(world).outputs["name"] == "web"


def test_only_logs_of_cloudwatch_are_looked_for(world):
    aside = task(world, container(logConfiguration={"logDriver": "awsfirelens", "options": {"Name": "datadog"}}))
    assert service(world, aside).outputs["name"] == "web"


def test_what_runs_on_machines_of_one_s_own_is_not_foreseen(world, powerless):
    elsewhere = task(world, requiresCompatibilities=["EC2"], networkMode="bridge", executionRoleArn=powerless)
    assert service(world, elsewhere, launchType="EC2", networkConfiguration=None).outputs["launchType"] == "EC2"
