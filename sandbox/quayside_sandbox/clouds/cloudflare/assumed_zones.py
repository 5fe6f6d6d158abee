"""The domains that the simulated account has from the start: those that a program asks for.

Whoever tries a stack out has not registered its domain in the sandbox, and a look-up is no way to make a zone. So a look-up of a zone by
its exact name finds it, active, as if the settings' domain were the user's; the sandbox's report names it. A name that could not be a
zone of its own in this account stays unknown, as in reality.
"""

from __future__ import annotations

import uuid

from ..cloud import Cloud
from ..store import Record, Store, timestamp
from .zone import facts

# Below these, country codes hand out names at the third level (publicsuffix.org: co.uk, com.sg, or.kr …).
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})
# Top level domains in which nobody can register a name (RFC 2606, RFC 6761, RFC 6762, RFC 7686; ICANN board resolution 2024.07.29.06).
RESERVED = frozenset({"alt", "example", "internal", "invalid", "local", "localhost", "onion", "test"})


def assume(cloud: Cloud, name: str) -> None:
    """Makes the zone, unless it is there or cannot be."""
    if not registrable(name):
        return
    with cloud.alone():
        others = [str(zone["name"]) for zone in cloud.list("zones")]
        if any(name == other or name.endswith(f".{other}") or other.endswith(f".{name}") for other in others):
            return
        account = cloud.list("accounts")[0]
        fields = {**facts({"account": {"id": account["id"]}, "status": "active"}), "activatedOn": timestamp()}
        fields["account"] = {"id": account["id"], "name": account["name"]}
        cloud.store.create(cloud.name, "zones", {"name": name, **fields, "_assumed": True}, id=uuid.uuid4().hex)


def assumed(store: Store) -> list[Record]:
    return store.list("cloudflare", "zones", _assumed=True)


def registrable(name: str) -> bool:
    """Whether a registrar sells such names: two labels, or three where the middle one is a country's."""
    labels = name.split(".")
    if not all(labels) or labels[-1] in RESERVED or not all(part.replace("-", "").isalnum() for part in labels):
        return False
    below_country = len(labels) > 1 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return len(labels) == (3 if below_country else 2)
