"""Inputs are refused where the real providers refuse them, in their words, all at once, at any depth; what they tolerate passes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kind import UNKNOWN, Failure
from sandbox.schema import Property, Schemas, Type, TypeSchema, failures
from sandbox.schema.check import SIGNATURE

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SSL_MODES = '["ALLOW_UNENCRYPTED_AND_ENCRYPTED" "ENCRYPTED_ONLY" "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]'
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"}
OUTPUT = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
RESOURCE = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:pulumi:dev::app::gcp:kms/cryptoKey:CryptoKey::key", "id": "k"}
ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "hello"}
ARCHIVE = {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "path": "./code"}


def refused(schemas: Schemas, token: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and reason of each failure."""
    schema = schemas.resource(token)
    assert schema is not None
    return [(failure.path, failure.reason) for failure in failures(schema, inputs)]


def test_a_whole_and_right_input_passes(schemas: Schemas) -> None:
    """Nested objects, lists, maps, enumerations, the engine's own keys."""
    inputs = {
        "databaseVersion": "POSTGRES_16",
        "region": "europe-west1",
        "deletionProtection": True,
        "settings": {
            "tier": "db-custom-2-8192",
            "ipConfiguration": {"ipv4Enabled": False, "privateNetwork": "projects/p/global/networks/n", "sslMode": "ENCRYPTED_ONLY"},
            "databaseFlags": [{"name": "log_connections", "value": "on"}],
            "userLabels": {"team": "core"},
        },
        "__defaults": ["deletionProtection"],
        "__internal": {"x": 1},
    }
    assert refused(schemas, SQL, inputs) == []


def test_everything_is_told_at_once(schemas: Schemas) -> None:
    """In the order of the inputs; what is missing in an object comes after what is wrong in it."""
    inputs = {
        "selfLink": "https://…",
        "databaseVersion": [],
        "settings": {
            "teir": "db-f1-micro",
            "ipConfiguration": {"sslMode": "WRONG", "authorizedNetworks": [{"name": "office", "value": "1.2.3.0/24"}, {"name": "home"}]},
            "databaseFlags": "log_connections=on",
        },
    }
    assert refused(schemas, SQL, inputs) == [
        ("selfLink", "'selfLink' is an output; it can't be set"),
        ("databaseVersion", "Incorrect attribute value type: expected string, got list"),
        ("settings.teir", "Invalid or unknown key; did you mean 'tier'?"),
        (
            "settings.ipConfiguration.sslMode",
            f"expected settings.0.ip_configuration.0.ssl_mode to be one of {SSL_MODES}, got WRONG",
        ),
        ("settings.ipConfiguration.authorizedNetworks[1].value", "Missing required property 'settings.ipConfiguration.authorizedNetworks[1].value'"),
        ("settings.databaseFlags", 'Attribute must be a list: expected list of object, got string "log_connections=on"'),
        ("settings.tier", "Missing required property 'settings.tier'"),
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("autoCreateSubnetwork", "; did you mean 'autoCreateSubnetworks'?"),
        ("auto_create_subnetworks", "; did you mean 'autoCreateSubnetworks'? Names are in camelCase here"),
        ("AUTOCREATESUBNETWORKS", "; did you mean 'autoCreateSubnetworks'?"),
        ("xyzzy", ""),
    ],
)
def test_an_unknown_key_gets_the_nearest_name(schemas: Schemas, name: str, hint: str) -> None:
    """And none where none is near."""
    assert refused(schemas, "gcp:compute/network:Network", {name: False}) == [(name, f"Invalid or unknown key{hint}")]


def test_an_unknown_key_with_odd_characters_is_quoted_in_its_path(schemas: Schemas) -> None:
    """As the engine spells property paths."""
    (found,) = refused(schemas, "gcp:compute/network:Network", {'a "b".c': 1})
    assert found[0] == '["a \\"b\\".c"]'
    (nested,) = refused(schemas, "gcp:storage/bucket:Bucket", {"location": "EU", "labels": {"a.b": []}})
    assert nested[0] == 'labels["a.b"]'


@pytest.mark.parametrize("missing", [{}, {"location": None}, {"location": {**SECRET, "value": None}}])
def test_null_is_missing(schemas: Schemas, missing: dict[str, Any]) -> None:
    """The engine sends null where a program gave None."""
    assert refused(schemas, "gcp:storage/bucket:Bucket", missing) == [("location", "Missing required property 'location'")]


@pytest.mark.parametrize("unknown", [UNKNOWN, {**SECRET, "value": UNKNOWN}, dict(OUTPUT), {**OUTPUT, "value": UNKNOWN, "secret": True}])
@pytest.mark.parametrize("path", ["settings", "settings.tier", "settings.ipConfiguration", "settings.databaseFlags", "databaseVersion"])
def test_what_is_not_known_yet_passes_everywhere(schemas: Schemas, unknown: object, path: str) -> None:
    """Strings, objects, lists: whole or in part."""
    inputs: dict[str, Any] = {"databaseVersion": "POSTGRES_16", "settings": {"tier": "db-f1-micro"}}
    place = inputs
    *parents, last = path.split(".")
    for name in parents:
        place = place[name]
    place[last] = unknown
    assert refused(schemas, SQL, inputs) == []


