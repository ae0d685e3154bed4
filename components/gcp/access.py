"""Verbs to Google roles: the only place where they are written, and where a grant becomes IAM resources."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi import Input, Output
from pulumi_gcp import artifactregistry, cloudrunv2, projects, secretmanager, serviceaccount, sql, storage

from .._core.component import Component
from .._core.connection import Access, Grant, Principal
from .._core.once import once
from .apis import enabled

if TYPE_CHECKING:
    from ..object_store import ObjectStore

ROLES: Mapping[tuple[str, Access], tuple[str, ...]] = {
    ("secret", Access.READ): ("roles/secretmanager.secretAccessor",),
    ("object_store", Access.READ): ("roles/storage.objectViewer",),
    ("object_store", Access.WRITE): ("roles/storage.objectUser",),
    # a signed URL can do what its signer may do: read and create, not overwrite or delete
    ("object_store", Access.PRESIGN): ("roles/storage.objectViewer", "roles/storage.objectCreator"),
    # IAM database login; a direct private connection needs no roles/cloudsql.client
    ("database", Access.CONNECT): ("roles/cloudsql.instanceUser",),
    ("database", Access.WRITE): ("roles/cloudsql.instanceUser",),
    ("registry", Access.PULL): ("roles/artifactregistry.reader",),
    ("service", Access.CONNECT): ("roles/run.invoker",),
    ("cache", Access.CONNECT): ("roles/memorystore.dbConnectionUser",),
}
"""(kind, verb) → roles, each given on the one thing, or under a condition that names it where Google grants only on the project."""

DATABASE_ROLES: Mapping[Access, tuple[str, ...]] = {
    Access.CONNECT: (),
    # the owner of every database on the server, no superuser; without it nobody could create the first table where no password exists
    Access.WRITE: ("cloudsqlsuperuser",),
}
"""Verb → roles inside PostgreSQL (cloud.google.com/sql/docs/postgres/users)."""

SELF_SIGN = "roles/iam.serviceAccountTokenCreator"
"""What a service account needs on itself to sign URLs without a key."""

USAGE_LOG_ROLE = "roles/storage.objectCreator"
USAGE_LOG_WRITER = "group:cloud-storage-analytics@google.com"
"""Who delivers Cloud Storage's usage logs, and the role that delivery needs on the bucket that gets them (Cloud Storage, usage logs)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a grant's resources stand: under which component, with which first part of their names."""

    owner: Component
    role: str

    def logical(self, suffix: str) -> str:
        """The logical name of one of the grant's resources."""
        return self.owner.logical(f"{self.role}-{suffix}" if suffix else self.role)


def member(principal: Principal) -> Output[str]:
    """A principal as IAM writes it."""
    return Output.format("serviceAccount:{0}", principal.id)


def database_user(email: Input[str]) -> Output[str]:
    """A service account's name as a PostgreSQL user: its e-mail without `.gserviceaccount.com` (Cloud SQL, IAM authentication)."""
    return Output.from_input(email).apply(lambda text: (text or "").removesuffix(".gserviceaccount.com"))


