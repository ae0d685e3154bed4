"""The `deletionPolicy` that every Google type takes, and references into projects that this cloud does not hold."""

from __future__ import annotations

from collections.abc import Callable

from ...kind import Call, Reference, Refusal
from .names import relative, segment, stands, text

NOT_FOUND = "googleapi: Error 404: The resource '{value}' was not found, notFound"


def policy(call: Call) -> str:
    """DELETE, PREVENT or ABANDON: the resource's, else the provider's, else DELETE."""
    inputs = call.old.inputs if call.old is not None else call.inputs
    return str(inputs.get("deletionPolicy") or call.config.get("deletionPolicy") or "DELETE")


def deletes(call: Call) -> bool:
    """Whether a delete reaches the cloud."""
    return policy(call) != "ABANDON"


def deletion(resource: str, refuse: Callable[[Call], None] | None = None) -> Callable[[Call], None]:
    """The delete of a type that Terraform calls `resource`: refused by policy first, then by the cloud, unless it is abandoned."""

    def delete(call: Call) -> None:
        if policy(call) == "PREVENT":
            message = f'cannot destroy {resource} without setting deletion_policy="DELETE" and running `pulumi up`'
            raise Refusal(message)
        if refuse is not None and deletes(call):
            refuse(call)

    return delete


def elsewhere(types: tuple[str, ...]) -> Callable[[Call, str], bool]:
    """Whether a value lies in a project of which this cloud holds nothing of these types."""

    def foreign(call: Call, value: str) -> bool:
        owner = segment(relative(value), "projects")
        if not owner or owner == (text(call.inputs.get("project")) or call.config.get("project")):
            return False
        return not any(segment(record.id, "projects") == owner for type_ in types for record in call.cloud.find(type_))

    return foreign


def reference(path: str, *types: str, by: tuple[str, ...] = ("id", "selfLink", "name"), message: str = NOT_FOUND, holds: bool = True) -> Reference:
    """An input that must name something of these types, unless it lies in a project that is not ours."""
    return Reference(path=path, types=types, by=by, message=message, foreign=elsewhere(types), holds=holds)


def network_reference(path: str = "network", *, holds: bool = True) -> Reference:
    """A network; every new project has one that is called `default`."""
    types = ("gcp:compute/network:Network",)
    other = elsewhere(types)

    def foreign(call: Call, value: str) -> bool:
        return value.rsplit("/", 1)[-1] == "default" or other(call, value)

    return Reference(path=path, types=types, message=NOT_FOUND, foreign=foreign, holds=holds)


def busy(call: Call, what: str, user: str) -> Refusal:
    """The refusal of a delete while something else uses the thing."""
    return Refusal(f"googleapi: Error 400: The {what} resource '{stands(call).id}' is already being used by '{user}', resourceInUseByAnotherResource")
