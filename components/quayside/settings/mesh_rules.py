"""Checks of the mesh against the rest of a stack: pure functions over plain settings (see base.Rule)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import LEAVING, entry_kind, part
from quayside.settings.mesh import IstioVersion
from quayside.settings.problems import did_you_mean

Found = Iterator[tuple[str, str]]

WAYPOINT = "-waypoint"
"""What a service's waypoint is called after the service's name (planes/waypoint.py)."""

LONGEST = 63
"""Of the Service that Istio makes for a waypoint, and of the label by which its pods know it."""

OUTSIDE = ("ingress-nginx", "kong", "direct")
"""Entries that are no part of the mesh: they send plain requests to the pods."""


def strict_lets_the_entry_in(spec: Mapping[str, Any]) -> Found:
    """An entry that is not Istio's has no certificate to show: pods of a strict mesh refuse what it sends."""
    if part(spec, "mesh").get("mtls") != "strict" or not any(part(spec, "services", name, "hosts") for name in part(spec, "services")):
        return
    entries = {
        "entry.kind": entry_kind(spec),
        f"{LEAVING}.kind": part(spec, LEAVING).get("kind"),
    }
    for key, kind in entries.items():
        if kind in OUTSIDE:
            yield (
                "mesh.mtls",
                f"is strict, and {key} {kind} is not in the mesh: pods would refuse its requests; "
                "write mtls: permissive, or entry.kind: gateway-api",
            )


def namespaces_exist(spec: Mapping[str, Any]) -> Found:
    """A namespace that follows another control plane is one of the services'."""
    homes = {str(part(spec, "services", name).get("namespace") or name) for name in part(spec, "services")}
    for name in part(spec, "mesh", "namespaces"):
        if name not in homes:
            yield f"mesh.namespaces.{name}", f"is no namespace of a service; {did_you_mean(str(name), homes)}"


def versions_serve_gateways(spec: Mapping[str, Any]) -> Found:
    """Held versions that are too old for what a Gateway asks of them.

    Istio reads the listeners of services (ListenerSet, of Gateway API 1.5) since 1.30. From 1.25 on, a control plane took everything from a
    Gateway's pods as soon as the Gateway named another one (istio#59959): nobody would be answered until the new pods are ready. 1.29.5 and
    1.30.2 mended it, and 1.31 has it from the start.
    """
    mesh, planes = part(spec, "mesh"), part(spec, "mesh", "controlPlanes")
    listeners = "gateway-api" in (entry_kind(spec), part(spec, LEAVING).get("kind"))
    for name in planes:
        version = part(planes, name).get("version")
        if not isinstance(version, str) or not re.fullmatch(IstioVersion.pattern, version):
            continue
        _, minor, patch = (int(number) for number in version.split("."))
        where = f"mesh.controlPlanes.{name}.version"
        if listeners and minor < 30:
            yield where, "does not read the listeners of services at entry gateway-api, which Istio does since 1.30; write 1.30.2 or later"
        elif len(planes) > 1 and (listeners or mesh.get("mode") == "ambient") and ((minor, patch) < (29, 5) or (minor == 30 and patch < 2)):
            wrong = "takes everything from a Gateway's pods when that moves on, before the new ones are ready (istio#59959)"
            mended = "1.30.2" if minor == 30 else "1.29.5"
            yield where, f"{wrong}; write {mended} or later, and bring that up before there is a second control plane"


def waypoints_have_names(spec: Mapping[str, Any]) -> Found:
    """In ambient mode a service's policies and versions may need a waypoint, whose objects are called <service>-waypoint."""
    services = part(spec, "services")
    for name in services if part(spec, "mesh").get("mode") == "ambient" else ():
        service, whole = part(services, name), f"{name}{WAYPOINT}"
        if not any(service.get(key) for key in ("traffic", "canary", "variants")):
            continue
        if len(whole) > LONGEST:
            wrong = f"would have a waypoint called {whole}, which is longer than {LONGEST} characters"
            yield f"services.{name}", f"{wrong}; write a name that is shorter by {len(whole) - LONGEST}"
        elif whole in services and _home(services, whole) == _home(services, name):
            wrong = f"is in the namespace of service {name}, whose waypoint may be called the same"
            yield f"services.{whole}", f"{wrong}; write another name, or another namespace"


def _home(services: Mapping[str, Any], name: str) -> str:
    return str(part(services, name).get("namespace") or name)


RULES = (strict_lets_the_entry_in, namespaces_exist, versions_serve_gateways, waypoints_have_names)
"""Checks of a whole stack's settings."""
