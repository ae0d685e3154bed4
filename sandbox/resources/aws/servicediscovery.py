"""Cloud Map: namespaces and the services registered in them."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .compute_checks import between, block, items, matches, one_of
from .formats import arn, check_tags, fresh, kept, placed, refused, text
from .vpc_places import VPC

PRIVATE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
HTTP = "aws:servicediscovery/httpNamespace:HttpNamespace"
PUBLIC = "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace"
SERVICE = "aws:servicediscovery/service:Service"
_NAMESPACES = (PRIVATE, HTTP, PUBLIC)
_NAME = r"^[!-~]{1,1024}$"
_LONGEST_TTL = 2147483647
_THRESHOLD = (1, 10)
_TYPES = {frozenset({"A"}), frozenset({"AAAA"}), frozenset({"SRV"}), frozenset({"CNAME"}), frozenset({"A", "AAAA"}), frozenset({"A", "SRV"})} | {
    frozenset({"AAAA", "SRV"}),
    frozenset({"A", "AAAA", "SRV"}),
}
"""Record types that one service may mix (API reference, `DnsRecord`)."""
_OPERATIONS = {PRIVATE: "CreatePrivateDnsNamespace", HTTP: "CreateHttpNamespace"}
_WORDS = {PRIVATE: "Private DNS ", HTTP: "HTTP "}
_ECS = "aws:ecs/service:Service"


def namespace(call: Call, id_: str) -> Record | None:
    """The namespace of this id."""
    return next((record for type_ in _NAMESPACES if (record := call.cloud.get(type_, id_)) is not None), None)


def service_of(call: Call, arn_: object) -> Record | None:
    """The service of this ARN."""
    return next(call.cloud.find(SERVICE, arn=text(arn_)), None)


def record_types(record: Record) -> set[str]:
    """The DNS records that a service writes for its instances."""
    return {text(one.get("type")) for one in items(block(record.outputs.get("dnsConfig")).get("dnsRecords"))}


def _check_namespace(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from matches("name", call.inputs.get("name"), _NAME, "must be 1 to 1024 characters with no spaces")


def _refusal(call: Call, code: str, message: str) -> Refusal:
    doing = f"creating Service Discovery {_WORDS[call.type]}Namespace ({call.inputs['name']})"
    return refused(doing, f"ServiceDiscovery: {_OPERATIONS[call.type]}", code, message, typed=True)


def _create_namespace(call: Call) -> None:
    name = text(call.inputs.get("name"))
    if call.type == PRIVATE:
        network = call.cloud.get(VPC, text(call.inputs.get("vpc")))
        if network is None:
            raise _refusal(call, "InvalidInput", f"The VPC {call.inputs.get('vpc')} in region {placed(call)['region']} that you provided is invalid.")
        if any(call.cloud.find(PRIVATE, name=name, vpc=network.id)):
            message = f"The VPC {network.id} in region {placed(call)['region']} has already been associated with the hosted zone with the same domain name."
            raise _refusal(call, "ConflictingDomainExists", message)
    elif any(call.cloud.find(HTTP, name=name, region=placed(call)["region"])):
        raise _refusal(call, "NamespaceAlreadyExists", f"Namespace with name {name} already exists.")


def _namespace_outputs(call: Call) -> Properties:
    own = {"httpName": call.inputs["name"]} if call.type == HTTP else {"hostedZone": kept(call, "hostedZone", lambda: f"Z0{fresh(call, 19).upper()}")}
    return {**placed(call), **own, "arn": arn(call, "servicediscovery", f"namespace/{call.id}")}


def _delete_namespace(call: Call) -> None:
    if any(_in(call, call.id)):
        doing = f"deleting Service Discovery {_WORDS[call.type]}Namespace ({call.id})"
        message = "The namespace can't be deleted because it contains one or more services."
        raise refused(doing, "ServiceDiscovery: DeleteNamespace", "ResourceInUse", message, typed=True)


def _in(call: Call, id_: str) -> Iterator[Record]:
    return (record for record in call.cloud.find(SERVICE) if _namespace_id(record.inputs) == id_)


def _namespace_id(inputs: Properties) -> str:
    return text(inputs.get("namespaceId")) or text(block(inputs.get("dnsConfig")).get("namespaceId"))


def _defaults(call: Call) -> Properties:
    dns = call.inputs.get("dnsConfig")
    shaped = {"dnsConfig": {"routingPolicy": "MULTIVALUE"}} if isinstance(dns, dict) else {}
    return {"forceDestroy": False, **shaped}


_ARGUMENTS = {"healthCheckConfig.resourcePath": arguments.long(0, 255)}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from arguments.check(call, _ARGUMENTS)
    health = block(inputs.get("healthCheckConfig"))
    low, high = _THRESHOLD
    yield from between("healthCheckConfig.failureThreshold", health.get("failureThreshold"), low, high)
    for number, one in enumerate(items(block(inputs.get("dnsConfig")).get("dnsRecords"))):
        yield from between(f"dnsConfig.dnsRecords[{number}].ttl", block(one).get("ttl"), 0, _LONGEST_TTL)
    yield from one_of("type", inputs.get("type"), ("HTTP",))
    if inputs.get("healthCheckConfig") and inputs.get("healthCheckCustomConfig"):
        yield Failure("healthCheckConfig", '"health_check_config": conflicts with health_check_custom_config')


def _create(call: Call) -> None:
    inputs, name = call.inputs, text(call.inputs.get("name"))
    doing, operation = f"creating Service Discovery Service ({name})", "ServiceDiscovery: CreateService"
    home = namespace(call, _namespace_id(inputs))
    if home is None:
        raise refused(doing, operation, "NamespaceNotFound", f"Namespace with id {_namespace_id(inputs)} not found", typed=True)
    dns = block(inputs.get("dnsConfig"))
    types = {text(one.get("type")) for one in items(dns.get("dnsRecords"))}
    if home.type == HTTP and dns:
        raise refused(doing, operation, "InvalidInput", "DnsConfig cannot be provided for a service in an HTTP namespace.", typed=True)
    if home.type != HTTP and types and frozenset(types) not in _TYPES:
        raise refused(doing, operation, "InvalidInput", "CNAME can only be specified alone.", typed=True)
    if "CNAME" in types and dns.get("routingPolicy") != "WEIGHTED":
        raise refused(doing, operation, "InvalidInput", "Routing policy WEIGHTED is required for CNAME records.", typed=True)
    if home.type == PRIVATE and inputs.get("healthCheckConfig"):
        raise refused(doing, operation, "InvalidInput", "HealthCheckConfig is not supported for services in a private DNS namespace.", typed=True)
    if any(record.outputs.get("name") == name for record in _in(call, home.id)):
        raise refused(doing, operation, "ServiceAlreadyExists", "Service already exists.", typed=True)


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    kind = "HTTP" if inputs.get("type") == "HTTP" or not inputs.get("dnsConfig") else "DNS_HTTP"
    custom = inputs.get("healthCheckCustomConfig")
    return {
        **placed(call),
        "arn": arn(call, "servicediscovery", f"service/{call.id}"),
        "namespaceId": _namespace_id(inputs),
        "type": kind,
        **({"healthCheckCustomConfig": {"failureThreshold": 1, **custom}} if isinstance(custom, dict) else {}),
    }


def _delete(call: Call) -> None:
    if call.inputs.get("forceDestroy") is True:
        return
    used = call.old.outputs.get("arn") if call.old is not None else None
    if any(block(record.inputs.get("serviceRegistries")).get("registryArn") == used for record in call.cloud.find(_ECS)):
        doing, message = (
            f"deleting Service Discovery Service ({call.id})",
            "Service contains registered instances; delete the instances before deleting the service",
        )
        raise refused(doing, "ServiceDiscovery: DeleteService", "ResourceInUse", message, typed=True)


def _namespace_kind(type_: str, *replaces: str) -> Kind:
    return Kind(
        token=type_,
        identify=lambda call: f"ns-{fresh(call, 16)}",
        outputs=_namespace_outputs,
        check=_check_namespace,
        replaces=frozenset({"name", *replaces}),
        name_limit=1024,
        lower_name=False,
        create=_create_namespace,
        delete=_delete_namespace,
        import_id=lambda id_, _config: id_.partition(":")[0],
    )


KINDS = (
    _namespace_kind(PRIVATE, "vpc"),
    _namespace_kind(HTTP),
    Kind(
        token=SERVICE,
        identify=lambda call: f"srv-{fresh(call, 16)}",
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset(
            {
                "name",
                "namespaceId",
                "type",
                "dnsConfig.namespaceId",
                "dnsConfig.routingPolicy",
                "dnsConfig.dnsRecords.type",
                "healthCheckCustomConfig",
                "healthCheckConfig.type",
            }
        ),
        name_limit=127,
        lower_name=False,
        create=_create,
        delete=_delete,
    ),
)
"""Private DNS namespaces, HTTP namespaces and services."""
