"""Checks of a service's versions: names, variables, shares, and what its data planes can lead to them. Pure functions over plain settings."""

import re
from collections.abc import Callable, Iterator, Mapping
from math import factorial
from typing import Any

from quayside.settings.claims import entry_kind, part

Found = Iterator[tuple[str, str]]

KINDS = ("canary", "blueGreen", "variants")

CANARY, BLUE, GREEN = "canary", "blue", "green"
"""What versions are called; each variant has a name of its own."""

STABLE, NEXT = "stable", "next"
"""What the two versions are called of which one takes over from the other step by step (progressive). No other version is called so: its
Service would have become one of these two in a single run, and kept its selector, which is then somebody else's to write."""

RESERVED = frozenset({BLUE, GREEN, NEXT, STABLE, "bridge", "load-balancer", "main", "rate-limit", "waypoint"})
"""What no variant may be called: the main version has that name in what we say, and the others are of objects that a service may have."""

LONGEST = 63
"""Of a Service's name, and of a label's value."""

ELSEWHERE = "entry.kind: gateway-api"
"""The entry that leads by everything there is."""

CONDITIONS = 16
"""Headers, and parameters, of a match of an HTTPRoute (maxItems in its definition)."""

LONGEST_VALUE = 4096
"""Characters of what a header must say there (maxLength)."""

_BASIC = re.compile(r"[-._~a-zA-Z0-9/:]*")
"""What ingress-nginx takes in an annotation about a canary (its parser/validators.go, BasicCharsRegex); others it leaves out, unsaid."""


