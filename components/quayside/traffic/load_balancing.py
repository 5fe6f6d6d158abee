"""Load balancing, said to each data plane."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.load_balancing import HashSettings, LoadBalancingSettings
from quayside.traffic.contract import Subject

EXAMPLES = {
    name: LoadBalancingSettings.model_validate(said)
    for name, said in {
        "least request": {},
        "round robin": {"algorithm": "round-robin"},
        "random": {"algorithm": "random"},
        "consistent hash by header": {"hash": {"header": "X-User"}},
        "consistent hash by cookie": {"hash": {"cookie": {"name": "session", "ttl": "1h"}}},
        "consistent hash by session cookie": {"hash": {"cookie": {"name": "session", "ttl": "0s"}}},
        "consistent hash by query": {"hash": {"query": "user"}},
        "consistent hash by source address": {"hash": {"sourceAddress": True}},
        "locality, with failover": {"locality": True, "failover": {"fra1": "ams3"}},
    }.items()
}
"""See outlier_detection."""

_ISTIO = {"least-request": "LEAST_REQUEST", "round-robin": "ROUND_ROBIN", "random": "RANDOM"}
"""Istio's words; LEAST_CONN is the deprecated one for LEAST_REQUEST."""

_NGINX = {"least-request": "ewma", "round-robin": "round_robin"}
"""ingress-nginx' words: ewma takes, of two pods, the one that answered faster of late, the nearest that it has to counting requests."""

_KONG = {"least-request": "least-connections", "round-robin": "round-robin", "consistent-hash": "consistent-hashing"}
"""Kong's words: its least-connections counts requests under way."""

NGINX = "nginx.ingress.kubernetes.io/"
"""What ingress-nginx' annotations begin with."""


def render(spec: LoadBalancingSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    by = spec.hash if spec.chosen == "consistent-hash" else None
    if plane == "ingress-nginx":
        return Parts(annotations={f"{NGINX}{key}": value for key, value in _nginx(spec.chosen, by).items()})
    if plane == "kong":
        return Parts(upstream={"algorithm": _KONG[spec.chosen], **({"hashOn": _kong_hash(by)} if by else {})})
    balancer: dict[str, Any] = {"consistentHash": _istio_hash(by)} if by else {"simple": _ISTIO[spec.chosen]}
    locality = spec.locality if spec.locality is not None else (True if spec.failover else None)
    if locality is not None:
        regions = [{"from": source, "to": str(target)} for source, target in sorted(spec.failover.items())]
        balancer["localityLbSetting"] = {"enabled": locality, **({"failover": regions} if regions else {})}
    return Parts(destination={"loadBalancer": balancer})


def _istio_hash(by: HashSettings) -> dict[str, Any]:
    if by.cookie:
        return {"httpCookie": {"name": str(by.cookie.name), "path": "/", "ttl": f"{by.cookie.ttl.seconds}s"}}
    if by.header:
        return {"httpHeaderName": str(by.header)}
    return {"httpQueryParameterName": str(by.query)} if by.query else {"useSourceIp": True}


def _kong_hash(by: HashSettings) -> dict[str, Any]:
    if by.cookie:
        return {"cookie": str(by.cookie.name), "cookiePath": "/"}
    if by.header:
        return {"header": str(by.header)}
    return {"queryArg": str(by.query)} if by.query else {"input": "ip"}


def _nginx(chosen: str, by: HashSettings | None) -> dict[str, str]:
    if by is None:
        return {"load-balance": _NGINX[chosen]}
    if by.cookie:
        # balanced: a new pod gets its share of the clients, as with a consistent hash
        said = {"affinity": "cookie", "affinity-mode": "balanced", "session-cookie-name": str(by.cookie.name), "session-cookie-path": "/"}
        seconds = str(by.cookie.ttl.seconds)
        return {**said, **({"session-cookie-max-age": seconds, "session-cookie-expires": seconds} if by.cookie.ttl.seconds else {})}
    if by.header:
        return {"upstream-hash-by": f"$http_{by.header.lower().replace('-', '_')}"}
    return {"upstream-hash-by": f"$arg_{by.query}" if by.query else "$remote_addr"}
