"""`pulumi-language-python`: started by the engine, which passes its own address last."""

import sys

from pulumi.runtime.proto import language_pb2_grpc

from ..plugins.server import serve
from .host import LanguageHost


def main() -> None:
    host = LanguageHost(sys.argv[-1] if len(sys.argv) > 1 else "")
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server))


if __name__ == "__main__":
    main()
