"""The rule of the entry that needs the stack's names: who tells of clients."""

from typing import Any

import pytest

from quayside.settings.entry import clients_are_known

PATH = "entry.loadBalancer.proxyProtocol"


def stack(protocol: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {"domain": "example.com", "entry": {"loadBalancer": {"proxyProtocol": protocol}}, "names": names}


def test_proxy_protocol_hides_clients_where_cloudflare_proxies_every_name() -> None:
    assert [path for path, _ in clients_are_known(stack(True, {"proxied": True}))] == [PATH]


@pytest.mark.parametrize(
    "settings",
    [
        stack(True, {"proxied": False}),
        stack(True, {"proxied": True, "apex": {"to": "entry", "proxied": False}}),
        stack(True, {"proxied": True, "dns": "none"}),
        stack(False, {"proxied": True}),
        stack(None, {"proxied": True}),
        stack("true", {"proxied": True}),
        {"entry": "ingress-nginx", "names": 7},
    ],
)
def test_otherwise_somebody_tells_of_them(settings: dict[str, Any]) -> None:
    assert not list(clients_are_known(settings))
