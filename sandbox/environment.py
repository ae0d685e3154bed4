"""The environment that a command gets inside the sandbox: its own engine state, our provider ports, no way to a real account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "GROUNDPLAN_SANDBOX"
"""Where the sandbox's folder is told, to us and to the command."""
ACTIVE = "GROUNDPLAN_SANDBOX_PROVIDERS"
"""Set inside a sandbox only: the ports that answer."""
CHECKPOINTS = "GROUNDPLAN_SANDBOX_CHECKPOINTS"
"""0 leaves out the engine's checkpoint after every step: faster, and a killed command leaves things that no state knows. For tests and measurements."""
PROVIDERS = "PULUMI_DEBUG_PROVIDERS"
BACKEND = "PULUMI_BACKEND_URL"

_STRIPPED = ("AWS_", "GOOGLE_", "CLOUDSDK_", "GCLOUD_", "CLOUDFLARE_", "CF_", "ARM_", "AZURE_", "KUBE_")
_STRIPPED_WHOLE = frozenset({"KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_CREDENTIALS_PATH", "GCE_METADATA_HOST"})


def is_credential(name: str) -> bool:
    """Whether a variable may lead to a real account."""
    return name in _STRIPPED_WHOLE or name.startswith(_STRIPPED)


def backend(folder: Path) -> str:
    """The only state backend that the sandbox uses."""
    return (folder / "state").as_uri()


def prepared(outside: Mapping[str, str], folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """The command's environment."""
    inside = {name: value for name, value in outside.items() if not is_credential(name)}
    providers = ",".join(f"{package}:{port}" for package, port in ports.items())
    nowhere = str(folder / "nowhere")
    inside |= {
        FOLDER: str(folder),
        ACTIVE: providers,
        PROVIDERS: providers,
        BACKEND: backend(folder),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_CONFIG": nowhere,
        "NO_GCE_CHECK": "true",
        "KUBECONFIG": os.devnull,
    }
    if "PULUMI_CONFIG_PASSPHRASE_FILE" not in inside:
        inside.setdefault("PULUMI_CONFIG_PASSPHRASE", "")
    inside.pop("PULUMI_SKIP_CHECKPOINTS", None)
    if outside.get(CHECKPOINTS) == "0":
        inside["PULUMI_SKIP_CHECKPOINTS"] = "true"
    return inside
