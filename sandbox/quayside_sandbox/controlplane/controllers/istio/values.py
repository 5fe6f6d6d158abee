"""The values of istiod's chart that it injects with: ConfigMap istio-sidecar-injector, key `values` (injection templates of istio 1.30)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ....kube.client import Object
from .revisions import DEFAULT

# Of the chart, where the ConfigMap does not say (manifests/charts/istio-control/istio-discovery/values.yaml).
RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "2000m", "memory": "1024Mi"}}
IMAGE = "proxyv2"


class Values:
    """Read with the chart's defaults."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    @classmethod
    def of(cls, revision: str, namespace: str, config_maps: Callable[[str, str], Object | None]) -> Values:
        """Those of one control plane; `config_maps` finds one by name and namespace."""
        name = "istio-sidecar-injector" + ("" if revision == DEFAULT else f"-{revision}")
        found = config_maps(name, namespace) or config_maps("istio-sidecar-injector", namespace) or {}
        try:
            given = json.loads((found.get("data") or {}).get("values") or "{}")
        except ValueError:  # istiod keeps the last ones that it could read, or its defaults
            given = {}
        return cls(given if isinstance(given, dict) else {})

    def at(self, *path: str) -> Any:
        """What stands there; None where nothing does."""
        found: Any = self.given
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def resources(self, whose: str) -> dict[str, Any]:
        """Of `proxy` or `waypoint`, what is null left out."""
        found = self.at("global", whose, "resources")
        if found is None:
            return RESOURCES
        return {kind: {key: value for key, value in (of or {}).items() if value is not None} for kind, of in found.items() if of}

    def image(self, whose: str = "proxy") -> str:
        name = self.at("global", whose, "image") or IMAGE
        if "/" in name:
            return str(name)
        hub, tag = self.at("global", "hub") or "registry.istio.io/release", self.at("global", "tag") or "latest"
        return f"{hub}/{name}:{tag}"

    @property
    def cni(self) -> bool:
        """Whether the node agent redirects traffic, so that no pod needs a privileged container for it."""
        return bool(self.at("pilot", "cni", "enabled") or self.at("istio_cni", "enabled"))

    @property
    def seccomp(self) -> dict[str, Any] | None:
        """Of sidecars."""
        return self.at("global", "proxy", "seccompProfile") or None

    @property
    def gateway_seccomp(self) -> dict[str, Any] | None:
        """Of the pods of Gateways."""
        return self.at("gateways", "seccompProfile") or None
