"""What is said of a preview: replacements and deletions first, and protection by the old state."""

from __future__ import annotations

from typing import Any

from quayside_sandbox.rehearsal import Outcome, Step
from quayside_sandbox.rehearse.change import judge

PREFIX = "urn:pulumi:prod::shop::"


def step(op: str, type: str, name: str, **more: Any) -> Step:
    return Step(op, type, name, f"{PREFIX}acme:index:Platform${type}::{name}", **more)


def preview(*steps: Step, errors: str = "") -> Outcome:
    diagnostics = [{"severity": "error", "urn": "", "message": errors}] if errors else []
    return Outcome("preview", 1 if errors else 0, list(steps), diagnostics, "")


def state(*steps: Step, **fields: Any) -> list[dict[str, Any]]:
    return [{"urn": one.urn, **fields} for one in steps]


def test_replaced_and_deleted_come_first_and_with_their_reasons() -> None:
    update, create = step("update", "k:Deployment", "web"), step("create", "k:Service", "new")
    delete = step("delete", "k:Ingress", "web")
    named = step("replace", "k:Job", "once", replace_reasons=("spec.template",))
    diffed = step("replace", "k:ConfigMap", "settings", detailed_diff={"data.a": "update-replace", "metadata.labels": "add"})
    parts = [step("create-replacement", "k:Job", "once"), step("delete-replaced", "k:Job", "once")]
    notes, problems = judge(preview(update, create, delete, named, diffed, *parts), state(update, delete, named, diffed))
    assert notes == [
        "replaced: k:Job::once, because of spec.template",
        "replaced: k:ConfigMap::settings, because of data.a",
        "deleted: k:Ingress::web",
    ]
    assert problems == []


def test_a_protected_one_is_told_first_and_is_a_problem_also_where_the_engine_would_do_it() -> None:
    """The new program has no `protect` any more: the engine previews without a word."""
    first, kept = step("replace", "k:Job", "once"), step("delete", "do:Cluster", "main")
    notes, problems = judge(preview(first, kept), [*state(first), *state(kept, protect=True)])
    assert notes == ["deleted: do:Cluster::main (protected)", "replaced: k:Job::once"]
    assert len(problems) == 1
    assert problems[0].startswith("do:Cluster::main is protected and would be deleted: ")


def test_what_only_the_engines_refusal_names_is_a_problem() -> None:
    cluster, pool = step("replace", "do:Cluster", "main"), step("delete", "do:Pool", "web")
    errors = (
        f'unable to replace resource "{cluster.urn}"\nas it is currently marked for protection. To unprotect …'
        f'\nresource "{pool.urn}" cannot be deleted\nbecause it is protected. To unprotect …'
    )
    _, problems = judge(preview(errors=errors), state(cluster, pool, protect=True))
    assert [problem.partition(":  ")[0].split(": ")[0] for problem in problems] == [
        "do:Cluster::main is protected and would be replaced",
        "do:Pool::web is protected and would be deleted",
    ]
    _, once = judge(preview(cluster, errors=errors.splitlines()[0]), state(cluster, protect=True))
    assert len(once) == 1  # its step was shown too


def test_what_is_let_go_of_is_told_as_such() -> None:
    kept = step("delete", "k:ConfigMap", "old")
    notes, _ = judge(preview(kept), state(kept, retainOnDelete=True))
    assert notes == ["deleted: k:ConfigMap::old; it is let go of and stays there (retainOnDelete)"]


def test_what_waits_for_its_deletion_is_not_the_old_state() -> None:
    """A former copy that a replacement left to be deleted has the same URN as the present one."""
    gone = step("delete", "do:Cluster", "main")
    _, problems = judge(preview(gone), [{"urn": gone.urn, "protect": True, "delete": True}, {"urn": gone.urn}])
    assert problems == []


def test_what_is_replaced_for_a_stand_in_alone_is_no_alarm() -> None:
    secret = step("replace", "k:Secret", "login", replace_reasons=("data.password", "data[0]"))
    both = step("replace", "k:Secret", "other", replace_reasons=("data.password", "metadata.name"))
    gone = step("delete", "k:Secret", "gone")
    stand_ins = {one.urn: frozenset({"data"}) for one in (secret, both, gone)}
    notes, problems = judge(preview(secret, both, gone), state(secret, both, gone, protect=True), stand_ins)
    assert [note.partition("::")[2].split(" ")[0].strip(",;") for note in notes] == ["other", "gone", "login"]
    assert notes[-1] == "replaced: k:Secret::login, because of data.password, data[0]; only there as its old value is a stand-in"
    assert len(problems) == 2
