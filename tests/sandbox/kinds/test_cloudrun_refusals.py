"""What Cloud Run refuses in the sandbox, in Google's words: sizes, variables, secrets, accounts, images, networks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Refusal
from tests.sandbox.kinds.cloud import PROJECT, REGION, World
from tests.sandbox.kinds.run_world import EMAIL, IMAGE, NUMBER, SECRET, SUBNETWORK, put, ready, secret_variable, service, template

FIRST = "EXECUTION_ENVIRONMENT_GEN1"


@pytest.fixture
def world() -> World:
    return ready()


def limits(cpu: str, memory: str, **more: Any) -> dict[str, Any]:
    """A container's size."""
    return {"resources": {"limits": {"cpu": cpu, "memory": memory}, **more}}


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [("1", "512Mi"), ("1000m", "4Gi"), ("2", "8Gi"), ("4", "2Gi"), ("4", "16Gi"), ("6", "4Gi"), ("6", "24Gi"), ("8", "4Gi"), ("8", "32Gi")],
)
def test_a_size_of_the_table_is_taken(world: World, cpu: str, memory: str) -> None:
    assert service(world, template(limits(cpu, memory))).id


@pytest.mark.parametrize(
    ("cpu", "memory", "reason"),
    [
        ("1", "256Mi", "Invalid value specified for memory with gen2 execution environment. For 1.0 CPU, memory must be between 512Mi and 4Gi inclusive."),
        ("1", "5Gi", "For 1.0 CPU, memory must be between 512Mi and 4Gi inclusive."),
        ("2", "9Gi", "For 2.0 CPU, memory must be between 512Mi and 8Gi inclusive."),
        ("4", "1Gi", "For 4.0 CPU, memory must be between 2Gi and 16Gi inclusive."),
        ("6", "2Gi", "For 6.0 CPU, memory must be between 4Gi and 24Gi inclusive."),
        ("8", "33Gi", "For 8.0 CPU, memory must be between 4Gi and 32Gi inclusive."),
        ("3", "2Gi", "Invalid value specified for cpu. Cpu must be 1, 2, 4, 6 or 8, or between 0.08 and 1, got 3."),
        ("16", "32Gi", "Invalid value specified for cpu. Cpu must be"),
        ("0.05", "512Mi", "Invalid value specified for cpu. Cpu must be"),
        ("one", "512Mi", "quantities must match the regular expression"),
        ("1", "much", "quantities must match the regular expression"),
        ("0.5", "512Mi", "Total cpu < 1 is not supported with gen2 execution environment."),
    ],
)
def test_a_size_outside_the_table_is_refused(world: World, cpu: str, memory: str, reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, template(limits(cpu, memory)))


def test_less_than_a_cpu_is_for_one_request_at_a_time_and_no_longer(world: World) -> None:
    one = {"executionEnvironment": FIRST, "maxInstanceRequestConcurrency": 1}
    assert service(world, template(limits("0.5", "512Mi"), **one)).outputs["template"]["maxInstanceRequestConcurrency"] == 1
    with pytest.raises(Refusal, match=r"Total cpu < 1 is not supported with concurrency > 1\."):
        service(world, template(limits("0.5", "512Mi"), **{**one, "maxInstanceRequestConcurrency": 2}), name="b")
    with pytest.raises(Refusal, match="Total cpu < 1 is not supported with cpu always allocated"):
        service(world, template(limits("0.5", "512Mi", cpuIdle=False), **one), name="b")
    with pytest.raises(Refusal, match=r"For 0\.25 CPU, memory must be between 128Mi and 512Mi inclusive"):
        service(world, template(limits("250m", "600Mi"), **one), name="b")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (template(timeout="3601s"), "template.timeout: Timeout must be between 1 and 3600 seconds, got '3601s'"),
        (template(timeout="5m"), "template.timeout: Timeout must be"),
        (template(maxInstanceRequestConcurrency=1001), "template.max_instance_request_concurrency: Must be between 1 and 1000, got 1001"),
        (template(scaling={"minInstanceCount": 3, "maxInstanceCount": 2}), "minScale (3) must not be greater than maxScale (2)"),
        (template(scaling={"maxInstanceCount": 0}), "max_instance_count at least 1"),
        (template({"ports": {"containerPort": 0}}), "ports.container_port: must be between 1 and 65535, got 0"),
        (template({"ports": {"containerPort": 65536}}), "must be between 1 and 65535, got 65536"),
        (template({"ports": {"name": "grpc"}}), 'Port name must be one of the following: "h2c", "http1", or empty.'),
        (template({"envs": [{"name": "PORT", "value": "1"}]}), "The following reserved env names were provided: PORT. These values are automatically set"),
        (template({"envs": [{"name": "K_SERVICE", "value": "1"}]}), "The following reserved env names were provided: K_SERVICE."),
        (template({"envs": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}), "env[1].name: Duplicate environment variable name 'A'"),
        (template({"envs": [{"name": "A=B", "value": "1"}]}), "Invalid environment variable name 'A=B'"),
        (template({"envs": [{**secret_variable(), "value": "1"}]}), "only one of value and value_source can be set"),
        (template({"volumeMounts": [{"name": "data", "mountPath": "/data"}]}), "volume mount 'data' does not match any volume in the template"),
        (template({"volumeMounts": [{"name": "v", "mountPath": "v"}]}, volumes=[{"name": "v"}]), "mount_path: must be an absolute path, got 'v'"),
        (template(volumes=[{"name": "v"}, {"name": "v"}]), "template.volumes: Duplicate volume name 'v'"),
        (template({"livenessProbe": {"periodSeconds": 3601}}), "liveness_probe.period_seconds: must be between 1 and 3600, got 3601"),
        (template({"startupProbe": {"periodSeconds": 10, "failureThreshold": 25}}), "failure_threshold * period_seconds must be at most 240, got 250"),
        (template({"startupProbe": {"periodSeconds": 5, "timeoutSeconds": 6}}), "timeout_seconds: must be between 1 and period_seconds (5), got 6"),
        (template({"livenessProbe": {"tcpSocket": {"port": 1}}}), "liveness_probe: tcp_socket is not supported"),
        (template({"livenessProbe": {"httpGet": {}, "grpc": {}}}), "only one of http_get, tcp_socket and grpc can be set"),
        (template(containers=[]), "template.containers: at least one container must be set"),
    ],
)
def test_a_template_is_refused(world: World, said: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, said)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"name": "Api"}, "Resource name 'Api' must use only lowercase letters"),
        ({"name": "a" * 50}, "at most 49 characters long"),
        ({"location": "europe-west99"}, "Location europe-west99 is not found or access is unauthorized"),
        ({"annotations": {"run.googleapis.com/client": "x"}}, "system annotations of the namespaces run.googleapis.com"),
        ({"labels": {"Team": "x"}}, "Label key 'Team' violates format constraints"),
    ],
)
def test_a_service_is_refused(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, **inputs)


