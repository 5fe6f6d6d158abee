"""Serves a provider plugin to the engine: prints the port, and ends with the engine."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from .kill import end_group

# The engine sends whole objects: CRDs and kubeconfigs are larger than grpc's 4 MB default (Pulumi's own limit is 400 MB).
MAX_MESSAGE = 400 * 1024 * 1024
WORKERS = 96  # the engine runs up to 4 x cores steps at once, and each await holds one thread


def serve(register: Callable[[grpc.Server], Any]) -> None:
    """Runs a gRPC server on a free loopback port until the engine goes away.

    `register` adds the servicer, e.g. `lambda server: add_ResourceProviderServicer_to_server(servicer, server)`.
    """
    options = [("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE), ("grpc.so_reuseport", 0)]
    server = grpc.server(ThreadPoolExecutor(WORKERS), options=options)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    if port == 0:
        raise SystemExit("cannot listen on a loopback port")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    orphaned = threading.Event()
    threading.Thread(target=_end_with_parent, args=(os.getppid(), ended, orphaned), daemon=True).start()
    ended.wait()
    server.stop(grace=0.5)
    sys.stdout.flush()
    if orphaned.is_set():
        end_group()
    os._exit(0)


def _end_with_parent(parent: int, ended: threading.Event, orphaned: threading.Event) -> None:
    """An engine that was killed cannot tell its plugins to end: they look for themselves."""
    while os.getppid() == parent:
        time.sleep(0.5)
    orphaned.set()
    ended.set()
