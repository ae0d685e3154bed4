"""Lambda in the sandbox: functions, who may call them, and calls."""

from __future__ import annotations

import re

import pytest

from sandbox.resources.aws.addresses import with_group
from tests.sandbox.kinds.aws_compute_world import allow, compute_world
from tests.sandbox.kinds.aws_data_world import role
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
INVOCATION = "aws:lambda/invocation:Invocation"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:job"
CREATE = "creating Lambda Function (job): operation error Lambda: CreateFunction, https response error StatusCode: 400, InvalidParameterValueException: "
NETWORK = {"subnetIds": ["subnet-0a"], "securityGroupIds": ["sg-0"]}
RESERVED_KEYS = "Lambda was unable to configure your environment variables because the environment variables you have provided"
INTERFACES = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"


@pytest.fixture
def world() -> World:
    made = compute_world()
    role(made, "job", "lambda.amazonaws.com")
    return made


def wanted(**inputs):
    said_ = {"name": "job", "role": f"arn:aws:iam::{ACCOUNT}:role/job", "runtime": "python3.13", "handler": "main.run", "code": "zip", **inputs}
    return {name: value for name, value in said_.items() if value is not None}


def function(world, **inputs):
    return world.create(FUNCTION, **wanted(**inputs))


def test_a_function_says_where_it_is(world):
    made = function(world)
    assert made.id == "job"
    invoke = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions"
    shown = {name: made.outputs[name] for name in ("arn", "qualifiedArn", "invokeArn", "qualifiedInvokeArn", "version", "architectures", "ephemeralStorage")}
    assert shown == {
        "arn": ARN,
        "qualifiedArn": f"{ARN}:$LATEST",
        "invokeArn": f"{invoke}/{ARN}/invocations",
        "qualifiedInvokeArn": f"{invoke}/{ARN}:$LATEST/invocations",
        "version": "$LATEST",
        "architectures": ["x86_64"],
        "ephemeralStorage": {"size": 512},
    }
    assert made.outputs["loggingConfig"] == {"logFormat": "Text", "logGroup": "/aws/lambda/job"}
    assert made.outputs["tracingConfig"] == {"mode": "PassThrough"}
    assert (made.inputs["memorySize"], made.inputs["timeout"], made.inputs["packageType"], made.inputs["reservedConcurrentExecutions"]) == (128, 3, "Zip", -1)
    assert world.kinds[FUNCTION].volatile == {"lastModified"}


def test_new_code_is_a_new_version_where_versions_are_published(world):
    made = function(world, publish=True)
    assert (made.outputs["version"], made.outputs["qualifiedArn"]) == ("1", f"{ARN}:1")
    same = world.update(made, description="a")
    assert same.outputs["version"] == "1"
    assert same.outputs["sourceCodeHash"] == made.outputs["sourceCodeHash"]
    later = world.update(same, code="other")
    assert later.outputs["version"] == "2"
    assert later.outputs["codeSha256"] != made.outputs["codeSha256"]


