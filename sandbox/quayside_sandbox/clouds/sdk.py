"""What an installed Pulumi SDK says of its resources: names and types of inputs and outputs, read from its source text.

Importing such a package would be slow and large (pulumi_cloudflare: 1.5 s, 160 MB), so only the few classes that a resource needs
are cut out of the text and parsed: about 10 ms for a resource, once for each process.
"""

from __future__ import annotations

import ast
import functools
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


class NoSdk(Exception):
    """The SDK, or a class of it, is not there."""


@dataclass(frozen=True)
class Type:
    """`kind` is string, integer, number, boolean, any, or list and map (of `element`), or object (of class `name`)."""

    kind: str
    element: Type | None = None
    name: str = ""


@dataclass(frozen=True)
class Property:
    """`required`: an input that must be given, or an output that is always set."""

    type: Type
    required: bool


Properties = dict[str, Property]


@dataclass(frozen=True)
class ResourceTypes:
    """A resource's properties by their names on the wire."""

    inputs: Properties
    outputs: Properties


class Sdk:
    """One installed package, e.g. pulumi_digitalocean."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.folder = _find(package)

    @functools.cached_property
    def version(self) -> str:
        facts: dict[str, str] = json.loads((self.folder / "pulumi-plugin.json").read_text())
        return facts.get("version", "0.0.0")

    @functools.cache  # noqa: B019 - an Sdk lives as long as its process
    def resource(self, token: str) -> ResourceTypes:
        """The types of a resource token, e.g. digitalocean:index/vpc:Vpc. Raises NoSdk."""
        module, class_name = _snake(token.split("/")[-1].split(":")[0]), token.split(":")[-1]
        text = self._text(f"{module}.py")
        return ResourceTypes(self._inputs(text, f"{class_name}Args"), self._outputs(text, class_name))

    @functools.cache  # noqa: B019
    def nested(self, name: str) -> Properties:
        """The properties of a nested input type. Raises NoSdk."""
        return self._inputs(self._text("_inputs.py"), name)

    @functools.cache  # noqa: B019
    def arguments(self, token: str) -> frozenset[str]:
        """The names of a function's arguments, e.g. of digitalocean:index/getVpc:getVpc. Raises NoSdk."""
        text = self._text(f"{_snake(token.split(':')[-1])}.py")
        return frozenset(re.findall(r"__args__\['(\w+)'\]", text))

    @functools.cache  # noqa: B019
    def provider(self) -> Properties:
        """The settings of the provider itself."""
        return self._inputs(self._text("provider.py"), "ProviderArgs")

    @functools.cache  # noqa: B019
    def _text(self, file: str) -> str:
        try:
            return (self.folder / file).read_text()
        except FileNotFoundError:
            raise NoSdk(f"{self.package} {self.version} has no {file}") from None

    def _inputs(self, text: str, class_name: str) -> Properties:
        definition = self._class(text, class_name)
        wire = dict(_getters(definition))
        constructor = next(node for node in definition.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
        arguments = constructor.args
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        return {
            wire.get(argument.arg, argument.arg): Property(_type(argument.annotation), required=default is None)
            for argument, default in pairs
        }

    def _outputs(self, text: str, class_name: str) -> Properties:
        definition = self._class(text, class_name)
        wire = dict(_getters(definition))
        functions = [node for node in definition.body if isinstance(node, ast.FunctionDef) and node.name in wire and node.returns]
        return {wire[node.name]: Property(_type(node.returns), required=not _optional(node.returns)) for node in functions}

    def _class(self, text: str, class_name: str) -> ast.ClassDef:
        start = re.search(rf"^class {re.escape(class_name)}\b", text, re.MULTILINE)
        if not start:
            raise NoSdk(f"{self.package} {self.version} has no class {class_name}")
        end = re.compile(r"^(?:@|class |if )", re.MULTILINE).search(text, start.end())
        definition = ast.parse(text[start.start() : end.start() if end else len(text)]).body[0]
        assert isinstance(definition, ast.ClassDef)
        return definition


def _find(package: str) -> Path:
    """The package beside the sandbox, or in the environment of the program that is run (which may be another one)."""
    spec = find_spec(package)
    if spec and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    environments = [os.environ.get("VIRTUAL_ENV", ""), ".venv", "venv"]
    for environment in filter(None, environments):
        for folder in Path(environment).glob(f"lib/python3*/site-packages/{package}"):
            return folder
    name = package.replace("_", "-")
    raise NoSdk(f"{name} is not installed, and the simulated cloud checks inputs against it: pip install {name}")


def _getters(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """(Python name, wire name) of each property: @pulumi.getter(name="ipRange") or plain @pulumi.getter."""
    for node in definition.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if ast.unparse(decorator) == "pulumi.getter":
                yield node.name, node.name
            elif isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pulumi.getter":
                named = next((keyword.value for keyword in decorator.keywords if keyword.arg == "name"), None)
                yield node.name, named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else node.name


def _optional(annotation: ast.expr | None) -> bool:
    """Whether pulumi.Output[...] or pulumi.Input[...] holds an Optional."""
    inner = annotation.slice if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(inner, ast.Subscript) and ast.unparse(inner.value) == "Optional"


def _type(annotation: ast.expr | None) -> Type:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        name = annotation.value.split(".")[-1]
        return Type("object", name=name)
    if isinstance(annotation, ast.Attribute | ast.Name):
        name = annotation.attr if isinstance(annotation, ast.Attribute) else annotation.id
        return Type(SCALARS.get(name, "any"))
    if isinstance(annotation, ast.Subscript):
        head = ast.unparse(annotation.value).split(".")[-1]
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if head in ("Input", "Output", "Optional"):
            return _type(parts[0])
        if head == "Union":  # a scalar or the enum that lists its usual values: the values are not closed
            return _type(parts[0])
        if head == "Sequence":
            return Type("list", _type(parts[0]))
        if head == "Mapping":
            return Type("map", _type(parts[1]))
    return Type("any")


def _snake(name: str) -> str:
    """The file that Pulumi's code generator makes of a name: kubernetesCluster → kubernetes_cluster."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
