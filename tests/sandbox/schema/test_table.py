"""Every type and function of every installed SDK has a schema; it is read once and remembered by version."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.schema import Schemas, table
from sandbox.schema.cache import Cache
from tests.sandbox.schema import toy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.schema import Property, Type

PACKAGES = ("random", "kubernetes", "cloudflare", "gcp", "aws")
REPOSITORY = Path(__file__).resolve().parents[3]


def run(program: str, *arguments: str) -> Any:
    """What a program prints as JSON, run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_type_and_function_of_the_sdk_resolves(schemas: Schemas, package: str) -> None:
    """None is skipped: a form that the reader doesn't know fails here."""
    tokens = (*schemas.tokens(package), f"pulumi:providers:{package}")
    found = {token: schemas.resource(token) for token in tokens}
    assert [token for token, schema in found.items() if schema is None] == []
    # What has neither inputs nor outputs: the random provider's configuration, and a resource that is a mere switch.
    empty = [token for token, schema in found.items() if schema is not None and not schema.inputs and not schema.outputs]
    assert set(empty) <= {"pulumi:providers:random", "aws:ram/sharingWithOrganization:SharingWithOrganization"}
    answers = {token: schemas.function(token) for token in schemas.functions(package)}
    assert [token for token, schema in answers.items() if schema is None or not schema.outputs] == []


def test_the_tables_are_as_large_as_the_sdks(schemas: Schemas) -> None:
    """Lower bounds: the counts of the SDK versions that were first supported."""
    for package, least in {"random": 10, "kubernetes": 550, "cloudflare": 300, "gcp": 1490, "aws": 1700}.items():
        assert len(schemas.tokens(package)) >= least, package
    for package, least in {"cloudflare": 460, "gcp": 500, "aws": 680}.items():
        assert len(schemas.functions(package)) >= least, package


_ORACLE = """
    import importlib, inspect, json, sys
    from pulumi import _types
    found = {}
    for path in sys.argv[1:]:
        for name, cls in vars(importlib.import_module(path)).items():
            if inspect.isclass(cls) and name.endswith("Args") and _types.is_input_type(cls) and cls.__module__.startswith(path):
                wire = _types.input_type_py_to_pulumi_names(cls)
                given = {py: parameter for py, parameter in inspect.signature(cls.__init__).parameters.items() if py != "__self__"}
                found[f"{path}.{name}"] = {wire.get(py, py): parameter.default is inspect.Parameter.empty for py, parameter in given.items()}
    print(json.dumps(found))
"""


def test_names_and_requiredness_are_those_of_the_imported_sdk(schemas: Schemas) -> None:
    """The SDKs' own run-time metadata is the oracle for what is read from their text."""
    modules = ["gcp.sql", "gcp.redis", "gcp.cloudrunv2", "gcp.storage", "aws.sqs", "aws.iam", "aws.rds", "kubernetes.apps.v1", "kubernetes.core.v1", "random"]
    told = run(_ORACLE, *(f"pulumi_{path}" for path in modules))
    compared: set[str] = set()
    for package in sorted({path.split(".")[0] for path in modules}):
        for token in schemas.tokens(package):
            schema = schemas.resource(token)
            assert schema is not None
            folder = token.split(":")[1].rsplit("/", 1)[0] if package != "kubernetes" else token.split(":")[1].replace("/", ".")
            top = f"pulumi_{package}.{folder}.{token.split(':')[2]}".replace(".index.", ".")
            _same(told, f"{top}InitArgs" if package == "kubernetes" else f"{top}Args", schema.inputs, compared)
            for name, properties in _objects(schema.inputs):
                _same(told, f"pulumi_{package}.{name.replace('._inputs.', '.')}", properties, compared)
    assert len(compared) > 0.9 * len(told), sorted(set(told) - compared)


def _same(told: dict[str, dict[str, bool]], name: str, properties: Mapping[str, Property], compared: set[str]) -> None:
    if name in told:
        assert {prop.name: prop.required for prop in properties.values()} == told[name], name
        compared.add(name)


def _objects(properties: Any, seen: frozenset[str] = frozenset()) -> Any:
    for prop in properties.values():
        type_: Type | None = prop.type
        while type_ is not None and type_.element is not None:
            type_ = type_.element
        if type_ is not None and type_.properties is not None and type_.name not in seen:
            yield type_.name.replace("/", "."), type_.properties
            yield from _objects(type_.properties, seen | {type_.name})


