"""A docstring closes a list of values, or makes a change a replacement, only where it says so plainly."""

from __future__ import annotations

import pytest

from sandbox.schema import docs


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The mode.\nDefault value is `A`.\nPossible values are: `A`, `B`.", ("A", "B")),
        ("Each value may be one of: `A`, `B`, `C`.", ("A", "B", "C")),
        ('The kind.\nAvailable values: "dns", "l4".', ("dns", "l4")),
        ("Valid values: `standard`, `unlimited`.", ("standard", "unlimited")),
        ("Valid values are `A` and `B`. Defaults to `A`.", ("A", "B")),
        ("Valid Values: `A` | `B` | `C`", ("A", "B", "C")),
        ("Valid values are: `a | b`", ("a", "b")),
        ("Valid values `OFF`, `INFO` and `TRACE`.", ("OFF", "INFO", "TRACE")),
        ("Valid values are `on` (default) or `off`.", ("on", "off")),
        ("Valid values are `S` (string), `N` (number), or `B` (binary).", ("S", "N", "B")),
        ('One of `"pd-ssd"` or `"pd-standard"`. Defaults to `"pd-standard"`.', ("pd-ssd", "pd-standard")),
        ("Must be one of 'x', 'y', or 'z'.", ("x", "y", "z")),
        ("The value must be one of: `A`, `B`.", ("A", "B")),
        ('The update type. Can be "RollingUpdate" or "OnDelete". Default is RollingUpdate.', ("RollingUpdate", "OnDelete")),
        ("Either `A` or `B`.", ("A", "B")),
        ("The tier. Possible values: TIER_1, DEFAULT", ("TIER_1", "DEFAULT")),
        ('The edition. Possible values: ["A", "B"]', ("A", "B")),
        ("The fsync mode.\nPossible values:\nNEVER\nEVERY_SEC\nALWAYS", ("NEVER", "EVERY_SEC", "ALWAYS")),
        ("The host.\nPossible values:\nFQDN\nIP\n\nSee the manual.", ("FQDN", "IP")),
        ("The policy.\nSupported values are:\n* `A`: the first, which\ngoes on here.\n* `B`: the second.", ("A", "B")),
        ("The base. Possible values are:\n- IPV4: Points to the header.\n- TCP: Points further.", ("IPV4", "TCP")),
        ("Must be one of these values:\n- A: one\n- B: two\nDefault value is `A`.\nPossible values are: `A`, `B`.", ("A", "B")),
        ("Supported values: `OPTIONAL`, `REQUIRED`. Supported values: `REQUIRED`, `OPTIONAL`.", ("OPTIONAL", "REQUIRED")),
        ("The mode. Valid values: `A` (not for SQL Server), `B`.", ("A", "B")),
    ],
)
def test_a_closed_list_is_read(text: str, values: tuple[str, ...]) -> None:
    """In every form that the SDKs' authors use for one."""
    assert docs.read(text, "mode").values == values


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The name of the thing.",
        "The zone, such as `us-a` or `us-b`.",
        "Valid values are, for example, `A` and `B`.",
        "Valid values are `A`, `B`, etc.",
        "Valid values are `A`, `B` and any other that the API knows.",
        "Possible values include `A`, `B`.",
        "Valid values: `A`, `B`. Other supported values are `C`.",
        "Valid values are `A` and `B`. See the manual for a full list.",
        "Valid values are `A`, `B`. For other values, see the manual.",
        "Valid values: `A`, `B`. The comparison is case-insensitive.",
        "If `kind` is `X`, valid values are `A` and `B`.",
        "Valid values for `other` are `A` and `B`.",
        "When used with X, the possible values are `A`, `B`.",
        "Valid values are `A` for HTTP APIs and `B` for others.",
        "Valid values are between `1` and `100`.",
        "Valid values: `1` - `100`.",
        "Valid values: `1` to `100`.",
        "Valid values are `2XX`, `4XX` or `5XX`.",
        "Valid values: `deny(<status>)`, `allow`.",
        "Valid values are `*`, `GET` and `PUT`.",
        "Valid values are `A`, `B`, or a valid ARN.",
        "Valid values for X are `A`. Valid values: `B`, `C`. Valid values: `C`, `D`.",
        "One of `url` or `service` must be given.",
        "Either `mode` or `other` may be set.",
        "Only one of `a` or `b` may be set.",
        "Exactly one of `a` or `b` must be set.",
        "Valid values: `mode`, `other`.",
        "A comma-separated list. Valid values are `A` and `B`.",
        "The ARN of the role.\n- `output.format` - (Required) The format. Valid values are `CSV` and `TEXT`.",
        'Valid values are:\n\n- "Allow" (default): allows; - "Forbid": forbids.',
        'Possible values are:\n- A tool\'s full name, which runs it.\n- A system action, such as "exit".',
        "Valid values are:\n- `A`: the one that is told apart here.\nThe others are named by the service.",
        "A name or URL. For example, the following are\nvalid values:\n* `global/disks/a`\n* `disks/a`",
        "Where it comes from. Valid values are `https://a` and `https://b`.",
        "Possible values:\nAPI Gateway: apigateway.googleapis.com",
        "Possible values:\nAUTH_DISABLED\nIAM_AUTH.\nTOKEN_AUTH is also supported in the beta provider.",
        "(Output)\nThe state.\nPossible values:\nACTIVE\nGONE",
        'The expression to match devices. Available values: "identity.name", "identity.email".',
        "Defaults to `A`.",
    ],
)
def test_an_open_list_closes_nothing(text: str) -> None:
    """Examples, conditions, ranges, patterns, other fields, lists that go on elsewhere."""
    assert docs.read(text, "mode").values == ()


