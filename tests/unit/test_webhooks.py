"""How long a webhook is waited for, and what is waited for at all."""

import asyncio

import pulumi
import pytest

from quayside import webhooks
from quayside.webhooks import PAUSES, pause

EARLY = (
    'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post '
    '"https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s": '
)
UNANSWERED = [
    EARLY + 'no endpoints available for service "cert-manager-webhook"',
    EARLY + "dial tcp 10.245.3.4:443: connect: connection refused",
    EARLY + "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    EARLY + "context deadline exceeded",
    'no endpoints available for service "ingress-nginx-controller-admission"',
]
OTHERS = [
    'ClusterIssuer.cert-manager.io "prod" is invalid: spec.acme.server: Required value',
    'admission webhook "webhook.cert-manager.io" denied the request: spec.acme.email: Invalid value',
    'clusterissuers.cert-manager.io "prod" already exists',
    "the server could not find the requested resource",
]


@pytest.mark.parametrize("error", UNANSWERED)
def test_an_unanswered_call_is_repeated(error: str) -> None:
    assert pause([error]) == 1


@pytest.mark.parametrize("error", OTHERS)
def test_every_other_error_is_not(error: str) -> None:
    assert pause([error]) is None


def test_pauses_grow_to_two_minutes_and_end() -> None:
    assert [pause([UNANSWERED[0]] * tries) for tries in range(1, 11)] == [1, 2, 4, 8, 15, 30, 30, 30, None, None]
    assert sum(PAUSES) == 120


def test_only_the_newest_error_counts() -> None:
    assert pause([UNANSWERED[1], UNANSWERED[0]]) == 2
    assert pause([OTHERS[0], UNANSWERED[0]]) is None


def test_the_pause_does_not_hold_up_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PAUSES", (0.2,))

    async def both() -> tuple[bool, bool, float]:
        begun = asyncio.get_running_loop().time()
        first, second = await asyncio.gather(*(webhooks._try_again(failure(error)) for error in (UNANSWERED[0], UNANSWERED[1])))
        return first, second, asyncio.get_running_loop().time() - begun

    first, second, took = asyncio.run(both())
    assert first and second
    assert 0.2 <= took < 0.4


def test_the_engine_is_told_to_give_up_at_once() -> None:
    assert asyncio.run(webhooks._try_again(failure(OTHERS[0]))) is False


def failure(*errors: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs(urn="urn", id="", name="prod", type="kubernetes:cert-manager.io/v1:ClusterIssuer", errors=list(errors))


def test_a_host_that_another_route_is_about_to_let_go_of_is_tried_again() -> None:
    said = 'denied the request: host "shop.example.com" and path "/" is already defined in ingress shop/shop'
    assert pause([said]) == 1
