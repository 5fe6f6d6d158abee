"""Names of services in traffic policies, completed by their namespaces: a stack's settings know these, a service by itself does not."""

from collections.abc import Mapping
from typing import Any


def whole_names(traffic: Mapping[str, Any], homes: Mapping[str, str]) -> dict[str, Any]:
    """A service's policies, as fields, with the namespaces of the services that they name.

    homes: service of the stack → its namespace. What it does not have is left as it is.
    """
    told = dict(traffic)
    if authorization := told.get("authorization"):
        allow = authorization.get("allow", {})
        told["authorization"] = {**authorization, "allow": {caller(name, homes): each for name, each in allow.items()}}
    asked = told.get("external_authorization")
    if asked and asked.get("namespace") is None and asked["service"] in homes:
        told["external_authorization"] = {**asked, "namespace": homes[asked["service"]]}
    return told


def caller(name: str, homes: Mapping[str, str]) -> str:
    """A caller with its namespace. A service's ServiceAccount has its name."""
    return f"{homes[name]}/{name}" if name in homes else name
