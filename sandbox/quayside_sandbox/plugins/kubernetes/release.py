"""`kubernetes:helm.sh/v3:Release`: a Helm release as a resource, through the real helm.

Its state is its inputs (values merged) with what helm says of it: `status`, `version`, `resourceNames`. Check renders the chart, so that a
preview fails where the chart cannot be had or its values are refused; it changes nothing in the cluster.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx

from ...kube import Api, ApiError
from ..values import UNKNOWN, Secret, keep_secrets, known, plain
from . import naming
from .configuration import Configuration
from .diff import changes, parse
from .diff import contains as covers
from .handler import Autonaming, CheckFailure, CheckResult, DiffResult, PartialFailure, Problem, Properties, State
from .release_chart import note, source, stand_in
from .release_helm import Helm, HelmFailed
from .release_values import DEFAULT_TIMEOUT, checksum, documents, merged_values, resource_names, secret_texts
from .waiting import Progress, unready_reasons

_FORCES_NEW = ["name", "namespace"]
# What Check works out: it cannot while something is unknown.
_COMPUTED = ("checksum", "resourceNames")
_FLAGS_OF_BOTH = {
    "atomic": "--atomic",
    "renderSubchartNotes": "--render-subchart-notes",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "dependencyUpdate": "--dependency-update",
}
_FLAGS_OF_INSTALL = {
    "createNamespace": "--create-namespace",
    "disableWebhooks": "--no-hooks",
    "skipCrds": "--skip-crds",
    "replace": "--replace",
}
_FLAGS_OF_UPGRADE = {
    "cleanupOnFail": "--cleanup-on-fail",
    "disableCRDHooks": "--no-hooks",
    "forceUpdate": "--force",
    "recreatePods": "--recreate-pods",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
}
_WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "PersistentVolumeClaim"}


class Release:
    """The handler of Helm releases (handler.ResourceKindHandler)."""

    def __init__(self, configuration: Configuration, api: Api | None, progress: Callable[[str], Progress]) -> None:
        """`progress` makes the voice in which to speak about a resource."""
        self.configuration, self.api, self.progress = configuration, api, progress
        self._told: set[tuple[str, str]] = set()

    # -- check and diff ---------------------------------------------------------------------------------------------

    def check(self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None = None) -> CheckResult:
        inputs = {key: value for key, value in news.items() if value is not None}
        self._name(urn, inputs, olds, seed, autonaming)
        inputs["namespace"] = inputs.get("namespace") or self.configuration.namespace
        if not inputs.get("skipAwait"):
            inputs.setdefault("timeout", DEFAULT_TIMEOUT)
        for key in _COMPUTED:
            inputs.pop(key, None)
        if not inputs.get("chart"):
            return CheckResult(inputs, [CheckFailure("chart", "a Release needs a chart: its name, path or oci:// address")])
        if not known(inputs):
            return CheckResult(inputs)
        try:
            inputs["values"] = merged_values(inputs)
            inputs.pop("valueYamlFiles", None)
            manifest = self._render(urn, inputs)
        except (HelmFailed, Problem) as problem:
            return CheckResult(inputs, [CheckFailure("chart", f"{problem}; check the chart name and repository configuration.")])
        inputs["checksum"], inputs["resourceNames"] = checksum(manifest), resource_names(documents(manifest))
        return CheckResult(inputs)

    def _name(self, urn: str, inputs: Properties, olds: Properties, seed: bytes, autonaming: Autonaming | None) -> None:
        if inputs.get("name"):
            return
        if olds.get("name"):
            inputs["name"] = olds["name"]
        elif autonaming and autonaming.mode == "disable":
            raise Problem(f"autonaming is disabled, so this release needs a name of its own: set `name` of {urn}")
        else:
            inputs["name"] = autonaming.proposed if autonaming else naming.unique(f"{urn.rsplit('::', 1)[-1]}-", seed)

    def _render(self, urn: str, inputs: Properties) -> str:
        opened = plain(inputs)
        substitution = stand_in(opened)
        if substitution and (urn, substitution.text) not in self._told:
            self._told.add((urn, substitution.text))
            note(substitution)
            self.progress(urn).tell(substitution.text)
        with self._helm(urn, inputs) as helm:
            chart = source(helm, opened)
            words = _on(opened, {"dependencyUpdate": "--dependency-update", "disableWebhooks": "--no-hooks"})
            words += [] if opened.get("skipCrds") else ["--include-crds"]
            words += ["--post-renderer", str(opened["postrender"])] if opened.get("postrender") else []
            place = ["--namespace", str(opened["namespace"]), "--values", helm.private_file("values.yaml", _text(opened["values"]))]
            return helm.run("template", str(opened["name"]), *chart, *place, "--skip-tests", *words, cluster=False)

    def diff(self, urn: str, id: str, olds: Properties, news: Properties, old_inputs: Properties, ignore_changes: list[str]) -> DiffResult:
        before, after = plain(old_inputs), plain(news)
        if not known(after):
            before = {key: value for key, value in before.items() if key not in _COMPUTED}
        found = changes(before, after, _FORCES_NEW, {})
        ignored = [parse(path) for path in ignore_changes]
        found = {path: change for path, change in found.items() if not any(covers(outer, parse(path)) for outer in ignored)}
        return DiffResult(detailed=found, replaces=[path for path, change in found.items() if change.value & 1])

    # -- create, update, delete -------------------------------------------------------------------------------------

    def create(self, urn: str, news: Properties, timeout: float | None, preview: bool) -> State:
        opened = plain(news)
        if preview:
            return State("", {**news, "status": _expected(opened, {})})
        if self.api is None:
            raise Problem(f"can't create Helm Release with unreachable cluster: {self.configuration.unreachable}")
        id = _identifier(opened)
        with self._helm(urn, news) as helm:
            words = [*_on(opened, _FLAGS_OF_BOTH), *_on(opened, _FLAGS_OF_INSTALL), *self._with_values(helm, opened)]
            try:
                release = helm.json("install", str(opened["name"]), *source(helm, opened), *words, meanwhile=self._look(urn, helm, opened))
            except HelmFailed as problem:
                found = self._lookup(helm, opened)
                if found is None or _is_taken(str(problem)):
                    raise Problem(str(problem)) from problem
                message = (
                    f'Helm release "{id}" was created, but failed to initialize completely. Use Helm CLI to investigate: '
                    f"failed to become available within allocated timeout. Error: Helm Release {id}: {problem}"
                )
                raise self._partial(helm, urn, id, message, news, found) from problem
        return State(id, self._outputs(news, release))

    def update(
        self,
        urn: str,
        id: str,
        olds: Properties,
        news: Properties,
        old_inputs: Properties,
        timeout: float | None,
        preview: bool,
        ignore_changes: list[str],
    ) -> State:
        opened = plain(news)
        if preview:
            return State(id, {**news, "status": _expected(opened, plain(olds).get("status") or {})})
        if self.api is None:
            raise Problem(f"can't update Helm Release with unreachable cluster: {self.configuration.unreachable}")
        with self._helm(urn, news) as helm:
            before = self._lookup(helm, opened)
            chart = source(helm, opened)
            words = [*_on(opened, _FLAGS_OF_BOTH), *_on(opened, _FLAGS_OF_UPGRADE), *self._with_values(helm, opened)]
            if opened.get("maxHistory") is not None:
                words += ["--history-max", str(opened["maxHistory"])]
            else:
                words += ["--history-max", "0"]  # the official plugin keeps them all where nobody says how many
            try:
                if opened.get("lint"):
                    self._lint(helm, opened)
                release = helm.json("upgrade", str(opened["name"]), *chart, *words, meanwhile=self._look(urn, helm, opened))
            except HelmFailed as problem:
                found = self._lookup(helm, opened)
                if found is None or _revision(found) == _revision(before):  # helm refused: nothing was tried
                    raise Problem(str(problem)) from problem
                message = (
                    f'Helm release "{id}" failed to initialize completely. Use Helm CLI to investigate: error running update: '
                    f"failed to become available within allocated timeout. Error: Helm Release {id}: {problem}"
                )
                raise self._partial(helm, urn, id, message, news, found) from problem
        return State(id, self._outputs(news, release))

    def delete(self, urn: str, id: str, olds: Properties, old_inputs: Properties, timeout: float | None) -> None:
        release = plain(olds)
        if self.api is None:
            raise Problem(f"can't delete Helm Release with unreachable cluster: {self.configuration.unreachable}")
        words = []
        if release.get("atomic") or not release.get("skipAwait"):
            words = ["--wait", "--timeout", f"{release.get('timeout') or DEFAULT_TIMEOUT}s"]
        try:
            with self._helm(urn, olds) as helm:
                output = helm.run("uninstall", str(release["name"]), "--namespace", str(release["namespace"]), *words)
        except HelmFailed as problem:
            raise Problem(str(problem)) from problem
        kept = [line for line in output.splitlines() if not line.startswith("release ") and line.strip()]
        if kept:
            self.progress(urn).warn("Helm uninstall returned information: " + "\n".join(kept))

    # -- read -------------------------------------------------------------------------------------------------------

    def read(self, urn: str, id: str, olds: Properties, old_inputs: Properties) -> State:
        namespace, name = naming.split_identifier(id)
        if olds:
            namespace, name = str(plain(olds).get("namespace") or namespace), str(plain(olds).get("name") or name)
        if self.api is None:
            raise Problem(f"can't read Helm Release with unreachable cluster: {self.configuration.unreachable}")
        place = {"name": name, "namespace": namespace or self.configuration.namespace}
        with self._helm(urn, olds) as helm:
            release = self._lookup(helm, place)
        if release is None:
            return State("", {})
        inputs = _drifted(old_inputs, olds, release) if old_inputs else _imported(place, release)
        return State(id or _identifier(place), self._outputs(inputs, release), inputs)

    # -- shared -----------------------------------------------------------------------------------------------------

    def _helm(self, urn: str, properties: Properties) -> Helm:
        progress = self.progress(urn)
        return Helm(self.configuration, progress.cancelled, secret_texts(properties), progress.warn)

    def _with_values(self, helm: Helm, opened: Properties) -> list[str]:
        """The words that install and upgrade share."""
        words = ["--namespace", str(opened["namespace"]), "--values", helm.private_file("values.yaml", _text(opened.get("values")))]
        words += ["--timeout", f"{opened.get('timeout') or DEFAULT_TIMEOUT}s"]
        if not opened.get("skipAwait"):
            words += ["--wait", *(["--wait-for-jobs"] if opened.get("waitForJobs") else [])]
        for key, option in (("description", "--description"), ("postrender", "--post-renderer")):
            words += [option, str(opened[key])] if opened.get(key) else []
        return words

    def _look(self, urn: str, helm: Helm, opened: Properties) -> Callable[[], None]:
        """Tells, while helm waits, what it waits for: helm itself says nothing until its time is up."""
        name, namespace = str(opened["name"]), str(opened["namespace"])

        def look() -> None:
            with contextlib.suppress(HelmFailed):  # the release may not be written yet
                manifest = helm.run("get", "manifest", name, "--namespace", namespace)
                for text in _causes(self.api, helm, {"name": name, "namespace": namespace, "manifest": manifest}):
                    self.progress(urn).status(text)

        return look

    def _lint(self, helm: Helm, opened: Properties) -> None:
        """helm lints folders and archives only: others are fetched first."""
        values = helm.private_file("values.yaml", _text(opened.get("values")))
        chart = source(helm, opened)
        helm.run("lint", chart[0] if len(chart) == 1 else helm.fetched(chart), "--values", values, cluster=False)

    def _lookup(self, helm: Helm, opened: Properties) -> dict[str, Any] | None:
        """The newest revision as `helm status` and `helm get metadata` tell it; None where there is no such release."""
        name, place = str(opened["name"]), ["--namespace", str(opened["namespace"])]
        try:
            release: dict[str, Any] = helm.json("status", name, *place)
            metadata = helm.json("get", "metadata", name, *place)
        except HelmFailed as problem:
            if "not found" in str(problem):
                return None
            raise Problem(str(problem)) from problem
        chart = {"name": metadata.get("chart"), "version": metadata.get("version"), "appVersion": metadata.get("appVersion")}
        return {**release, "chart": {"metadata": chart}}

    def _outputs(self, news: Properties, release: dict[str, Any]) -> Properties:
        chart = release["chart"]["metadata"]
        values = keep_secrets(release.get("config") or {}, news.get("values"))
        outputs: Properties = {
            **news,
            "values": values,
            "version": chart.get("version") or "",
            "resourceNames": resource_names(documents(str(release.get("manifest") or ""))),
            "status": {
                "appVersion": chart.get("appVersion") or "",
                "chart": chart.get("name") or "",
                "name": release["name"],
                "namespace": release["namespace"],
                "revision": release["version"],
                "status": release["info"]["status"],
                "version": chart.get("version") or "",
            },
        }
        return outputs

    def _partial(self, helm: Helm, urn: str, id: str, message: str, news: Properties, release: dict[str, Any]) -> PartialFailure:
        """The failure with what the official plugin does not tell: why the objects of the release are not ready."""
        causes = _causes(self.api, helm, release)
        self.progress(urn).warn(
            f'Helm release "{release["name"]}" has the status {release["info"]["status"]}. '
            "Use the `helm` command to investigate the error, correct it, then retry."
        )
        return PartialFailure(message, State(id, self._outputs(news, release)), news, [message, *causes])


def _causes(api: Api | None, helm: Helm, release: dict[str, Any]) -> list[str]:
    if api is None:
        return []
    place = ["--namespace", str(release["namespace"])]
    try:
        hooks = helm.run("get", "hooks", str(release["name"]), *place)
    except HelmFailed:
        hooks = ""
    found = []
    for entry in documents(f"{release.get('manifest') or ''}\n---\n{hooks}"):
        metadata = entry.get("metadata") or {}
        if entry["kind"] not in _WORKLOADS:
            continue
        try:
            live = api.find(
                str(entry["apiVersion"]), entry["kind"], str(metadata.get("name")), metadata.get("namespace") or release["namespace"]
            )
            reasons = unready_reasons(api, live) if live else []
        except (ApiError, httpx.HTTPError):
            continue
        found += [f"{entry['kind']} {metadata.get('name')}: {reason}" for reason in reasons[1:]]
    return [helm.hidden(text) for text in found]


def _drifted(old_inputs: Properties, olds: Properties, release: dict[str, Any]) -> Properties:
    """The inputs as they would have to be for the release as it now is."""
    inputs, chart, config = dict(old_inputs), release["chart"]["metadata"], release.get("config") or {}
    if chart.get("version") != (plain(olds).get("status") or {}).get("version"):
        inputs["version"] = chart.get("version")
    if config != (plain(old_inputs.get("values")) or {}):
        inputs["values"] = keep_secrets(config, old_inputs.get("values"))
    return inputs


def _imported(place: dict[str, str], release: dict[str, Any]) -> Properties:
    chart = release["chart"]["metadata"]
    values: Any = Secret(release["config"]) if release.get("config") else {}
    return {**place, "chart": chart.get("name"), "version": chart.get("version"), "values": values, "timeout": DEFAULT_TIMEOUT}


def _expected(opened: Properties, status: dict[str, Any]) -> dict[str, Any]:
    """The status as far as a preview can know it."""
    same_chart = bool(status) and opened.get("version") == status.get("version")
    return {
        "appVersion": status.get("appVersion") if same_chart else UNKNOWN,
        "chart": UNKNOWN,
        "name": opened.get("name"),
        "namespace": opened.get("namespace"),
        "revision": UNKNOWN,
        "status": "deployed",
        "version": status.get("version") if same_chart else UNKNOWN,
    }


def _identifier(opened: Properties) -> str:
    return f"{opened['namespace']}/{opened['name']}" if opened.get("namespace") else str(opened["name"])


def _revision(release: dict[str, Any] | None) -> int:
    return int(release["version"]) if release else 0


def _is_taken(message: str) -> bool:
    """helm refused before it made anything: the release that is there is not ours."""
    return "cannot re-use a name" in message or "another operation" in message


def _on(opened: Properties, flags: dict[str, str]) -> list[str]:
    return [flag for key, flag in flags.items() if opened.get(key)]


def _text(values: Any) -> str:
    """JSON is YAML, and leaves no doubt about what is a text."""
    return json.dumps(values or {})
