"""Objects and releases of a cluster, through a kubectl and a helm that say what a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quayside.operations.recovery.exported import Exported
from quayside.operations.recovery.looking import Looking
from quayside.operations.recovery.releases import repair
from quayside.operations.verb import Refused
from unit.operations.recovery.states import MARK, RELEASE, SERVICE, exported, provider, resource

KUBECONFIG = "the-kubeconfig-with-its-token"
INPUTS = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
CHART = {"namespace": "shop", "name": "web"}
Answers = Callable[..., None]


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """`answers("kubectl", "get Service web", {...})`: what a program prints when its words contain these."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def answer(program: str, words: str, printed: Any = None, error: str = "") -> None:
        file = tmp_path / program
        if not file.exists():
            file.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/{program}.log\n')
            file.chmod(0o755)
        said = f"echo '{error}' >&2; exit 1" if error else f"cat <<'END'\n{json.dumps(printed)}\nEND\nexit 0"
        with file.open("a") as handle:
            handle.write(f'case "$*" in *"{words}"*) {said}\n;; esac\n')

    return answer


def verdict(state: Exported) -> tuple[str, str]:
    it = Looking(state, {})
    found = it.verdict(state.pending[0])
    return found.what, found.found.id if found.found else found.why


def pending(type: str, doing: str = "creating", **inputs: Any) -> Exported:
    return exported(provider("kubernetes", kubeconfig=KUBECONFIG), pending=[(doing, resource(type, "web") | {"inputs": inputs})])


def live(**labels: str) -> dict[str, Any]:
    managed = [
        {"manager": "kubelet", "operation": "Update"},
        {"manager": "pulumi-kubernetes-1a2b3c4d", "operation": "Apply"},
    ]
    return {"metadata": {"name": "web", "namespace": "shop", "labels": labels, "managedFields": managed}}


def test_an_object_with_our_label_is_taken_up_with_who_applied_it(answers: Answers) -> None:
    answers("kubectl", "get Service web --namespace shop", live(**{"quayside/owner": MARK}))
    state = pending(SERVICE, **INPUTS)
    assert verdict(state) == ("taken up", "shop/web")
    found = Looking(state, {}).verdict(state.pending[0]).found
    assert found
    assert found.outputs == {"__fieldManager": "pulumi-kubernetes-1a2b3c4d"}


def test_a_strangers_object_is_left_and_said_to_be_one(answers: Answers) -> None:
    answers("kubectl", "get Service web", live(**{"quayside/owner": "other.stack"}))
    what, why = verdict(pending(SERVICE, **INPUTS))
    assert what == "left"
    assert "somebody else's" in why


def test_what_the_cluster_does_not_have_is_cleared(answers: Answers) -> None:
    answers("kubectl", "get Service web", error='Error from server (NotFound): services "web" not found')
    assert verdict(pending(SERVICE, **INPUTS)) == ("cleared", "was never made")


def test_a_cluster_that_does_not_answer_decides_nothing(answers: Answers) -> None:
    answers("kubectl", "get Service web", error="Unable to connect to the server: refused")
    what, why = verdict(pending(SERVICE, **INPUTS))
    assert what == "left"
    assert "Unable to connect to the server: refused" in why


def test_a_kind_with_a_group_is_asked_for_in_full(answers: Answers, tmp_path: Path) -> None:
    answers("kubectl", "get Deployment.v1.apps web", live(**{"quayside/owner": MARK}))
    assert verdict(pending("kubernetes:apps/v1:Deployment", **{**INPUTS, "apiVersion": "apps/v1", "kind": "Deployment"}))[0] == "taken up"
    assert KUBECONFIG not in (tmp_path / "kubectl.log").read_text()  # on no command line


NAMESPACE = {"metadata": {"name": "shop", "labels": {"quayside/owner": MARK}}}


@pytest.mark.parametrize(
    ("status", "what", "command"),
    [
        ("pending-install", "cleared", ["helm uninstall web --namespace shop --wait --timeout 5m"]),
        ("failed", "cleared", ["helm uninstall web --namespace shop --wait --timeout 5m"]),
        ("deployed", "taken up", []),
    ],
)
def test_a_release_that_was_being_installed(answers: Answers, status: str, what: str, command: list[str]) -> None:
    answers("kubectl", "get Namespace shop", NAMESPACE)
    answers("helm", "status web --namespace shop", {"info": {"status": status}})
    answers("helm", "history web", [{"revision": 1, "status": status}])
    state = pending(RELEASE, **CHART)
    it = Looking(state, {})
    assert it.verdict(state.pending[0]).what == what
    assert [" ".join(each.words) for _, each in it.repairs] == command


def test_a_release_in_a_strangers_namespace_is_left(answers: Answers) -> None:
    answers("kubectl", "get Namespace shop", {"metadata": {"name": "shop"}})
    answers("helm", "status web", {"info": {"status": "pending-install"}})
    assert verdict(pending(RELEASE, **CHART))[0] == "left"