def test_a_name_is_taken_and_a_function_may_stay(world):
    made = function(world, skipDestroy=True)
    assert refused(lambda: function(world)).endswith("StatusCode: 409, ResourceConflictException: Function already exist: job")
    world.delete(made)
    assert world.cloud.get(FUNCTION, "job") is not None
    assert world.kinds[FUNCTION].replaces >= {"name", "packageType"}


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"name": "my job"}, "name", "invalid value for name (must be 1 to 64 letters, digits, hyphens and underscores)"),
        ({"name": "a" * 65}, "name", "invalid value for name (must be 1 to 64 letters, digits, hyphens and underscores)"),
        ({"role": "job"}, "role", '"role" (job) is an invalid ARN: arn: invalid prefix'),
        ({"memorySize": 127}, "memorySize", "expected memory_size to be in the range (128 - 10240), got 127"),
        ({"memorySize": 10241}, "memorySize", "expected memory_size to be in the range (128 - 10240), got 10241"),
        ({"timeout": 901}, "timeout", "expected timeout to be in the range (1 - 900), got 901"),
        ({"timeout": 0}, "timeout", "expected timeout to be in the range (1 - 900), got 0"),
        ({"ephemeralStorage": {"size": 511}}, "ephemeralStorage.size", "expected size to be in the range (512 - 10240), got 511"),
        ({"reservedConcurrentExecutions": -2}, "reservedConcurrentExecutions", "expected reserved_concurrent_executions to be at least (-1), got -2"),
        ({"runtime": "python2.7"}, "runtime", None),
        ({"architectures": ["arm"]}, "architectures[0]", 'expected architectures[0] to be one of ["x86_64" "arm64"], got arm'),
        ({"architectures": ["arm64", "x86_64"]}, "architectures", "Too many list items: attribute architectures supports 1 item maximum"),
        ({"layers": ["layer"]}, "layers[0]", None),
        ({"code": None}, "code", '"filename": one of `filename,image_uri,s3_bucket` must be specified'),
        ({"s3Bucket": "b"}, "code", '"filename": one of `filename,image_uri,s3_bucket` must be specified, and only one'),
        ({"handler": None}, "handler", "handler must be set when PackageType is Zip"),
        ({"runtime": None}, "runtime", "runtime must be set when PackageType is Zip"),
        (
            {"environment": {"variables": {"9A": "x"}}},
            "environment.variables.9A",
            "9A must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+",
        ),
    ],
)
def test_the_provider_refuses_a_function(world, inputs, path, why):
    found = invalid(world, FUNCTION, **wanted(**inputs))
    assert set(found) == {path}
    assert why is None or found[path] == why


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"role": f"arn:aws:iam::{ACCOUNT}:role/task"}, "The role defined for the function cannot be assumed by Lambda."),
        ({"role": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "The role defined for the function cannot be assumed by Lambda."),
        ({"vpcConfig": NETWORK}, INTERFACES),
        (
            {"deadLetterConfig": {"targetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}},
            "The provided execution role does not have permissions to call SendMessage on SQS",
        ),
        (
            {"deadLetterConfig": {"targetArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:dead"}},
            "The provided execution role does not have permissions to call Publish on SNS",
        ),
        ({"layers": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:a:{number}" for number in range(6)]}, "Cannot reference more than 5 layers."),
        (
            {"environment": {"variables": {"AWS_REGION": "x", "STAGE": "dev"}}},
            f"{RESERVED_KEYS} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION",
        ),
        (
            {"packageType": "Image", "code": None, "s3Bucket": "b"},
            "Please provide ImageUri when creating a function with packageType Image.",
        ),
        ({"packageType": "Image", "code": None, "imageUri": "nginx:1"}, "Source image nginx:1 is not valid. Provide a valid source image."),
    ],
)
def test_a_function_that_cannot_be_is_refused(world, inputs, why):
    assert said(refused(lambda: function(world, **inputs))) == CREATE + why


def test_variables_have_4_kb(world):
    message = refused(lambda: function(world, environment={"variables": {"A1": "x" * 4096}}))
    assert f"{RESERVED_KEYS} exceeded the 4KB limit. String measured: " in message
    assert function(world, environment={"variables": {"A1": "x" * 4000}}).id == "job"


def test_an_image_is_of_a_repository_that_is_there(world):
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/job:1"
    as_image = {"packageType": "Image", "code": None, "runtime": None, "handler": None, "imageUri": image}
    assert refused(lambda: function(world, **as_image)).endswith(f"Source image {image} does not exist. Provide a valid source image.")
    world.put("aws:ecr/repository:Repository", "job", name="job")
    assert function(world, **as_image).outputs["sourceCodeSize"] == 0


def test_a_function_in_a_network_has_interfaces_there(world):
    allow(world, "job", ("ec2:CreateNetworkInterface", "*"))
    made = function(world, vpcConfig=NETWORK)
    assert made.outputs["vpcConfig"] == {**NETWORK, "vpcId": "vpc-1", "ipv6AllowedForDualStack": False}
    assert [one.owner for one in with_group(world.cloud, "sg-0")] == ["job"]


@pytest.mark.parametrize(
    ("network", "why"),
    [
        ({"subnetIds": ["subnet-0a"], "securityGroupIds": []}, "SubnetIds and SecurityIds must coexist or be both empty list."),
        (
            {**NETWORK, "subnetIds": ["subnet-9"]},
            "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID 'subnet-9' does not exist",
        ),
        (
            {**NETWORK, "securityGroupIds": ["sg-9"]},
            "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group 'sg-9' does not exist",
        ),
        ({**NETWORK, "securityGroupIds": ["sg-1"]}, "The subnets and security groups must all be in the same VPC."),
    ],
)
def test_a_network_that_cannot_be_is_refused(world, network, why):
    allow(world, "job", ("ec2:*", "*"))
    assert said(refused(lambda: function(world, vpcConfig=network))) == CREATE + why


def test_an_update_is_held_to_the_same_rules(world):
    made = function(world)
    head = "updating Lambda Function (job) configuration: operation error Lambda: UpdateFunctionConfiguration, https response error StatusCode: 400, "
    assert said(refused(lambda: world.update(made, vpcConfig=NETWORK))) == f"{head}InvalidParameterValueException: {INTERFACES}"


def permit(world, **inputs):
    return world.create(PERMISSION, **{"action": "lambda:InvokeFunction", "function": "job", "principal": "events.amazonaws.com", **inputs})


def test_a_permission_is_a_statement_of_a_function(world):
    assert said(refused(lambda: permit(world, statementId="a"))).endswith("ResourceNotFoundException: Function not found: job")
    function(world)
    assert permit(world, statementId="a").id == "a"
    assert re.fullmatch(r"terraform-[0-9a-f]{26}", permit(world).outputs["statementId"])
    message = "The statement id (a) provided already exists. Please provide a new statement id, or remove the existing statement."
    assert said(refused(lambda: permit(world, statementId="a", function=ARN))).endswith(f"ResourceConflictException: {message}")
    message = "InvalidParameterValueException: The provided principal was invalid. Please check the principal and try again."
    assert refused(lambda: permit(world, statementId="b", principal="events")).endswith(message)
    function(world, name="other")
    other = permit(world, statementId="a", function="other")
    assert (other.id, other.outputs["statementId"]) == ("other/a", "a")
    assert world.kinds[PERMISSION].replaces >= {"action", "function", "principal", "sourceArn", "statementId"}


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"action": "s3:GetObject"}, "action"),
        ({"statementId": "a b"}, "statementId"),
        ({"sourceAccount": "1"}, "sourceAccount"),
        ({"principalOrgId": "acme"}, "principalOrgId"),
        ({"sourceArn": "rule"}, "sourceArn"),
        ({"functionUrlAuthType": "NONE"}, "functionUrlAuthType"),
    ],
)
def test_the_provider_refuses_a_permission(world, inputs, path):
    full = {"action": "lambda:InvokeFunction", "function": "job", "principal": "events.amazonaws.com", **inputs}
    assert set(invalid(world, PERMISSION, **full)) == {path}


