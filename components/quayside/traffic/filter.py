"""A filter of one's own, said to the service's own proxies."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.filter import FilterSettings, Script
from quayside.settings.types import Image
from quayside.traffic.contract import Subject
from quayside.traffic.objects import at_pods, manifest, selectors, targets

EXAMPLES = {
    "a script": FilterSettings(lua=Script(Script.examples[0])),
    "a module": FilterSettings(wasm=Image("ghcr.io/acme/filter:1.2.0"), config={"greeting": "hello"}, phase="authorized"),
}

_PHASES = {"first": "AUTHN", "authorized": "STATS", "last": None}
"""When a module is asked → before which of Istio's own filters (WasmPlugin's PluginPhase); None is before the last of all."""


def render(spec: FilterSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if spec.lua is not None:
        config = {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": str(spec.lua)},
        }
        return Parts(objects=at_pods("filter", subject, "envoy.filters.http.lua", config))
    phase = _PHASES[spec.phase]
    plugin: dict[str, Any] = {
        "url": f"oci://{spec.wasm}",
        "failStrategy": "FAIL_OPEN" if spec.fail_open else "FAIL_CLOSE",
        **({"phase": phase} if phase else {}),
        **({"pluginConfig": dict(spec.config)} if spec.config else {}),
    }
    api = "extensions.istio.io/v1alpha1"
    if plane == "ambient":
        made = manifest(api, "WasmPlugin", f"{subject.service}-filter", subject, {"targetRefs": targets(subject), **plugin})
        return Parts(objects=[made], waypoint=True)
    return Parts(
        objects=[
            manifest(api, "WasmPlugin", f"{name}-filter", subject, {"selector": chosen, "match": [{"mode": "SERVER"}], **plugin})
            for name, chosen in selectors(subject)
        ]
    )
