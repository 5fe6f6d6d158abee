"""`pulumi-resource-kubernetes`: serves the plugin; the engine's address is the last argument, or comes with its handshake."""

from __future__ import annotations

import sys

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from ..server import serve
from .engine import Engine
from .servicer import KubernetesServicer


def main() -> None:
    engine = Engine()
    if len(sys.argv) > 1 and not sys.argv[-1].startswith("-"):
        engine.attach(sys.argv[-1])

    def register(server: grpc.Server) -> None:
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(KubernetesServicer(engine), server)

    serve(register)


if __name__ == "__main__":
    main()
