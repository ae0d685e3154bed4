"""Whatever a Google kind computes is a property of the SDK's type, of the type that the SDK gives it."""

from __future__ import annotations

import pytest

from sandbox.resources import gcp
from sandbox.schema import Schemas
from tests.sandbox.kinds.cloud import PROJECT, REGION

EMAIL = f"api-runner@{PROJECT}.iam.gserviceaccount.com"
PROJECT_PATH = f"projects/{PROJECT}"
NETWORK = f"{PROJECT_PATH}/global/networks/main"
SUBNETWORK = f"{PROJECT_PATH}/regions/{REGION}/subnetworks/run"
ACCOUNT = f"{PROJECT_PATH}/serviceAccounts/{EMAIL}"
GRANT = {"role": "roles/viewer", "member": f"serviceAccount:{EMAIL}"}
BINDING = {"role": "roles/viewer", "members": [f"serviceAccount:{EMAIL}"]}
MATCH = {"srcIpRanges": ["10.0.0.0/8"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["80"]}]}
FIREWALL_RULE = {"firewallPolicy": "base", "priority": 1, "action": "allow", "direction": "INGRESS", "match": MATCH}
PEERING_RANGE = {"name": "psa", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 20, "network": NETWORK}
RING = f"{PROJECT_PATH}/locations/{REGION}/keyRings/ring"
KEY = f"{RING}/cryptoKeys/key"
PEERING = "servicenetworking-googleapis-com"
WHOLE_PROJECT = (
    ("projects/service:Service", {"service": "run.googleapis.com"}),
    ("serviceaccount/account:Account", {"accountId": "api-runner"}),
    ("serviceaccount/key:Key", {"serviceAccountId": ACCOUNT}),
    ("serviceaccount/iAMMember:IAMMember", {"serviceAccountId": ACCOUNT, **GRANT}),
    ("serviceaccount/iAMBinding:IAMBinding", {"serviceAccountId": ACCOUNT, **BINDING}),
    ("projects/iAMCustomRole:IAMCustomRole", {"roleId": "deployer", "title": "D", "permissions": ["run.services.get"]}),
    ("projects/iAMMember:IAMMember", {"project": PROJECT, **GRANT}),
    ("projects/iAMBinding:IAMBinding", {"project": PROJECT, **BINDING}),
    ("compute/network:Network", {"name": "main", "autoCreateSubnetworks": False}),
    ("compute/subnetwork:Subnetwork", {"name": "run", "network": NETWORK, "ipCidrRange": "10.0.0.0/24", "logConfig": {"flowSampling": 0.5}}),
    ("compute/subnetworkIAMMember:SubnetworkIAMMember", {"subnetwork": SUBNETWORK, **GRANT}),
    ("compute/subnetworkIAMBinding:SubnetworkIAMBinding", {"subnetwork": SUBNETWORK, **BINDING}),
    ("compute/route:Route", {"name": "out", "network": NETWORK, "destRange": "0.0.0.0/0", "nextHopGateway": "default-internet-gateway"}),
    ("compute/router:Router", {"name": "edge", "network": NETWORK}),
    (
        "compute/routerNat:RouterNat",
        {"name": "out", "router": "edge", "natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"},
    ),
    ("compute/firewall:Firewall", {"name": "deny", "network": NETWORK, "denies": [{"protocol": "all"}], "sourceRanges": ["0.0.0.0/0"]}),
    ("compute/networkFirewallPolicy:NetworkFirewallPolicy", {"name": "base"}),
    ("compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule", FIREWALL_RULE),
    ("compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation", {"name": "a", "firewallPolicy": "base", "attachmentTarget": NETWORK}),
    ("compute/regionNetworkFirewallPolicy:RegionNetworkFirewallPolicy", {"name": "base"}),
    ("compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule", FIREWALL_RULE),
    (
        "compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation",
        {"name": "a", "firewallPolicy": "base", "attachmentTarget": NETWORK},
    ),
    ("compute/globalAddress:GlobalAddress", PEERING_RANGE),
    ("compute/address:Address", {"name": "inner", "addressType": "INTERNAL", "subnetwork": SUBNETWORK}),
    ("servicenetworking/connection:Connection", {"network": NETWORK, "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": ["psa"]}),
    (
        "compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig",
        {"network": "main", "peering": PEERING, "importCustomRoutes": True, "exportCustomRoutes": True},
    ),
    (
        "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
        {"name": "valkey", "network": NETWORK, "location": REGION, "serviceClass": "gcp-memorystore", "pscConfig": {"subnetworks": [SUBNETWORK]}},
    ),
    ("dns/managedZone:ManagedZone", {"name": "example", "dnsName": "example.com."}),
    ("dns/recordSet:RecordSet", {"managedZone": "example", "name": "example.com.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"]}),
    ("dns/policy:Policy", {"name": "logging", "networks": [{"networkUrl": NETWORK}]}),
    ("secretmanager/secret:Secret", {"secretId": "jwt", "replication": {"auto": {}}}),
    ("secretmanager/secretVersion:SecretVersion", {"secret": f"{PROJECT_PATH}/secrets/jwt", "secretData": "x"}),
    ("secretmanager/secretIamMember:SecretIamMember", {"secretId": "jwt", **GRANT}),
    ("secretmanager/secretIamBinding:SecretIamBinding", {"secretId": "jwt", **BINDING}),
    ("artifactregistry/repository:Repository", {"repositoryId": "images", "format": "DOCKER"}),
    ("artifactregistry/repositoryIamMember:RepositoryIamMember", {"repository": "images", **GRANT}),
    ("artifactregistry/repositoryIamBinding:RepositoryIamBinding", {"repository": "images", **BINDING}),
    ("kms/keyRing:KeyRing", {"name": "ring", "location": REGION}),
    ("kms/keyRingIAMMember:KeyRingIAMMember", {"keyRingId": RING, **GRANT}),
    ("kms/keyRingIAMBinding:KeyRingIAMBinding", {"keyRingId": RING, **BINDING}),
    ("kms/cryptoKey:CryptoKey", {"name": "key", "keyRing": RING}),
    ("kms/cryptoKeyIAMMember:CryptoKeyIAMMember", {"cryptoKeyId": KEY, **GRANT}),
    ("kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", {"cryptoKeyId": KEY, **BINDING}),
    ("compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup", {"name": "api", "region": REGION, "cloudRun": {"service": "api"}}),
    ("compute/securityPolicy:SecurityPolicy", {"name": "armor"}),
    ("compute/backendService:BackendService", {"name": "api"}),
    ("compute/backendBucket:BackendBucket", {"name": "assets", "bucketName": "acme-assets"}),
    ("compute/uRLMap:URLMap", {"name": "routes", "defaultService": "api"}),
    ("compute/sSLPolicy:SSLPolicy", {"name": "modern", "profile": "MODERN"}),
    ("compute/managedSslCertificate:ManagedSslCertificate", {"name": "cert", "managed": {"domains": ["example.com"]}}),
    ("compute/targetHttpsProxy:TargetHttpsProxy", {"name": "front", "urlMap": "routes", "sslCertificates": ["cert"]}),
    ("compute/targetHttpProxy:TargetHttpProxy", {"name": "plain", "urlMap": "routes"}),
    (
        "compute/globalForwardingRule:GlobalForwardingRule",
        {"name": "front", "target": f"{PROJECT_PATH}/global/targetHttpsProxies/front", "portRange": "443"},
    ),
)
MODULES = {"artifactregistry", "compute", "dns", "kms", "networkconnectivity", "projects", "secretmanager", "serviceaccount", "servicenetworking"}
SHAPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "list": list, "map": dict, "object": dict}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return Schemas(tmp_path_factory.mktemp("schemas"))


