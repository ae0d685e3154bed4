"""ObjectStore: a private bucket for files, which only its bindings can read or write."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

import pulumi
from pulumi import Input, Output

from ._core.checks import list_problem, range_problem, text_problem, truth_problem, word_problem
from ._core.component import A, Args, Component
from ._core.connection import Access, Connection, Grant, Principal, one_verb, variable_prefix
from ._core.errors import ArgsError, GrantError, Problem
from ._core.site import Site

CLASSES = ("standard", "nearline", "coldline", "archive")
"""From warm to cold. Google Cloud: Standard, Nearline, Coldline, Archive. AWS: Standard, Standard-IA, Glacier Instant Retrieval, Glacier Deep Archive,
which alone of all these must be restored, for hours, before it can be read."""
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?")
PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/=+-]*")
"""What can stand in an IAM condition and in a policy's resource name without quoting."""
LONGEST_RETENTION = 36525
"""Days: a hundred years (Cloud Storage, retention policy: at most 3,155,760,000 seconds)."""
VERBS = (Access.READ, Access.WRITE, Access.PRESIGN)


@dataclass(frozen=True, kw_only=True)
class LifecycleRule:
    """What happens to objects with time: moved to a colder class, or deleted."""

    after_days: int | None = None
    """Days since the object was written, 1 to 36525. By default the age does not matter; a rule about the live object needs it."""

    to_class: str | None = None
    """Moves the object to this class: `nearline`, `coldline`, `archive`. By default it is not moved."""

    delete: bool = False
    """Deletes the object. In a store with versioning the deleted object stays as an old version for `noncurrent_days`."""

    newer_versions: int | None = None
    """Acts only on old versions that have at least this many newer ones, the live object counted, 1 to 100. By default the rule is about the live object.
    On AWS `after_days` then counts from the day on which a version became old, at least one."""

    prefixes: Sequence[str] = ()
    """Only objects whose names start so. By default all."""

    suffixes: Sequence[str] = ()
    """Only objects whose names end so. By default all. Google Cloud only: rules of S3 know prefixes."""

    def problems(self, field: str, storage_class: str) -> Iterator[Problem]:
        """A rule that does nothing, two things, or what no cloud does."""
        if self.after_days is not None:
            yield from range_problem(f"{field}.after_days", self.after_days, 1, LONGEST_RETENTION, unit="days")
        if self.newer_versions is not None:
            yield from range_problem(f"{field}.newer_versions", self.newer_versions, 1, 100)
        if self.after_days is None and self.newer_versions is None:
            yield Problem(field, "must say when it acts", remedy="give after_days or newer_versions")
        yield from truth_problem(f"{field}.delete", self.delete)
        if (self.to_class is None) == (not self.delete):
            yield Problem(field, "must either delete or move to a class", remedy="give delete=True or to_class")
        if self.to_class is not None:
            colder = CLASSES[CLASSES.index(storage_class) + 1 :] if storage_class in CLASSES else CLASSES[1:]
            if self.to_class not in colder:
                choice = " or ".join(f'"{name}"' for name in colder) or "left out"
                yield Problem(f"{field}.to_class", f"must be {choice}: objects only move to a colder class than {storage_class!r}", self.to_class)
        yield from _name_list(f"{field}.prefixes", self.prefixes)
        yield from _name_list(f"{field}.suffixes", self.suffixes)


