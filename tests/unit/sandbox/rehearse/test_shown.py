"""The report as a terminal shows it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from quayside_sandbox.rehearse.report import Phase, Report, Verdict
from quayside_sandbox.rehearse.shown import show, verdict

ESTIMATE = {"monthly": 36, "currency": "USD", "lines": [{"what": "nodes", "quantity": 1, "unitPrice": 24, "monthly": 24}]}


def a_report() -> Report:
    up = Phase("up", seconds=12.3, changes={"create": 33}, warnings=["[retired]"], notes=["replaced: net (protected)"])
    refresh = Phase("refresh", verdict=Verdict.FAILED, problems=["update [net]"], warnings=["[retired]"])
    skipped = Phase("destroy is refused", verdict=Verdict.SKIPPED, notes=["the stack is disposable"])
    stood_in = [{"kind": "secure value", "what": "quayside:secrets", "by": "the schema's example"}]
    return Report(
        "dev", "", "ref v1", [up, refresh, skipped], {"a:Vpc": 2, "b:Zone": 1}, estimate=ESTIMATE, substitutions=stood_in, left=["net"]
    )


def shown(report: Report) -> str:
    written = StringIO()
    show(report, Console(file=written, width=100, emoji=False))
    return written.getvalue()


def test_everything_is_said_and_the_verdict_last() -> None:
    text = shown(a_report())
    for said in (
        "Rehearsal of stack dev, from ref v1",
        "12.3 s",
        "33 create",
        "1 problem",
        "the stack is disposable",
        "$24",
        "secure value quayside:secrets: the schema's example",  # no emoji
        "replaced: net (protected)",
        "update [net]",  # no markup
    ):
        assert said in text, said
    assert text.count("[retired]") == 1
    assert text.strip().splitlines()[-1].startswith("Rehearsal of dev failed: refresh")


def test_a_reader_of_one_line_knows_the_verdict() -> None:
    passed = Report("dev", "", phases=[Phase("up")])
    assert "passed" in verdict(passed)
    passed.overall = Verdict.NEW
    assert "the stack is new" in verdict(passed)
    passed.overall = Verdict.NOT_STARTED
    assert "says nothing of the new" in verdict(passed)
    assert "nothing was done" in verdict(Report("dev", ""))
