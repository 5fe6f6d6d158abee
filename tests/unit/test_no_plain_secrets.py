"""No secret is in any plain part of what the program sends to the engine: that would be in the state and in every preview."""

import base64

import pytest

from quayside.platform import Platform
from unit.examples import CLOUDFLARE_TOKEN, PASSWORD, TOKEN, public, settings
from unit.recorder import record


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("credentials", ["token", "doctl"])
def test_no_secret_is_registered_in_plain_text(credentials: str, preview: bool) -> None:
    stack = public()
    stack["certificates"] |= {"challenge": "dns-01", "wildcard": True}
    stack["registries"] = {"hub": {"kind": "other", "server": "docker.io", "username": "acme", "password": "smtpPassword"}}
    stack["cluster"]["credentials"] = credentials
    stack["services"]["hello"] |= {"secrets": {"PASSWORD": "smtpPassword"}, "config": {"A": "b"}, "env": {"C": "d"}}
    spec = settings(stack)
    recorded = record(lambda: Platform(spec).export(), preview=preview)
    assert any(PASSWORD in str(each.inputs) or base64.b64encode(PASSWORD.encode()).decode() in str(each.inputs) for each in recorded)
    for each in recorded:
        for secret in (TOKEN, CLOUDFLARE_TOKEN, PASSWORD):
            assert secret not in each.plain, each.name
            assert base64.b64encode(secret.encode()).decode() not in each.plain, each.name
