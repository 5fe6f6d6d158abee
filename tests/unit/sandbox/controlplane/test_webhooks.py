"""What simulated pods answer."""

from __future__ import annotations

import json
import socket
import threading
from functools import partial

from quayside_sandbox.controlplane.webhooks import respond, serve


def test_admission_is_granted_unchanged() -> None:
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u"}}
    status, answer = respond("POST", "/validate", json.dumps(review).encode(), "shop/hook")
    assert status == 200
    assert answer == {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {"uid": "u", "allowed": True}}


def test_a_conversion_renames_the_version() -> None:
    request = {"uid": "u", "desiredAPIVersion": "a/v2", "objects": [{"apiVersion": "a/v1", "kind": "B", "spec": 1}]}
    _, answer = respond("POST", "/", json.dumps({"apiVersion": "x", "kind": "ConversionReview", "request": request}).encode(), "p")
    assert answer["response"]["convertedObjects"] == [{"apiVersion": "a/v2", "kind": "B", "spec": 1}]


def test_everything_else_is_said_to_be_simulated() -> None:
    for body in (b"", b"[]", b"no json"):
        status, answer = respond("GET", "/metrics", body, "shop/hook")
        assert status == 503
        assert answer["message"] == "GET /metrics: pod shop/hook is simulated and serves nothing"


def test_several_requests_on_one_connection_with_both_kinds_of_body() -> None:
    ours, theirs = socket.socketpair()
    threading.Thread(target=serve, args=(theirs, partial(respond, pod="shop/hook")), daemon=True).start()
    body = json.dumps({"apiVersion": "v", "kind": "AdmissionReview", "request": {"uid": "1"}}).encode()
    with ours, ours.makefile("rb") as reading:
        ours.sendall(b"POST /a HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        ours.sendall(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        for _ in range(2):
            assert reading.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (header := reading.readline()) != b"\r\n":
                if header.lower().startswith(b"content-length"):
                    length = int(header.split(b":")[1])
            assert json.loads(reading.read(length))["response"]["allowed"] is True
