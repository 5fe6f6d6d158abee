"""A webhook of the tests' own, which fails the first times that it is called and counts."""

from __future__ import annotations

import json
import ssl
import threading
from base64 import b64encode
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from quayside_sandbox.controlplane.certificates import Authority, Key
from quayside_sandbox.kube import Api

HOST = "127.0.0.1"


class LateWebhook:
    """Judges objects of one group: of each it fails the first calls, and grants all after them but for the names that it refuses."""

    def __init__(self, folder: Path) -> None:
        self.fails = 0
        self.refuses: set[str] = set()
        self.calls: Counter[str] = Counter()
        key, self._authority = Key.new(), Authority.new("late-webhook")
        pair = folder / "late-webhook.pem"
        pair.write_bytes(self._authority.issue("late-webhook", [HOST], key) + key.pem())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def join(self, api: Api, group: str, resources: list[str]) -> None:
        """From now on the API server asks it."""
        hook = {
            "name": "late.example.com",
            "clientConfig": {
                "url": f"https://{HOST}:{self._server.server_port}/validate",
                "caBundle": b64encode(self._authority.certificate).decode(),
            },
            "rules": [{"apiGroups": [group], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": resources}],
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "failurePolicy": "Fail",
        }
        body = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "late"}}
        api.create({**body, "webhooks": [hook]})

    def expect(self, *, fails: int = 0, refuses: str = "") -> None:
        """Begin anew: how many calls for each object fail, and which name is refused after that."""
        self.fails, self.refuses, self.calls = fails, {refuses}, Counter()

    def judge(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to an AdmissionReview's request; None where the call fails."""
        if request.get("dryRun"):
            return {"uid": request["uid"], "allowed": True}
        self.calls[request["name"]] += 1
        if self.calls[request["name"]] <= self.fails:
            return None
        return {"uid": request["uid"], "allowed": request["name"] not in self.refuses}

    def close(self) -> None:
        """It answers no more."""
        self._server.shutdown()
        self._server.server_close()


def _handler(webhook: LateWebhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the base class looks for
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            response = webhook.judge(review["request"])
            answer = json.dumps({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}).encode()
            self.send_response(503 if response is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests look at the counts."""

    return Handler
