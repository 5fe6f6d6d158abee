"""What an import costs: no provider's SDK before it is needed."""

import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


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


def test_everything_offered_can_be_imported() -> None:
    import quayside

    assert [getattr(quayside, name).__name__ for name in quayside.__all__] == quayside.__all__


def test_nothing_else_is_offered() -> None:
    import quayside

    with pytest.raises(AttributeError, match="has no attribute 'Servce'"):
        quayside.Servce  # noqa: B018
