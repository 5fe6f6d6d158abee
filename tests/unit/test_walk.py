"""The random walk of edits: the same for the same seed, and every step of it right."""

from pathlib import Path
from random import Random

import pytest
import yaml

from soak.edits import EDITS
from soak.walk import settings_of, start, walk, write

ROOT = Path(__file__).parents[2]


def test_a_seed_is_a_walk() -> None:
    topics = start(ROOT)
    assert list(walk(7, topics, 8)) == list(walk(7, topics, 8))
    assert [edit.said for edit in walk(7, topics, 8)] != [edit.said for edit in walk(8, topics, 8)]
    assert list(walk(7, topics, 8))[:5] == list(walk(7, topics, 5))  # a shorter one is its beginning
    assert topics == start(ROOT)


@pytest.mark.parametrize("seed", range(4))
def test_each_step_is_right_and_means_something(seed: int) -> None:
    before = settings_of(start(ROOT))
    assert before is not None
    for edit in walk(seed, start(ROOT), 12):
        after = settings_of(edit.topics)
        assert after is not None, edit.said
        assert after != before, edit.said
        before = after


def test_every_kind_of_edit_happens() -> None:
    said = [edit.said for seed in range(15) for edit in walk(seed, start(ROOT), 12)]
    topics = (
        "service ",
        "services.",
        "cluster.pools.",
        "cluster:",
        "certificates ",
        "names",
        "entry",
        "secrets.",
        "stack: ",
        "versions of ",
        "traffic of ",
    )
    assert {topic for topic in topics if not any(each.startswith(topic) for each in said)} == set()
    assert len(set(EDITS)) == 16  # a new one belongs into the list above


def test_edits_leave_their_settings_as_they_got_them_where_nothing_can_be_done() -> None:
    empty = {**start(ROOT), "services": {}}
    services = [edit for edit in set(EDITS) if edit.__name__.endswith(("_service", "_host")) and edit.__name__ != "add_service"]
    assert {edit(Random(1), empty) for edit in services} == {None}


def test_what_is_written_is_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    topics = start(ROOT)
    write(tmp_path, "dev", topics)
    config = yaml.safe_load((tmp_path / "Pulumi.dev.yaml").read_text())["config"]
    assert {key.removeprefix("quayside:"): value for key, value in config.items()} == topics
    assert "quayside:defaults" not in yaml.safe_load((tmp_path / "Pulumi.yaml").read_text())["config"]
