"""cert-manager, as it is registered."""

import json
import re
from base64 import b64encode
from typing import Any

import pulumi
import pytest

from quayside.planes.cert_manager import CertManager
from quayside.settings.footprint import CERT_MANAGER
from quayside.settings.problems import InvalidSettings
from unit.recorder import Recorded, record, value_of

TOKEN = "a-token-that-nobody-may-read"


def cert_manager(**args: Any) -> Recorded:
    given: Any = {"ingress_class": "nginx", **args}
    return record(lambda: CertManager("cert-manager", given))


def test_the_release_is_named_pinned_and_limited_in_time() -> None:
    release = cert_manager().one("Release").inputs
    assert (release["name"], release["namespace"], release["chart"], release["version"]) == (
        "cert-manager",
        "cert-manager",
        "cert-manager",
        "v1.21.1",
    )
    assert (release["repositoryOpts"], release["timeout"]) == ({"repo": "https://charts.jetstack.io"}, 600)
    assert (release["cleanupOnFail"], release["atomic"]) == (True, False)


def test_the_namespace_comes_first() -> None:
    assert "cert-manager" in cert_manager().one("Release").after


def test_crds_are_installed_and_kept_unless_said() -> None:
    assert cert_manager().one("Release").inputs["values"]["crds"] == {"enabled": True, "keep": True}
    assert cert_manager(keep_crds=False).one("Release").inputs["values"]["crds"] == {"enabled": True, "keep": False}


def test_helms_own_labels_are_left_to_helm() -> None:
    assert cert_manager().one("Release").inputs["values"]["global"]["commonLabels"] == {"quayside/owner": "quayside.dev"}


def test_a_mirror_replaces_the_repository() -> None:
    release = cert_manager(mirror="./charts").one("Release").inputs
    assert release["chart"] == "./charts/cert-manager"
    assert not {"version", "repositoryOpts"} & set(release)


def test_the_users_values_go_over_ours() -> None:
    values = cert_manager(values={"replicaCount": 2, "webhook": {"replicaCount": 3}}).one("Release").inputs["values"]
    assert (values["replicaCount"], values["webhook"]["replicaCount"]) == (2, 3)
    assert values["webhook"]["resources"]["requests"] == {"cpu": "10m", "memory": "64Mi"}


def test_the_pods_ask_for_what_the_check_of_capacity_counts() -> None:
    values = cert_manager().one("Release").inputs["values"]
    asked = [values["resources"], values["webhook"]["resources"], values["cainjector"]["resources"]]
    assert [each["requests"] for each in asked] == [pods.requests for pods in CERT_MANAGER]


def test_issuers_come_after_the_release() -> None:
    issuers = cert_manager(email="ops@acme.com").of("ClusterIssuer")
    assert {each.name for each in issuers} == {"letsencrypt-prod", "letsencrypt-staging", "self-signed"}
    assert all("cert-manager" in each.after for each in issuers)


def test_http_challenges_are_led_to_the_class_of_the_entry() -> None:
    assert _ingress(cert_manager(email="ops@acme.com", ingress_class="inner"))["ingressClassName"] == "inner"


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({}, "gateway is missing, and so is ingressClass"),
        ({"gateway": "gateway-api/gateway", "further": [{"hosts": ["a.example.com"]}]}, "further[0].gateway is missing"),
        ({"gateway": "gateway-api/gateway"}, None),
        ({"challenge": "dns-01", "dns_token": TOKEN}, None),
        ({"email": None}, None),
    ],
)
def test_somebody_answers_the_challenges(args: Any, key: str | None) -> None:
    """A guess would be wrong for one of the entries, without a word: certificates that are never signed."""
    given: Any = {"email": "ops@acme.com", **args}
    if key is None:
        assert record(lambda: CertManager("cert-manager", given)).of("Release")
    else:
        with pytest.raises(InvalidSettings, match=re.escape(key)):
            record(lambda: CertManager("cert-manager", given))


def _ingress(recorded: Recorded) -> Any:
    return recorded.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"][0]["http01"]["ingress"]


@pytest.mark.parametrize("given", [lambda: TOKEN, lambda: pulumi.Output.from_input(TOKEN)], ids=["plain", "output"])
def test_the_token_is_a_secret_from_the_first_line_and_there_before_the_issuers(given: Any) -> None:
    def program() -> None:
        args: Any = {"email": "ops@acme.com", "challenge": "dns-01", "dns_token": given()}
        CertManager("cert-manager", args)

    recorded = record(program)
    secret = recorded.one("Secret")
    assert secret.inputs["metadata"]["namespace"] == "cert-manager"
    assert secret.inputs["data"] == {"api-token": b64encode(TOKEN.encode()).decode()}
    assert "data" in secret.sealed
    assert "cloudflare-dns-token" in recorded.one("ClusterIssuer", "letsencrypt-prod").after
    everything = json.dumps([each.plain for each in recorded])
    assert TOKEN not in everything
    assert b64encode(TOKEN.encode()).decode() not in everything


def test_a_token_that_no_issuer_reads_is_not_stored() -> None:
    assert not cert_manager(email="ops@acme.com", dns_token=TOKEN).of("Secret")


def test_dns_challenges_need_the_token() -> None:
    with pytest.raises(InvalidSettings, match="dnsToken is missing"):
        cert_manager(email="ops@acme.com", challenge="dns-01")
    assert cert_manager(challenge="dns-01").of("ClusterIssuer"), "the self-signed one needs none"


def test_arguments_are_checked_as_settings_are() -> None:
    with pytest.raises(InvalidSettings, match="email is not an e-mail address"):
        cert_manager(email="ops")


def test_it_tells_its_issuers() -> None:
    made: list[CertManager] = []
    record(lambda: made.append(CertManager("cert-manager", {"email": "ops@acme.com", "ingress_class": "nginx"})))
    assert value_of(made[0].issuers["letsencrypt-prod"]) == "letsencrypt-prod"
    assert set(value_of(made[0].issuers)) == {"letsencrypt-prod", "letsencrypt-staging", "self-signed"}


def test_two_entries_answer_each_for_its_hosts() -> None:
    made = cert_manager(
        email="ops@acme.com", ingress_class="nginx", further=[{"gateway": "gateway-api/gateway", "hosts": ["a.example.com"]}]
    )
    main, further = made.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"]
    assert (main["http01"]["ingress"]["ingressClassName"], main.get("selector")) == ("nginx", None)
    assert further["http01"]["gatewayHTTPRoute"]["parentRefs"][0]["name"] == "gateway"
    assert further["selector"] == {"dnsNames": ["a.example.com"]}
    assert made.one("Release").inputs["values"]["config"] == {"gatewayAPI": {"enabled": True}}