def test_no_sdk_is_imported() -> None:
    """The server stays light: neither the SDKs nor pulumi itself are loaded."""
    program = """
        import json, sys, tempfile
        from pathlib import Path
        from sandbox.schema import Schemas
        schemas = Schemas(Path(tempfile.mkdtemp()))
        found = [schemas.resource(token) is not None for token in ("gcp:redis/instance:Instance", "cloudflare:index/zone:Zone", "aws:sqs/queue:Queue")]
        assert schemas.function("gcp:compute/getZones:getZones")
        print(json.dumps([found, [name for name in sys.modules if name.split(".")[0].startswith("pulumi")]]))
    """
    assert run(program) == [[True, True, True], []]


def test_a_second_reader_reads_the_cache_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested types too."""
    token = "gcp:sql/databaseInstance:DatabaseInstance"
    first = Schemas(tmp_path)
    before = first.resource(token)
    assert before is not None
    first.close()

    def unwanted(_package: str) -> None:
        raise AssertionError("the SDK was read again")

    monkeypatch.setattr(table, "Sdk", unwanted)
    second = Schemas(tmp_path)
    after = second.resource(token)
    assert after is not None
    assert {name: str(prop.type) for name, prop in after.inputs.items()} == {name: str(prop.type) for name, prop in before.inputs.items()}
    settings = after.inputs["settings"].type.properties
    assert settings is not None
    assert settings["ipConfiguration"].type.properties is not None
    assert "ENCRYPTED_ONLY" in settings["ipConfiguration"].type.properties["sslMode"].values
    with pytest.raises(AssertionError, match="read again"):
        second.resource("gcp:redis/instance:Instance")


def test_another_version_of_the_sdk_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the first version's table is still there for who has that installed."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    for version, name in (("1.0.0", "lidColor"), ("1.1.0", "lidColour")):
        toy.install(site, version=version, box_input=name)
        found = Schemas(cache)
        schema = found.resource("toy:index/box:Box")
        assert found.version("toy") == version
        assert schema is not None
        assert set(schema.inputs) == {name, "inner"}
        found.close()
    assert len(list(cache.glob("toy-1.*.sqlite3"))) == 2


def test_another_reader_never_trusts_an_older_readers_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named by the reader's own source too, and the older one goes away."""
    old = Cache(tmp_path, "toy", "1.0.0")
    old.put([("resource", "toy:index/box:Box", {})])
    old.close()
    monkeypatch.setattr("sandbox.schema.cache._reader_digest", lambda: "another")
    new = Cache(tmp_path, "toy", "1.0.0")
    assert new.get("resource", "toy:index/box:Box") is None
    assert [path.name for path in tmp_path.iterdir()] == ["toy-1.0.0-another.sqlite3"]


def test_all_that_the_source_says_is_in_the_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Required, secret, deprecated, allowed values, replacement, secret outputs, the escapes of a docstring, a type that holds itself."""
    toy.install(tmp_path, version="1.0.0")
    monkeypatch.syspath_prepend(str(tmp_path))
    schema = Schemas(tmp_path / "cache").resource("toy:index/box:Box")
    assert schema is not None
    lid, inner = schema.inputs["lidColor"], schema.inputs["inner"]
    assert (lid.required, lid.secret, lid.values, lid.replaces, lid.snake) == (True, True, ("RED", "BLUE"), True, "lid_color")
    assert (inner.required, inner.deprecated) == (False, "Use `lid_color`.")
    assert schema.secrets == {"key"}
    # `inner.lidColor` has the very words of `lidColor`: the documentation generator put them there by mistake.
    assert schema.replaces == {"lidColor", "inner.lidShape"}
    assert schema.deprecated == "Boxes are out of fashion"
    assert schema.outputs["key"].description == 'Opens "the" box.'
    assert not schema.autoname
    nested = inner.type.properties
    for _ in range(30):
        assert nested is not None
        assert str(nested["sizes"].type) == "list of integer"
        nested = nested["inner"].type.properties


@pytest.mark.parametrize("damage", ["garbage", "cut"])
def test_a_broken_cache_file_is_replaced(tmp_path: Path, damage: str) -> None:
    """What cannot be read is read again from the SDK, and kept."""
    first = Schemas(tmp_path)
    assert first.resource("random:index/randomPet:RandomPet")
    first.close()
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"not a database at all" * 200 if damage == "garbage" else path.read_bytes()[:6000])
    second = Schemas(tmp_path)
    assert second.resource("random:index/randomPet:RandomPet")
    second.close()
    third = Cache(tmp_path, "random", second.version("random") or "")
    assert third.get("resource", "random:index/randomPet:RandomPet")


def test_a_folder_that_cannot_be_written_costs_speed_only(tmp_path: Path) -> None:
    """The cache is then in memory."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert Schemas(tmp_path / "file" / "cache").resource("random:index/randomPet:RandomPet")


