"""Checks of traffic policies against the rest of their service, and against each other: pure functions over plain maps (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import part
from quayside.settings.traffic.retries import GRPC

Found = Iterator[tuple[str, str]]

_BROWSERS = "is for browsers, which do not speak gRPC (a gRPC-Web proxy before it speaks http)"
_PATHS = "changes paths, and with gRPC these are the names of its methods"

NOT_GRPC = {
    "cors": _BROWSERS,
    "redirects": _BROWSERS,
    "rewrite": _PATHS,
    "maxBody": "waits for the whole request, and with gRPC that may be a stream without an end",
    "websockets": "is for upgrades of HTTP/1.1, and gRPC is HTTP/2",
}
"""Policies that have no use with gRPC, or break it, and why."""


def policies_fit_protocol(service: Mapping[str, Any]) -> Found:
    """What gRPC cannot have. (Of TCP, settings.traffic.rules says it.)"""
    protocol, traffic = service.get("protocol"), part(service, "traffic")
    for policy, why in NOT_GRPC.items():
        if protocol == "grpc" and traffic.get(policy) is not None:
            yield f"traffic.{policy}", f"{why}, and protocol is grpc; remove it, or write protocol: http"
    if protocol == "http2" and traffic.get("websockets") is not None:
        yield "traffic.websockets", "is for upgrades of HTTP/1.1, and protocol is http2; remove it, or write protocol: http"
    for caller in part(traffic, "authorization", "allow") if protocol == "tcp" else ():
        for key in ("methods", "paths"):
            if part(traffic, "authorization", "allow", caller).get(key):
                yield f"traffic.authorization.allow.{caller}.{key}", "is about HTTP requests, and protocol is tcp; remove it"


def retries_speak_the_protocol(service: Mapping[str, Any]) -> Found:
    """A status of gRPC stands where HTTP has none."""
    conditions = part(service, "traffic", "retries").get("conditions")
    said = [str(each) for each in conditions if each in GRPC] if isinstance(conditions, list) else []
    if said and service.get("protocol", "http") != "grpc":
        wrong = f"have {said[0]}, a status of gRPC, and protocol is not grpc"
        yield "traffic.retries.conditions", f"{wrong}; write protocol: grpc, or a status of HTTP such as 503"


def limits_know_an_end(service: Mapping[str, Any]) -> Found:
    """Envoy's buffer filter passes nothing on before it has a request whole."""
    traffic = part(service, "traffic")
    if traffic.get("maxBody") is not None and traffic.get("websockets") is not None:
        wrong = "waits for the end of each request, which a connection that is upgraded (websockets) never has"
        yield "traffic.maxBody", f"{wrong}; remove one of them, or let the service count"


def rewrites_fit_paths(service: Mapping[str, Any]) -> Found:
    """Of an exact path there is nothing but the whole to replace (HTTPRoute's rules in CEL say so)."""
    if part(service, "traffic", "rewrite").get("prefix") is None:
        return
    for host in part(service, "hosts"):
        for path in part(service, "hosts", host, "paths"):
            if part(service, "hosts", host, "paths", path).get("type") == "Exact":
                wrong = f"is for what follows a path, and {path} of host {host} is Exact"
                yield "traffic.rewrite.prefix", f"{wrong}; write rewrite.path, or type: Prefix"
                return


def redirects_have_paths_of_their_own(service: Mapping[str, Any]) -> Found:
    """A path leads here or elsewhere (ingress-nginx' webhook compares the path alone)."""
    for host in part(service, "hosts"):
        own = {str(path).rstrip("/") or "/" for path in part(service, "hosts", host, "paths") or ("/",)}
        for path in part(service, "traffic", "redirects", "paths"):
            if (str(path).rstrip("/") or "/") in own:
                wrong = f"is a path that leads to the service itself (hosts.{host})"
                yield f"traffic.redirects.paths.{path}", f"{wrong}; write another, or other paths for the host"


def mirrors_exist(service: Mapping[str, Any]) -> Found:
    """A copy goes to a version that there is."""
    version = part(service, "traffic", "mirroring").get("version")
    names = [
        *(["canary"] if service.get("canary") is not None else []),
        *(["green"] if service.get("blueGreen") is not None else []),
        *part(service, "variants"),
    ]
    if isinstance(version, str) and version not in names:
        write = (
            f"write {' or '.join(map(str, names))}" if names else "it has none, so write canary, blueGreen or variants too, or remove it"
        )
        yield "traffic.mirroring.version", f"is no version of this service; {write}"


RULES = (
    policies_fit_protocol,
    retries_speak_the_protocol,
    limits_know_an_end,
    rewrites_fit_paths,
    redirects_have_paths_of_their_own,
    mirrors_exist,
)
"""Checks of one service."""
