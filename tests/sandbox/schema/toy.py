"""A small SDK in the generators' form, installed in a folder: for tests that need another version, or a form that is rare."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_INIT = '''
_utilities.register(
    resource_modules="""
[{"pkg": "toy", "mod": "index/box", "fqn": "pulumi_toy", "classes": {"toy:index/box:Box": "Box"}}]
""",
    resource_packages="""
[{"pkg": "toy", "token": "pulumi:providers:toy", "fqn": "pulumi_toy", "class": "Provider"}]
"""
)
'''

_BOX = '''
@pulumi.input_type
class BoxArgs:
    @_builtins.property
    @pulumi.getter(name="%(input)s")
    def lid_color(self) -> pulumi.Input[_builtins.str]:
        """
        Possible values are: `RED`, `BLUE`. Changing this forces a new resource.
        """
        return pulumi.get(self, "lid_color")

    @_builtins.property
    @pulumi.getter
    @_utilities.deprecated("""Use `lid_color`.""")
    def inner(self) -> pulumi.Input[Optional['BoxInnerArgs']]:
        return pulumi.get(self, "inner")


@pulumi.type_token("toy:index/box:Box")
class Box(pulumi.CustomResource):
    warnings.warn("""Boxes are out of fashion""", DeprecationWarning)

    def _internal_init(__self__):
        __props__ = BoxArgs.__new__(BoxArgs)
        __props__.__dict__["lid_color"] = None if lid_color is None else pulumi.Output.secret(lid_color)
        secret_opts = pulumi.ResourceOptions(additional_secret_outputs=["key"])

    @_builtins.property
    @pulumi.getter
    def key(self) -> pulumi.Output[_builtins.str]:
        """
        Opens \\"the\\" box.
        """
        return pulumi.get(self, "key")
'''

_INPUTS = """
@pulumi.input_type
class BoxInnerArgs:
    @_builtins.property
    @pulumi.getter
    def inner(self) -> pulumi.Input[Optional['BoxInnerArgs']]:
        return pulumi.get(self, "inner")

    @_builtins.property
    @pulumi.getter(name="lidColor")
    def lid_color(self) -> pulumi.Input[Optional[_builtins.str]]:
        \"\"\"
        Possible values are: `RED`, `BLUE`. Changing this forces a new resource.
        \"\"\"
        return pulumi.get(self, "lid_color")

    @_builtins.property
    @pulumi.getter(name="lidShape")
    def lid_shape(self) -> pulumi.Input[Optional[_builtins.str]]:
        \"\"\"
        Changing this forces a new resource.
        \"\"\"
        return pulumi.get(self, "lid_shape")

    @_builtins.property
    @pulumi.getter
    def sizes(self) -> pulumi.Input[Sequence[pulumi.Input[_builtins.int]]]:
        return pulumi.get(self, "sizes")
"""


def install(folder: Path, *, version: str, box_input: str = "lidColor") -> None:
    """Puts the SDK into the folder at this version, in place of any other."""
    package = folder / "pulumi_toy"
    package.mkdir(exist_ok=True)
    for name, text in (("__init__", _INIT), ("box", _BOX % {"input": box_input}), ("_inputs", _INPUTS)):
        (package / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    for old in folder.glob("pulumi_toy-*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    info = folder / f"pulumi_toy-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pulumi_toy\nVersion: {version}\n", encoding="utf-8")
