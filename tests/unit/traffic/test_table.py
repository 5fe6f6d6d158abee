"""The page in the docs is what the code says."""

from pathlib import Path

from quayside.traffic.index import PLANES, POLICIES
from quayside.traffic.table import answers, examples, page

PAGE = Path(__file__).parents[3] / "docs" / "traffic.md"


def test_the_committed_page_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run: .venv/bin/python -m quayside.traffic docs/traffic.md"


def test_every_policy_is_on_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for policy in POLICIES:
        assert f"\n## {policy.replace('_', ' ').capitalize()}\n" in text


def test_each_answer_says_something() -> None:
    for policy in POLICIES:
        for spec in examples(policy).values():
            for plane in PLANES:
                assert answers(policy, spec, plane)[1], (policy, plane)
