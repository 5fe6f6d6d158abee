"""Versions of a service behind ingress-nginx: a second Ingress beside the main one."""

from typing import Any

from quayside.edge.contract import Exposure, Match, Route, Version
from quayside.edge.ingress_nginx_routes import PREFIX, routes

HOSTS = {"shop.example.com": {"/": "Prefix", "/api": "Exact"}, "example.com": {"/": "Prefix"}}


def both(*versions: Version) -> list[dict[str, Any]]:
    return routes(
        Route("ingress-nginx", "nginx", "ingress-nginx", "letsencrypt-prod"),
        Exposure("shop", "shops", 80, HOSTS, {"team": "a"}, versions=versions),
    )


def asked(*matches: Match, **more: Any) -> dict[str, str]:
    """What the second Ingress says beyond being one."""
    _, other = both(Version("canary", "shop-canary", matches=matches, **more))
    said = other["metadata"]["annotations"]
    return {key.removeprefix(PREFIX): value for key, value in said.items() if key.startswith(f"{PREFIX}canary-by")}


def test_a_share_of_the_same_hosts_and_paths() -> None:
    main, other = both(Version("canary", "shop-canary", 10))
    assert main == both()[0]
    assert other["metadata"] == {
        "name": "shop-canary",
        "namespace": "shops",
        "labels": {"team": "a"},
        "annotations": {"pulumi.com/skipAwait": "true", f"{PREFIX}canary": "true", f"{PREFIX}canary-weight": "10"},
    }
    assert "tls" not in other["spec"]  # cert-manager would make a second certificate of the same name
    backends = {path["backend"]["service"]["name"] for rule in other["spec"]["rules"] for path in rule["http"]["paths"]}
    assert backends == {"shop-canary"}
    assert str(other["spec"]).replace("shop-canary", "shop") == str({key: main["spec"][key] for key in ("ingressClassName", "rules")})


def test_requests_that_are_named() -> None:
    assert asked(Match(headers={"x-group": "beta"})) == {"canary-by-header": "x-group", "canary-by-header-value": "beta"}
    assert asked(Match(cookies={"trial": "always"})) == {"canary-by-cookie": "trial"}
    users = [Match(headers={"x-user": name}) for name in ("ada", "g.hopper")]
    assert asked(*users) == {"canary-by-header": "x-user", "canary-by-header-pattern": r"^(ada|g\.hopper)$"}
    assert asked() == {}


def test_clients_stay_by_the_controllers_own_cookie() -> None:
    main, other = both(Version("canary", "shop-canary", 10, sticky=True))
    said = {key.removeprefix(PREFIX): value for key, value in main["metadata"]["annotations"].items()}
    assert (said["affinity"], said["session-cookie-name"], said["session-cookie-max-age"]) == ("cookie", "quayside-shop", "86400")
    assert not [key for key in other["metadata"]["annotations"] if "affinity" in key]
    ended, _ = both(Version("canary", "shop-canary"))
    assert not [key for key in ended["metadata"]["annotations"] if "affinity" in key]