def test_two_processes_fill_one_cache(tmp_path: Path) -> None:
    """Neither fails, neither loses what the other wrote."""
    program = """
        import sys
        from pathlib import Path
        from sandbox.schema import Schemas
        schemas = Schemas(Path(sys.argv[1]))
        for token in schemas.tokens("random") + schemas.tokens("kubernetes")[int(sys.argv[2])::40]:
            assert schemas.resource(token)
    """
    started = [subprocess.Popen([sys.executable, "-c", textwrap.dedent(program), str(tmp_path), str(part)], cwd=REPOSITORY) for part in range(2)]
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    schemas = Schemas(tmp_path)
    kept = Cache(tmp_path, "kubernetes", schemas.version("kubernetes") or "")
    assert set(kept.keys("resource")) == set(schemas.tokens("kubernetes")[0::40]) | set(schemas.tokens("kubernetes")[1::40])


def test_what_no_sdk_has_is_none(schemas: Schemas) -> None:
    """A package that is not installed, a type and a function that do not exist."""
    assert schemas.version("nosuchpackage") is None
    assert schemas.tokens("nosuchpackage") == ()
    assert schemas.resource("nosuchpackage:index/thing:Thing") is None
    assert schemas.resource("gcp:compute/network:Netwrok") is None
    assert schemas.function("gcp:compute/getZoness:getZoness") is None
    assert schemas.function("nosuchpackage:index/getThing:getThing") is None


def test_a_function_has_arguments_and_a_result(schemas: Schemas) -> None:
    """Optional where Python has a default."""
    zones = schemas.function("gcp:compute/getZones:getZones")
    assert zones is not None
    assert {name: (str(prop.type), prop.required) for name, prop in zones.inputs.items()} == {
        "project": ("string", False),
        "region": ("string", False),
        "status": ("string", False),
    }
    assert str(zones.outputs["names"].type) == "list of string"
    secret = schemas.function("gcp:secretmanager/getSecretVersion:getSecretVersion")
    assert secret is not None
    assert secret.inputs["secret"].required


def test_a_recursive_type_can_be_walked(schemas: Schemas) -> None:
    """Kubernetes' JSONSchemaProps holds itself in ten ways."""
    crd = schemas.resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
    assert crd is not None
    properties = crd.inputs["spec"].type.properties
    assert properties is not None
    versions = properties["versions"].type.element
    assert versions is not None
    assert versions.properties is not None
    schema = versions.properties["schema"].type.properties
    assert schema is not None
    inner = schema["openAPIV3Schema"].type
    for _ in range(40):
        assert inner.properties is not None
        assert "$ref" in inner.properties
        inner = inner.properties["not"].type


def test_only_an_optional_string_at_the_top_is_named_by_the_bridge(schemas: Schemas) -> None:
    """A required name is the user's, and Kubernetes names in metadata."""
    names = {
        token: schema.autoname
        for token in (
            "gcp:compute/network:Network",
            "gcp:secretmanager/secret:Secret",
            "cloudflare:index/zone:Zone",
            "kubernetes:core/v1:Service",
            "aws:sqs/queue:Queue",
        )
        if (schema := schemas.resource(token))
    }
    assert names == {
        "gcp:compute/network:Network": True,
        "gcp:secretmanager/secret:Secret": False,
        "cloudflare:index/zone:Zone": False,
        "kubernetes:core/v1:Service": False,
        "aws:sqs/queue:Queue": True,
    }