def test_an_unknown_item_of_a_list_passes(schemas: Schemas) -> None:
    """Beside one that is wrong."""
    inputs = {"databaseVersion": "POSTGRES_16", "settings": {"tier": "x", "databaseFlags": [UNKNOWN, {"name": UNKNOWN, "value": UNKNOWN}, {"name": "a"}]}}
    assert [path for path, _ in refused(schemas, SQL, inputs)] == ["settings.databaseFlags[2].value"]


def _type(kind: str, **parts: Any) -> Type:
    return Type(kind, **parts)  # type: ignore[arg-type] # a test names kinds freely


def _schema(type_: Type, *, token: str = "gcp:test/thing:Thing", **parts: Any) -> TypeSchema:
    return TypeSchema(token=token, inputs={"one": Property(name="one", type=type_, snake="one", **parts)}, outputs={})


CONVERTED: dict[str, tuple[object, ...]] = {
    "string": ("", "text", True, False, 0, 8080, 1.5, RESOURCE),
    "boolean": (True, False, "true", "false"),
    "integer": (0, -3, 8080, 3.0, "3", "-3"),
    "number": (0, 1.5, "1.5", "-2", 10**20),
    "any": ("x", [], {}, [{}], RESOURCE),
    "asset": (ASSET, ARCHIVE),
    "object": (RESOURCE,),
    "list": (RESOURCE,),
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in CONVERTED.items() for value in values])
def test_what_the_bridge_converts_passes(kind: str, value: object) -> None:
    """Numbers as strings, booleans as words, whole floats for integers, scalars for strings."""
    assert failures(_schema(_type(kind)), {"one": value}) == []


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("string", ["a"], "Incorrect attribute value type: expected string, got list"),
        ("string", {"a": 1}, "Incorrect attribute value type: expected string, got object"),
        ("string", ASSET, "Incorrect attribute value type: expected string, got asset"),
        ("boolean", "yes", 'Incorrect attribute value type: expected boolean, got string "yes"'),
        ("boolean", 1, "Incorrect attribute value type: expected boolean, got number 1"),
        ("integer", 1.5, "Incorrect attribute value type: expected integer, got number 1.5"),
        ("integer", "many", 'Incorrect attribute value type: expected integer, got string "many"'),
        ("integer", "1e400", 'Incorrect attribute value type: expected integer, got string "1e400"'),
        ("integer", True, "Incorrect attribute value type: expected integer, got boolean true"),
        ("integer", "nan", 'Incorrect attribute value type: expected integer, got string "nan"'),
        ("number", "", 'Incorrect attribute value type: expected number, got string ""'),
        ("number", False, "Incorrect attribute value type: expected number, got boolean false"),
        ("asset", "./code.zip", 'Incorrect attribute value type: expected asset, got string "./code.zip"'),
        ("list", "a", 'Attribute must be a list: expected list of string, got string "a"'),
        ("list", {"a": "b"}, "Attribute must be a list: expected list of string, got object"),
        ("map", "a", 'Attribute must be a map: expected map of string, got string "a"'),
        ("map", ["a"], "Attribute must be a map: expected map of string, got list"),
        ("map", ASSET, "Attribute must be a map: expected map of string, got asset"),
        ("object", ["a"], "Expected Object Type: expected object, got list"),
    ],
)
def test_a_wrong_type_names_what_was_expected_and_what_was_given(kind: str, value: object, reason: str) -> None:
    """The value too, where it is short of being a secret."""
    type_ = _type(kind, element=Type("string")) if kind in {"list", "map"} else _type(kind, properties={} if kind == "object" else None)
    assert failures(_schema(type_), {"one": value}) == [Failure("one", reason)]


def test_a_union_takes_any_of_its_options_and_tells_the_nearest_mistake() -> None:
    """An object that is nearly right is told what is wrong in it, not that it is no string."""
    inner = Type("object", properties={"port": Property(name="port", type=Type("integer"), required=True, snake="port")})
    schema = _schema(Type("union", options=(Type("string"), inner)))
    assert failures(schema, {"one": "http"}) == []
    assert failures(schema, {"one": {"port": 80}}) == []
    assert failures(schema, {"one": {"port": "x"}}) == [Failure("one.port", 'Incorrect attribute value type: expected integer, got string "x"')]
    assert failures(schema, {"one": []}) == [Failure("one", "Incorrect attribute value type: expected string or object, got list")]


def test_terraforms_path_counts_a_nested_object_as_a_list_of_one_and_an_item_once(schemas: Schemas) -> None:
    """`network_interfaces.0.nic_type`, but `settings.0.tier`."""
    found = refused(schemas, "gcp:compute/instance:Instance", {"machineType": "e2-micro", "bootDisk": {}, "networkInterfaces": [{"nicType": "X"}]})
    assert [(path, reason.split(" to be ")[0]) for path, reason in found] == [("networkInterfaces[0].nicType", "expected network_interfaces.0.nic_type")]


