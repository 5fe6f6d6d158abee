"""What simulated pods answer to the API server: webhooks say yes unless somebody objects or changes what is asked for, everything else
says that it is simulated."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, BinaryIO

from ..kube.client import Object

Objection = Callable[[Object], str | None]  # of an AdmissionReview's request
Changes = Callable[[Object], list[Object]]  # likewise: operations of a JSON patch


def serve(connection: socket.socket, answer: Callable[[str, str, bytes], tuple[HTTPStatus, Object]]) -> None:
    """HTTP/1.1 until the other side has enough; `answer` is given method, path and body."""
    with connection.makefile("rb") as reading:
        while (request := _read(reading)) is not None:
            status, found = answer(*request)
            content = json.dumps(found).encode()
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode() + content)


def respond(
    method: str, path: str, body: bytes, pod: str, objection: Objection = lambda _: None, changes: Changes = lambda _: []
) -> tuple[HTTPStatus, Object]:
    """Admission is granted, with changes or without, or refused; a conversion only renames the version."""
    review = _json(body)
    request = review.get("request") or {}
    if review.get("kind") == "AdmissionReview":
        message = objection(request)
        verdict: Object = {"uid": request.get("uid"), "allowed": message is None}
        if message is not None:
            verdict["status"] = {"status": "Failure", "code": 400, "reason": "BadRequest", "message": message}
        elif patch := changes(request):
            verdict.update(patchType="JSONPatch", patch=base64.b64encode(json.dumps(patch).encode()).decode())
        return HTTPStatus.OK, _review(review, verdict)
    if review.get("kind") == "ConversionReview":
        objects = [{**each, "apiVersion": request["desiredAPIVersion"]} for each in request.get("objects") or []]
        answer = {"uid": request.get("uid"), "result": {"status": "Success"}, "convertedObjects": objects}
        return HTTPStatus.OK, _review(review, answer)
    silence = f"{method} {path}: pod {pod} is simulated and serves nothing"
    status = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "ServiceUnavailable", "code": 503, "message": silence}
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
