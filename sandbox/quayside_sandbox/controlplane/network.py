"""The way from the API server into the cluster: to webhooks, to kubelets, to whatever a pod would serve.

The API server asks the proxy on the cluster's socket for each connection (its egress selector). Pods are simulated and serve nothing, so
the proxy answers in their place: only where a ready pod has the address, as in life; everything else is refused.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path

from ..kube.client import Object
from .served_certificates import ServedCertificates
from .watched import Watched
from .webhooks import serve

log = logging.getLogger(__name__)

KUBELET_PORT = 10250
LIMIT = 15.0  # seconds that one exchange may take; watches of logs have none
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Network:
    """Listens on a socket until closed; `kubelet` is where kwok answers, `answer` is asked with a pod, method, path and body."""

    def __init__(
        self,
        path: Path,
        kubelet: int,
        pods: Watched,
        nodes: Watched,
        certificates: ServedCertificates,
        answer: Callable[[Object, str, str, bytes], tuple[HTTPStatus, Object]],
    ) -> None:
        self.kubelet, self.pods, self.nodes, self.certificates, self.answer = kubelet, pods, nodes, certificates, answer
        self._open: dict[socket.socket, str] = {}  # connections to pods, and the pod's address
        self._lock = threading.Lock()
        path.unlink(missing_ok=True)
        name = os.path.relpath(path)  # a socket's name has a hundred characters at most
        network = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, ssl.SSLError):
                    network.connect(self.request)

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 64

        self._path = path
        self._server = Server(name, Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.5}, name=f"network {path.parent.name}", daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.pods]

    def reconcile(self) -> float | None:
        """A pod's connections end with it: the API server keeps them, and would be answered by nobody for a while."""
        with self._lock:
            for connection, host in self._open.items():
                if self._ready_pod(host) is None:
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
        return None

    def connect(self, connection: socket.socket) -> None:
        """One CONNECT and what follows."""
        connection.settimeout(LIMIT)
        host, port = _target(connection)
        if port == KUBELET_PORT and self._is_node(host):
            with socket.create_connection(("127.0.0.1", self.kubelet), timeout=LIMIT) as kubelet:
                connection.sendall(ESTABLISHED)
                _pipe(connection, kubelet)
            return
        pod = self._ready_pod(host)
        if pod is None:
            reason = f"dial tcp {host}:{port}: connect: connection refused"
            connection.sendall(f"HTTP/1.1 502 {reason}\r\nContent-Length: {len(reason)}\r\nConnection: close\r\n\r\n{reason}".encode())
            return
        connection.sendall(ESTABLISHED)
        if connection.recv(1, socket.MSG_PEEK) == b"\x16":  # a TLS handshake
            with self._secured(connection, pod) as secured:
                self._serve(secured, pod, host)
        else:
            self._serve(connection, pod, host)

    def _serve(self, connection: socket.socket, pod: Object, host: str) -> None:
        with self._lock:
            self._open[connection] = host
        try:
            serve(connection, partial(self.answer, pod))
        finally:
            with self._lock:
                del self._open[connection]

    def _secured(self, connection: socket.socket, pod: Object) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])

        def choose(chosen: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            chosen.context = self.certificates.context(name or "", pod)

        context.sni_callback = choose
        return context.wrap_socket(connection, server_side=True)

    def _is_node(self, host: str) -> bool:
        return any(entry["address"] == host for node in self.nodes.items() for entry in (node.get("status") or {}).get("addresses") or [])

    def _ready_pod(self, host: str) -> Object | None:
        for pod in self.pods.items():
            status = pod.get("status") or {}
            if status.get("podIP") == host and not pod["spec"].get("hostNetwork"):
                ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or [])
                return pod if ready else None
        return None


def _target(connection: socket.socket) -> tuple[str, int]:
    """Reads the request to its end: the head alone, and not a byte of what follows."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(head) > 8192:
            raise ConnectionError("no CONNECT request")
        head += byte
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
    host, _, port = target.rpartition(":")
    if method != "CONNECT" or not port.isdigit():
        raise ConnectionError(f"not a CONNECT request: {method} {target}")
    return host.strip("[]"), int(port)


def _pipe(one: socket.socket, other: socket.socket) -> None:
    one.settimeout(None)
    other.settimeout(None)
    ends = {one: other, other: one}
    while True:
        readable, _, _ = select.select(list(ends), [], [])
        for end in readable:
            data = end.recv(65536)
            if not data:
                return
            ends[end].sendall(data)
