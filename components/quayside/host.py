"""The host of this library's components for `pulumi package add`: it serves them to programs in every language of Pulumi.

Pulumi's own host (3.259, `pulumi.provider.experimental`) changes values on their way in and out: integers become floats; what is an Output,
nested or whole, loses its shape or fails; enums in lists become empty maps; keys of nested outputs stay snake_case. This host takes the
values through the same schema itself. tests/unit/host holds one test for each of these faults, so that a newer Pulumi that has mended
them, or broken others, is noticed. Upstream: pulumi/pulumi#18526 for arguments that are classes; no issue for the rest yet.
"""

import enum
import sys
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.errors import InputPropertyError
from pulumi.provider import main
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, PropertyType, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider


class Host(ComponentProvider):
    """A ComponentProvider that hands values over as the components' annotations say."""

    def map_inputs(self, inputs: Mapping[str, Any], component_def: ComponentDefinition) -> dict[str, Any]:
        """What the engine sent → the component's `args`."""
        return self._read_map(inputs, component_def.inputs, component_def.inputs_mapping, "", component_def.name)

    def get_state(self, instance: pulumi.ComponentResource, component_def: ComponentDefinition) -> dict[str, Any]:
        """The component's outputs → what the engine gets."""
        values = {key: getattr(instance, component_def.outputs_mapping[key], None) for key in component_def.outputs}
        return {key: self._write(value, component_def.outputs[key]) for key, value in values.items() if value is not None}

    def _read(self, value: Any, kind: PropertyDefinition, path: str, component: str) -> Any:
        if isinstance(value, pulumi.Output):
            return value.apply(lambda known: self._read(known, kind, path, component))
        if value is None:
            return None
        if kind.ref:
            return self._read_named(value, kind, path, component)
        if kind.items:
            of = kind.items
            return [self._read(each, of, f"{path}[{index}]", component) for index, each in enumerate(value)]
        if kind.additional_properties:
            of = kind.additional_properties
            return {key: self._read(each, of, f"{path}.{key}", component) for key, each in value.items()}
        return self._integer(value, path) if kind.type == PropertyType.INTEGER else value

    def _read_named(self, value: Any, kind: PropertyDefinition, path: str, component: str) -> Any:
        """A value of a type with a name: an enum, a nested map, or a resource, which passes as it is."""
        own = self.get_type_definition(kind)
        members: Any = own.python_type if own and own.enum else self._external_enum_types.get(kind.ref or "")
        if members is not None:
            plain = self._integer(value, path) if own and own.type == PropertyType.INTEGER else value
            try:
                return members(plain)
            except ValueError:
                raise InputPropertyError(path, f"{path} is none of {', '.join(str(each.value) for each in members)}") from None
        return self._read_map(value, own.properties, own.properties_mapping, path, component) if own else value

    def _read_map(
        self, value: Any, properties: Mapping[str, PropertyDefinition], names: Mapping[str, str], path: str, component: str
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, kind in properties.items():
            full = f"{path}.{key}" if path else key
            each = value.get(key)
            if each is not None:
                result[names[key]] = self._read(each, kind, full, component)
            elif not kind.optional:
                raise InputPropertyError(full, f"Missing required input '{full}' on '{component}'")
        return result

    def _integer(self, value: Any, path: str) -> int:
        """The wire has no integers, only floats."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
            raise InputPropertyError(path, f"{path} is not a whole number")
        return int(value)

    def _write(self, value: Any, kind: PropertyDefinition) -> Any:
        if isinstance(value, pulumi.Output):
            return value.apply(lambda known: self._write(known, kind))
        if isinstance(value, enum.Enum):
            return value.value
        if value is None:
            return None
        if kind.ref:
            own = self.get_type_definition(kind)
            return value if own is None or own.enum else self._write_map(value, own)
        if kind.items:
            of = kind.items
            return [self._write(each, of) for each in value]
        if kind.additional_properties:
            of = kind.additional_properties
            return {key: self._write(each, of) for key, each in value.items()}
        return value

    def _write_map(self, value: Mapping[str, Any], own: TypeDefinition) -> dict[str, Any]:
        named = {key: value.get(own.properties_mapping[key]) for key in own.properties}
        return {key: self._write(each, own.properties[key]) for key, each in named.items() if each is not None}


def host(components: list[type[pulumi.ComponentResource]], name: str, version: str) -> None:
    """Serve components to the engine that started this process, until it ends.

    name: of the package, first part of the components' type tokens. version: of the package.
    """
    main(Host(components, name, None, version), sys.argv[1:])
