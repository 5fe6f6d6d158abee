"""Which clouds are simulated; each is loaded only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from .cloud import Cloud

# name → module and class; plugins/cloud serves each as pulumi-resource-<name>.
CLOUDS = {
    "digitalocean": (".digitalocean.cloud", "DigitalOcean"),
    "cloudflare": (".cloudflare.cloud", "Cloudflare"),
}


def load(name: str) -> type[Cloud]:
    module, kind = CLOUDS[name]
    found: type[Cloud] = getattr(import_module(module, __package__), kind)
    return found
