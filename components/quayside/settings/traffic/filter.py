"""A filter of one's own: code that the service's proxies run on each request, for what no policy says."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from quayside.settings.base import Model, Rule, empty
from quayside.settings.text import Text
from quayside.settings.traffic.lua import defined, wrong_syntax
from quayside.settings.traffic.words import SHARED
from quayside.settings.types import Image

ONE_IS_ENOUGH = True
"""The service's own proxies run it on all requests, through whichever entry they come."""

CALLED = frozenset({"envoy_on_request", "envoy_on_response"})
"""Functions that Envoy calls (its Lua filter's docs)."""


class Script(Text):
    """A script in Lua 5.1. Its syntax is checked where all of the settings are (see script_is_lua), with the line that is wrong."""

    wrong = "is not a script"
    write = "write Lua with a function envoy_on_request(handle) or envoy_on_response(handle)"
    examples = ("function envoy_on_request(handle)\n  handle:headers():add('x-seen', 'yes')\nend",)


def one_language(filter_: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """One filter is one program."""
    said = [key for key in ("lua", "wasm") if filter_.get(key) is not None]
    if len(said) != 1:
        yield "lua", f"{'stands beside wasm' if said else 'is missing, and so is wasm'}; write one of them"
    if filter_.get("config") and "wasm" not in said:
        yield "config", "is what a Wasm module is told, and a script has none; remove it"


def script_is_lua(filter_: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A script that does not parse would be a proxy that takes no configuration any more."""
    script = filter_.get("lua")
    if not isinstance(script, str):
        return
    if found := wrong_syntax(script):
        yield "lua", f"is not Lua: line {found.line}: {found.message}; mend it"
    elif not CALLED & defined(script):
        yield "lua", "defines neither envoy_on_request nor envoy_on_response, so that nothing would call it; write one of these functions"


class FilterSettings(Model):
    """Code that the service's proxies run on each request, for what no policy says: a script in Lua, or a WebAssembly module.

    Its syntax is checked before anything is changed; what it does is not, and a mistake in it is one in every request. It is bound to
    Envoy's version, and so to Istio's.
    """

    rules: ClassVar[tuple[Rule, ...]] = (one_language, script_is_lua)
    known: ClassVar[frozenset[str]] = frozenset({"lua", "wasm"})

    lua: Script | None = None
    """A script with a function envoy_on_request(handle) or envoy_on_response(handle). No place for secrets. Default: none."""
    wasm: Image | None = None
    """An image with a WebAssembly module (proxy-wasm), with a fixed tag or digest, from a registry that wants no password. Default: none."""
    config: dict[str, Any] = empty()
    """What the module is told. No place for secrets."""
    phase: Literal["first", "authorized", "last"] = "last"
    """When the module is asked: first of all, authorized (after tokens and callers were checked) or last. Default: last."""
    fail_open: bool = False
    """Whether requests go on where the module cannot be loaded or fails. Default: false."""


def refused(spec: FilterSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ambient" and spec.lua is not None:
        wrong = "is not to be had in ambient mode: waypoints take no EnvoyFilter, and say nothing of it"
        yield "lua", f"{wrong}; write wasm, or mesh.mode: sidecar"
    if plane in ("gateway-api", "istio"):
        yield "", f"is not to be had from this entry: {SHARED}"
    if plane in ("ingress-nginx", "kong"):
        yield "", f"is for Envoy, and {plane.replace('kong', 'Kong')} is none; write mesh.mode: sidecar"
    if plane == "direct":
        yield "", "is for the service's own proxies, and there are none; write mesh.mode: sidecar"
