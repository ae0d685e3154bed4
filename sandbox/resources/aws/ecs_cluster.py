"""ECS clusters and the capacity providers that they use."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .compute_checks import between, block, is_arn, items, matches
from .formats import arn, check_tags, placed, refused, text

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
SERVICE = "aws:ecs/service:Service"
FARGATE = ("FARGATE", "FARGATE_SPOT")
"""The capacity providers that AWS makes."""
_HIGHEST_BASE = 100_000
_HIGHEST_WEIGHT = 1000
_NAME = (r"^[0-9A-Za-z_-]{1,255}$", "The cluster name must consist of alphanumerics, hyphens, and underscores.")
_NAMESPACES = ("aws:servicediscovery/httpNamespace:HttpNamespace", "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")


def cluster(call: Call, value: object) -> Record | None:
    """The cluster that a name or an ARN names in the call's region; `default` where none is named."""
    named = text(value) or "default"
    return call.cloud.get(CLUSTER, named if named.startswith("arn:") else arn(call, "ecs", f"cluster/{named}"))


def associated(call: Call, name: str) -> list[str]:
    """The capacity providers that a cluster may use."""
    record = call.cloud.get(PROVIDERS, name)
    return [text(one) for one in items(record.outputs.get("capacityProviders"))] if record is not None else []


def default_strategy(call: Call, name: str) -> list[Properties]:
    """The strategy of services that name neither a launch type nor a strategy of their own."""
    record = call.cloud.get(PROVIDERS, name)
    return items(record.outputs.get("defaultCapacityProviderStrategies")) if record is not None else []


def services(call: Call, arn_: str) -> Iterator[Record]:
    """The services of a cluster."""
    for service in call.cloud.find(SERVICE):
        found = service.outputs.get("cluster")
        if found == arn_ or (isinstance(found, str) and not found.startswith("arn:") and arn_.endswith(f":cluster/{found}")):
            yield service


def check_strategy(path: str, strategy: object) -> Iterator[Failure]:
    """What the provider's validators say of a capacity provider strategy."""
    for number, one in enumerate(items(strategy)):
        yield from between(f"{path}[{number}].base", block(one).get("base"), 0, _HIGHEST_BASE)
        yield from between(f"{path}[{number}].weight", block(one).get("weight"), 0, _HIGHEST_WEIGHT)


def strategy_flaw(strategy: list[Properties], providers: list[str]) -> str | None:
    """Why ECS refuses a capacity provider strategy; None where it takes it."""
    names = [text(one.get("capacityProvider")) for one in strategy]
    if any(name not in providers for name in names):
        return (
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
            "Associate the capacity provider with the cluster and try again."
        )
    if len(set(names)) < len(names):
        return "The specified capacity provider strategy cannot contain the same capacity provider more than once."
    if len([one for one in strategy if one.get("base")]) > 1:
        return "Only one capacity provider in the specified capacity provider strategy can have a base defined."
    if strategy and not any(one.get("weight") for one in strategy):
        return "The specified capacity provider strategy must contain at least one capacity provider with a weight greater than 0."
    if {name in FARGATE for name in names} == {True, False}:
        return "The specified capacity provider strategy cannot mix Fargate and Auto Scaling group capacity providers."
    return None