def test_a_secret_must_be_readable_by_the_services_account(world: World) -> None:
    del world.cloud.records["gcp:secretmanager/secretIamMember:SecretIamMember", "grant"]
    with pytest.raises(Refusal) as refused:
        service(world)
    assert re.sub(r"api-00001-\w{3}", "api-00001-abc", str(refused.value)) == (
        "Error waiting to create Service: Error waiting for Creating Service: Error code 13, message: Revision 'api-00001-abc' is not ready and cannot "
        "serve traffic. spec.template.spec.containers[0].env[1].value_from.secret_key_ref.name: Permission denied on secret: "
        f"projects/{NUMBER}/secrets/jwt/versions/latest for Revision service account {EMAIL}. The service account used must be granted the "
        "'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level."
    )


@pytest.mark.parametrize(
    ("token", "grant"),
    [
        ("gcp:secretmanager/secretIamBinding:SecretIamBinding", {"secretId": "jwt", "members": [f"serviceAccount:{EMAIL}"]}),
        ("gcp:projects/iAMMember:IAMMember", {"member": f"serviceAccount:{EMAIL}"}),
        ("gcp:secretmanager/secretIamMember:SecretIamMember", {"secretId": f"projects/{NUMBER}/secrets/jwt", "member": f"serviceAccount:{EMAIL}"}),
    ],
)
def test_any_grant_that_reaches_the_secret_will_do(world: World, token: str, grant: dict[str, Any]) -> None:
    del world.cloud.records["gcp:secretmanager/secretIamMember:SecretIamMember", "grant"]
    put(world, token, "other", project=PROJECT, role="roles/secretmanager.secretAccessor", **grant)
    assert service(world).id


def test_a_grant_to_another_account_or_of_another_role_will_not_do(world: World) -> None:
    token = "gcp:secretmanager/secretIamMember:SecretIamMember"
    for role, member in (("roles/secretmanager.viewer", EMAIL), ("roles/secretmanager.secretAccessor", f"sync@{PROJECT}.iam.gserviceaccount.com")):
        put(world, token, "grant", secretId=SECRET, project=PROJECT, role=role, member=f"serviceAccount:{member}")
        with pytest.raises(Refusal, match="Permission denied on secret"):
            service(world)


@pytest.mark.parametrize(("secret", "version"), [("nothing", "latest"), ("jwt", "2"), (f"projects/{NUMBER}/secrets/nothing", "1")])
def test_a_secret_must_have_the_version(world: World, secret: str, version: str) -> None:
    with pytest.raises(Refusal, match=f"/secrets/{secret.rsplit('/', 1)[-1]}/versions/{version} was not found"):
        service(world, template({"envs": [secret_variable(secret, version)]}))