@dataclass(frozen=True, kw_only=True)
class Cors:
    """Which web pages may use the store from a browser."""

    origins: Sequence[str]
    """The pages' origins: `https://app.example.com`. There is no wildcard."""

    methods: Sequence[str] = ("GET", "HEAD")
    """What they may do. By default read; add PUT for uploads with a signed URL."""

    headers: Sequence[str] = ("Content-Type",)
    """Response headers that the page's script may see."""

    max_age: int = 3600
    """Seconds that a browser remembers the answer, 0 to 86400. By default an hour."""

    def problems(self, field: str) -> Iterator[Problem]:
        """Origins that are none, methods that do not exist, a time out of range."""
        wrong = list(list_problem(f"{field}.origins", self.origins, "origins"))
        yield from wrong
        if not wrong and not self.origins:
            yield Problem(f"{field}.origins", "must name at least one origin", remedy="for example ('https://app.example.com',)")
        for origin in () if wrong else self.origins:
            if not isinstance(origin, str) or not ORIGIN.fullmatch(origin):
                yield Problem(f"{field}.origins", "must hold exact origins, without path or wildcard", origin, "for example 'https://app.example.com'")
        wrong = list(list_problem(f"{field}.methods", self.methods, "HTTP methods"))
        yield from wrong
        for method in () if wrong else self.methods:
            yield from word_problem(f"{field}.methods", method, METHODS)
        yield from list_problem(f"{field}.headers", self.headers, "header names")
        yield from range_problem(f"{field}.max_age", self.max_age, 0, 86400, unit="seconds")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long nobody, the owner included, can delete or overwrite an object."""

    days: int
    """Days since the object was written, 1 to 36525."""

    locked: bool = False
    """Makes it final: nobody can shorten it ever again, and the store can't be deleted before its last object's time is over. By default it can be changed.
    On AWS that holds for each object from the moment it is written (Object Lock, compliance mode; else governance mode)."""

    def problems(self) -> Iterator[Problem]:
        """A time out of range."""
        yield from range_problem("retention.days", self.days, 1, LONGEST_RETENTION, unit="days")
        yield from truth_problem("retention.locked", self.locked)


@dataclass(frozen=True, kw_only=True)
class ObjectStoreArgs(Args):
    """What is kept, for how long, and who may use it from a browser."""

    versioning: bool | None = None
    """Whether an overwritten or deleted object stays as an old version. The tier decides: dev, staging and prod yes.
    Google Cloud keeps no versions while `retention` is set: it allows one of the two, and nothing can be overwritten anyway."""

    noncurrent_days: int | None = None
    """Days that an old version stays, 0 (for ever, and paid for ever) to 36525. The tier decides: dev 7, staging 30, prod 90."""

    undelete_days: int | None = None
    """Days in which a deleted object, or the whole deleted store, can be brought back: 7 to 90, or 0 (Cloud Storage, soft delete).
    The tier decides: dev 7, staging 7, prod 30. S3 has no soft delete: there a deleted object is an old version, which stays for the longer of
    `noncurrent_days` and this, a deleted store is gone, and without versioning the default is 0."""

    storage_class: str | None = None
    """`standard`, `nearline`, `coldline` or `archive`: cheaper to keep, dearer to read. The tier decides: dev, staging and prod standard.
    Buckets of S3 have no class: there a rule moves every object, to nearline after 30 days (the earliest), to the colder ones on the day it is written."""

    location: str = ""
    """Where the objects are: a region, or on Google Cloud a multi-region (`EU`, `US`). It can never change in place. By default the site's region."""

    replica_region: str = ""
    """AWS: a second region, in which S3 keeps a copy of every object that is written from then on, protected like the first. By default none.
    Google Cloud has no copies: there `location="EU"` keeps every object in more than one region."""

    lifecycle: Sequence[LifecycleRule] = ()
    """What happens to objects with time. Besides these, unfinished uploads always go after 7 days and old versions after `noncurrent_days`."""

    cors: Sequence[Cors] = ()
    """Which web pages may use the store from a browser. By default none."""

    retention: Retention | None = None
    """How long nobody can delete or overwrite an object. By default anybody with WRITE can at once.
    On AWS an object can be overwritten: its old version stays."""

    customer_key: Input[str] | None = None
    """The id of a key of your own in the cloud's key service, which objects are encrypted with (AWS: its ARN). By default the cloud's own keys encrypt them."""

    usage_logs: ObjectStore | None = None
    """The store that gets logs of every request: hourly on Google Cloud, some time later on AWS, where it must be in the same region. By default none are
    written."""

    force_destroy: bool | None = None
    """Whether destroying the store destroys the objects in it. By default only in dev.
    Never where the site protects data: True is refused there."""

    def decided(self, site: Site) -> ObjectStoreArgs:
        """A store is emptied on destroy only where nobody asked for protection; without versions S3 brings nothing back."""
        emptied = site.tier == "dev" and not site.protect if self.force_destroy is None else self.force_destroy
        lost = site.cloud == "aws" and self.versioning is False and self.undelete_days is None
        return dataclasses.replace(self, force_destroy=emptied, undelete_days=0 if lost else self.undelete_days)

    def problems(self, site: Site) -> Iterator[Problem]:
        """Numbers out of range, words that are none, rules that cannot act."""
        yield from truth_problem("versioning", self.versioning)
        yield from range_problem("noncurrent_days", self.noncurrent_days, 0, LONGEST_RETENTION, unit="days")
        if self.undelete_days != 0 or isinstance(self.undelete_days, bool):
            yield from range_problem("undelete_days", self.undelete_days, 7, 90, unit="days", remedy="or 0 to delete at once")
        yield from word_problem("storage_class", self.storage_class, CLASSES)
        if not isinstance(self.location, str):
            yield Problem("location", "must be a region or a multi-region", self.location, f"for example {site.region!r}")
        if not isinstance(self.replica_region, str):
            yield Problem("replica_region", "must be a region", self.replica_region, "for example 'eu-central-1'")
        yield from self._rule_problems()
        if self.retention is not None and not isinstance(self.retention, Retention):
            yield Problem("retention", "must be Retention(…)", self.retention)
        elif self.retention is not None:
            yield from self.retention.problems()
        if self.customer_key is not None:
            yield from text_problem("customer_key", self.customer_key, "projects/…/cryptoKeys/store")
        if self.usage_logs is not None and not isinstance(self.usage_logs, ObjectStore):
            yield Problem("usage_logs", "must be an ObjectStore", self.usage_logs)
        yield from truth_problem("force_destroy", self.force_destroy)
        if self.force_destroy is True and site.protect:
            yield Problem("force_destroy", "must be False where the site protects data", remedy="to take it down: pulumi config set groundplan:protect false")

    def _rule_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("lifecycle", self.lifecycle, "LifecycleRule(…)"))
        yield from wrong
        for position, rule in enumerate(() if wrong else self.lifecycle):
            if isinstance(rule, LifecycleRule):
                yield from rule.problems(f"lifecycle[{position}]", str(self.storage_class))
                if self.versioning is False and rule.newer_versions is not None:
                    yield Problem(f"lifecycle[{position}].newer_versions", "needs versioning", rule.newer_versions)
            else:
                yield Problem(f"lifecycle[{position}]", "must be LifecycleRule(…)", rule)
        wrong = list(list_problem("cors", self.cors, "Cors(…)"))
        yield from wrong
        for position, entry in enumerate(() if wrong else self.cors):
            if isinstance(entry, Cors):
                yield from entry.problems(f"cors[{position}]")
            else:
                yield Problem(f"cors[{position}]", "must be Cors(…)", entry)


