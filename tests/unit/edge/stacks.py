"""Settings of stacks with names."""

from typing import Any

from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.examples import settings, topics

CLOUDFLARE_TOKEN = "not-a-real-cloudflare-token-" + "5a" * 6


def stack(hosts: dict[str, Any] | None = None, domain: str = "example.com", **more: Any) -> Settings:
    """A stack whose only service has these hosts. more: further topics."""
    own = {
        "domain": domain,
        "entry": {"kind": "ingress-nginx"},
        "certificates": {"email": "ops@acme.com"},
        "secrets": {"cloudflareToken": CLOUDFLARE_TOKEN},
        "services": {"hello": {"hosts": hosts or {}}},
    }
    return settings(merge(merge(topics(), own), more))