def test_a_secret_that_nobody_filled_has_no_latest_version(world: World) -> None:
    del world.cloud.records["gcp:secretmanager/secretVersion:SecretVersion", f"{SECRET}/versions/1"]
    with pytest.raises(Refusal, match="/secrets/jwt/versions/latest was not found"):
        service(world)


def test_a_secret_that_is_mounted_is_checked_like_a_variable(world: World) -> None:
    volume = {"name": "keys", "secret": {"secret": "nothing", "items": [{"path": "a", "version": "1"}]}}
    with pytest.raises(Refusal, match=r"volumes\[0\]\.secret\.secret_name: Secret .*nothing/versions/1 was not found"):
        service(world, template({"volumeMounts": [{"name": "keys", "mountPath": "/k"}]}, volumes=[volume]))


def test_an_account_must_exist(world: World) -> None:
    ghost = f"ghost@{PROJECT}.iam.gserviceaccount.com"
    with pytest.raises(Refusal) as refused:
        service(world, template(serviceAccount=ghost))
    why = f"Permission 'iam.serviceaccounts.actAs' denied on service account {ghost} (or it may not exist)."
    assert str(refused.value) == f"Error creating Service: googleapi: Error 403: {why}, forbidden"


@pytest.mark.parametrize("image", ["ghcr.io/acme/api:1", "quay.io/acme/api", "Not An Image", "docker.io/acme/api@sha256:abc"])
def test_an_image_comes_from_a_registry_that_cloud_run_reads(world: World, image: str) -> None:
    with pytest.raises(Refusal, match="Expected an image path like") as refused:
        service(world, template({"image": image}))
    assert f"but obtained {image}. To deploy container images from other public or private registries" in str(refused.value)


@pytest.mark.parametrize(
    "image", [IMAGE, "gcr.io/cloudrun/hello", "us-docker.pkg.dev/cloudrun/container/hello:latest", "docker.io/library/nginx", "nginx:1.27"]
)
def test_an_image_elsewhere_is_taken_as_it_is(world: World, image: str) -> None:
    assert service(world, template({"image": image})).id


def test_the_repository_of_an_own_image_must_exist(world: World) -> None:
    image = IMAGE.replace("/images/", "/nothing/")
    with pytest.raises(Refusal, match=re.escape(f"Image '{image}' not found.")):
        service(world, template({"image": image}))


@pytest.mark.parametrize(
    ("access", "reason"),
    [
        ({"networkInterfaces": [{"subnetwork": SUBNETWORK.replace("/app", "/gone")}]}, "was not found"),
        ({"networkInterfaces": [{"subnetwork": SUBNETWORK.replace(REGION, "us-east1")}]}, "must be in region"),
        ({"networkInterfaces": [{"subnetwork": SUBNETWORK, "network": "other"}]}, "is not in network 'other'"),
        ({"networkInterfaces": [{"network": "nonet"}]}, "The resource 'nonet' was not found"),
        ({"networkInterfaces": [{"subnetwork": "far"}]}, f"The subnetwork '{SUBNETWORK.replace('/app', '/far')}' was not found"),
        ({"networkInterfaces": [{}]}, "at least one of network and subnetwork must be set"),
        ({"networkInterfaces": [{"subnetwork": SUBNETWORK}], "connector": "c"}, "only one of connector and network_interfaces can be set"),
        ({"egress": "ALL_TRAFFIC"}, "one of connector and network_interfaces must be set"),
        ({"networkInterfaces": [{"subnetwork": SUBNETWORK.replace("/app", "/small")}]}, "must be at least a /26, it is a /28"),
    ],
)
def test_a_way_into_the_network_is_refused(world: World, access: dict[str, Any], reason: str) -> None:
    common = {"network": f"projects/{PROJECT}/global/networks/main", "project": PROJECT}
    put(world, "gcp:compute/network:Network", f"projects/{PROJECT}/global/networks/other", name="other", project=PROJECT)
    token = "gcp:compute/subnetwork:Subnetwork"
    put(world, token, SUBNETWORK.replace("/app", "/small"), name="small", region=REGION, ipCidrRange="10.1.0.0/28", **common)
    put(world, token, SUBNETWORK.replace(REGION, "us-east1"), name="app", region="us-east1", ipCidrRange="10.2.0.0/24", **common)
    put(world, token, "far", name="far", region="us-east1", ipCidrRange="10.3.0.0/24", **common)
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, template(vpcAccess=access))


@pytest.mark.parametrize(
    ("volume", "reason"),
    [
        ({"gcs": {"bucket": "nowhere"}}, "The bucket 'nowhere' was not found"),
        ({"cloudSqlInstance": {"instances": [f"{PROJECT}:{REGION}:nothing"]}}, f"The Cloud SQL instance '{PROJECT}:{REGION}:nothing' was not found"),
    ],
)
def test_a_volume_must_exist(world: World, volume: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, template(volumes=[{"name": "v", **volume}]))
