"""Whether a container gets to its image, its secrets and its log before it starts: by the network's NAT gateway or by its endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._core.errors import Problem
from .._core.site import Site
from ..container_service import ContainerServiceArgs
from .gates import HTTPS

PUBLIC = re.compile(
    r"(?:docker\.io|public\.ecr\.aws|ghcr\.io|quay\.io|registry\.gitlab\.com|registry\.k8s\.io|mcr\.microsoft\.com|(?:[a-z]+\.)?gcr\.io|[a-z0-9-]+\.pkg\.dev)"
)
"""Registries that are on the internet and nowhere else. One of another name may stand in the network."""
ECR = re.compile(r"\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


def way_problems(args: ContainerServiceArgs, site: Site) -> Iterator[Problem]:
    """A network without a way, a service that shuts the one there is, an image that lies beyond."""
    network, ports = args.network, args.runtime.internet_ports
    if not network.nat and not network.private_services:
        remedy = "without a way to its image, its secrets and its log no container starts"
        yield Problem("network", "must have nat=True or private_services=True on AWS", network.component_name, remedy)
    elif not network.private_services and HTTPS not in ports:
        remedy = "by it a container gets its image, its secrets and its log"
        yield Problem("runtime.internet_ports", f"must hold {HTTPS} in a network without private_services=True on AWS", ports, remedy)
    elif not (network.nat and HTTPS in ports) and isinstance(args.image, str) and _beyond(args.image, site):
        remedy = f"nat=True of the network, and {HTTPS} in runtime.internet_ports, lead to others"
        yield Problem("image", f"must be in ECR in {site.region!r} or in a registry within the network", args.image, remedy)


def _beyond(image: str, site: Site) -> bool:
    """Whether the image's registry is reached by the internet only; a name without a registry is Docker Hub's."""
    head, slash, _ = image.partition("/")
    if not slash or ("." not in head and ":" not in head):
        return True
    own = ECR.fullmatch(head)
    return own[1] != site.region if own else PUBLIC.fullmatch(head) is not None
