"""`pulumi-resource-digitalocean`, `pulumi-resource-cloudflare`: the first argument names the cloud."""

from __future__ import annotations

import sys

from pulumi.runtime.proto import provider_pb2_grpc

from ...clouds import index
from ...clouds.store import Store
from ...folder import Folder
from ..server import serve
from .servicer import CloudServicer


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in index.CLOUDS:
        raise SystemExit(f"which cloud? write one of: {', '.join(index.CLOUDS)}")
    servicer = CloudServicer(index.load(sys.argv[1]), Store(Folder.from_environment().clouds))
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server))


if __name__ == "__main__":
    main()
