"""What an account has before anything is made in it."""

from __future__ import annotations

import hashlib
import uuid

from .digitalocean.catalog import REGIONS
from .store import Store

# The limit of a young paid account, as in the API reference's example of /v2/account (brand-new accounts have 10 or less);
# `quayside-sandbox cloud set <account> dropletLimit=10` makes it smaller.
DROPLET_LIMIT = 25
ACCOUNT_EMAIL = "sandbox@quayside.invalid"


def seed(store: Store) -> None:
    """Makes the accounts, DigitalOcean's default project and each region's default VPC; nothing happens where they are there."""
    owner = _id("account")
    if store.find("digitalocean", "accounts", owner) is None:
        store.create(
            "digitalocean",
            "accounts",
            {
                "uuid": owner,
                "email": ACCOUNT_EMAIL,
                "emailVerified": True,
                "dropletLimit": DROPLET_LIMIT,
                "floatingIpLimit": 3,
                "status": "active",
                "statusMessage": "",
                "_number": 1,
            },
            id=owner,
        )
    project = _id("default project")
    if not store.list("digitalocean", "projects", isDefault=True):
        fields = {
            "name": "first-project",
            "description": "",
            "purpose": "Just trying out DigitalOcean",
            "environment": "",
            "isDefault": True,
        }
        store.create("digitalocean", "projects", {**fields, "ownerId": 1, "ownerUuid": owner, "resources": []}, id=project)
    for region in REGIONS.values():
        if not store.list("digitalocean", "vpcs", region=region.slug, default=True):
            fields = {"name": f"default-{region.slug}", "region": region.slug, "description": "", "default": True}
            store.create("digitalocean", "vpcs", {**fields, "ipRange": f"10.{region.number}.0.0/20"}, id=_id(f"vpc {region.slug}"))
    account = hashlib.md5(b"cloudflare account", usedforsecurity=False).hexdigest()
    if store.find("cloudflare", "accounts", account) is None:
        store.create("cloudflare", "accounts", {"name": "Sandbox", "type": "standard"}, id=account)


def _id(name: str) -> str:
    """The same in every sandbox, so that tests and settings can name it."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.sandbox.quayside.invalid"))
