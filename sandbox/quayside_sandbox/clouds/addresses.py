"""Addresses that the simulated clouds hand out: from 203.0.113.0/24, the range that is nobody's (RFC 5737), each once in a sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from ipaddress import ip_network

from ..folder import locked
from .store import Store

PUBLIC = ip_network("203.0.113.0/24")


@contextlib.contextmanager
def free_address(store: Store) -> Iterator[str]:
    """An address that no object has; nobody else gets one until the block is left, so keep the object inside of it."""
    with locked(store.folder / ".addresses.lock"):
        kinds = [(cloud, kind) for cloud in store.clouds() for kind in store.kinds(cloud) if kind.lower().endswith("loadbalancers")]
        taken = {record.get("ip") for cloud, kind in kinds for record in store.list(cloud, kind)}
        address = next((str(host) for host in PUBLIC.hosts() if str(host) not in taken), None)
        if address is None:
            raise LookupError(f"all {PUBLIC.num_addresses - 2} addresses of {PUBLIC} are in use: delete load balancers that nobody needs")
        yield address
