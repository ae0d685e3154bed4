"""What stands behind Google's load balancers: endpoint groups, backend services and buckets, security policies."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from .compute_global import global_kind
from .compute_network import SUBNETWORK
from .formats import between, check_labels, conflicts, named
from .lifecycle import busy, deletes, deletion, network_reference, reference
from .names import identity, imported, labelled, number, project, region, self_link, users, values_at
from .places import refuse_region

NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
BACKEND = "gcp:compute/backendService:BackendService"
BUCKET = "gcp:compute/backendBucket:BackendBucket"
SECURITY = "gcp:compute/securityPolicy:SecurityPolicy"

_NEG_ID = "projects/{project}/regions/{region}/networkEndpointGroups/{name}"
_GROUPS = (
    NEG,
    "gcp:compute/instanceGroup:InstanceGroup",
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "gcp:compute/networkEndpointGroup:NetworkEndpointGroup",
    "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup",
)
_CHECKS = (
    "gcp:compute/healthCheck:HealthCheck",
    "gcp:compute/httpHealthCheck:HttpHealthCheck",
    "gcp:compute/httpsHealthCheck:HttpsHealthCheck",
    "gcp:compute/regionHealthCheck:RegionHealthCheck",
)
_MAPPED = ("defaultService", "pathMatchers.*.defaultService", "pathMatchers.*.pathRules.*.service", "pathMatchers.*.routeRules.*.service")
_MAPS = {"gcp:compute/uRLMap:URLMap": _MAPPED}
_DEFAULT_RULE = 2147483647
"""The priority of the rule that every security policy ends with."""


def _neg_outputs(call: Call) -> Properties:
    return {"project": project(call), "region": region(call), "selfLink": self_link(identity(_NEG_ID)(call))}


def _check_neg(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from conflicts(call, "cloudRun", "cloudFunction", "appEngine", "serverlessDeployment")
    run = call.inputs.get("cloudRun")
    if isinstance(run, dict) and run.get("service") is None and run.get("urlMask") is None:
        yield Failure("cloudRun", '"cloud_run.0.service": one of `cloud_run.0.service,cloud_run.0.url_mask` must be specified')
    if call.inputs.get("networkEndpointType") == "PRIVATE_SERVICE_CONNECT" and call.inputs.get("pscTargetService") is None:
        yield Failure("pscTargetService", "psc_target_service must be set for network_endpoint_type PRIVATE_SERVICE_CONNECT")


def _serverless(call: Call) -> bool:
    for value in values_at(call.inputs, "backends.*.group"):
        for record in call.cloud.find(NEG):
            if value in {record.id, record.outputs.get("selfLink")}:
                return bool(record.outputs.get("networkEndpointType", "SERVERLESS") == "SERVERLESS")
    return False


def _refuse_backend(call: Call) -> None:
    if not _serverless(call):
        return
    failed = f"Error {'creating' if call.old is None else 'updating'} BackendService: googleapi: Error 400: Invalid value for field "
    if call.inputs.get("healthChecks"):
        why = "A backend service cannot have a healthcheck with Serverless network endpoint group backends."
        raise Refusal(f"{failed}'resource.healthChecks': ''. {why}, invalid")
    if call.inputs.get("timeoutSec") not in {None, 30}:
        raise Refusal(
            failed + f"'resource.timeoutSec': '{call.inputs['timeoutSec']}'. "
            "Timeout sec is not supported for a backend service with Serverless network endpoint groups., invalid"
        )
    if call.inputs.get("portName") is not None:
        why = "Port name is not supported for a backend service with Serverless network endpoint groups."
        raise Refusal(f"{failed}'resource.portName': ''. {why}, invalid")


def _backend_outputs(call: Call) -> Properties:
    filled = {"protocol": "HTTP", "timeoutSec": 30, "sessionAffinity": "NONE", "portName": "http"}
    return {**{key: call.inputs.get(key, value) for key, value in filled.items()}, "generatedId": int(number("backend", call.urn, digits=18))}


def _check_backend(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from between("affinityCookieTtlSec", call.inputs.get("affinityCookieTtlSec"), 0, 1209600)
    log = call.inputs.get("logConfig")
    rate = log.get("sampleRate") if isinstance(log, dict) else None
    if isinstance(rate, int | float) and not 0 <= rate <= 1:
        yield Failure("logConfig.sampleRate", f"expected sample_rate to be in the range (0.000000 - 1.000000), got {rate:f}")


def _refuse_security(call: Call) -> None:
    check_labels(call)
    rules = call.inputs.get("rules")
    priorities = [rule.get("priority") for rule in rules or ()]
    failed = f"Error {'creating' if call.old is None else 'updating'} SecurityPolicy: googleapi: Error 400: Invalid value for field 'resource.rules': ''. "
    if len(priorities) != len(set(priorities)):
        raise Refusal(failed + "Cannot have rules with the same priorities., invalid")
    if rules and _DEFAULT_RULE not in priorities:
        raise Refusal(failed + f"A default rule (priority {_DEFAULT_RULE}, matching all) must be present., invalid")


def _security_outputs(call: Call) -> Properties:
    match = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
    default = {"action": "allow", "priority": _DEFAULT_RULE, "description": "default rule", "match": match, "preview": False}
    return {**labelled(call), "type": call.inputs.get("type") or "CLOUD_ARMOR", "rules": call.inputs.get("rules") or [default]}


def _delete_neg(call: Call) -> None:
    for user in users(call, {BACKEND: ("backends.*.group",)}):
        raise busy(call, "network_endpoint_group", user.id)


KINDS = (
    Kind(
        token=NEG,
        identify=identity(_NEG_ID),
        outputs=_neg_outputs,
        defaults=lambda _call: {"networkEndpointType": "SERVERLESS"},
        check=_check_neg,
        replaces=frozenset(
            {
                *(f"appEngine{part}" for part in ("", ".service", ".urlMask", ".version")),
                *(f"cloudFunction{part}" for part in ("", ".function", ".urlMask")),
                *(f"cloudRun{part}" for part in ("", ".service", ".tag", ".urlMask")),
                *(f"serverlessDeployment{part}" for part in ("", ".platform", ".resource", ".urlMask", ".version")),
                "description",
                "name",
                "network",
                "networkEndpointType",
                "project",
                "pscData",
                "pscData.producerPort",
                "pscTargetService",
                "region",
                "subnetwork",
            }
        ),
        taken="Error creating RegionNetworkEndpointGroup: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(), reference("subnetwork", SUBNETWORK)),
        api="compute.googleapis.com",
        create=refuse_region,
        delete=deletion("google_compute_region_network_endpoint_group", _delete_neg),
        deleted=deletes,
        import_id=imported(_NEG_ID),
    ),
    global_kind(
        BACKEND,
        "backendServices",
        "google_compute_backend_service",
        "backend_service",
        frozenset({"dynamicForwarding.ipPortSelection.enabled", "params", "params.resourceManagerTags"}),
        used_by={**_MAPS, "gcp:compute/targetTCPProxy:TargetTCPProxy": ("backendService",), "gcp:compute/targetSSLProxy:TargetSSLProxy": ("backendService",)},
        outputs=_backend_outputs,
        defaults={"loadBalancingScheme": "EXTERNAL_MANAGED", "connectionDrainingTimeoutSec": 300},
        check=_check_backend,
        refuse=_refuse_backend,
        references=(
            reference("backends.*.group", *_GROUPS, by=("id", "selfLink", "name", "instanceGroup")),
            reference("healthChecks", *_CHECKS),
            reference("securityPolicy", SECURITY),
            reference("edgeSecurityPolicy", SECURITY),
        ),
    ),
    global_kind(
        BUCKET,
        "backendBuckets",
        "google_compute_backend_bucket",
        "backend_bucket",
        frozenset({"params", "params.resourceManagerTags"}),
        used_by=_MAPS,
        references=(reference("edgeSecurityPolicy", SECURITY),),
        stamps=("creationTimestamp",),
    ),
    global_kind(
        SECURITY,
        "securityPolicies",
        "google_compute_security_policy",
        "security_policy",
        frozenset({"type"}),
        used_by={BACKEND: ("securityPolicy", "edgeSecurityPolicy"), BUCKET: ("edgeSecurityPolicy",)},
        outputs=_security_outputs,
        refuse=_refuse_security,
        stamps=("fingerprint", "labelFingerprint"),
    ),
)
"""Endpoint groups of serverless services, backends, security policies."""
