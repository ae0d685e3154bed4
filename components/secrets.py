"""Secrets: values that are kept apart from the program, each readable only by what is bound to it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

import pulumi
from pulumi import Input, Output

from ._core.checks import key_problem, list_problem, range_problem, unknown, word_problem
from ._core.component import Args, Component
from ._core.connection import Access, Connection, Grant, Principal, SecretRef, one_verb, variable_prefix
from ._core.errors import GrantError, Problem
from ._core.site import AWS_REGION, GCP_REGION, Site

SECRET_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""What one secret may be called: it becomes part of names on every cloud, as a component's name does."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LARGEST = 65536
"""Bytes: the largest value (Google Secret Manager: 64 KiB; AWS Secrets Manager: 64 KiB)."""
SHORTEST_GENERATED = 16
LONGEST_GENERATED = 1024
LONGEST_DELAY = 1000
"""Days (Secret Manager, version_destroy_ttl: a day to 1000 days)."""


@dataclass(frozen=True, kw_only=True)
class SecretsArgs(Args):
    """Which secrets there are and where their values come from."""

    generated: Mapping[str, int] = field(default_factory=dict)
    """Name → length, 16 to 1024 letters and digits: made at random when the secret is made, and made anew when the length changes."""

    supplied: Mapping[str, Input[str]] = field(default_factory=dict)
    """Name → value, from `pulumi.Config().require_secret(…)` or another resource; a changed value becomes a new version.
    Plain text in the program is refused."""

    external: Sequence[str] = ()
    """Names of shells that somebody fills outside of Pulumi, which never reads or reverts the value. A service bound to one starts only after it is filled."""

    replication: Literal["regional", "automatic"] = "regional"
    """Where values are kept: in the site's region and `replicas` only, or wherever the cloud likes (Google Cloud only: on AWS every region is named). On
    Google Cloud it can never change in place. By default regional."""

    replicas: Sequence[str] = ()
    """Further regions that keep a copy, with `regional`. Only on AWS can they change in place. By default none."""

    customer_key: Input[str] | None = None
    """The id (on AWS the ARN) of a key of your own, in the site's region, which values are encrypted with; readers get the right to decrypt with it where
    the cloud asks them for it (AWS). By default the cloud's own keys encrypt them."""

    destroy_days: int | None = None
    """Days in which what is gone can be brought back, or 0. On Google Cloud a replaced or removed version, 1 to 1000 days; on AWS a deleted secret, 7 to 30
    days, in which it holds its name (of a replaced value AWS keeps the one before, for as long as no third one comes). The tier decides: dev 0, staging 7,
    prod 30."""

    def names(self) -> list[str]:
        """Every secret there is."""
        return [*self.generated, *self.supplied, *self.external]

    def decided(self, site: Site) -> SecretsArgs:
        """Supplied values are secret from here on, also those that another resource hands over in plain."""
        del site
        if not isinstance(self.supplied, Mapping):
            return self
        return dataclasses.replace(self, supplied={name: Output.secret(value) if unknown(value) else value for name, value in self.supplied.items()})

    def problems(self, site: Site) -> Iterator[Problem]:
        """Names that are none or stand twice, values in plain text, lengths and regions that cannot be."""
        wrong = [
            *_mapping_problem("generated", self.generated, "name → length"),
            *_mapping_problem("supplied", self.supplied, "name → value"),
            *list_problem("external", self.external, "names"),
        ]
        yield from wrong
        if not wrong:
            yield from self._name_problems()
            for name, length in self.generated.items():
                yield from range_problem(f"generated[{name!r}]", length, SHORTEST_GENERATED, LONGEST_GENERATED, unit="letters and digits")
            for name, value in self.supplied.items():
                if not unknown(value):
                    yield Problem(
                        f"supplied[{name!r}]",
                        "must not stand in the program in plain text",
                        remedy=f'use pulumi.Config().require_secret("{name}"), set with: pulumi config set --secret {name}',
                    )
        yield from word_problem("replication", self.replication, ("regional", "automatic"))
        yield from self._replica_problems(site)
        yield from key_problem(self.customer_key, site.cloud, "secrets")
        if self.customer_key is not None and self.replicas:
            yield Problem("customer_key", "must stand alone: a key encrypts in its own region only", remedy="leave replicas out")
        if self.destroy_days != 0 or isinstance(self.destroy_days, bool):
            yield from range_problem("destroy_days", self.destroy_days, 1, LONGEST_DELAY, unit="days", remedy="or 0 to destroy at once")

    def _name_problems(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for field_name, names in (("generated", self.generated), ("supplied", self.supplied), ("external", self.external)):
            for name in names:
                if not isinstance(name, str) or not SECRET_NAME.fullmatch(name):
                    yield Problem(field_name, "must hold names of 1 to 40 of a-z, 0-9 and hyphens that start with a letter", name, "for example 'jwt'")
                elif name in seen:
                    yield Problem(field_name, "must not name a secret that is already there", name)
                else:
                    seen.add(name)
        if not seen and not self.names():
            yield Problem("generated, supplied and external", "must name at least one secret", remedy='for example generated={"jwt": 64}')

    def _replica_problems(self, site: Site) -> Iterator[Problem]:
        wrong = list(list_problem("replicas", self.replicas, "regions"))
        yield from wrong
        if wrong:
            return
        if self.replicas and self.replication == "automatic":
            yield Problem("replicas", 'needs replication="regional"', list(self.replicas))
        pattern = GCP_REGION if site.cloud == "gcp" else AWS_REGION
        for region in self.replicas:
            if not isinstance(region, str) or not pattern.fullmatch(region):
                yield Problem("replicas", "must hold region names", region, f"for example {site.region!r}")
        if len({site.region, *self.replicas}) != 1 + len(self.replicas):
            yield Problem("replicas", f"must hold each region once, besides the site's own {site.region!r}", list(self.replicas))


class SecretsParts(NamedTuple):
    """What every cloud's builder hands back: name → id in the cloud, which is there once the value is."""

    ids: Mapping[str, Output[str]]
    key: Input[str] | None = None
    """The customer's own key, where a reader needs a right on the key too (AWS)."""


class Secret:
    """One secret of a `Secrets`: what others are bound to. Made by `secrets["name"]`."""

    name: str
    """Its name in our words."""
    id: Output[str]
    """Its name in the cloud (on AWS the ARN)."""

    def __init__(self, owner: Secrets, name: str, ref: SecretRef) -> None:
        self._owner = owner
        self._ref = ref
        self.name = name
        self.id = Output.from_input(ref.name)

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """The variable `{NAME}`, or exactly the one that `variables` says; READ is all there is. Raises GrantError."""
        verb = one_verb("Secret", self.label, access, (Access.READ,))
        variable = variables or variable_prefix(self.name)
        if prefix:
            message = f'Secret "{self.label}": takes no prefix, got {prefix!r}; say the variable with variables='
            raise GrantError(message)
        if not VARIABLE.fullmatch(variable):
            message = f'Secret "{self.label}": variables must be the name of one environment variable, got {variable!r}'
            raise GrantError(message)
        return Connection(source=self.label, cloud=self._owner.site.cloud, access=verb, secrets={variable: self._ref})

    def grant(self, principal: Principal, access: Access | None = None) -> None:
        """Gives an identity the right to read this one; may be called at any time and changes nothing else. Raises GrantError."""
        verb = one_verb("Secret", self.label, access, (Access.READ,))
        right = Grant("secret", verb, self._ref.target(self._owner.site.project), self.label)
        self._owner.builder().realise(self._owner, f"{self.name}-grant-{principal.label}", principal, right)

    @property
    def label(self) -> str:
        """Its name within the stack: `{component}-{name}`."""
        return self._owner.logical(self.name)


class Secrets(Component):
    """Secrets by name: no value in an output or in a variable's plain text, and one right to read per secret and reader.

    A value is generated, supplied from the stack's encrypted configuration, or filled in by hand into an empty shell that Pulumi never looks into.
    Outside dev they are protected, and a replaced version can be brought back for a while.

    >>> secrets = Secrets("secrets", SecretsArgs(generated={"jwt": 64}, external=("smtp",)))
    >>> connect(secrets["jwt"], variables="JWT_SECRET")

    Idle cost in every tier: Google Cloud 0.06 USD a month per version and replica, AWS 0.40 USD a month per secret and replica.
    """

    noun: ClassVar[str] = "secrets"
    args_type: ClassVar[type[Args]] = SecretsArgs

    ids: Mapping[str, Output[str]]
    """Name → id in the cloud (on AWS the ARN)."""

    def __init__(self, name: str, args: SecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        parts: SecretsParts = self.builder().build(self, self.settled(args))
        self.ids, self._key = parts.ids, parts.key
        self.register_outputs({"ids": dict(parts.ids)})

    def __getitem__(self, name: str) -> Secret:
        """The secret of that name. Raises GrantError where there is none."""
        if name not in self.ids:
            message = f'Secrets "{self.component_name}": has no secret {name!r}, only {", ".join(repr(known) for known in self.ids)}'
            raise GrantError(message)
        return Secret(self, name, SecretRef(self.ids[name], key=self._key))


def _mapping_problem(field_name: str, value: object, what: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(field_name, f"must be a mapping {what}", value)