def test_a_call_is_answered_with_nothing(world):
    assert said(refused(lambda: world.create(INVOCATION, functionName="job", input="{}"))).endswith("ResourceNotFoundException: Function not found: job")
    function(world)
    made = world.create(INVOCATION, functionName="job", input="{}")
    assert re.fullmatch(r"job_\$LATEST_[0-9a-f]{32}", made.id)
    assert made.outputs["result"] == "null"
    assert world.create(INVOCATION, functionName=ARN, input="{}").id != made.id
    assert world.create(INVOCATION, functionName="job", input="{}").id.startswith(f"{made.id}_")
    assert "invalid JSON" in invalid(world, INVOCATION, functionName="job", input="{")["input"]


def test_a_call_at_creation_alone_is_made_anew_and_one_for_life_again(world):
    kind = world.kinds[INVOCATION]
    once, whole = {"lifecycleScope": "CREATE_ONLY", "input": "1"}, {"lifecycleScope": "CRUD", "input": "1"}
    assert kind.replaces_on(once, {**once, "input": "2"}) == {"input"}
    assert kind.replaces_on(whole, {**whole, "input": "2"}) == frozenset()
    assert kind.defaults(world.call(INVOCATION, {})) == {"lifecycleScope": "CREATE_ONLY", "qualifier": "$LATEST", "terraformKey": "tf"}
    assert kind.replaces == {"functionName", "qualifier", "triggers"}


def test_a_call_for_life_is_made_once_more_at_the_end(world):
    target = function(world)
    whole = world.create(INVOCATION, functionName="job", input="{}", lifecycleScope="CRUD")
    once = world.create(INVOCATION, functionName="job", input="1")
    world.delete(target)
    world.delete(once)
    assert refused(lambda: world.delete(whole)).endswith("ResourceNotFoundException: Function not found: job")
    assert refused(lambda: world.update(whole, input='{"a": 2}')).endswith("ResourceNotFoundException: Function not found: job")
