"""What of a Release's inputs reaches helm, and by which way: its chart's source, its values, its secrets."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.plugins.kubernetes import release_helm
from quayside_sandbox.plugins.kubernetes.configuration import Configuration
from quayside_sandbox.plugins.kubernetes.handler import Change, PartialFailure, Problem
from quayside_sandbox.plugins.kubernetes.release import Release
from quayside_sandbox.plugins.kubernetes.release_chart import local_chart, note, stand_in
from quayside_sandbox.plugins.kubernetes.release_helm import Helm, HelmFailed, kubeconfig_document, server_warnings
from quayside_sandbox.plugins.kubernetes.release_values import documents, merged_values, resource_names, secret_texts
from quayside_sandbox.plugins.kubernetes.waiting import Progress
from quayside_sandbox.plugins.values import SIGNATURE, UNKNOWN, Secret, plain

URN = "urn:pulumi:dev::acme::kubernetes:helm.sh/v3:Release::web"
KUBECONFIG = json.dumps(
    {
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "u"}}, {"name": "b", "context": {"cluster": "a", "user": "u"}}],
        "clusters": [{"name": "a", "cluster": {"server": "https://a"}}, {"name": "other", "cluster": {"server": "https://other"}}],
        "users": [{"name": "u", "user": {"token": "kube-token-secret"}}],
    }
)
REPOSITORY = {"repo": "https://charts.example.com"}


def chart(folder: Path, name: str = "web", version: str = "1.2.3") -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: {version}\n")
    return folder / name


class Recorder:
    """A `helm` that writes down how it was called, and answers as it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        answers = folder / "answers"
        answers.mkdir()
        script = f"""#!/bin/sh
        printf '%s\\n' "$*" >> {folder}/calls
        while [ $# -gt 0 ]; do
          case "$1" in --values) cp -p "$2" {folder}/values ;; --kubeconfig) [ "$2" = /dev/null ] || cp -p "$2" {folder}/kubeconfig ;; esac
          case "$1" in --repository-config|--registry-config) cp -p "$2" {folder}/credentials ;; esac
          [ -z "$command" ] && command=$1
          shift
        done
        [ -f {answers}/$command.warn ] && cat {answers}/$command.warn >&2
        [ -f {answers}/$command.err ] && cat {answers}/$command.err >&2 && exit 1
        [ -f {answers}/$command ] && cat {answers}/$command
        exit 0
        """
        (folder / "helm").write_text(script.replace("\n        ", "\n"))
        (folder / "helm").chmod(0o755)

    def answers(self, command: str, text: str) -> None:
        (self.folder / "answers" / command).write_text(text)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    folder = tmp_path / "helm"
    folder.mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.delenv("QUAYSIDE_SANDBOX_CHARTS", raising=False)
    return Recorder(folder)


class Cluster:
    """Enough of an API server for a Release that does not fail."""

    def find(self, *_: Any) -> None:
        return None


def release(warnings: list[str] | None = None) -> Release:
    said = warnings if warnings is not None else []
    progress = Progress(warn=said.append, info=said.append)
    return Release(Configuration(kubeconfig=KUBECONFIG, namespace="home"), Cluster(), lambda urn: progress)  # type: ignore[arg-type]


def checked(given: dict[str, Any], olds: dict[str, Any] | None = None) -> dict[str, Any]:
    result = release().check(URN, olds or {}, given, b"seed")
    assert result.failures == []
    return result.inputs


# -- values and secrets --------------------------------------------------------------------------------------------------


def asset(text: str) -> dict[str, str]:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": text}


def test_values_lie_over_files_in_their_order() -> None:
    files = [asset("a: {x: 1, y: 1}\nlist: [1, 2]"), asset("a: {y: 2}")]
    assert merged_values({"valueYamlFiles": files, "values": {"a": {"z": 3}, "list": [9]}}) == {"a": {"x": 1, "y": 2, "z": 3}, "list": [9]}


def test_nulls_are_left_out_unless_they_are_allowed() -> None:
    assert merged_values({"values": {"a": None, "b": {"c": None, "d": 1}}}) == {"b": {"d": 1}}
    assert merged_values({"values": {"a": None}, "allowNullValues": True}) == {"a": None}