class ObjectStoreParts(NamedTuple):
    """What every cloud's builder hands back."""

    bucket: Output[str]
    url: Output[str]
    target: dict[str, Input[str]]


class ObjectStore(Component):
    """A private bucket: never public, access by identity alone, old versions and deleted objects can be brought back.

    Nobody reads or writes it but those that a binding names, optionally only under a prefix. Unfinished uploads and old versions are cleared away.
    Outside dev it can't be destroyed while it holds objects, nor leave the program unnoticed.

    >>> ObjectStore("videos", ObjectStoreArgs(lifecycle=(LifecycleRule(after_days=30, to_class="nearline"),)))

    Idle cost: none in any tier; what is stored, per GB (Standard in a region, Google and AWS: about 0.02 USD a month; a replica doubles it).
    """

    noun: ClassVar[str] = "object_store"
    args_type: ClassVar[type[Args]] = ObjectStoreArgs

    bucket: Output[str]
    """Its name in the cloud."""
    url: Output[str]
    """Its address as the cloud's tools write it: `gs://…`, `s3://…`."""
    settings: ObjectStoreArgs
    """What it was built with, the tier's decisions included."""

    def __init__(self, name: str, args: ObjectStoreArgs | None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        args = args or ObjectStoreArgs()
        super().__init__(name, args, opts)
        self.settings = self.settled(args)
        parts: ObjectStoreParts = self.builder().build(self, self.settings)
        self.bucket, self.url, self._target = parts
        self.register_outputs({"bucket": self.bucket, "url": self.url})

    def _check(self, name: str, args: A, opts: pulumi.ResourceOptions | None = None) -> None:
        """Also what the cloud says of the bucket's name: one that is shared with the whole world has rules of its own."""
        super()._check(name, args, opts)
        problems = list(self.builder().name_problems(self))
        if problems:
            raise ArgsError("ObjectStore", name, problems)

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """`{NAME}_BUCKET`, and `{NAME}_PREFIX` where one is given; READ by default, WRITE and PRESIGN when asked for. Raises GrantError."""
        verb = one_verb("ObjectStore", self.component_name, access, VERBS)
        first = variables or variable_prefix(self.component_name)
        env: dict[str, Input[str]] = {f"{first}_BUCKET": self.bucket}
        if prefix:
            env[f"{first}_PREFIX"] = prefix
        return Connection(source=self.component_name, cloud=self.site.cloud, access=verb, env=env, grants=(self._right(verb, prefix),))

    def grant(self, principal: Principal, access: Access | None = None, *, prefix: str = "") -> None:
        """Gives a right on the store to an identity; may be called at any time and changes nothing else. Raises GrantError."""
        verb = one_verb("ObjectStore", self.component_name, access, VERBS)
        self.builder().realise(self, f"grant-{principal.label}-{verb.value}", principal, self._right(verb, prefix))

    def _right(self, verb: Access, prefix: str) -> Grant:
        if not isinstance(prefix, str) or (prefix and not PREFIX.fullmatch(prefix)):
            message = (
                f'ObjectStore "{self.component_name}": prefix must start with a letter or digit and hold letters, digits and . _ / = + - only, got {prefix!r}; '
                "for example 'uploads/'"
            )
            raise GrantError(message)
        return Grant("object_store", verb, self._target, self.component_name, prefix)


def _name_list(field: str, value: object) -> Iterator[Problem]:
    wrong = list(list_problem(field, value, "the first or last parts of objects' names"))
    yield from wrong
    for part in () if wrong else cast("Sequence[object]", value):
        if not isinstance(part, str) or not part:
            yield Problem(field, "must hold text", part, "leave the list out for all objects")
