"""Kubernetes objects as Pulumi resources: create, read, update, delete (check and diff: inputs.py)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import httpx

from ...kube import Api, ApiError, NoSuchKind
from ...kube.client import Object
from ..values import known
from . import naming
from .annotations import LAST_APPLIED, annotations_of, deletion_propagation
from .checkpoint import INITIAL_API_VERSION, from_outputs, mark_secrets, to_object, to_outputs
from .configuration import Configuration
from .diff import parse, prune
from .engine import Engine
from .handler import Autonaming, CheckResult, DiffResult, PartialFailure, Problem, Properties, State
from .inputs import Inputs
from .kinds import Scopes, group_version_kind, is_patch
from .managers import field_manager
from .normal import Schemas
from .waiting import NotReady, Progress, await_deleted, await_ready, unready_reasons
from .writing import NamespaceMissing, Writing

_ON_DEAD_CLUSTER = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the "
    'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
)


@dataclass(frozen=True)
class _Record:
    """What the state of a resource says beside the live object."""

    inputs: Object
    like: Properties  # the inputs as the engine has them: what is secret there is secret in the state
    api_version: str
    manager: str

    def state(self, live: Object, id: str | None = None) -> State:
        outputs = to_outputs(self.inputs, live, self.like, self.api_version, self.manager)
        return State(naming.identifier(live) if id is None else id, outputs)


class Objects:
    """The handler of all kinds (handler.ResourceKindHandler)."""

    def __init__(self, configuration: Configuration, engine: Engine, cancelled: threading.Event) -> None:
        self.configuration, self.engine, self.cancelled = configuration, engine, cancelled
        self.schemas = Schemas(configuration.api)
        self.scopes = Scopes(configuration.api)
        self.writing = Writing(configuration, cancelled)
        self.inputs = Inputs(configuration, engine, self.scopes, self.schemas)

    def check(self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None = None) -> CheckResult:
        return self.inputs.check(urn, olds, news, seed, autonaming)

    def diff(self, urn: str, id: str, olds: Properties, news: Properties, old_inputs: Properties, ignore_changes: list[str]) -> DiffResult:
        return self.inputs.diff(urn, olds, news, ignore_changes)

    # -- create -----------------------------------------------------------------------------------------------------

    def create(self, urn: str, news: Properties, timeout: float | None, preview: bool) -> State:
        inputs = to_object(news)
        patch = is_patch(urn, inputs)
        if preview and not self._can_try(inputs, needs_apply=True, patch=patch):
            return State("", news)
        api = self.configuration.need_api()
        record = self._record(inputs, news, {})
        try:
            live = self.writing.create(inputs, record.manager, patch=patch, preview=preview, say=lambda text: self.engine.status(text, urn))
        except NamespaceMissing:
            return State("", news)
        except (ApiError, httpx.HTTPError) as problem:
            if preview and isinstance(problem, ApiError) and _untried(problem):
                return State("", news)
            raise Problem(_not_created(urn, inputs, problem)) from problem
        if preview:
            live.pop("status", None)  # an empty status would look like a known one
            return record.state(live, id="")
        self.engine.status("", urn)
        intro = f'resource "{urn}" was successfully created, but the Kubernetes API server reported that it'
        return self._awaited(api, urn, intro, record, live, None, timeout)

    def _can_try(self, inputs: Object, *, needs_apply: bool, patch: bool) -> bool:
        """Whether a dry run on the server can preview the object."""
        if not known(inputs) or (needs_apply and (patch or not self.configuration.enable_server_side_apply)):
            return False
        return self.scopes.served(inputs)

    # -- read -------------------------------------------------------------------------------------------------------

    def read(self, urn: str, id: str, olds: Properties, old_inputs: Properties) -> State:
        unreachable = self._on_dead_cluster(urn, State(id, olds, old_inputs))
        if unreachable:
            return unreachable
        api = self.configuration.need_api()
        namespace, name = naming.split_identifier(id)
        inputs = self.schemas.normal(to_object(old_inputs))
        _, recorded = from_outputs(olds)
        imported = not inputs.get("kind") and not recorded.get("kind")
        if not inputs.get("kind"):
            api_version, kind = group_version_kind(urn, recorded)
            inputs = {**inputs, "apiVersion": api_version, "kind": kind}
            metadata = {**(inputs.get("metadata") or {})}
            metadata.setdefault("name", name)
            if namespace:
                metadata.setdefault("namespace", namespace)
            inputs["metadata"] = metadata
        try:
            live = api.get(inputs["apiVersion"], inputs["kind"], name, namespace or "default")
        except ApiError as problem:
            if problem.code == 404:
                return State("", {})
            raise Problem(str(problem)) from problem
        current = _imported_inputs(live) if imported else prune(live, inputs)
        record = replace(self._record(inputs, old_inputs, olds), inputs=current)
        state = replace(record.state(live, id), inputs=mark_secrets(current, old_inputs))
        reasons = [] if imported else unready_reasons(api, live)
        if reasons:
            raise PartialFailure(reasons[0], state, state.inputs or {}, reasons)
        return state

    def _on_dead_cluster(self, urn: str, state: State) -> State | None:
        configuration = self.configuration
        if configuration.api is not None:
            return None
        self.engine.warn(f"configured Kubernetes cluster is unreachable: {configuration.unreachable}", urn)
        if configuration.delete_unreachable:
            self._say_forgotten(urn)
            return State("", {})
        if configuration.skip_update_unreachable:
            self.engine.info(
                "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. "
                "Returned data could not reflect the actual cluster configuration.",
                urn,
            )
            return state
        raise Problem(f"failed to read resource state due to unreachable cluster. {_ON_DEAD_CLUSTER}")

    def _say_forgotten(self, urn: str) -> None:
        self.engine.info(
            "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
            "Deleting the unreachable resource from Pulumi state",
            urn,
        )

    # -- update -----------------------------------------------------------------------------------------------------

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
        inputs = self.schemas.normal(to_object(news))
        patch = is_patch(urn, inputs)
        if preview and not self._can_try(inputs, needs_apply=False, patch=patch):
            return State(id, news)
        api = self.configuration.need_api()
        applied, recorded = from_outputs(olds)
        applied = self.schemas.normal(applied)
        _adopt_last_applied(recorded, applied)
        old_manager = field_manager(self.configuration, applied, olds)
        record = self._record(inputs, news, olds)
        try:
            before = self._live(api, recorded)
            ignored = [parse(path) for path in ignore_changes]
            live = self.writing.update(inputs, applied, before, record.manager, patch=patch, preview=preview, ignored=ignored)
        except NoSuchKind as problem:
            raise Problem(
                f'update of resource "{urn}" failed because the Kubernetes API server reported that the apiVersion for this resource does '
                f"not exist. Verify that any required CRDs have been created: {problem}"
            ) from problem
        except (ApiError, httpx.HTTPError) as problem:
            if preview and isinstance(problem, ApiError) and problem.code == 403:
                return State(id, news)
            raise self._not_updated(api, urn, recorded, record, problem) from problem
        if preview:
            return record.state(live, id)
        intro = f'the Kubernetes API server reported that "{naming.identifier(live)}"'
        state = self._awaited(api, urn, intro, record, live, before, timeout)
        if self.configuration.enable_server_side_apply and old_manager != record.manager:
            self.writing.relinquish(live, old_manager)
        return replace(state, id=id)

    def _not_updated(self, api: Api, urn: str, recorded: Object, record: _Record, problem: Exception) -> Exception:
        """What a refused update ends as: the object as it now is, to be updated again next time."""
        try:
            live = self._live(api, recorded)
        except (ApiError, httpx.HTTPError) as further:
            return Problem(f'update of resource "{urn}" failed: {problem}\nunable to get cluster state: {further}')
        state = record.state(live)
        message = f'the Kubernetes API server reported that "{state.id}" failed to fully initialize or become live: {problem}'
        return PartialFailure(message, state, record.like, [message])

    # -- delete -----------------------------------------------------------------------------------------------------

    def delete(self, urn: str, id: str, olds: Properties, old_inputs: Properties, timeout: float | None) -> None:
        if self.configuration.api is None:
            self.engine.warn(f"configured Kubernetes cluster is unreachable: {self.configuration.unreachable}", urn)
            if self.configuration.delete_unreachable:
                return self._say_forgotten(urn)
            raise Problem(f"configured Kubernetes cluster is unreachable. {_ON_DEAD_CLUSTER}")
        api = self.configuration.api
        inputs, recorded = from_outputs(olds)
        try:
            if is_patch(urn, recorded):
                return self._release_fields(recorded, field_manager(self.configuration, inputs, olds))
            live = self._live(api, recorded)
            api.delete(
                live["apiVersion"], live["kind"], naming.name(live), naming.namespace(live), propagation=deletion_propagation(inputs)
            )
        except ApiError as problem:
            if problem.code == 404:  # deleted behind our back, or its kind was
                return None
            raise Problem(str(problem)) from problem
        try:
            await_deleted(api, live, timeout=timeout, progress=self.progress(urn))
        except NotReady as problem:
            state = self._record(inputs, olds, olds).state(problem.live, id)
            raise PartialFailure(problem.reasons[0], state, old_inputs, problem.reasons) from problem
        self.engine.status("", urn)
        return None

    def _release_fields(self, recorded: Object, manager: str) -> None:
        try:
            self.writing.relinquish(recorded, manager)
        except ApiError as problem:
            causes = problem.details.get("causes") or []
            required = next((cause["field"] for cause in causes if cause.get("reason") == "FieldValueRequired"), None)
            if required:
                raise Problem(
                    "this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the "
                    f"`retainOnDelete` resource option, or transfer ownership of the field before deleting: {required}"
                ) from problem
            raise

    # -- shared -----------------------------------------------------------------------------------------------------

    def _live(self, api: Api, recorded: Object) -> Object:
        return api.get(recorded["apiVersion"], recorded["kind"], naming.name(recorded), naming.namespace(recorded) or None)

    def progress(self, urn: str) -> Progress:
        return Progress(
            status=lambda text: self.engine.status(text, urn),
            warn=lambda text: self.engine.warn_once(text, urn),
            info=lambda text: self.engine.info(text, urn),
            cancelled=self.cancelled,
        )

    def _record(self, inputs: Object, like: Properties, olds: Properties) -> _Record:
        """What to keep; the first API version and the field manager stay those of the old state."""
        first = str(olds.get(INITIAL_API_VERSION) or inputs.get("apiVersion", ""))
        return _Record(inputs, like, first, field_manager(self.configuration, inputs, olds))

    def _awaited(self, api: Api, urn: str, intro: str, record: _Record, live: Object, old: Object | None, timeout: float | None) -> State:
        """The state once the object is ready."""
        try:
            state = record.state(await_ready(api, live, timeout=timeout, old=old, progress=self.progress(urn)))
        except NotReady as problem:
            message = f"{intro} failed to fully initialize or become live: {problem.reasons[0]}"
            raise PartialFailure(message, record.state(problem.live), record.like, [message, *problem.reasons[1:]]) from problem
        self.engine.status("", urn)
        return state


def _untried(problem: ApiError) -> bool:
    """Whether a dry-run create failed for a reason that `up` will not meet: the object to be replaced, or no right to try."""
    return problem.reason == "AlreadyExists" or problem.code == 403 or "does not support dry run" in problem.message


def _not_created(urn: str, inputs: Object, problem: Exception) -> str:
    if isinstance(problem, NoSuchKind):
        return (
            f'creation of resource "{urn}" with kind {inputs["apiVersion"]}/{inputs["kind"]} failed because the Kubernetes API server '
            f"reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: {problem}"
        )
    return f'resource "{urn}" was not successfully created by the Kubernetes API server: {problem}'


def _imported_inputs(live: Object) -> Object:
    """What a program would have to say to get this object: all but what only the server writes."""
    inputs = {key: value for key, value in live.items() if key != "status"}
    metadata = dict(live["metadata"])
    for key in ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"):
        metadata.pop(key, None)
    kept = {
        k: v for k, v in (metadata.pop("annotations", None) or {}).items() if k not in (LAST_APPLIED, "deployment.kubernetes.io/revision")
    }
    return {**inputs, "metadata": {**metadata, "annotations": kept} if kept else metadata}


def _adopt_last_applied(live: Object, applied: Object) -> None:
    """Lets an update remove kubectl's annotation, which plugins before 4.0 wrote."""
    value = annotations_of(live).get(LAST_APPLIED)
    if value and LAST_APPLIED not in annotations_of(applied):
        metadata: dict[str, Any] = applied.setdefault("metadata", {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), LAST_APPLIED: value}
