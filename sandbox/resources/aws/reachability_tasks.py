"""What the network says to a task on Fargate before its containers run, and to the load balancers that ask whether it is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kind import Call, Record
from . import vpc_places
from .compute_checks import block, items, number
from .elbv2_load_balancer import subnets as subnets_of
from .elbv2_names import BALANCERS, balancers_of, named, target_group
from .formats import ACCOUNT, partition, text
from .iam_evaluate import permits
from .policies import listed
from .reachability import Host, Place, amazon, connects, dial, endpoint_to, places

_HUB = "registry-1.docker.io"
"""Where images without a registry in their name come from."""


def tasks(call: Call) -> list[Place]:
    """Where the tasks of a service stand: a place a subnet, each of which must do, because ECS spreads over all."""
    network = block(call.inputs.get("networkConfiguration"))
    return places(call, items(network.get("subnets")), items(network.get("securityGroups")), public=network.get("assignPublicIp") is True)


def asked(call: Call, word: str, where: str) -> Iterator[str]:
    """What a task hears that asks an API of AWS (`secretsmanager`, `ecr.api`) in a region."""
    name = f"{'.'.join(reversed(word.split('.')))}.{where}.{_domain(where)}"
    for why in _dialled(call, amazon(call, word, where, name)):
        yield f'RequestError: send request failed caused by: Post "https://{name}/": {why}'


def resolved(call: Call, image: str, where: str = "") -> Iterator[str]:
    """What a task hears that asks a registry for an image's manifest: a private one of AWS in a region, or one on the internet."""
    registry, repository, label = _read(image)
    for why in _dialled(call, amazon(call, "ecr.dkr", where, registry) if where else Host(registry)):
        yield f'failed to do request: Head "https://{registry}/v2/{repository}/manifests/{label}": {why}'


def copied(call: Call, where: str) -> Iterator[str]:
    """What a task hears that fetches the layers of an image of ECR: they are in a bucket of AWS."""
    name = f"prod-{where}-starport-layer-bucket.s3.{where}.{_domain(where)}"
    for why in _dialled(call, amazon(call, "s3", where, name)):
        yield f'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://{name}/": {why}'


def shut(call: Call, word: str, where: str, action: str, resource: str) -> bool:
    """Whether the policy of the endpoint through which a task asks a service keeps the call from it."""
    found = (endpoint_to(call, task, amazon(call, word, where, "")) for task in tasks(call))
    policies = [one.outputs["policy"] for one in found if one is not None and one.outputs.get("policy")]
    return not all(permits(policy, action, resource, unmet=_only_ours if word == "s3" else _never) for policy in policies)


def barred(call: Call, where: str) -> Iterator[str]:
    """What a task hears where the policy of S3's endpoint leaves out the bucket of AWS in which the layers are."""
    bucket = f"prod-{where}-starport-layer-bucket"
    if shut(call, "s3", where, "s3:GetObject", f"arn:{partition(where)}:s3:::{bucket}/layer"):
        yield f"failed to copy: httpReadSeeker: failed open: unexpected status code https://{bucket}.s3.{where}.{_domain(where)}/: 403 Forbidden"


def unhealthy(call: Call) -> Iterator[str]:
    """Each target group whose load balancer does not get through to the port that it asks for health."""
    for balancer in items(call.inputs.get("loadBalancers")):
        group = target_group(call, balancer.get("targetGroupArn"))
        if group is None:
            continue
        own = number(block(group.outputs.get("healthCheck")).get("port"))
        port = number(balancer.get("containerPort")) if own is None else own
        if port is None:
            continue
        fronts = [front for arn in sorted(balancers_of(call, group.id)) if (front := named(call, BALANCERS, arn)) is not None]
        if not all(connects(call, node, task, port) for front in fronts for node in _nodes(call, front) for task in tasks(call)):
            yield f"Task failed ELB health checks in (target-group {group.id})"


def _nodes(call: Call, front: Record) -> Iterator[Place]:
    """Where a load balancer stands: a place a subnet."""
    groups = tuple(text(one) for one in items(front.outputs.get("securityGroups")))
    for id_ in subnets_of(front.outputs):
        found = vpc_places.place(call, vpc_places.SUBNET, id_)
        if found is not None:
            yield Place(subnet=found, groups=groups or None)


def _dialled(call: Call, host: Host) -> Iterator[str]:
    failed = (dial(call, task, host) for task in tasks(call))
    yield from (why for why in failed if why)


def _read(image: str) -> tuple[str, str, str]:
    """The registry, the repository and the tag or digest that an image's name means: `nginx` is `library/nginx`, `latest`, of Docker Hub."""
    name, _, digest = image.partition("@")
    head, slash, rest = name.partition("/")
    given = bool(slash) and ("." in head or ":" in head or head == "localhost")
    registry, path = (head, rest) if given and head != "docker.io" else (_HUB, rest if given else name)
    repository, _, tag = path.partition(":")
    return registry, repository if registry != _HUB or "/" in repository else f"library/{repository}", digest or tag or "latest"


def _only_ours(statement: dict[str, Any]) -> bool:
    """Whether a statement speaks of this account's own resources only, among which the layers of images are not."""
    for condition in block(statement.get("Condition")).values():
        for key, values in block(condition).items():
            if key.lower() == "aws:resourceorgid" or (key.lower().endswith(":resourceaccount") and set(listed(values)) == {ACCOUNT}):
                return True
    return False


def _never(_statement: dict[str, Any]) -> bool:
    return False


def _domain(where: str) -> str:
    return "amazonaws.com.cn" if where.startswith("cn-") else "amazonaws.com"
