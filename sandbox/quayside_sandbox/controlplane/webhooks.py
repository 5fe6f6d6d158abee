"""What simulated pods answer to the API server: webhooks say yes, everything else says that it is simulated."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus
from typing import Any, BinaryIO

from ..kube.client import Object


def serve(connection: socket.socket, pod: Object) -> None:
    """HTTP/1.1 until the other side has enough."""
    with connection.makefile("rb") as reading:
        while (request := _read(reading)) is not None:
            method, path, body = request
            status, answer = respond(method, path, body, f"{pod['metadata']['namespace']}/{pod['metadata']['name']}")
            content = json.dumps(answer).encode()
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode() + content)


def respond(method: str, path: str, body: bytes, pod: str) -> tuple[HTTPStatus, Object]:
    """Admission is granted unchanged; a conversion only renames the version."""
    review = _json(body)
    request = review.get("request") or {}
    if review.get("kind") == "AdmissionReview":
        return HTTPStatus.OK, _review(review, {"uid": request.get("uid"), "allowed": True})
    if review.get("kind") == "ConversionReview":
        objects = [{**each, "apiVersion": request["desiredAPIVersion"]} for each in request.get("objects") or []]
        answer = {"uid": request.get("uid"), "result": {"status": "Success"}, "convertedObjects": objects}
        return HTTPStatus.OK, _review(review, answer)
    message = f"{method} {path}: pod {pod} is simulated and serves nothing"
    status = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "ServiceUnavailable", "code": 503, "message": message}
    return HTTPStatus.SERVICE_UNAVAILABLE, status


def _review(review: Object, response: Object) -> Object:
    return {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _read(reading: BinaryIO) -> tuple[str, str, bytes] | None:
    """The next request: method, path and body; None at the end."""
    line = reading.readline(65536).decode("latin-1").split()
    if len(line) < 2:
        return None
    headers: dict[str, str] = {}
    while (header := reading.readline(65536).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return line[0], line[1], _chunks(reading)
    return line[0], line[1], reading.read(int(headers.get("content-length") or 0))


def _chunks(reading: BinaryIO) -> bytes:
    body = b""
    while size := int(reading.readline(100).split(b";")[0], 16):
        body += reading.read(size)
        reading.readline(2)
    reading.readline(2)
    return body
