"""A report's verdict, exit status and JSON."""

from __future__ import annotations

import json

import pytest

from quayside_sandbox.rehearse.report import Phase, Report, Verdict

PASSED, FAILED, SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED


def report(*verdicts: Verdict, overall: Verdict | None = None, left: list[str] | None = None) -> Report:
    phases = [Phase(f"phase {number}", verdict=verdict) for number, verdict in enumerate(verdicts)]
    return Report("prod", "2026-01-01T00:00:00+00:00", phases=phases, overall=overall, left=left or [])


@pytest.mark.parametrize(
    ("one", "verdict", "status"),
    [
        (report(PASSED, PASSED), PASSED, 0),
        (report(PASSED, SKIPPED), PASSED, 0),
        (report(PASSED, FAILED, PASSED), FAILED, 1),
        (report(PASSED, left=["at digitalocean: vpcs net"]), FAILED, 1),
        (report(), FAILED, 1),  # nothing was looked at, so nothing is known
        (report(SKIPPED, SKIPPED), FAILED, 1),
        (report(SKIPPED, PASSED, overall=Verdict.NEW), Verdict.NEW, 0),
        (report(SKIPPED, FAILED, overall=Verdict.NEW), FAILED, 1),
        (report(FAILED, SKIPPED, overall=Verdict.NOT_STARTED), Verdict.NOT_STARTED, 1),
    ],
)
def test_the_verdict_of_the_whole(one: Report, verdict: Verdict, status: int) -> None:
    assert (one.verdict, one.exit_status) == (verdict, status)


def test_the_json_holds_everything_a_pipeline_asks_for() -> None:
    one = report(PASSED, FAILED)
    one.phases[1].problems = ["update kubernetes:apps/v1:Deployment::hello"]
    one.resources = {"digitalocean:index/vpc:Vpc": 1}
    read = json.loads(json.dumps(one.as_json()))
    assert (read["version"], read["verdict"], read["stack"], read["resources"]) == (1, "failed", "prod", {"digitalocean:index/vpc:Vpc": 1})
    assert [phase["verdict"] for phase in read["phases"]] == ["passed", "failed"]
    assert read["phases"][1]["problems"] == ["update kubernetes:apps/v1:Deployment::hello"]
    assert {"started", "origin", "estimate", "substitutions", "left"} <= set(read)
