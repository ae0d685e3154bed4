"""The engine's versions: the one place, with which cli/go.mod and host/go.mod agree."""

from __future__ import annotations

ENGINE = "3.220.0"
"""The command line. From 3.225 on it starts Python policy packs through a newer host than the proxy serves."""

HOST = "3.79.0"
"""The Python language host of a built engine. From sdk 3.80 on it lives in a module that the Go module proxy does not serve."""

MINIMUM = (3, 200, 0)
"""The oldest engine on PATH that is used: it has the options and provider calls that the sandbox stands on."""
