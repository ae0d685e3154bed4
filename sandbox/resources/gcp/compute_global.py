"""What all of Google's global compute types share: id, links, fingerprint, refusals while in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...kind import Call, Failure, Kind, Properties, Reference
from .formats import check_labels, named
from .lifecycle import busy, deletes, deletion
from .names import digest, identity, imported, kept, project, self_link, users


def _stamped(call: Call, path: str, stamps: tuple[str, ...]) -> Properties:
    """The marks of its age and state that the type carries."""
    every = {
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "fingerprint": digest(path, call.inputs)[:12],
        "labelFingerprint": digest(path, call.inputs.get("labels"))[:12],
    }
    return {stamp: every[stamp] for stamp in stamps}


def _unless_used(noun: str, used_by: Mapping[str, tuple[str, ...]]) -> Callable[[Call], None]:
    """Refuses the deletion of what another thing refers to."""

    def delete(call: Call) -> None:
        for user in users(call, used_by):
            raise busy(call, noun, user.id)

    return delete


def global_kind(
    token: str,
    collection: str,
    resource: str,
    noun: str,
    replaces: frozenset[str],
    *,
    used_by: Mapping[str, tuple[str, ...]] | None = None,
    outputs: Callable[[Call], Properties] = lambda _call: {},
    defaults: Properties | None = None,
    check: Callable[[Call], Iterator[Failure]] = named,
    refuse: Callable[[Call], None] = check_labels,
    references: tuple[Reference, ...] = (),
    stamps: tuple[str, ...] = ("creationTimestamp", "fingerprint"),
) -> Kind:
    """A compute type that lies in `projects/P/global/<collection>`."""
    template = f"projects/{{project}}/global/{collection}/{{name}}"

    def computed(call: Call) -> Properties:
        path = identity(template)(call)
        return {"project": project(call), "selfLink": self_link(path), **_stamped(call, path, stamps), **outputs(call)}

    return Kind(
        token=token,
        identify=identity(template),
        outputs=computed,
        defaults=lambda _call: dict(defaults or {}),
        check=check,
        replaces=replaces | {"name", "project"},
        taken=f"Error creating {token.rsplit(':', 1)[-1]}: googleapi: Error 409: The resource '{{id}}' already exists, alreadyExists",
        references=references,
        api="compute.googleapis.com",
        create=refuse,
        update=refuse,
        delete=deletion(resource, _unless_used(noun, used_by or {})),
        deleted=deletes,
        volatile=frozenset(stamps) - {"creationTimestamp"},
        import_id=imported(template),
    )
