"""Lambda functions."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments, vpc_places
from .addresses import Interface
from .compute_checks import at_least, between, block, is_arn, items, matches, one_of
from .formats import ACCOUNT, arn, check_tags, kept, placed, refused, region, text
from .iam_evaluate import allows
from .iam_trust import trusts
from .validators import conflicts, required_with

FUNCTION = "aws:lambda/function:Function"
_ARGUMENTS = {
    **dict.fromkeys(("kmsKeyArn", "codeSigningConfigArn", "sourceKmsKeyArn", "deadLetterConfig.targetArn", "fileSystemConfig.arn"), arguments.an_arn),
    "fileSystemConfig.localMountPath": arguments.fitting(r"^/mnt/[0-9A-Za-z_.-]+$", "must start with '/mnt/'"),
    "durableConfig.executionTimeout": arguments.between(1, 31622400),
    "durableConfig.retentionPeriod": arguments.between(1, 90),
    "handler": arguments.long(1, 128),
}
_REPOSITORY = "aws:ecr/repository:Repository"
_NAME = r"^[A-Za-z0-9_-]{1,64}$"
_MEMORY_MB, _STORAGE_MB, _TIMEOUT_SECONDS = (128, 10240), (512, 10240), (1, 900)
"""Ranges of a function (AWS Lambda quotas)."""
_LARGEST_ENVIRONMENT = 4096
"""Bytes of all environment variables (AWS Lambda quotas)."""
_MOST_LAYERS = 5
RUNTIMES = (
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "java8.al2",
    "java11",
    "java17",
    "java21",
    "java25",
    "python3.8",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "provided.al2",
    "provided.al2023",
)
"""Runtimes (AWS Lambda, "Lambda runtimes"); those that can only be kept by functions that have them are left out."""
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
"""Environment variables that Lambda sets itself (AWS Lambda, "Defined runtime environment variables")."""
_IMAGE = re.compile(r"^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")


def function(call: Call, value: object) -> Record | None:
    """The function that a name or an ARN, qualified or not, names."""
    named = text(value)
    name = named.split(":function:", 1)[-1].split(":")[0]
    return call.cloud.get(FUNCTION, name)


def _defaults(_call: Call) -> Properties:
    return {"memorySize": 128, "packageType": "Zip", "publish": False, "reservedConcurrentExecutions": -1, "skipDestroy": False, "timeout": 3}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from matches("name", inputs.get("name"), _NAME, "must be 1 to 64 letters, digits, hyphens and underscores")
    yield from is_arn("role", inputs.get("role"))
    yield from between("memorySize", inputs.get("memorySize"), *_MEMORY_MB)
    yield from between("timeout", inputs.get("timeout"), *_TIMEOUT_SECONDS)
    yield from between("ephemeralStorage.size", block(inputs.get("ephemeralStorage")).get("size"), *_STORAGE_MB)
    yield from at_least("reservedConcurrentExecutions", inputs.get("reservedConcurrentExecutions"), -1)
    yield from one_of("runtime", inputs.get("runtime"), RUNTIMES)
    for number, one in enumerate(items(inputs.get("architectures"))):
        yield from one_of(f"architectures[{number}]", one, ("x86_64", "arm64"))
    if len(items(inputs.get("architectures"))) > 1:
        yield Failure("architectures", "Too many list items: attribute architectures supports 1 item maximum")
    for number, one in enumerate(items(inputs.get("layers"))):
        yield from is_arn(f"layers[{number}]", one)
    yield from arguments.check(call, _ARGUMENTS)
    yield from conflicts(call, "s3ObjectVersion", "code", "imageUri")
    yield from conflicts(call, "sourceKmsKeyArn", "imageUri")
    yield from required_with(call, "replacementSecurityGroupIds", "replaceSecurityGroupsOnDestroy")
    given = [name for name in ("code", "imageUri", "s3Bucket") if inputs.get(name) is not None]
    if len(given) != 1:
        yield Failure("code", '"filename": one of `filename,image_uri,s3_bucket` must be specified' + (", and only one" if given else ""))
    if inputs.get("packageType") == "Zip":
        for name in ("handler", "runtime"):
            if inputs.get(name) is None:
                yield Failure(name, f"{name} must be set when PackageType is Zip")
    variables = block(block(inputs.get("environment")).get("variables"))
    for key in variables:
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", key) and key not in RESERVED:
            yield Failure(f"environment.variables.{key}", f"{key} must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+")


def _refusal(call: Call, code: str, message: str) -> Refusal:
    if call.old is None:
        return refused(f"creating Lambda Function ({call.inputs['name']})", "Lambda: CreateFunction", code, message, typed=True)
    return refused(f"updating Lambda Function ({call.old.id}) configuration", "Lambda: UpdateFunctionConfiguration", code, message, typed=True)


def _refuse(call: Call) -> None:
    for why in (*_role(call), *_environment(call), *_network(call), *_image(call)):
        raise _refusal(call, "InvalidParameterValueException", why)


def _role(call: Call) -> Iterator[str]:
    role = text(call.inputs.get("role"))
    if not trusts(call, role, "lambda.amazonaws.com"):
        yield "The role defined for the function cannot be assumed by Lambda."
    # a role that names the place's own resources is enough (Lambda developer guide, "Required IAM permissions" of VPC access)
    if block(call.inputs.get("vpcConfig")).get("subnetIds") and not allows(call, role, "ec2:CreateNetworkInterface", arn(call, "ec2", "network-interface/*")):
        yield "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    letters = text(block(call.inputs.get("deadLetterConfig")).get("targetArn"))
    action = "sqs:SendMessage" if ":sqs:" in letters else "sns:Publish"
    if letters and not allows(call, role, action, letters):
        service, verb = action.split(":")
        yield f"The provided execution role does not have permissions to call {verb} on {service.upper()}"
    if len(items(call.inputs.get("layers"))) > _MOST_LAYERS:
        yield f"Cannot reference more than {_MOST_LAYERS} layers."


def _environment(call: Call) -> Iterator[str]:
    variables = block(block(call.inputs.get("environment")).get("variables"))
    start = "Lambda was unable to configure your environment variables because the environment variables you have provided"
    used = sorted(RESERVED.intersection(variables))
    if used:
        yield f"{start} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {', '.join(used)}"
    measured = json.dumps(variables, default=str, separators=(",", ":"))
    if len(measured.encode()) > _LARGEST_ENVIRONMENT:
        yield f"{start} exceeded the 4KB limit. String measured: {measured}"


def _network(call: Call) -> Iterator[str]:
    network = block(call.inputs.get("vpcConfig"))
    subnets, groups = items(network.get("subnetIds")), items(network.get("securityGroupIds"))
    if bool(subnets) != bool(groups):
        yield "SubnetIds and SecurityIds must coexist or be both empty list."
    for id_ in vpc_places.missing(call, vpc_places.SUBNET, subnets):
        yield (f"Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '{id_}' does not exist")
    for id_ in vpc_places.missing(call, vpc_places.GROUP, groups):
        yield (
            f"Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '{id_}' does not exist"
        )
    networks = {*vpc_places.networks(call, vpc_places.SUBNET, subnets), *vpc_places.networks(call, vpc_places.GROUP, groups)}
    if len(networks) > 1:
        yield "The subnets and security groups must all be in the same VPC."


def _image(call: Call) -> Iterator[str]:
    image = text(call.inputs.get("imageUri"))
    if call.inputs.get("packageType") == "Image" and not image:
        yield "Please provide ImageUri when creating a function with packageType Image."
    if not image:
        return
    found = _IMAGE.match(image)
    if found is None or found[2] != region(call):
        yield f"Source image {image} is not valid. Provide a valid source image."
    elif found[1] == ACCOUNT and not any(call.cloud.find(_REPOSITORY, name=found[3])):
        yield f"Source image {image} does not exist. Provide a valid source image."


def _digest(inputs: Properties) -> str:
    """What stands for the code: its hash as the program gives it, or one of what names it."""
    said = {name: inputs.get(name) for name in ("code", "imageUri", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash")}
    return b64encode(hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).digest()).decode()


def _outputs(call: Call) -> Properties:
    inputs, name = call.inputs, text(call.inputs.get("name"))
    own, digest = arn(call, "lambda", f"function:{name}"), _digest(call.inputs)
    version = _version(call, digest)
    invoke = f"arn:aws:apigateway:{region(call)}:lambda:path/2015-03-31/functions"
    network = block(inputs.get("vpcConfig"))
    networks = vpc_places.networks(call, vpc_places.SUBNET, items(network.get("subnetIds")))
    return {
        **placed(call),
        "arn": own,
        "qualifiedArn": f"{own}:{version}",
        "invokeArn": f"{invoke}/{own}/invocations",
        "qualifiedInvokeArn": f"{invoke}/{own}:{version}/invocations",
        "responseStreamingInvokeArn": f"arn:aws:apigateway:{region(call)}:lambda:path/2021-11-15/functions/{own}/response-streaming-invocations",
        "lastModified": call.cloud.now(),
        "version": version,
        "codeSha256": inputs.get("codeSha256") or digest,
        "sourceCodeHash": inputs.get("sourceCodeHash") or digest,
        "sourceCodeSize": 0 if inputs.get("imageUri") else kept(call, "sourceCodeSize", lambda: int(hashlib.sha256(digest.encode()).hexdigest()[:4], 16)),
        "signingJobArn": "",
        "signingProfileVersionArn": "",
        "architectures": items(inputs.get("architectures")) or ["x86_64"],
        "ephemeralStorage": inputs.get("ephemeralStorage") or {"size": 512},
        "tracingConfig": inputs.get("tracingConfig") or {"mode": "PassThrough"},
        "loggingConfig": {"logFormat": "Text", "logGroup": f"/aws/lambda/{name}", **block(inputs.get("loggingConfig"))},
        **({"vpcConfig": {"ipv6AllowedForDualStack": False, **network, "vpcId": networks[0] if networks else ""}} if network else {}),
    }


def _version(call: Call, digest: str) -> str:
    """`$LATEST`, or the number of the version published last: new code is the next one."""
    if call.inputs.get("publish") is not True:
        return "$LATEST"
    before = call.old.outputs if call.old is not None else {}
    last = before.get("version")
    number = int(last) if isinstance(last, str) and last.isdigit() else 0
    return str(number if number and before.get("sourceCodeHash") == digest else number + 1)


def _interfaces(record: Record) -> list[Interface]:
    network = block(record.outputs.get("vpcConfig"))
    groups = tuple(text(group) for group in items(network.get("securityGroupIds")))
    return [Interface(subnet=text(subnet), groups=groups, owner=record.id) for subnet in items(network.get("subnetIds"))]


INTERFACES = {FUNCTION: _interfaces}

KINDS = (
    Kind(
        token=FUNCTION,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"name", "packageType", "tenancyConfig"}),
        replaces_on=lambda old, new: frozenset({"durableConfig"}) if bool(old.get("durableConfig")) != bool(new.get("durableConfig")) else frozenset(),
        name_limit=64,
        lower_name=False,
        taken="creating Lambda Function ({name}): operation error Lambda: CreateFunction, https response error StatusCode: 409, ResourceConflictException: "
        "Function already exist: {name}",
        create=_refuse,
        update=_refuse,
        deleted=lambda call: call.inputs.get("skipDestroy") is not True,
        volatile=frozenset({"lastModified"}),
    ),
)
"""The function."""