@pytest.mark.parametrize(
    "text",
    [
        "The location. Changing this forces a new resource to be created.",
        "Changing this creates a new resource.",
        "Changing this will force Terraform to create a new resource.",
        "Changing this will create a new resource.",
        "Changing this value will re-create the resource.",
        "Changing `name` will create a new resource.",
        "Changing this forces a new interface to be created.",
        "Changing it recreates the resource.",
        "Forces replacement.",
        "Forces new resource.",
        "Forces replacement if changed.",
        "Modifying this field after creation will trigger recreation.",
        "The field is immutable and causes resource replacement when mutated.",
        "Arbitrary map of values that, when changed, will trigger recreation of resource.",
        "In Terraform, this value cannot be updated and changing it will recreate the resource.",
    ],
)
def test_a_change_that_replaces_is_read(text: str) -> None:
    """In every form that the SDKs' authors use for it."""
    assert docs.read(text, "name").replaces


@pytest.mark.parametrize(
    "text",
    [
        "The name.",
        "Changing this after the pool is used may recreate it.",
        "If `kind` is X, changing this forces a new resource.",
        "Changing this from `A` to `B` forces a new resource.",
        "Changing this forces a new resource unless `force` is set.",
        "Changing this forces a new project to be created. Changing\nthis forces the project to be migrated.",
        "Changing this updates the thing in-place; changing the other forces a new resource.",
        "The template will be used to create a new resource.",
        "How an unhealthy machine is replaced.",
        "Whether a new resource is created for each.",
    ],
)
def test_a_change_under_a_condition_replaces_nothing(text: str) -> None:
    """Nor does a word that merely sounds so."""
    assert not docs.read(text, "name").replaces


def test_the_google_providers_sentence_makes_a_secret() -> None:
    """Nested secrets leave no other trace in an SDK."""
    assert docs.read("The key.\n**Note**: This property is sensitive and will not be displayed in the plan.", "key").secret
    assert docs.read("(Output)\nThe hash.\n**Note**: This property is sensitive and will not be displayed in the plan.", "key").secret
    assert not docs.read("A key that is sensitive to case.", "key").secret
