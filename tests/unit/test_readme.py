"""The README's program, run as it is written."""

import re
from pathlib import Path

from pulumi.runtime.config import set_all_config

from unit.recorder import record, value_of

README = Path(__file__).parents[2] / "README.md"


def test_the_library_can_be_used_as_shown() -> None:
    (program,) = [block for block in re.findall(r"^```python\n(.*?)^```", README.read_text(), re.M | re.S) if "import pulumi\n" in block]
    set_all_config({"quayside:digitaloceanToken": "dop_v1_" + "0" * 64})
    try:
        recorded = record(lambda: exec(program, {}))
    finally:
        set_all_config({})
    signed = recorded.one("Certificate").inputs["spec"]
    assert (signed["dnsNames"], signed["issuerRef"]["name"]) == (["shop.example.com"], "letsencrypt-prod")
    solvers = recorded.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"]
    (parent,) = solvers[0]["http01"]["gatewayHTTPRoute"]["parentRefs"]
    about = recorded.one("Gateway").inputs["metadata"]
    assert (parent["namespace"], parent["name"]) == (about["namespace"], about["name"])
    assert value_of(recorded.exports["address"])
