"""What the reference application's bindings come to on each cloud: rights, ways through the network, variables. Nothing else is granted, opened or set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Resource = Mapping[str, Any]

STORE_WRITE = frozenset({"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:ListBucket"})
SECRET = frozenset({"secretsmanager:GetSecretValue"})
LOGS = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})
PULL = frozenset({"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"})


@dataclass(frozen=True)
class Expected:
    """One cloud's answer to the same program."""

    cloud: str
    rights: Mapping[str, object]
    """Logical name → role, or actions."""
    paths: frozenset[tuple[object, ...]]
    variables: Mapping[str, frozenset[str]]
    """Component → the variables of its container."""
    held: Callable[[Sequence[Resource]], Mapping[str, object]]
    opened: Callable[[Sequence[Resource]], frozenset[tuple[object, ...]]]
    seen: Callable[[Sequence[Resource]], Mapping[str, frozenset[str]]]
    database: str
    """Type and name of the server."""
    drift: tuple[str, str, str]
    """Type and name of something, and a setting of it that somebody changes by hand."""
    registry: frozenset[str]
    """What the registry alone comes to."""


def logical(resource: Resource) -> str:
    return str(resource["urn"]).rsplit("::", 1)[-1]


def _members(state: Sequence[Resource]) -> Mapping[str, object]:
    return {logical(resource): resource["inputs"]["role"] for resource in state if "iam" in resource["type"].lower() and "Member" in resource["type"]}


def _firewalls(state: Sequence[Resource]) -> frozenset[tuple[object, ...]]:
    rules = [resource for resource in state if "irewall" in resource["type"]]
    return frozenset((logical(rule), rule["inputs"]["direction"], "allows" if "allows" in rule["inputs"] else "denies") for rule in rules)


def _run_variables(state: Sequence[Resource]) -> Mapping[str, frozenset[str]]:
    services = [resource for resource in state if resource["type"] == "gcp:cloudrunv2/service:Service"]
    return {
        logical(service).removesuffix("-run"): frozenset(env["name"] for env in service["inputs"]["template"]["containers"][0]["envs"]) for service in services
    }


def statements(resource: Resource) -> list[dict[str, Any]]:
    """The statements of a role's policy."""
    found: list[dict[str, Any]] = json.loads(resource["inputs"]["policy"])["Statement"]
    return found


def _policies(state: Sequence[Resource]) -> Mapping[str, object]:
    """What the two services' roles may do; the roles of a part itself (flow logs, the function that makes logins) are its component's own test."""
    policies = [resource for resource in state if resource["type"] == "aws:iam/rolePolicy:RolePolicy"]
    ours = [policy for policy in policies if logical(policy).split("-")[0] in ("api", "sync")]
    return {logical(policy): frozenset(action for statement in statements(policy) for action in statement["Action"]) for policy in ours}


def _security_rules(state: Sequence[Resource]) -> frozenset[tuple[object, ...]]:
    rules = [resource for resource in state if "securityGroup" in resource["type"] and "Rule" in resource["type"]]
    return frozenset(
        (logical(rule), rule["inputs"]["fromPort"], rule["inputs"]["toPort"], rule["inputs"].get("cidrIpv4", "a group"))
        for rule in rules
        if logical(rule).split("-")[0] in ("api", "sync")
    )


def _task_variables(state: Sequence[Resource]) -> Mapping[str, frozenset[str]]:
    tasks = [resource for resource in state if resource["type"] == "aws:ecs/taskDefinition:TaskDefinition"]
    containers = {logical(task).removesuffix("-task"): json.loads(task["inputs"]["containerDefinitions"])[0] for task in tasks}
    return {name: frozenset(each["name"] for each in (*container["environment"], *container["secrets"])) for name, container in containers.items()}


