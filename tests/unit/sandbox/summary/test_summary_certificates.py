"""The summary's certificates and their state."""

from typing import Any

import pytest

from quayside_sandbox.summary import certificates

from .rendered import rendered, rows


def certificate(status: dict[str, Any] | None) -> dict[str, Any]:
    spec = {"dnsNames": ["*.example.com", "example.com"], "issuerRef": {"name": "letsencrypt-prod"}}
    return {"metadata": {"namespace": "ingress-nginx", "name": "wildcard"}, "spec": spec, "status": status}


def test_names_and_issuer() -> None:
    table = certificates.table([certificate(None)])
    assert rows(table)[0][:3] == ["ingress-nginx/wildcard", "*.example.com, example.com", "letsencrypt-prod"]
    rendered(table)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (
            {"conditions": [{"type": "Ready", "status": "True"}], "notAfter": "2027-02-19T10:00:00Z"},
            "[green]ready[/green] until 2027-02-19",
        ),
        (
            {"conditions": [{"type": "Issuing", "status": "True"}, {"type": "Ready", "status": "False", "message": "no such zone"}]},
            "[red]not ready[/red]: no such zone",
        ),
        (None, "[red]not ready[/red]: cert-manager has not looked at it yet"),
    ],
)
def test_state(status: dict[str, Any] | None, state: str) -> None:
    assert certificates.state(certificate(status)) == state


def test_without_any_there_is_no_table() -> None:
    assert certificates.table([]) is None
