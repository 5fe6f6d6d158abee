"""An API server that does not answer is told in the official plugin's words."""

import json

import httpx
import pytest

from quayside_sandbox import processes
from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.kube.no_answer import in_words
from quayside_sandbox.plugins.kubernetes.configuration import configure

URL = httpx.URL("https://10.1.2.3/api/v1/namespaces?limit=5")


def kubeconfig(port: int) -> str:
    document = {
        "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}}],
        "users": [{"name": "x", "user": {"token": "hunter2"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }
    return json.dumps(document)


def test_a_refused_connection_is_told_as_go_tells_it() -> None:
    (port,) = processes.free_ports(1)
    with pytest.raises(httpx.ConnectError) as refused:
        Api.from_kubeconfig(kubeconfig(port)).request("POST", "/api/v1/namespaces", params={"dryRun": "All"})
    where = f"127.0.0.1:{port}"
    assert str(refused.value) == f'Post "https://{where}/api/v1/namespaces?dryRun=All": dial tcp {where}: connect: connection refused'


def test_the_provider_says_why_its_cluster_is_unreachable() -> None:
    (port,) = processes.free_ports(1)
    where = f"127.0.0.1:{port}"
    assert configure({"kubeconfig": kubeconfig(port)}, {}).unreachable == (
        "unable to load schema information from the API server: "
        f'Get "https://{where}/openapi/v2?timeout=32s": dial tcp {where}: connect: connection refused'
    )


def test_refused_credentials_are_told_as_client_go_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(api: Api, api_version: str) -> None:
        raise ApiError(401, "Unauthorized", "Unauthorized")

    monkeypatch.setattr(Api, "kinds", refuse)
    unreachable = configure({"kubeconfig": kubeconfig(1)}, {}).unreachable
    assert unreachable.endswith("API server: the server has asked for the client to provide credentials")


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (httpx.ConnectTimeout("timed out"), "dial tcp 10.1.2.3:443: i/o timeout"),
        (httpx.ReadTimeout("timed out"), "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "EOF"),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), "read tcp 10.1.2.3:443: read: connection reset by peer"),
        (httpx.ConnectError("[Errno -2] Name or service not known"), "dial tcp: lookup 10.1.2.3: no such host"),
        (httpx.ReadError(""), "ReadError"),
    ],
)
def test_each_way_of_not_answering(problem: httpx.TransportError, reason: str) -> None:
    assert in_words(problem, URL) == f'Get "{URL}": {reason}'