API = frozenset(
    {
        "DB_CA_CERT",
        "DB_HOST",
        "DB_IAM_AUTH",
        "DB_NAME",
        "DB_PORT",
        "DB_SSLMODE",
        "DB_USER",
        "JWT_SECRET",
        "THUMBNAILS_BUCKET",
        "UPLOADS_BUCKET",
        "VIDEOS_BUCKET",
    }
)
SYNC = frozenset({"JWT_SECRET", "SESSIONS_CA_CERT", "SESSIONS_HOST", "SESSIONS_PASSWORD", "SESSIONS_PORT", "SESSIONS_TLS"})
PORT = frozenset({"PORT"})
"""Cloud Run sets it by itself; on Fargate the task definition does."""

GOOGLE = Expected(
    cloud="gcp",
    # api: its database, its two buckets, one secret, signing as itself; sync: its cache's password and one secret. Nothing else.
    rights={
        "api-db-login": "roles/cloudsql.instanceUser",
        "api-reads-jwt-secret": "roles/secretmanager.secretAccessor",
        "sync-reads-jwt-secret": "roles/secretmanager.secretAccessor",
        "sync-reads-sessions-password": "roles/secretmanager.secretAccessor",
        "api-api-signs": "roles/iam.serviceAccountTokenCreator",
        "api-thumbnails-write-objectuser": "roles/storage.objectUser",
        "api-videos-presign-objectcreator": "roles/storage.objectCreator",
        "api-videos-presign-objectviewer": "roles/storage.objectViewer",
        "api-videos-write-objectuser": "roles/storage.objectUser",
    },
    paths=frozenset(
        {
            ("main-deny-ingress", "INGRESS", "denies"),
            ("main-deny-private-egress", "EGRESS", "denies"),
            ("api-to-db-5432", "EGRESS", "allows"),
            ("sync-to-sessions-6378", "EGRESS", "allows"),
        }
    ),
    variables={"api": API, "sync": SYNC},
    held=_members,
    opened=_firewalls,
    seen=_run_variables,
    database="gcp:sql/databaseInstance:DatabaseInstance::db-server",
    drift=("gcp:storage/bucket:Bucket", "videos-bucket", 'publicAccessPrevention="inherited"'),
    registry=frozenset({"gcp:artifactregistry/repository:Repository images-repository"}),
)

AMAZON = Expected(
    cloud="aws",
    # the same, as actions; `-starts` is what the platform itself needs to start the container: its image and its log
    rights={
        "api-db": frozenset({"rds-db:connect"}),
        "api-reads-jwt-secret": SECRET,
        "sync-reads-jwt-secret": SECRET,
        "sync-reads-sessions-password": SECRET,
        "api-thumbnails-write": STORE_WRITE,
        "api-videos-presign": frozenset({"s3:GetObject", "s3:PutObject"}),
        "api-videos-write": STORE_WRITE,
        "api-starts": LOGS | PULL,
        "sync-starts": LOGS | PULL,
    },
    paths=frozenset(
        {
            ("api-to-db-5432-out", 5432, 5432, "a group"),
            ("api-to-db-5432-in", 5432, 5432, "a group"),
            ("sync-to-sessions-6379-out", 6379, 6379, "a group"),
            ("sync-to-sessions-6379-in", 6379, 6379, "a group"),
            # out only: images, the cloud's own APIs, partners
            ("api-to-internet-443", 443, 443, "0.0.0.0/0"),
            ("sync-to-internet-443", 443, 443, "0.0.0.0/0"),
        }
    ),
    variables={"api": API | PORT, "sync": SYNC | PORT},
    held=_policies,
    opened=_security_rules,
    seen=_task_variables,
    database="aws:rds/instance:Instance::db-server",
    drift=("aws:s3/bucketVersioning:BucketVersioning", "videos-versioning", 'versioningConfiguration={"status":"Suspended"}'),
    registry=frozenset({"aws:ecr/repository:Repository images-image-api", "aws:ecr/repository:Repository images-image-sync"}),
)

EXPECTED = {"gcp": GOOGLE, "aws": AMAZON}
