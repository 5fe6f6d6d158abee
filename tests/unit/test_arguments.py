"""What is wrong with a component's arguments is said in the words in which Python writes them."""

from typing import Any

import pytest

from quayside.arguments import checked
from quayside.settings.problems import InvalidSettings
from quayside.settings.stack import Settings
from quayside.workloads.placement import PlacedService
from unit.examples import topics


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        ({"route_namspace": "gate"}, "route_namspace is not a known key; did you mean route_namespace?"),
        ({"routeNamespace": "gate"}, "did you mean route_namespace?"),
        ({"traffic": {"load_balncing": {}}}, "did you mean load_balancing?"),
        ({"traffic": {"jwt": {}}}, "jwks_uri"),
    ],
)
def test_a_hint_is_what_can_be_written(args: Any, hint: str) -> None:
    with pytest.raises(InvalidSettings) as told:
        checked(PlacedService, {"image": "acme/shop:1", **args}, "service shop")
    assert hint in str(told.value)


def test_a_stacks_file_has_its_own_words() -> None:
    said = topics()
    next(iter(said["services"].values()))["traffic"] = {"loadBalncing": {}}
    (problem,) = Settings.check(said)[1]
    assert problem.message == "is not a known key; did you mean loadBalancing?"