def test_what_is_secret_stays_secret() -> None:
    assert merged_values({"values": {"a": Secret("x"), "b": 1}}) == {"a": Secret("x"), "b": 1}
    assert merged_values({"values": Secret({"a": 1})}) == Secret({"a": 1})
    assert merged_values({"valueYamlFiles": [Secret(asset("a: 1"))], "values": {"b": 2}}) == Secret({"a": 1, "b": 2})
    assert secret_texts({"a": [Secret({"b": "hidden", "n": 1})], "c": "open"}) == ["hidden"]


def test_a_values_file_is_an_asset() -> None:
    with pytest.raises(Problem, match="takes assets only"):
        merged_values({"valueYamlFiles": ["values.yaml"]})


def test_names_are_grouped_as_the_official_plugin_does() -> None:
    manifest = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, namespace: shop}
---
# only a comment
---
kind: ConfigMap
apiVersion: v1
metadata: {name: conf}
"""
    assert resource_names(documents(manifest)) == {"ConfigMap/v1": ["conf"], "Deployment.apps/apps/v1": ["shop/web"]}


def test_nothing_secret_is_on_a_command_line_or_left_behind(helm: Recorder, tmp_path: Path) -> None:
    given = {"name": "web", "chart": "web", "repositoryOpts": {**REPOSITORY, "username": "me", "password": Secret("repo-password-secret")}}
    inputs = checked({**given, "values": {"key": Secret("value-secret")}})
    release().create(URN, inputs, None, True)
    helm.answers("install", json.dumps(installed({"key": "value-secret"})))
    state = release().create(URN, inputs, None, False)
    assert not [call for call in helm.calls if "-secret" in call]
    assert json.loads((helm.folder / "values").read_text()) == {"key": "value-secret"}
    assert "kube-token-secret" in (helm.folder / "kubeconfig").read_text()
    assert "repo-password-secret" in (helm.folder / "credentials").read_text()
    for file in ("values", "kubeconfig", "credentials"):
        assert stat.S_IMODE((helm.folder / file).stat().st_mode) == 0o600
    assert list((tmp_path / "tmp").iterdir()) == []
    assert state.outputs["values"] == {"key": Secret("value-secret")}
    assert state.outputs["repositoryOpts"]["password"] == Secret("repo-password-secret")


def test_what_helm_says_is_cleaned_of_secrets(helm: Recorder) -> None:
    helm.answers("template.err", "Error: template: web: at <value-secret>: boom")
    result = release().check(
        URN, {}, {"name": "web", "chart": "web", "repositoryOpts": REPOSITORY, "values": {"k": Secret("value-secret")}}, b""
    )
    [failure] = result.failures
    assert failure.property == "chart"
    assert failure.reason == "template: web: at <[secret]>: boom; check the chart name and repository configuration."


def test_a_registrys_password_goes_by_a_file(helm: Recorder) -> None:
    checked(
        {"name": "web", "chart": "oci://registry.example.com/charts/web", "repositoryOpts": {"username": "me", "password": "pw-secret"}}
    )
    credentials = json.loads((helm.folder / "credentials").read_text())
    assert list(credentials["auths"]) == ["registry.example.com"]
    assert "pw-secret" not in helm.calls[0]


# -- where the chart comes from -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"chart": "web", "version": "1.2.3", "repositoryOpts": REPOSITORY}, "web --repo https://charts.example.com --version 1.2.3"),
        ({"chart": "web", "devel": True, "repositoryOpts": REPOSITORY}, "web --repo https://charts.example.com --version >0.0.0-0"),
        ({"chart": "web", "version": "1.2.3", "devel": True, "repositoryOpts": {"repo": "stable"}}, "stable/web --version 1.2.3"),
        ({"chart": "oci://reg.example.com/web", "version": "1.2.3"}, "oci://reg.example.com/web --version 1.2.3"),
        (
            {"chart": "web", "repositoryOpts": {**REPOSITORY, "caFile": "/ca.pem"}},
            "web --repo https://charts.example.com --ca-file /ca.pem",
        ),
    ],
)
def test_sources(helm: Recorder, given: dict[str, Any], words: str) -> None:
    checked({"name": "rel", **given})
    assert helm.calls[0].startswith(f"template rel {words} --namespace home ")


def test_a_path_is_taken_as_it_is(tmp_path: Path, helm: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_SANDBOX_CHARTS", str(tmp_path / "none"))
    place = chart(tmp_path, "mine")
    checked({"name": "rel", "chart": str(place)})
    assert helm.calls[0].startswith(f"template rel {place} ")
    monkeypatch.chdir(tmp_path)
    assert local_chart({"chart": "./mine"}) == str(place)
    with pytest.raises(Problem, match=r'path "\./not-there" not found'):
        local_chart({"chart": "./not-there"})


def test_a_stand_in_replaces_any_repositorys_chart(tmp_path: Path) -> None:
    place = chart(tmp_path)
    charts = {"QUAYSIDE_SANDBOX_CHARTS": str(tmp_path)}
    for given in (
        {"chart": "web", "version": "1.2.3", "repositoryOpts": REPOSITORY},
        {"chart": "oci://reg.example.com/charts/web", "version": "v1.2.3"},
        {"chart": "stable/web"},
    ):
        found = stand_in(given, charts)
        assert found
        assert (found.folder, found.version) == (place, "1.2.3")
    assert stand_in({"chart": "web"}, {}) is None


def test_a_stand_in_is_for_its_version_only(tmp_path: Path) -> None:
    chart(tmp_path)
    with pytest.raises(Problem, match=r'stand-in chart "web" is for version 1\.2\.3, but the release asks for 2\.0\.0.*--charts real'):
        stand_in({"chart": "web", "version": "2.0.0", "repositoryOpts": REPOSITORY}, {"QUAYSIDE_SANDBOX_CHARTS": str(tmp_path)})


def test_for_an_old_state_a_stand_in_serves_in_the_version_that_was_pinned_then(tmp_path: Path) -> None:
    place = chart(tmp_path / "charts")
    (place / "values.yaml").write_text("image: {tag: v1.2.3}\nother: 11.2.3\n")
    old = {"QUAYSIDE_SANDBOX_CHARTS": str(tmp_path / "charts"), "QUAYSIDE_SANDBOX_CHART_VERSIONS": str(tmp_path / "old")}
    given = {"chart": "web", "version": "v0.9.0-rc.1", "repositoryOpts": REPOSITORY}
    for _ in range(2):
        found = stand_in(given, old)
        assert found
        assert (found.version, yaml.safe_load((found.folder / "Chart.yaml").read_text())["version"]) == ("v0.9.0-rc.1", "v0.9.0-rc.1")
    assert stand_in({**given, "version": "1.2.3"}, old).folder == place
    values = yaml.safe_load((found.folder / "values.yaml").read_text())
    assert values == {"image": {"tag": "v0.9.0-rc.1"}, "other": "11.2.3"}, "its program has the same number"
    with pytest.raises(Problem, match=r"the release asks for >=0\.9"):
        stand_in({**given, "version": ">=0.9"}, old)


def test_a_chart_without_stand_in_is_said(tmp_path: Path) -> None:
    chart(tmp_path)
    with pytest.raises(Problem, match=r'no stand-in chart "redis" in this sandbox \(there is: web\): start it with --charts real'):
        stand_in({"chart": "redis", "repositoryOpts": REPOSITORY}, {"QUAYSIDE_SANDBOX_CHARTS": str(tmp_path)})


def test_a_substitution_is_listed_once_and_told(tmp_path: Path, helm: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    chart(tmp_path / "charts")
    monkeypatch.setenv("QUAYSIDE_SANDBOX_CHARTS", str(tmp_path / "charts"))
    monkeypatch.setenv("QUAYSIDE_SANDBOX", str(tmp_path))
    said: list[str] = []
    handler = release(said)
    for _ in range(2):
        handler.check(URN, {}, {"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY}, b"")
    found = stand_in({"chart": "web", "repositoryOpts": REPOSITORY})
    assert found
    note(found)
    [line] = (tmp_path / "substitutions.jsonl").read_text().splitlines()
    assert json.loads(line)["what"] == "web 1.2.3 of https://charts.example.com"
    assert [text for text in said if "stand-in" in text] == said
    assert len(said) == 1


# -- check and diff -------------------------------------------------------------------------------------------------------


def test_check_fills_in(helm: Recorder) -> None:
    helm.answers("template", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: c, namespace: home}\n")
    inputs = checked({"chart": "web", "repositoryOpts": REPOSITORY})
    assert inputs["name"].startswith("web-")
    assert len(inputs["name"]) == len("web-") + 8
    assert (inputs["namespace"], inputs["timeout"], inputs["resourceNames"]) == ("home", 300, {"ConfigMap/v1": ["home/c"]})
    assert checked({"chart": "web", "repositoryOpts": REPOSITORY}, inputs)["name"] == inputs["name"], "the name that was made up is kept"
    assert "timeout" not in checked({"chart": "web", "repositoryOpts": REPOSITORY, "skipAwait": True})


def test_what_is_unknown_is_not_rendered(helm: Recorder) -> None:
    result = release().check(URN, {}, {"name": "rel", "chart": "web", "values": {"a": UNKNOWN}}, b"")
    assert result.failures == []
    assert "checksum" not in result.inputs
    assert not (helm.folder / "calls").exists()


def test_a_release_needs_a_chart() -> None:
    [failure] = release().check(URN, {}, {"name": "rel"}, b"").failures
    assert failure.property == "chart"


BASE = {"name": "rel", "namespace": "home", "chart": "web", "version": "1.2.3", "values": {"a": {"b": 1, "list": [1, 2]}}, "checksum": "x"}


@pytest.mark.parametrize(
    ("change", "detailed", "replaces"),
    [
        ({}, {}, []),
        ({"values": {"a": {"b": 2, "list": [1, 2]}}}, {"values.a.b": Change.UPDATE}, []),
        ({"values": {"a": {"b": 1, "list": [1, 3]}, "c": 1}}, {"values.a.list[1]": Change.UPDATE, "values.c": Change.ADD}, []),
        ({"version": "1.3.0"}, {"version": Change.UPDATE}, []),
        ({"name": "other"}, {"name": Change.UPDATE_REPLACE}, ["name"]),
        ({"namespace": "there"}, {"namespace": Change.UPDATE_REPLACE}, ["namespace"]),
        ({"values": {"a": {"b": Secret(1), "list": [1, 2]}}}, {}, []),
        ({"values": UNKNOWN}, {"values": Change.UPDATE}, []),
    ],
)
def test_diff(change: dict[str, Any], detailed: dict[str, Change], replaces: list[str]) -> None:
    news = {**BASE, **change}
    if change.get("values") is UNKNOWN:
        news.pop("checksum")
    result = release().diff(URN, "home/rel", {}, news, BASE, [])
    assert (result.detailed, result.replaces) == (detailed, replaces)


def test_ignored_changes_are_none() -> None:
    news = {**BASE, "checksum": "y", "values": {"a": {"b": 2, "list": [1, 2]}}}
    assert not release().diff(URN, "home/rel", {}, news, BASE, ["checksum", "values.a"]).some


# -- the release's life ---------------------------------------------------------------------------------------------------


def installed(config: Any = None, status: str = "deployed", revision: int = 1) -> dict[str, Any]:
    metadata = {"name": "web", "version": "1.2.3", "appVersion": "v9"}
    info = {"status": status}
    return {
        "name": "rel",
        "namespace": "home",
        "version": revision,
        "config": config,
        "info": info,
        "manifest": "",
        "chart": {"metadata": metadata},
    }


def test_install_says_what_the_inputs_say(helm: Recorder) -> None:
    helm.answers("install", json.dumps(installed({"a": 1})))
    flags = {
        "createNamespace": True,
        "atomic": True,
        "skipCrds": True,
        "waitForJobs": True,
        "disableWebhooks": True,
        "description": "why",
        "timeout": 7,
    }
    inputs = checked({"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY, "values": {"a": 1}, **flags})
    state = release().create(URN, inputs, None, False)
    call = helm.calls[-1]
    for flag in (
        "--create-namespace",
        "--atomic",
        "--skip-crds",
        "--wait",
        "--wait-for-jobs",
        "--no-hooks",
        "--description why",
        "--timeout 7s",
    ):
        assert f"{flag} " in call
    assert state.id == "home/rel"
    assert state.outputs["status"] == {
        "appVersion": "v9",
        "chart": "web",
        "name": "rel",
        "namespace": "home",
        "revision": 1,
        "status": "deployed",
        "version": "1.2.3",
    }


def test_skip_await_waits_for_nothing(helm: Recorder) -> None:
    helm.answers("install", json.dumps(installed()))
    release().create(
        URN, checked({"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY, "skipAwait": True, "waitForJobs": True}), None, False
    )
    assert "--wait" not in helm.calls[-1]


def test_a_failed_install_is_kept_with_its_reason(helm: Recorder) -> None:
    inputs = checked({"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY})
    helm.answers("install.err", "W1 noise\nError: INSTALLATION FAILED: context deadline exceeded\n")
    helm.answers("status", json.dumps(installed(status="failed")))
    helm.answers("get", json.dumps({"chart": "web", "version": "1.2.3"}))
    said: list[str] = []
    with pytest.raises(PartialFailure) as failure:
        release(said).create(URN, inputs, None, False)
    assert failure.value.state.id == "home/rel"
    assert failure.value.state.outputs["status"]["status"] == "failed"
    assert failure.value.reasons[0].startswith('Helm release "home/rel" was created, but failed to initialize completely.')
    assert "context deadline exceeded" in failure.value.reasons[0]
    assert "INSTALLATION FAILED" not in failure.value.message
    assert "has the status failed" in said[0]


def test_a_refused_install_leaves_nothing(helm: Recorder) -> None:
    inputs = checked({"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY})
    helm.answers("install.err", "Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n")
    helm.answers("status", json.dumps(installed()))
    helm.answers("get", "{}")
    with pytest.raises(Problem, match=r"^cannot re-use a name that is still in use$"):
        release().create(URN, inputs, None, False)


def test_another_operation_in_progress_is_said_as_helm_says_it(helm: Recorder) -> None:
    inputs = checked({"name": "rel", "chart": "web", "repositoryOpts": REPOSITORY})
    helm.answers("upgrade.err", "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n")
    helm.answers("status", json.dumps(installed(status="pending-upgrade", revision=4)))
    helm.answers("get", "{}")
    with pytest.raises(Problem, match=r"^another operation \(install/upgrade/rollback\) is in progress$"):
        release().update(URN, "home/rel", {}, inputs, inputs, None, False, [])


def test_deleting_what_is_not_there_is_an_error_as_helm_says_it(helm: Recorder) -> None:
    helm.answers("uninstall.err", "Error: uninstall: Release not loaded: rel: release: not found\n")
    with pytest.raises(Problem, match=r"^uninstall: Release not loaded: rel: release: not found$"):
        release().delete(URN, "home/rel", {"name": "rel", "namespace": "home"}, {}, None)
    assert "--wait --timeout 300s" in helm.calls[-1]


def test_a_release_on_a_dead_cluster_is_an_error() -> None:
    dead = Release(Configuration(unreachable="no route"), None, lambda urn: Progress())
    for act in (
        lambda: dead.create(URN, BASE, None, False),
        lambda: dead.update(URN, "home/rel", BASE, BASE, BASE, None, False, []),
        lambda: dead.delete(URN, "home/rel", BASE, BASE, None),
        lambda: dead.read(URN, "home/rel", BASE, BASE),
    ):
        with pytest.raises(Problem, match="with unreachable cluster: no route"):
            act()


def test_refresh_sees_what_somebody_else_did(helm: Recorder) -> None:
    helm.answers("status", json.dumps(installed({"a": 2}, revision=2)))
    helm.answers("get", json.dumps({"chart": "web", "version": "1.3.0", "appVersion": "v10"}))
    olds = {**BASE, "status": {"version": "1.2.3"}}
    state = release().read(URN, "home/rel", olds, BASE)
    assert state.inputs
    assert (state.inputs["values"], state.inputs["version"]) == ({"a": 2}, "1.3.0")
    assert state.outputs["status"]["revision"] == 2


def test_refresh_of_what_is_gone(helm: Recorder) -> None:
    helm.answers("status.err", "Error: release: not found\n")
    assert release().read(URN, "home/rel", BASE, BASE).id == ""


def test_an_imported_release_has_its_values_as_secrets(helm: Recorder) -> None:
    helm.answers("status", json.dumps(installed({"password": "x"})))
    helm.answers("get", json.dumps({"chart": "web", "version": "1.2.3"}))
    state = release().read(URN, "home/rel", {}, {})
    assert state.inputs
    assert state.inputs["values"] == Secret({"password": "x"})
    assert plain(state.inputs)["chart"] == "web"


def test_a_preview_changes_nothing_and_knows_the_name(helm: Recorder) -> None:
    created = release().create(URN, BASE, None, True)
    assert (created.outputs["status"]["name"], created.outputs["status"]["revision"]) == ("rel", UNKNOWN)
    updated = release().update(URN, "home/rel", {**BASE, "status": {"version": "1.2.3", "appVersion": "v9"}}, BASE, BASE, None, True, [])
    assert updated.outputs["status"]["appVersion"] == "v9"
    assert not (helm.folder / "calls").exists()


# -- helm itself ----------------------------------------------------------------------------------------------------------


def test_the_kubeconfig_follows_the_providers_arguments(tmp_path: Path) -> None:
    document = kubeconfig_document(Configuration(kubeconfig=KUBECONFIG, context="b", cluster="other"))
    assert document["current-context"] == "b"
    assert {entry["name"]: entry["context"]["cluster"] for entry in document["contexts"]} == {"a": "a", "b": "other"}
    file = tmp_path / "config"
    file.write_text(json.dumps({"clusters": [{"name": "a", "cluster": {"certificate-authority": "ca.crt"}}]}))
    assert kubeconfig_document(Configuration(kubeconfig=str(file)))["clusters"][0]["cluster"]["certificate-authority"] == str(
        tmp_path / "ca.crt"
    )


def test_a_cancelled_operation_ends_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helm").write_text(
        "#!/bin/sh\ntrap 'echo \"Error: release web has been cancelled\" >&2; exit 1' TERM\nsleep 30 >/dev/null 2>&1 & wait\n"
    )
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    with Helm(Configuration(), cancelled, []) as helm, pytest.raises(HelmFailed, match="release web has been cancelled"):
        helm.run("install", cluster=False)


def test_a_long_operation_is_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helm").write_text("#!/bin/sh\nsleep 1\necho done\n")
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(release_helm, "LOOK", 0.1)
    looks: list[float] = []
    with Helm(Configuration(), threading.Event(), []) as helm:
        assert helm.run("install", cluster=False, meanwhile=lambda: looks.append(1)) == "done\n"
    assert looks


def test_no_helm_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Helm(Configuration(), threading.Event(), []) as helm, pytest.raises(HelmFailed, match="helm is not on PATH"):
        helm.run("version", cluster=False)


# -- what the API server warns of ----------------------------------------------------------------------------------------

WARNINGS = r"""level=WARN msg="something else"
I1121 12:46:19.828866   26314 warnings.go:107] "Warning: would violate PodSecurity \"restricted:latest\": s3cret"
W1121 12:46:19.828866   26314 warnings.go:70] v1 Endpoints is deprecated in v1.33+
I1121 12:46:20.828866   26314 warnings.go:107] "Warning: would violate PodSecurity \"restricted:latest\": s3cret"
"""


def test_the_api_servers_warnings_are_found_in_helms_words() -> None:
    violation = 'would violate PodSecurity "restricted:latest": s3cret'
    assert server_warnings(WARNINGS) == [violation, "v1 Endpoints is deprecated in v1.33+", violation]


@pytest.mark.parametrize("suppressed", [False, True])
def test_they_are_passed_on_once_and_without_secrets(helm: Recorder, suppressed: bool) -> None:
    helm.answers("install.warn", WARNINGS)
    helm.answers("install", "{}")
    configuration = Configuration(kubeconfig=KUBECONFIG, suppress_deprecation_warnings=suppressed)
    said: list[str] = []
    with Helm(configuration, threading.Event(), ["s3cret"], said.append) as one:
        one.run("install")
        one.run("install")
    deprecated = [] if suppressed else ["v1 Endpoints is deprecated in v1.33+"]
    assert said == ['would violate PodSecurity "restricted:latest": [secret]', *deprecated]
