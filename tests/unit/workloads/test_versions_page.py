"""The page on versions: it is current, and what it says of each data plane is what would be made."""

from pathlib import Path
from typing import Any

import pytest

from quayside.edge.contract import Exposure, Parts, Route
from quayside.edge.index import routes
from quayside.settings.service import ServiceSettings
from quayside.traffic.contract import Planes, Subject
from quayside.traffic.mesh_routes import mesh_routes
from quayside.workloads import version_specs
from quayside.workloads.steered import at_entry
from quayside.workloads.versions_page import EXAMPLES, MESH, PLANES, answer, page
from unit.crd_schemas import problems

PAGE = Path(__file__).resolve().parents[3] / "docs" / "versions.md"


def test_the_committed_page_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run python -m quayside.workloads.versions_page docs/versions.md"


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_plane_does_it_or_says_why_not(name: str, plane: str) -> None:
    can, said = answer(EXAMPLES[name], plane)
    assert said
    if can:
        for made in _made(EXAMPLES[name], plane):
            assert problems(made) == []
    else:
        assert "; write" in said or "; remove" in said or "; keep" in said


def _made(example: dict[str, Any], plane: str) -> list[dict[str, Any]]:
    """The objects as they would be registered."""
    spec = ServiceSettings.model_validate({"image": "acme/shop:1", **example})
    shares = version_specs.shares("shop", spec)
    if plane in MESH:
        return mesh_routes(Subject("shop", "shop", 80, 8080, Planes(mesh=plane), versions=shares), Parts())
    exposure = Exposure("shop", "shop", 80, {"shop.example.com": {"/": "Prefix", "/api": "Exact"}}, versions=shares)
    return routes(Route(entry=plane), at_entry(exposure) if spec.progressive else exposure)
