"""What the reference application's bindings may do and reach, as the components' pages list it: `python -m tests.docs.rights` writes it anew."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.components.reference import reference
from tests.components.world import Registered, World

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "components"
TIER = "prod"
BEGIN, END = "<!-- rights: written by python -m tests.docs.rights -->", "<!-- end of rights -->"
CLOUDS = {"gcp": "Google Cloud", "aws": "AWS"}
SERVICES = ("api", "sync")

TOPICS = {
    "database": ("cloudsql", "rds-db", "db-5432", "db-"),
    "cache": ("memorystore", "elasticache", "sessions-6"),
    "object_store": ("roles/storage", "serviceAccountTokenCreator", "s3:"),
    "secrets": ("secretmanager", "secretsmanager"),
    "registry": ("artifactregistry", "ecr:"),
}
"""Page → what a right or a path about it holds. What is about none of them is the container service's own."""


def statements(resource: Registered) -> Iterator[str]:
    """A role's inline policy, a line a statement."""
    policy = resource.inputs.get("policy")
    if isinstance(policy, str):
        for statement in json.loads(policy)["Statement"]:
            condition = f" when `{json.dumps(statement['Condition'], sort_keys=True)}`" if "Condition" in statement else ""
            actions = ", ".join(f"`{action}`" for action in statement["Action"])
            yield f"{statement['Effect'].lower()} {actions} on {', '.join(f'`{_named(on)}`' for on in statement['Resource'])}{condition}"


def _named(arn: str) -> str:
    return arn.replace("123456789012", "ACCOUNT")


def _roles(world: World) -> Iterator[tuple[str, str]]:
    for resource in sorted(world.resources, key=lambda each: each.name):
        role = resource.inputs.get("role")
        if "Member" in resource.type and "iam" in resource.type.lower() and isinstance(role, str):
            condition = " under a condition that names it" if "condition" in resource.inputs else ""
            yield resource.name, f"`{role}`{condition}"
        if resource.type == "aws:iam/rolePolicy:RolePolicy" and resource.name.split("-")[0] in SERVICES:
            yield from ((resource.name, line) for line in statements(resource))


def _paths(world: World) -> Iterator[tuple[str, str]]:
    for resource in sorted(world.resources, key=lambda each: each.name):
        inputs = resource.inputs
        if resource.type == "gcp:compute/firewall:Firewall" and "allows" in inputs:
            ports = ", ".join(port for allowed in inputs["allows"] for port in allowed.get("ports", ()))
            yield resource.name, f"{inputs['direction'].lower()} tcp {ports} from the service's tag to the target's address"
        if resource.type.startswith("aws:vpc/securityGroup") and resource.name.split("-")[0] in SERVICES:
            way = "out of" if "Egress" in resource.type else "into"
            other = inputs.get("cidrIpv4") or inputs["referencedSecurityGroupId"]
            yield resource.name, f"tcp {inputs['fromPort']} {way} `{inputs['securityGroupId']}`, {'to' if way == 'out of' else 'from'} `{other}`"


def _about(page: str, name: str, line: str) -> bool:
    def holds(words: tuple[str, ...]) -> bool:
        return any(word in line or word in name for word in words)

    if page in TOPICS:
        return holds(TOPICS[page])
    return not any(holds(words) for words in TOPICS.values())


def section(page: str) -> str:
    """The list for one page."""
    lines = [BEGIN, ""]
    for cloud, title in CLOUDS.items():
        world = reference(TIER, cloud=cloud)
        found = [(name, line) for name, line in (*_roles(world), *_paths(world)) if _about(page, name, line)]
        lines += [f"On {title}:", "", *(f"- `{name}`: {line}" for name, line in found), ""] if found else [f"On {title}: nothing.", ""]
    return "\n".join([*lines, END])


def pages() -> list[Path]:
    """The pages that hold a list."""
    return sorted(path for path in PAGES.glob("*.md") if BEGIN in path.read_text(encoding="utf-8"))


def fresh(path: Path) -> str:
    """The page with its list as it should be."""
    text = path.read_text(encoding="utf-8")
    return re.sub(re.escape(BEGIN) + r".*?" + re.escape(END), lambda _: section(path.stem), text, flags=re.DOTALL)


def main() -> None:
    """Write every page's list."""
    for path in pages():
        path.write_text(fresh(path), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
