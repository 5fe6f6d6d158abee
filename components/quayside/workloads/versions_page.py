"""What each data plane makes of a service's versions, as a page: from the same code that checks and renders them.

`python -m quayside.workloads.versions_page docs/versions.md` writes the page's table anew. A test holds the committed page to be current.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quayside.edge import http_route_rules, ingress_nginx_routes, kong_routes, virtual_service_rules
from quayside.edge.contract import Exposure, Route
from quayside.edge.index import routes
from quayside.settings import progressive_rules
from quayside.settings.service import ServiceSettings
from quayside.settings.versions_rules import carried
from quayside.workloads import rollout, version_specs
from quayside.workloads.steered import at_entry

PLANES = ("gateway-api", "istio", "ingress-nginx", "kong", "direct", "sidecar", "ambient")
MESH = ("sidecar", "ambient")
BEGIN, END = "<!-- made by python -m quayside.workloads.versions_page: begin -->", "<!-- end -->"

_IMAGE = "acme/shop:2"

EXAMPLES: dict[str, dict[str, Any]] = {
    "canary by weight": {"canary": {"image": _IMAGE, "weight": 10}},
    "canary by header": {"canary": {"image": _IMAGE, "match": {"headers": {"x-group": "beta"}}}},
    "canary by cookie": {"canary": {"image": _IMAGE, "match": {"cookies": {"group": "beta"}}}},
    "canary by a cookie that says always": {"canary": {"image": _IMAGE, "match": {"cookies": {"canary": "always"}}}},
    "canary by query": {"canary": {"image": _IMAGE, "match": {"query": {"group": "beta"}}}},
    "canary by user": {"canary": {"image": _IMAGE, "match": {"users": ["ada", "grace"], "userHeader": "x-user"}}},
    "sticky canary": {"canary": {"image": _IMAGE, "weight": 10, "sticky": True}},
    "promoted or given up": {"canary": {"image": _IMAGE, "verdict": "promote"}},
    "blue/green": {"blueGreen": {"image": _IMAGE, "live": "green"}},
    "one variant": {"variants": {"b": {"weight": 50}}},
    "two variants": {"variants": {"b": {"weight": 30}, "c": {"weight": 30}}},
    "progressive": {"progressive": {}},
}
"""What the page shows, and tests render on every plane."""


def page(text: str) -> str:
    """A page with its made part anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_made()}\n{END}{after}"


def answer(example: Mapping[str, Any], plane: str) -> tuple[bool, str]:
    """Whether a plane can do it, and how it is said to it, or why not."""
    spec = ServiceSettings.model_validate({"image": "acme/shop:1", **example})
    hosts: dict[str, Any] = {} if plane in MESH else {"shop": {}}
    asked = {**spec.model_dump(by_alias=True), "hosts": hosts}
    entry = "none" if plane in MESH else plane
    no = [*carried(asked, entry, plane if plane in MESH else "off"), *progressive_rules.carried(asked, entry)]
    if no:
        return False, "; ".join(f"`{key}` {message}" for key, message in no)
    if spec.blue_green:
        return True, f"the service's own Service leads to `{version_specs.live('shop', spec)}`"
    exposure = Exposure("shop", "shop", 80, {"shop.example.com": {"/": "Prefix"}}, versions=version_specs.shares("shop", spec))
    if spec.progressive:
        steered = at_entry(exposure)
        told = rollout.traffic_routing(routes(Route(entry=plane), steered))
        return True, "; ".join([*_said(plane, steered), f"Rollout `trafficRouting` {_code(told)}"])
    return True, "; ".join(_said(plane, exposure)) or "no route of its own"


def _said(plane: str, exposure: Exposure) -> list[str]:
    if plane in ("gateway-api", "ambient"):
        return [f"HTTPRoute `rules[]` {_code(rule)}" for rule in http_route_rules.http_rules(exposure)]
    if plane in ("istio", "sidecar"):
        return [f"VirtualService `http[]` {_code(rule)}" for rule in virtual_service_rules.http_rules(exposure)]
    module = ingress_nginx_routes if plane == "ingress-nginx" else kong_routes
    made = module.routes(Route(entry=plane), exposure) if plane != "direct" else []
    usual = {"pulumi.com/skipAwait", "konghq.com/strip-path"}
    said = {each["metadata"]["name"]: each["metadata"]["annotations"] for each in made}
    shown = {name: {key: value for key, value in found.items() if key not in usual} for name, found in said.items()}
    return [f"Ingress `{name}` {_code(found)}" for name, found in shown.items() if found]


def _code(value: Any) -> str:
    return f"`{json.dumps(value).replace('|', chr(92) + '|')}`"


def _made() -> str:
    lines = [f"| | {' | '.join(PLANES)} |", f"| --- |{' --- |' * len(PLANES)}"]
    lines += [
        f"| {name} | {' | '.join('yes' if answer(example, plane)[0] else 'no' for plane in PLANES)} |" for name, example in EXAMPLES.items()
    ]
    for name, example in EXAMPLES.items():
        found: dict[tuple[bool, str], list[str]] = {}
        for plane in PLANES:
            found.setdefault(answer(example, plane), []).append(plane)
        lines += ["", f"### {name[0].upper()}{name[1:]}", "", f"`{json.dumps(example)}`", "", "| plane | | said as, or refused because |"]
        lines += ["| --- | --- | --- |"]
        lines += [f"| {', '.join(planes)} | {'yes' if can else 'no'} | {said} |" for (can, said), planes in found.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    FILE = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/versions.md")
    FILE.write_text(page(FILE.read_text(encoding="utf-8")), encoding="utf-8")