@pytest.fixture
def stack(world):
    return [world.create(f"gcp:{token}", **inputs) for token, inputs in WHOLE_PROJECT]


def test_the_whole_project_has_one_of_each_kind(stack):
    mine = {kind.token for kind in gcp.KINDS if kind.token.split(":")[1].split("/")[0] in MODULES}
    assert {record.type for record in stack} == mine


def test_what_a_kind_computes_is_what_the_sdk_declares(stack, installed):
    wrong = []
    for record in stack:
        declared = installed.resource(record.type).outputs
        for name, value in record.outputs.items():
            if name not in declared:
                wrong.append(f"{record.type}: {name} is not a property")
            elif value is not None and not isinstance(value, SHAPES.get(declared[name].type.kind, object)):
                wrong.append(f"{record.type}: {name} is a {declared[name].type}, not {value!r}")
    assert wrong == []


def test_everything_that_the_sdk_always_has_is_computed(stack, installed):
    """What a kind leaves out is filled in by name and type; what only it can know must not be left to that."""
    generic = {"deletionPolicy", "creationTimestamp", "createTime"}
    left = []
    for record in stack:
        schema = installed.resource(record.type)
        left += [f"{record.type}: {name}" for name in schema.outputs if name not in schema.inputs and name not in record.outputs and name not in generic]
    assert left == []


def test_everything_stays_as_it_was_when_a_thing_is_updated(stack, world):
    moved = []
    for record in stack:
        kind = world.kinds[record.type]
        after = world.update(record).outputs
        moved += [f"{record.type}: {name}" for name, value in record.outputs.items() if name not in kind.volatile and after.get(name) != value]
    assert moved == []


def test_an_import_of_its_own_id_finds_the_thing(stack, world):
    assert [record.id for record in stack if world.kinds[record.type].import_id(record.id, world.config) != record.id] == []


def test_the_world_comes_down_in_the_reverse_order(stack, world):
    for record in reversed(stack):
        world.delete(record)
    assert {type_.split("/")[0] for type_, _ in world.cloud.records} == {"gcp:kms", "gcp:projects"}
