"""Each file in invalid/ is a mistake somebody can make, with the lines that it must give. `stack` is merged over settings that are right."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside.settings.merge import merge
from quayside.settings.problems import InvalidSettings
from unit.examples import topics
from unit.settings.stack import read

CASES = sorted((Path(__file__).parent / "invalid").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistake_gives_its_message(path: Path) -> None:
    case: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    stack = merge(topics(), case.get("stack", {}))
    if "defaults" in case:
        stack["defaults"] = case["defaults"]
    with pytest.raises(InvalidSettings) as error:
        read(stack, case.get("environ"), tuple(case.get("secure", ["secrets"])))
    assert error.value.lines == case["expect"]


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 15
