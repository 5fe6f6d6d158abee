"""cert-manager's issuers come up although a webhook fails at first, against the real definitions; every other error ends the run at once."""

from __future__ import annotations

import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.folder import Folder
from quayside_sandbox.kube import Api
from quayside_sandbox.places import IGNORED, cache_folder
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Choices, Sandbox

from .cluster_checks import NODES, Object
from .conftest import ROOT
from .late_webhook import LateWebhook

PROGRAM = Path(__file__).parent / "programs" / "certificates"
API = "cert-manager.io/v1"
ISSUERS = {"letsencrypt-prod", "letsencrypt-staging", "self-signed"}


@pytest.fixture(scope="module")
def sandbox(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose clusters get cert-manager's real definitions."""
    crds = tmp_path_factory.mktemp("crds")
    (crds / "cert-manager.yaml").symlink_to(shared_data / "crds" / "cert-manager.yaml")
    one = Sandbox(Folder(ROOT / IGNORED / "rehearsals" / "certificates"))
    one.stop()
    one.start(Choices(crds=crds), cache=cache_folder(ROOT))
    yield one
    one.stop()


class Stack:
    """The program as one stack beside a webhook that is late."""

    def __init__(self, rehearsal: Rehearsal, api: Api, webhook: LateWebhook) -> None:
        self.rehearsal, self.api, self.webhook = rehearsal, api, webhook
        self.config: Object = {"email": "ops@acme.com"}

    def set(self, **changes: Any) -> Stack:
        self.config |= changes
        written = {f"certificates:{key}": value for key, value in self.config.items()}
        (self.rehearsal.project / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": written}))
        return self

    def there(self) -> Stack:
        """Up, as the first test leaves it: each test can be run alone."""
        self.webhook.expect()
        if not self.rehearsal.has_resources():
            self.rehearsal.up().check()
        return self

    def issuer(self, name: str) -> Object:
        found: Object = self.api.get(API, "ClusterIssuer", name)
        return found


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("certificates")
    kubeconfig = sandbox.local_cluster("certificates", NODES)
    api, webhook = Api.from_kubeconfig(kubeconfig), LateWebhook(folder)
    webhook.join(api, "cert-manager.io", ["clusterissuers", "certificates"])
    program = shutil.copytree(PROGRAM, folder / "program")
    (program / "Pulumi.test.yaml").write_text("config: {}\n")
    yield Stack(Rehearsal(sandbox, program, "test", variables={"CLUSTER_KUBECONFIG": kubeconfig}), api, webhook).set()
    webhook.close()
    api.close()


def retries(outcome: Outcome) -> dict[str, int]:
    """How often the engine says that it tried again, by the resource's name."""
    found: dict[str, int] = {}
    for one in outcome.diagnostics:
        if "due to on-error hook request" in one["message"]:
            name = one["urn"].rpartition("::")[2]
            found[name] = found.get(name, 0) + 1
    return found


def test_issuers_are_made_although_the_webhook_fails_at_first(stack: Stack) -> None:
    stack.webhook.expect(fails=2)
    up = stack.rehearsal.up().check()
    assert dict(stack.webhook.calls) == dict.fromkeys([*ISSUERS, "wildcard-tls"], 3)
    assert retries(up) == dict.fromkeys([*ISSUERS, "wildcard"], 2)
    assert stack.rehearsal.outputs()["issuers"] == {name: name for name in ISSUERS}
    stack.webhook.expect()
    assert stack.rehearsal.preview().check().changed == []


def test_they_say_on_the_server_what_was_meant(stack: Stack) -> None:
    """The real definitions would have cut off what they do not know."""
    stack.there()
    for name, host in {"letsencrypt-prod": "acme-v02", "letsencrypt-staging": "acme-staging-v02"}.items():
        assert stack.issuer(name)["spec"] == {
            "acme": {
                "server": f"https://{host}.api.letsencrypt.org/directory",
                "email": "ops@acme.com",
                "privateKeySecretRef": {"name": f"{name}-account-key"},
                "solvers": [{"http01": {"ingress": {"ingressClassName": "nginx", "serviceType": "ClusterIP"}}}],
            }
        }
    assert stack.issuer("self-signed")["spec"] == {"selfSigned": {}}
    assert stack.issuer("letsencrypt-prod")["metadata"]["labels"]["quayside/owner"] == "certificates.test"
    assert stack.api.get(API, "Certificate", "wildcard-tls", "cert-manager")["spec"] == {
        "secretName": "wildcard-tls",
        "commonName": "example.com",
        "dnsNames": ["example.com", "*.example.com"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "self-signed"},
    }


def test_an_update_is_repeated_as_well_and_another_challenge_changes_the_issuers_alone(stack: Stack) -> None:
    stack.there().webhook.expect(fails=1)
    up = stack.set(dnsToken={"secure": "v1:of:nobodys"}).rehearsal.up().check()
    by_acme = {"letsencrypt-prod", "letsencrypt-staging"}
    assert retries(up) == dict.fromkeys(by_acme, 1)
    assert dict(stack.webhook.calls) == dict.fromkeys(by_acme, 2)
    assert up.changed == ["create kubernetes:core/v1:Secret::cloudflare-dns-token"] + [
        f"update kubernetes:cert-manager.io/v1:ClusterIssuer::{name}" for name in sorted(by_acme)
    ]
    reference = {"name": "cloudflare-dns-token", "key": "api-token"}
    for name in by_acme:
        assert stack.issuer(name)["spec"]["acme"]["solvers"] == [{"dns01": {"cloudflare": {"apiTokenSecretRef": reference}}}]
    stored = stack.api.get("v1", "Secret", "cloudflare-dns-token", "cert-manager")["data"]["api-token"]
    token = b64decode(stored).decode()
    assert token == "example-of-certificates:dnsToken"  # what stands in for the secure value
    for text in (up.output, str(stack.rehearsal.exported())):
        assert token not in text
        assert stored not in text


def test_an_error_in_the_object_itself_is_not_repeated(stack: Stack) -> None:
    failed = stack.there().set(broken=True).rehearsal.up()
    assert failed.code != 0
    assert "spec.acme.server" in failed.errors
    assert retries(failed) == {}


def test_a_refusal_is_not_repeated(stack: Stack) -> None:
    stack.there().webhook.expect(refuses="letsencrypt-prod")
    failed = stack.set(broken=False, email="others@acme.com").rehearsal.up()
    assert failed.code != 0
    assert "denied the request" in failed.errors
    assert retries(failed) == {}
    assert stack.webhook.calls["letsencrypt-prod"] == 1
    stack.webhook.expect()
    stack.rehearsal.up().check()
    assert stack.issuer("letsencrypt-prod")["spec"]["acme"]["email"] == "others@acme.com"


def test_nothing_is_left(stack: Stack) -> None:
    stack.there().rehearsal.destroy().check()
    assert stack.api.find("v1", "Namespace", "cert-manager") is None
    assert stack.api.find("apps/v1", "Deployment", "cert-manager", "cert-manager") is None