def _check_cluster(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from matches("name", call.inputs.get("name"), *_NAME)
    yield from is_arn("serviceConnectDefaults.namespace", block(call.inputs.get("serviceConnectDefaults")).get("namespace"))
    command = block(block(call.inputs.get("configuration")).get("executeCommandConfiguration"))
    if command.get("logging") == "OVERRIDE" and not command.get("logConfiguration"):
        yield Failure("configuration.executeCommandConfiguration.logging", "log_configuration is required when logging is OVERRIDE")


def _create_cluster(call: Call) -> None:
    namespace = text(block(call.inputs.get("serviceConnectDefaults")).get("namespace"))
    if namespace and not any(any(call.cloud.find(type_, arn=namespace)) for type_ in _NAMESPACES):
        doing = f"{'creating' if call.old is None else 'updating'} ECS Cluster ({call.inputs['name']})"
        operation = "ECS: CreateCluster" if call.old is None else "ECS: UpdateCluster"
        raise refused(doing, operation, "NamespaceNotFoundException", "The specified namespace wasn't found.", typed=True)


def _same_cluster(call: Call) -> bool:
    """Making a cluster that is there already succeeds where it is asked for in the same way."""
    found = cluster(call, call.inputs["name"])
    return found is not None and all(found.inputs.get(key) == call.inputs.get(key) for key in ("settings", "configuration", "serviceConnectDefaults"))


def _cluster_outputs(call: Call) -> Properties:
    settings = items(call.inputs.get("settings")) or [{"name": "containerInsights", "value": "disabled"}]
    return {**placed(call), "arn": arn(call, "ecs", f"cluster/{call.inputs['name']}"), "settings": settings}


def _delete_cluster(call: Call) -> None:
    if any(services(call, call.id)):
        message = "The Cluster cannot be deleted while Services are active."
        raise refused(f"deleting ECS Cluster ({call.id})", "ECS: DeleteCluster", "ClusterContainsServicesException", message, typed=True)


def _check_providers(call: Call) -> Iterator[Failure]:
    yield from matches("clusterName", call.inputs.get("clusterName"), *_NAME)
    yield from check_strategy("defaultCapacityProviderStrategies", call.inputs.get("defaultCapacityProviderStrategies"))


def _put_refused(call: Call, code: str, message: str) -> Refusal:
    doing = f"{'creating' if call.old is None else 'updating'} ECS Cluster Capacity Providers ({call.inputs['clusterName']})"
    return refused(doing, "ECS: PutClusterCapacityProviders", code, message, typed=True)


def _put_providers(call: Call) -> None:
    name = text(call.inputs.get("clusterName"))
    found = cluster(call, name)
    if found is None:
        raise _put_refused(call, "ClusterNotFoundException", "Cluster not found.")
    wanted = [text(one) for one in items(call.inputs.get("capacityProviders"))]
    for one in wanted:
        if one not in FARGATE and not any(call.cloud.find(PROVIDER, name=one)):
            raise _put_refused(call, "InvalidParameterException", f"The specified capacity provider '{one}' was not found.")
    flaw = strategy_flaw(items(call.inputs.get("defaultCapacityProviderStrategies")), wanted)
    if flaw is not None:
        raise _put_refused(call, "InvalidParameterException", flaw)
    if _in_use(call, found, wanted):
        raise _put_refused(call, "ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")


def _in_use(call: Call, found: Record, kept: list[str]) -> bool:
    """Whether a service runs on a capacity provider that the cluster would lose."""
    lost = set(associated(call, text(found.outputs.get("name")))) - set(kept)
    return any(
        text(one.get("capacityProvider")) in lost for service in services(call, found.id) for one in items(service.outputs.get("capacityProviderStrategies"))
    )


def _delete_providers(call: Call) -> None:
    found = cluster(call, call.id)
    if found is not None and _in_use(call, found, []):
        doing, message = f"deleting ECS Cluster Capacity Providers ({call.id})", "The specified capacity provider is in use and cannot be removed."
        raise refused(doing, "ECS: PutClusterCapacityProviders", "ResourceInUseException", message, typed=True)


_ARGUMENTS = {
    "autoScalingGroupProvider.autoScalingGroupArn": arguments.an_arn,
    "autoScalingGroupProvider.managedScaling.instanceWarmupPeriod": arguments.between(0, 10000),
    "autoScalingGroupProvider.managedScaling.maximumScalingStepSize": arguments.between(1, 10000),
    "autoScalingGroupProvider.managedScaling.minimumScalingStepSize": arguments.between(1, 10000),
    "autoScalingGroupProvider.managedScaling.targetCapacity": arguments.between(1, 100),
    "managedInstancesProvider.infrastructureRoleArn": arguments.an_arn,
    "managedInstancesProvider.instanceLaunchTemplate.ec2InstanceProfileArn": arguments.an_arn,
    "managedInstancesProvider.infrastructureOptimization.scaleInAfter": arguments.between(-1, 3600),
}


def _check_provider(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from matches("name", call.inputs.get("name"), r"^(?!(?i:aws|ecs|fargate))[0-9A-Za-z_-]{1,255}$", "cannot begin with aws, ecs or fargate")
    yield from arguments.check(call, _ARGUMENTS)
    group, managed = (call.inputs.get(name) is not None for name in ("autoScalingGroupProvider", "managedInstancesProvider"))
    if group == managed:
        word = "only" if group else "exactly"
        yield Failure("autoScalingGroupProvider", f"{word} one of auto_scaling_group_provider or managed_instances_provider must be specified")
    elif managed and call.inputs.get("cluster") in (None, ""):
        yield Failure("cluster", "cluster is required when using managed_instances_provider")
    elif group and call.inputs.get("cluster"):
        yield Failure("cluster", "cluster must not be set when using auto_scaling_group_provider")


def _provider_arn(call: Call) -> str:
    return arn(call, "ecs", f"capacity-provider/{call.inputs['name']}")


KINDS = (
    Kind(
        token=CLUSTER,
        identify=lambda call: arn(call, "ecs", f"cluster/{call.inputs['name']}"),
        outputs=_cluster_outputs,
        check=_check_cluster,
        replaces=frozenset({"name"}),
        name_limit=255,
        lower_name=False,
        adopts=_same_cluster,
        taken="creating ECS Cluster ({name}): operation error ECS: CreateCluster, https response error StatusCode: 400, ClientException: "
        "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        create=_create_cluster,
        update=_create_cluster,
        delete=_delete_cluster,
        import_id=lambda id_, config: id_ if id_.startswith("arn:") else f"arn:aws:ecs:{config.get('region', 'us-east-1')}:000000000000:cluster/{id_}",
    ),
    Kind(
        token=PROVIDERS,
        identify=lambda call: text(call.inputs.get("clusterName")),
        outputs=lambda call: {"region": placed(call)["region"]},
        check=_check_providers,
        replaces=frozenset({"clusterName"}),
        adopts=lambda _call: True,
        create=_put_providers,
        update=_put_providers,
        delete=_delete_providers,
    ),
    Kind(
        token=PROVIDER,
        identify=_provider_arn,
        outputs=lambda call: {**placed(call), "arn": _provider_arn(call)},
        check=_check_provider,
        replaces=frozenset({"name", "cluster", "autoScalingGroupProvider.autoScalingGroupArn"}),
        name_limit=255,
        lower_name=False,
        taken="creating ECS Capacity Provider ({name}): operation error ECS: CreateCapacityProvider, https response error StatusCode: 400, "
        "ClientException: The specified capacity provider already exists. To change the configuration of an existing capacity provider, update it.",
    ),
)
"""The cluster, the capacity providers it is given, and a capacity provider of one's own."""