def versions(service: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The versions of a service beside its main one: key → settings."""
    single = {kind: part(service, kind) for kind in ("canary", "blueGreen") if isinstance(service.get(kind), Mapping)}
    return {**single, **{f"variants.{name}": part(service, "variants", name) for name in part(service, "variants")}}


def suffixes(service: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is added to the service's name for objects of its versions: (key, suffix)."""
    found = [("canary", CANARY)] if service.get("canary") else []
    found += [("blueGreen", BLUE), ("blueGreen", GREEN)] if service.get("blueGreen") else []
    found += [("progressive", STABLE), ("progressive", NEXT)] if isinstance(service.get("progressive"), Mapping) else []
    return [*found, *((f"variants.{name}", str(name)) for name in part(service, "variants"))]


# of one match


def match_says_something(match: Mapping[str, Any]) -> Found:
    """A match without conditions would fit all requests."""
    if not any(match.get(key) for key in ("headers", "cookies", "query", "users", "userHeader")):
        yield "headers", "is missing, and so are the other conditions: every request would fit; write one, or remove match"


def users_have_a_header(match: Mapping[str, Any]) -> Found:
    """Which user it is, a proxy reads in a header."""
    if match.get("users") and match.get("userHeader") is None:
        yield "userHeader", "is missing, and users need it; write the header in which the name of a request's user stands, such as x-user"
    if match.get("userHeader") is not None and not match.get("users"):
        yield "users", "are missing, and userHeader has no use without them; write some, or remove userHeader"
    if match.get("userHeader") is not None and match.get("userHeader") in part(match, "headers"):
        yield "userHeader", "stands under headers too, where it says something else; keep it in one of them"


def conditions_have_room(match: Mapping[str, Any]) -> Found:
    """A match of an HTTPRoute has 16 headers and 16 parameters, and what a header must say 4096 characters (its definition, v1.6.1). All
    cookies come in one header, in any order: as a regular expression that names every order (edge.sticky)."""
    headers, cookies, query = part(match, "headers"), part(match, "cookies"), part(match, "query")
    count = len(headers) + bool(cookies) + (match.get("userHeader") is not None)
    if count > CONDITIONS:
        yield "headers", f"are {count}, with those of cookies and userHeader, and a route asks for {CONDITIONS} at most; write fewer"
    if len(query) > CONDITIONS:
        yield "query", f"has {len(query)} parameters, and a route asks for {CONDITIONS} at most; write fewer"
    if (length := length_of_cookies(cookies)) > LONGEST_VALUE:
        wrong = f"in every order they can come in make {length} characters, and a route has room for {LONGEST_VALUE}"
        yield "cookies", f"{wrong}; write fewer, or match.headers"


def length_of_cookies(cookies: Mapping[str, Any]) -> int:
    """Characters of the regular expression that finds them."""
    pairs = [f"{re.escape(str(name))}={re.escape(str(value))}" for name, value in cookies.items()]
    one = sum(map(len, pairs)) + (len(pairs) - 1) * len("(; .*)?; ")
    orders = factorial(len(pairs))
    return len("(.*; ?)?(;.*)?") + (one if orders == 1 else orders * (one + 1) + 1)


# of one service


def one_kind_of_versions(service: Mapping[str, Any]) -> Found:
    """Each of the three decides about all requests."""
    given = [kind for kind in KINDS if service.get(kind)]
    for kind in given[1:]:
        yield kind, f"cannot stand beside {given[0]}: each of them shares out all requests; keep one of them"


def main_has_pods(service: Mapping[str, Any]) -> Found:
    """The main version gets what the others leave."""
    if service.get("replicas") == 0 and not service.get("scale") and (service.get("canary") or service.get("variants")):
        yield "replicas", "is 0, and the main version gets what its other versions leave; write 1 or more"


def shares_add_up(service: Mapping[str, Any]) -> Found:
    """What the variants get and what is left for the main version is all there is."""
    weights = [part(service, "variants", name).get("weight") for name in part(service, "variants")]
    numbers = [each for each in weights if isinstance(each, int) and not isinstance(each, bool)]
    if sum(numbers) > 100:
        shown = f"{' + '.join(map(str, numbers))} = {sum(numbers)}"
        yield "variants", f"get more than there is, by their weights ({shown}); write 100 or less in all"


def variables_of_versions_once(service: Mapping[str, Any]) -> Found:
    """A version takes over the service's variables, and each of them still comes from one place."""
    ours = {source: part(service, source) for source in ("env", "config", "secrets")}
    for key, version in versions(service).items():
        for source, other in (("env", "config"), ("env", "secrets"), ("config", "secrets"), ("config", "env")):
            for name in part(version, source):
                if name in ours[other]:
                    own = f"write it under {key}.{other}"
                    remedy = "all versions have the same secrets, so write another name" if other == "secrets" else own
                    yield f"{key}.{source}", f"sets {name}, which the service has under {other}; {remedy}"
        for name in part(version, "env"):
            if name in part(version, "config"):
                yield f"{key}.config", f"sets {name}, which env sets too; keep it in one of them"


RULES = (one_kind_of_versions, main_has_pods, shares_add_up, variables_of_versions_once)
"""Checks of one service."""


# of one service with its planes


def carried(service: Mapping[str, Any], entry: Any, mesh: Any) -> Found:
    """Whether its data planes can lead requests to its versions as it says. Blue and green are told apart by its Service itself, which
    every plane follows.

    entry: kind of the entry; mesh: mode of the mesh.
    """
    if not isinstance(entry, str) or not isinstance(mesh, str):
        return  # their own problem is reported where they stand
    planes = [entry] if service.get("hosts") and entry != "none" else []
    planes += [mesh] if mesh != "off" else []
    asked = {key: version for key, version in versions(service).items() if key != "blueGreen" and _led(version)}
    for key, version in asked.items():
        if not planes:
            wrong = "leads nobody: nothing carries the requests to a service that has no hosts and is not in a mesh"
            yield f"{key}.{_led(version)}", f"{wrong}; write hosts, or mesh.mode: sidecar, or blueGreen in its place"
        elif service.get("protocol") == "tcp":
            yield f"{key}.{_led(version)}", "is for requests, and a service of protocol tcp has none; write blueGreen in its place"
        elif passed := [host for host in part(service, "hosts") if part(service, "hosts", host).get("tls") == "passthrough"]:
            wrong = f"is for requests, and nobody but the service sees those to {passed[0]} (tls: passthrough)"
            yield f"{key}.{_led(version)}", f"{wrong}; write tls: terminate, or blueGreen in its place"
        else:
            for plane in planes:
                yield from ((f"{key}.{below}", message) for below, message in refused(version, plane))
            if version.get("sticky") is True and planes == [mesh]:
                wrong = "is by a cookie, and callers inside the cluster keep none"
                yield f"{key}.sticky", f"{wrong}; remove it, or lead by a header (match.headers)"
    if len([key for key in asked if key.startswith("variants.")]) > 1 and "ingress-nginx" in planes:
        wrong = "are more than one, and ingress-nginx knows one other version beside the main one"
        yield "variants", f"{wrong}; keep one, or write {ELSEWHERE}"


def refused(version: Mapping[str, Any], plane: str) -> Found:
    """What a data plane cannot do for a version (also on the planes' own page in the docs): (key below it, reason and what to write)."""
    yield from _CANNOT.get(plane, _can_do_all)(version)


def _led(version: Mapping[str, Any]) -> str | None:
    """The key by which a version gets requests; None where it gets none."""
    return "weight" if version.get("weight") else "match" if version.get("match") else None


def _can_do_all(version: Mapping[str, Any]) -> Found:
    yield from ()


def _ingress_nginx(version: Mapping[str, Any]) -> Found:
    """What its annotations about a canary leave out (its user guide, annotations, Canary; rootfs/etc/nginx/lua/balancer.lua)."""
    match = part(version, "match")
    headers, cookies, users = part(match, "headers"), part(match, "cookies"), match.get("users") or []
    if match.get("query"):
        yield "match.query", f"is nothing that ingress-nginx looks at; write headers, or {ELSEWHERE}"
    if len(headers) + len(cookies) + bool(users) > 1:
        yield "match", f"has several conditions, and ingress-nginx looks at one header or cookie; keep one, or write {ELSEWHERE}"
    for name, value in cookies.items():
        if value != "always":
            yield f"match.cookies.{name}", f"is led by ingress-nginx only where the cookie says always; write always, or {ELSEWHERE}"
    if odd := [f"headers.{name}" for name, value in headers.items() if not _BASIC.fullmatch(str(value))]:
        yield f"match.{odd[0]}", f"has signs that ingress-nginx takes in no rule; write letters, digits and -._~/: or {ELSEWHERE}"
    if not all(_BASIC.fullmatch(str(user)) for user in (users if isinstance(users, list) else [])):
        yield "match.users", f"have signs that ingress-nginx takes in no rule; write letters, digits and -._~/: or {ELSEWHERE}"
    if version.get("sticky") is True and match:
        wrong = "keeps clients of the main version from match, because ingress-nginx asks for its cookie first"
        yield "sticky", f"{wrong}; remove one of them, or write {ELSEWHERE}"


def _kong(version: Mapping[str, Any]) -> Found:
    """What an Ingress of Kong's open-source gateway has no words for: its routes know headers, and one backend."""
    match = part(version, "match")
    if version.get("weight"):
        yield "weight", f"is nothing that an Ingress of Kong's can say; write match.headers, or {ELSEWHERE}"
    for key in ("cookies", "query"):
        if match.get(key):
            yield f"match.{key}", f"is nothing that an Ingress of Kong's looks at; write match.headers, or {ELSEWHERE}"
    if version.get("sticky") is True:
        yield "sticky", f"is for shares by weight, which Kong's Ingress cannot say; remove it, or write {ELSEWHERE}"


def _direct(version: Mapping[str, Any]) -> Found:
    """A load balancer of the cloud's sees connections."""
    if led := _led(version):
        wrong = "is for requests, and a load balancer that leads straight to pods sees connections alone"
        yield led, f"{wrong}; write blueGreen in its place, or {ELSEWHERE}"


_CANNOT: dict[str, Callable[[Mapping[str, Any]], Found]] = {"ingress-nginx": _ingress_nginx, "kong": _kong, "direct": _direct}
"""Plane → what it cannot do. Those that are not here can do all of it."""


# of a whole stack


def versions_are_carried(settings: Mapping[str, Any]) -> Found:
    """The rule of a whole stack. See carried."""
    entry, mesh = entry_kind(settings), part(settings, "mesh").get("mode", "off")
    for name in part(settings, "services"):
        yield from ((f"services.{name}.{key}", message) for key, message in carried(part(settings, "services", name), entry, mesh))


def versions_have_names(settings: Mapping[str, Any]) -> Found:
    """A version's objects are called <service>-<version>, and nothing else is."""
    taken = {str(name): f"the service {name}" for name in part(settings, "services")}
    for name in part(settings, "services"):
        for key, suffix in suffixes(part(settings, "services", name)):
            whole, at = f"{name}-{suffix}", f"services.{name}.{key}"
            if len(whole) > LONGEST:
                wrong = f"makes objects called {whole}, which is longer than {LONGEST} characters"
                yield at, f"{wrong}; write a name that is shorter by {len(whole) - LONGEST}"
            elif whole in taken:
                yield at, f"makes objects called {whole}, as {taken[whole]} does; write another name for one of them"
            taken.setdefault(whole, f"{at}")


STACK_RULES = (versions_are_carried, versions_have_names)
"""Checks of a whole stack's settings."""
