"""Settings that are right, for tests to start from."""

import copy
from typing import Any

from quayside.settings.stack import Settings

TOKEN = "dop_v1_" + "feedbeef" * 8
PASSWORD = "correct-horse-battery-staple"
CLOUDFLARE_TOKEN = "cafe-cafe-" * 4

_TOPICS: dict[str, Any] = {
    "disposable": True,
    "cluster": {
        "region": "sgp1",
        "version": "1.36",
        "systemPool": {"size": "s-2vcpu-4gb"},
        "pools": {"main": {"size": "s-2vcpu-4gb", "count": 1}},
    },
    "services": {"hello": {"image": "nginxinc/nginx-unprivileged:1.29-alpine", "replicas": 2}},
    "secrets": {"digitaloceanToken": TOKEN, "smtpPassword": PASSWORD},
}


def topics() -> dict[str, Any]:
    """A stack's topics, free to be changed."""
    return copy.deepcopy(_TOPICS)


def public() -> dict[str, Any]:
    """A stack whose service is reached from outside, with everything that takes."""
    stack = topics()
    stack["secrets"]["cloudflareToken"] = CLOUDFLARE_TOKEN
    stack["domain"] = "dev.example.com"
    stack["names"] = {"zone": "example.com"}
    stack["certificates"] = {"email": "ops@example.com"}
    stack["services"]["hello"]["hosts"] = {"hello": {}}
    return stack


def settings(changed: dict[str, Any] | None = None) -> Settings:
    """The settings of those topics, or of changed ones."""
    result, problems = Settings.check(changed or topics())
    assert result is not None and not problems, problems
    return result
