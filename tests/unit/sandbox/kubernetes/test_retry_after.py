"""A server that asks for patience gets it, as from client-go; any other error is told at once."""

import httpx
import pytest

from quayside_sandbox.kube import Api, ApiError, client


def answering(monkeypatch: pytest.MonkeyPatch, *answers: httpx.Response) -> tuple[Api, list[float]]:
    """A client of a server that gives these answers, and the seconds that it waits between them."""
    waited: list[float] = []
    monkeypatch.setattr(client.time, "sleep", waited.append)
    kubeconfig = """{"current-context": "x", "clusters": [{"name": "x", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "x", "user": {}}], "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}"""
    api, left = Api.from_kubeconfig(kubeconfig), list(answers)
    monkeypatch.setattr(api.http, "send", lambda request: left.pop(0))
    return api, waited


BUSY = {"message": "storage is (re)initializing", "reason": "TooManyRequests"}


def test_a_new_kind_whose_storage_is_not_ready_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "1"}, json=BUSY)
    api, waited = answering(monkeypatch, busy, busy, httpx.Response(200, json={"items": []}))
    assert api.request("GET", "/apis/cert-manager.io/v1/certificates") == {"items": []}
    assert waited == [1, 1]


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    api, waited = answering(monkeypatch, *[httpx.Response(429, headers={"Retry-After": "1"}, json=BUSY)] * 11)
    with pytest.raises(ApiError, match="initializing"):
        api.request("GET", "/apis")
    assert len(waited) == 10


@pytest.mark.parametrize(("code", "headers"), [(429, {}), (500, {}), (404, {"Retry-After": "1"}), (503, {"Retry-After": "soon"})])
def test_without_a_time_to_wait_an_error_is_told_at_once(monkeypatch: pytest.MonkeyPatch, code: int, headers: dict[str, str]) -> None:
    api, waited = answering(monkeypatch, httpx.Response(code, headers=headers, json={"message": "no"}))
    with pytest.raises(ApiError, match="no"):
        api.request("GET", "/apis")
    assert waited == []
