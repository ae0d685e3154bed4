"""A project in which Cloud Run takes a service: an account, a secret that it may read, a repository, a subnetwork."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sandbox.kind import Record
from sandbox.resources import gcp
from sandbox.resources.gcp.names import project_number
from tests.sandbox.kinds.cloud import PROJECT, REGION, World

SERVICE = "gcp:cloudrunv2/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
EMAIL = f"api@{PROJECT}.iam.gserviceaccount.com"
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/images/api@sha256:{'a' * 64}"
SECRET = f"projects/{PROJECT}/secrets/jwt"
SUBNETWORK = f"projects/{PROJECT}/regions/{REGION}/subnetworks/app"
NUMBER = project_number(PROJECT)


def put(world: World, token: str, id_: str, **outputs: Any) -> Record:
    """Something of another service that exists."""
    record = Record(type=token, id=id_, urn="", inputs=outputs, outputs=outputs)
    world.cloud.records[token, id_] = record
    return record


def ready() -> World:
    """Everything that a service needs."""
    world = World({kind.token: kind for kind in gcp.KINDS})
    put(world, "gcp:serviceaccount/account:Account", f"projects/{PROJECT}/serviceAccounts/{EMAIL}", email=EMAIL, project=PROJECT)
    put(world, "gcp:secretmanager/secret:Secret", SECRET, secretId="jwt", project=PROJECT, name=f"projects/{NUMBER}/secrets/jwt")
    put(world, "gcp:secretmanager/secretVersion:SecretVersion", f"{SECRET}/versions/1", secret=SECRET, version="1", enabled=True)
    accessor = {"role": "roles/secretmanager.secretAccessor", "member": f"serviceAccount:{EMAIL}"}
    put(world, "gcp:secretmanager/secretIamMember:SecretIamMember", "grant", secretId=SECRET, project=PROJECT, **accessor)
    put(world, "gcp:artifactregistry/repository:Repository", f"projects/{PROJECT}/locations/{REGION}/repositories/images", project=PROJECT)
    network = f"projects/{PROJECT}/global/networks/main"
    put(world, "gcp:compute/network:Network", network, name="main", project=PROJECT)
    subnetwork = {"name": "app", "network": network, "region": REGION, "project": PROJECT, "ipCidrRange": "10.0.0.0/26"}
    put(world, "gcp:compute/subnetwork:Subnetwork", SUBNETWORK, **subnetwork)
    return world


def secret_variable(secret: str = "jwt", version: str = "latest") -> dict[str, Any]:
    """A variable that is read from a secret."""
    return {"name": "JWT_SECRET", "valueSource": {"secretKeyRef": {"secret": secret, "version": version}}}


def container(**more: Any) -> dict[str, Any]:
    """A container that runs, with what is given instead."""
    limits = {"limits": {"cpu": "1", "memory": "512Mi"}}
    return {"image": IMAGE, "ports": {"containerPort": 8080}, "resources": limits, "envs": [{"name": "A", "value": "1"}, secret_variable()], **more}


def template(one: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A template of one container, with what is given instead."""
    access = {"egress": "PRIVATE_RANGES_ONLY", "networkInterfaces": [{"network": "main", "subnetwork": SUBNETWORK}]}
    said = {"serviceAccount": EMAIL, "containers": [container(**(one or {}))], "vpcAccess": access, "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2"}
    return deepcopy({**said, **more})


def service(world: World, said: dict[str, Any] | None = None, **inputs: Any) -> Record:
    """A service that Cloud Run takes, unless it is spoiled."""
    return world.create(SERVICE, **{"name": "api", "location": REGION, "template": said or template(), "deletionProtection": False, **inputs})