def test_a_release_that_was_being_upgraded_goes_back(answers: Answers) -> None:
    answers("helm", "status web", {"info": {"status": "pending-upgrade"}})
    answers("helm", "history web", [{"revision": 3, "status": "deployed"}, {"revision": 4, "status": "pending-upgrade"}])
    state = pending(RELEASE, "updating", **CHART)
    it = Looking(state, {})
    assert it.verdict(state.pending[0]).what == "looked at again"
    assert [" ".join(each.words) for _, each in it.repairs] == ["helm rollback web 3 --namespace shop"]


def test_a_release_in_the_middle_is_found_where_nothing_is_pending_any_more(answers: Answers) -> None:
    answers("helm", "list --all-namespaces --pending", [{"namespace": "shop", "name": "web"}, {"namespace": "other", "name": "web"}])
    answers("helm", "status web --namespace shop", {"info": {"status": "pending-upgrade"}})
    answers("helm", "history web --namespace shop", [{"revision": 1, "status": "superseded"}, {"revision": 2, "status": "pending-upgrade"}])
    it = Looking(exported(provider("kubernetes", kubeconfig=KUBECONFIG), resource(RELEASE, id="shop/web")), {})
    it.stuck_releases()
    assert [" ".join(each.words) for _, each in it.repairs] == ["helm rollback web 1 --namespace shop"]


def test_without_helm_the_commands_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    what, why = verdict(pending(RELEASE, **CHART))
    assert what == "left"
    assert "helm status web --namespace shop; when pending: helm rollback web --namespace shop" in why


def test_back_means_to_the_revision_that_runs_or_the_newest_that_ran() -> None:
    def back(*statuses: str) -> str:
        history = [{"revision": number, "status": status} for number, status in enumerate(statuses, 1)]
        return " ".join(repair("shop", "web", "pending-upgrade", history).words)

    assert back("superseded", "deployed", "failed", "pending-upgrade").startswith("helm rollback web 2 ")
    assert back("superseded", "superseded", "pending-rollback").startswith("helm rollback web 2 ")
    assert back("failed", "pending-upgrade").startswith("helm uninstall web ")


def test_what_a_later_run_has_taken_up_is_given_to_it_alone(answers: Answers) -> None:
    ports = {"f:spec": {"f:ports": {}}}
    managed = [
        {"manager": "pulumi-kubernetes-killed", "operation": "Apply", "fieldsV1": ports},
        {"manager": "pulumi-kubernetes-later", "operation": "Apply", "fieldsV1": {**ports, "f:metadata": {}}},
        {"manager": "pulumi-kubernetes-patch", "operation": "Apply", "fieldsV1": {"f:spec": {"f:other": {}}}},
    ]
    labels = {"quayside/owner": MARK}
    answers("kubectl", "get Service web", {"metadata": {"name": "web", "namespace": "shop", "labels": labels, "managedFields": managed}})
    there = {**resource(SERVICE, "web", id="shop/web"), "outputs": {"__fieldManager": "pulumi-kubernetes-later"}}
    begun = [("creating", resource(SERVICE, "web") | {"inputs": INPUTS})]
    state = exported(provider("kubernetes", kubeconfig=KUBECONFIG), there, pending=begun)
    it = Looking(state, {})
    assert it.verdict(state.pending[0]).what == "cleared"
    ((_, repair),) = it.repairs
    assert " ".join(repair.words) == "kubectl apply --server-side --field-manager=pulumi-kubernetes-killed --filename=-"
    assert json.loads(repair.given or "") == {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}


def test_a_release_that_a_later_run_has_in_the_state_is_not_taken_away(answers: Answers) -> None:
    answers("helm", "status web", {"info": {"status": "failed"}})
    state = exported(
        provider("kubernetes", kubeconfig=KUBECONFIG),
        resource(RELEASE, "web", id="shop/web"),
        pending=[("creating", resource(RELEASE, "web") | {"inputs": CHART})],
    )
    it = Looking(state, {})
    assert (it.verdict(state.pending[0]).what, it.repairs) == ("cleared", [])


def test_a_release_that_the_state_has_under_another_name_is_not_taken_away(answers: Answers) -> None:
    answers("helm", "status web", {"info": {"status": "failed"}})
    state = exported(
        provider("kubernetes", kubeconfig=KUBECONFIG),
        resource(RELEASE, "renamed", id="shop/web"),
        pending=[("creating", resource(RELEASE, "web") | {"inputs": CHART})],
    )
    it = Looking(state, {})
    assert (it.verdict(state.pending[0]).what, it.repairs) == ("cleared", [])


def test_an_object_that_was_replaced_in_its_place_is_taken_up(answers: Answers) -> None:
    """The state has the old one, deleted already, under the same id."""
    answers("kubectl", "get Service web", live(**{"quayside/owner": MARK}))
    gone = resource(SERVICE, "web", id="shop/web") | {"pendingReplacement": True}
    begun = [("creating", resource(SERVICE, "web") | {"inputs": INPUTS})]
    assert verdict(exported(provider("kubernetes", kubeconfig=KUBECONFIG), gone, pending=begun)) == ("taken up", "shop/web")


def test_a_helm_that_cannot_ask_does_not_say_that_a_release_is_gone(answers: Answers) -> None:
    answers("helm", "status web", error="Error: Kubernetes cluster unreachable: exec: executable doctl not found")
    with pytest.raises(Refused, match="executable doctl not found"):
        verdict(pending(RELEASE, **CHART))