def realise(owner: Component, role: str, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    """The IAM resources of one grant, under `owner`; `role` is the first part of their logical names."""
    return _REALISE[grant.kind](Place(owner, role), principal, grant)


def _secret(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    return [
        secretmanager.SecretIamMember(
            place.logical(""),
            project=grant.target["project"],
            secret_id=grant.target["secret"],
            role=role,
            member=member(principal),
            opts=place.owner.child(),
        )
        for role in ROLES["secret", grant.access]
    ]


def _object_store(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    condition = _prefix_condition(grant) if grant.prefix else None
    made: list[pulumi.Resource] = [
        storage.BucketIAMMember(
            place.logical(_bucket_suffix(role, grant.prefix)),
            bucket=grant.target["bucket"],
            role=role,
            member=member(principal),
            condition=condition,
            opts=place.owner.child(),
        )
        for role in ROLES["object_store", grant.access]
    ]
    if grant.access is Access.PRESIGN:
        made.append(_signs(place.owner, principal, grant))
    return made


def _bucket_suffix(role: str, prefix: str) -> str:
    """The last part of a bucket grant's name: two prefixes of one store are two grants."""
    word = role.rpartition(".")[2].lower()
    return f"{word}-{hashlib.sha256(prefix.encode()).hexdigest()[:6]}" if prefix else word


def _signs(owner: Component, principal: Principal, grant: Grant) -> pulumi.Resource:
    """The right to sign as itself: one for all stores, or taking it away with one store would take it from the others too."""
    signs: pulumi.Resource = once(
        f"signs/{owner.component_name}/{principal.label}",
        lambda: serviceaccount.IAMMember(
            owner.logical(f"{principal.label}-signs"),
            service_account_id=Output.format("projects/{0}/serviceAccounts/{1}", grant.target["project"], principal.id),
            role=SELF_SIGN,
            member=member(principal),
            opts=owner.child(depends_on=enabled(owner, "iamcredentials")),
        ),
    )
    return signs


def writes_usage_logs(store: ObjectStore) -> pulumi.Resource:
    """The right of Google's log delivery to create objects in a store; once, however many others log into it."""
    writes: pulumi.Resource = once(
        f"usage-logs/{store.component_name}",
        lambda: storage.BucketIAMMember(
            store.logical("usage-logs"),
            bucket=store.bucket,
            role=USAGE_LOG_ROLE,
            member=USAGE_LOG_WRITER,
            opts=store.child(),
        ),
    )
    return writes


def _prefix_condition(grant: Grant) -> storage.BucketIAMMemberConditionArgs:
    prefix = grant.prefix
    expression = Output.from_input(grant.target["bucket"]).apply(
        lambda name: (
            f'resource.name.startsWith("projects/_/buckets/{name}/objects/{prefix}") || '
            f'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("{prefix}")'
        )
    )
    return storage.BucketIAMMemberConditionArgs(title=f"objects under {prefix}"[:100], expression=expression)


def _database(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    # an identity is one user whatever its verb: another verb changes the user that is there
    place = Place(place.owner, place.role.removesuffix(f"-{grant.access.value}"))
    instance, project = grant.target["instance"], grant.target["project"]
    user = sql.User(
        place.logical("user"),
        project=project,
        instance=instance,
        name=database_user(principal.id),
        type="CLOUD_IAM_SERVICE_ACCOUNT",
        database_roles=list(DATABASE_ROLES[grant.access]) or None,
        deletion_policy="ABANDON",  # a user that owns tables can't be dropped; it goes with the instance
        opts=place.owner.child(),
    )
    servers = [name for key, name in grant.target.items() if key != "project"]
    only = _server_condition(project, servers)
    return [user, *[_login(place, principal, role, project=project, only=only) for role in ROLES["database", grant.access]]]


def _server_condition(project: Input[str], servers: Sequence[Input[str]]) -> Output[str]:
    """The server and its read replicas, and nothing else of Cloud SQL (cloud.google.com/sql/docs/postgres/iam-conditions)."""

    def expression(names: Sequence[str]) -> str:
        home, *rest = names
        either = " || ".join(f"resource.name == 'projects/{home}/instances/{name}'" for name in rest)
        return f"({either}) && resource.type == 'sqladmin.googleapis.com/Instance'"

    return Output.all(project, *servers).apply(expression)


def _registry(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    return [
        artifactregistry.RepositoryIamMember(
            place.logical("pull"),
            project=grant.target["project"],
            location=grant.target["location"],
            repository=grant.target["repository"],
            role=role,
            member=member(principal),
            opts=place.owner.child(),
        )
        for role in ROLES["registry", grant.access]
    ]


def _cache(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    project, instance, location = grant.target["project"], grant.target["instance"], grant.target["location"]
    only = Output.format("resource.name == 'projects/{0}/locations/{1}/instances/{2}'", project, location, instance)
    return [_login(place, principal, role, project=project, only=only) for role in ROLES["cache", grant.access]]


def _login(place: Place, principal: Principal, role: str, *, project: Input[str], only: Output[str]) -> projects.IAMMember:
    """A role on the project, where Google grants nothing smaller, under a condition that names the one thing."""
    return projects.IAMMember(
        place.logical("login"),
        project=project,
        role=role,
        member=member(principal),
        condition=projects.IAMMemberConditionArgs(title="this instance only", expression=only),
        opts=place.owner.child(depends_on=enabled(place.owner, "cloudresourcemanager")),
    )


def _service(place: Place, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    return [
        cloudrunv2.ServiceIamMember(
            place.logical("invoke"),
            project=grant.target["project"],
            location=grant.target["location"],
            name=grant.target["service"],
            role=role,
            member=member(principal),
            opts=place.owner.child(),
        )
        for role in ROLES["service", grant.access]
    ]


_REALISE: Mapping[str, Callable[[Place, Principal, Grant], list[pulumi.Resource]]] = {
    "secret": _secret,
    "object_store": _object_store,
    "database": _database,
    "registry": _registry,
    "cache": _cache,
    "service": _service,
}