def test_the_arguments_of_a_function_are_checked_alike(schemas: Schemas) -> None:
    """A misspelled one, one that must be given."""
    function = schemas.function("gcp:secretmanager/getSecretVersion:getSecretVersion")
    assert function is not None
    assert failures(function, {"secret": "a", "version": 3}) == []
    assert failures(function, {"secrt": "a"}) == [
        Failure("secrt", "Invalid or unknown key; did you mean 'secret'?"),
        Failure("secret", "Missing required property 'secret'"),
    ]


def test_each_item_of_a_list_is_held_against_the_allowed_values() -> None:
    """With its index, in the user's and in Terraform's spelling."""
    schema = _schema(Type("list", element=Type("string")), values=("A", "B"))
    assert failures(schema, {"one": ["A", "C", UNKNOWN, None]}) == [Failure("one[1]", 'expected one.1 to be one of ["A" "B"], got C')]


def test_an_empty_string_is_as_good_as_unset_unless_required() -> None:
    """The Google provider's validators add the empty string to the list of an optional field."""
    assert failures(_schema(Type("string"), values=("A",)), {"one": ""}) == []
    assert failures(_schema(Type("string"), values=("A",), required=True), {"one": ""}) == [Failure("one", 'expected one to be one of ["A"], got ')]


@pytest.mark.parametrize(("token", "ok"), [("cloudflare:index/thing:Thing", True), ("gcp:test/thing:Thing", False)])
def test_only_cloudflare_compares_allowed_values_without_case(token: str, ok: bool) -> None:
    """Its provider's validators are OneOfCaseInsensitive."""
    found = failures(_schema(Type("string"), token=token, values=("A",)), {"one": "a"})
    assert (found == []) is ok
    assert failures(_schema(Type("string"), token=token, values=("A",)), {"one": "b"})


def test_allowed_values_of_another_kind_are_compared_as_terraform_writes_them() -> None:
    """True is `true`, 60.0 is `60`."""
    schema = _schema(Type("string"), values=("true", "60"))
    assert failures(schema, {"one": True}) == []
    assert failures(schema, {"one": 60.0}) == []
    assert [failure.reason for failure in failures(schema, {"one": False})] == ['expected one to be one of ["true" "60"], got false']


@pytest.mark.parametrize("value", [{**SECRET, "value": "hunter2"}, {**OUTPUT, "value": "hunter2", "secret": True}])
def test_a_secret_is_checked_and_never_quoted(value: dict[str, Any]) -> None:
    """Neither as a value that is not allowed, nor as one of the wrong type, nor below a secret object."""
    assert failures(_schema(Type("string")), {"one": value}) == []
    allowed = failures(_schema(Type("string"), values=("A",)), {"one": value})
    typed = failures(_schema(Type("integer")), {"one": value})
    declared = failures(_schema(Type("integer"), secret=True), {"one": "hunter2"})
    inner = Type("object", properties={"port": Property(name="port", type=Type("integer"), snake="port")})
    nested = failures(_schema(inner), {"one": {**value, "value": {"port": "hunter2"}}})
    assert [len(found) for found in (allowed, typed, declared, nested)] == [1, 1, 1, 1]
    assert "hunter2" not in str((allowed, typed, declared, nested))


def test_the_provider_itself_is_checked_through_its_json(schemas: Schemas) -> None:
    """Its configuration travels as strings of JSON; `version` is the engine's."""
    good = {"project": "acme", "batching": '{"enableBatching":true}', "scopes": '["a"]', "version": "10.2.0", "pluginDownloadURL": "x"}
    assert refused(schemas, "pulumi:providers:gcp", good) == []
    assert refused(schemas, "pulumi:providers:gcp", {"batching": '{"enableBatching":"x"}', "scopes": "not json", "projct": "acme"}) == [
        ("batching.enableBatching", 'Incorrect attribute value type: expected boolean, got string "x"'),
        ("scopes", 'Attribute must be a list: expected list of string, got string "not json"'),
        ("projct", "Invalid or unknown key; did you mean 'project'?"),
    ]


def test_kubernetes_int_or_string_and_fixed_kinds(schemas: Schemas) -> None:
    """A port by number or by name; a kind that is another's is refused."""
    token = "kubernetes:core/v1:Service"
    ports = [{"port": 80, "targetPort": 8080}, {"port": 81, "targetPort": "http"}]
    assert refused(schemas, token, {"apiVersion": "v1", "kind": "Service", "spec": {"ports": ports}}) == []
    assert refused(schemas, token, {"apiVersion": "v1", "kind": "Pod"}) == [("kind", 'expected kind to be one of ["Service"], got Pod')]
    assert refused(schemas, token, {"spec": {"ports": [{"port": 80, "targetPort": []}]}}) == [
        ("spec.ports[0].targetPort", "Incorrect attribute value type: expected integer or string, got list")
    ]
