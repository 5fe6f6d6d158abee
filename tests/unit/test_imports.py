"""What an import costs: no provider's SDK before it is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from unit.examples import public, topics

TESTS = Path(__file__).parents[1]


def all_modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def modules_after(statement: str) -> set[str]:
    return {name.partition(".")[0] for name in all_modules_after(statement)}


def modules_of(stack: dict[str, Any]) -> set[str]:
    """What a whole run of a stack imports."""
    text = json.dumps(stack)
    return all_modules_after(f"import json; from unit.test_platform import platform\nassert platform(json.loads({text!r}))")


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import quayside", {"pulumi", "pydantic", "pulumi_kubernetes", "pulumi_digitalocean", "pulumi_cloudflare"}),
        ("from quayside import Settings", {"pulumi_kubernetes", "pulumi_digitalocean", "pulumi_cloudflare"}),
        ("from quayside import Service", {"pulumi_digitalocean", "pulumi_cloudflare"}),
        ("from quayside import Platform", {"pulumi_digitalocean", "pulumi_cloudflare"}),
    ],
)
def test_an_import_brings_no_more_than_it_needs(statement: str, absent: set[str]) -> None:
    assert not modules_after(statement) & absent


def with_names_elsewhere() -> dict[str, Any]:
    return {**public(), "names": {"dns": "none"}}


def with_everything_left_out() -> dict[str, Any]:
    return {**topics(), "entry": {"kind": "none"}, "certificates": {"enabled": False}}


ZONE = {"pulumi_cloudflare", "quayside.edge.zone"}
ENTRY = {"quayside.edge.gateway_api", "quayside.edge.load_balancer", "quayside.planes.gateway_api_crds", "quayside.planes.istio"}
OTHERS = {"quayside.edge.ingress_nginx", "quayside.edge.istio", "quayside.edge.kong", "quayside.edge.direct"}
CERTIFICATES = {"quayside.planes.cert_manager", "quayside.planes.issuers", "quayside.edge.wildcard"}


@pytest.mark.parametrize(
    ("stack", "present", "absent"),
    [
        (with_names_elsewhere, ENTRY, ZONE | OTHERS | {"quayside.edge.wildcard", "quayside.addons.metrics_server"}),
        (with_everything_left_out, {"pulumi_digitalocean"}, ZONE | ENTRY | CERTIFICATES | {"quayside.addons.metrics_server"}),
    ],
)
def test_a_stack_imports_no_more_than_it_uses(stack: Any, present: set[str], absent: set[str]) -> None:
    loaded = modules_of(stack())
    assert present <= loaded
    assert not absent & loaded


def test_everything_offered_can_be_imported() -> None:
    import quayside

    assert [getattr(quayside, name).__name__ for name in quayside.__all__] == quayside.__all__


def test_nothing_else_is_offered() -> None:
    import quayside

    with pytest.raises(AttributeError, match="has no attribute 'Servce'"):
        quayside.Servce  # noqa: B018
