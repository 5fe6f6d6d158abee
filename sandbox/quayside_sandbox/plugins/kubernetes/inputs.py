"""What a program says of an object: checked and completed (names, namespaces), and compared with what is there."""

from __future__ import annotations

import httpx

from ...kube import ApiError
from ...kube.client import Object
from ..values import UNKNOWN
from . import naming
from .annotations import AUTONAMED, HELM_HOOK, REPLACE_UNREADY, annotations_of, is_true
from .checkpoint import from_outputs, mark_secrets, to_object
from .configuration import Configuration
from .diff import changes, contains, parse, prune
from .engine import Engine
from .handler import Autonaming, Change, CheckFailure, CheckResult, DiffResult, Problem, Properties
from .immutable import IDENTITY, immutable_fields
from .kinds import Scopes, group_version_kind, is_list, is_patch
from .normal import Schemas


class Inputs:
    """Check and diff of Kubernetes objects."""

    def __init__(self, configuration: Configuration, engine: Engine, scopes: Scopes, schemas: Schemas) -> None:
        self.configuration, self.engine, self.scopes, self.schemas = configuration, engine, scopes, schemas

    # -- check ------------------------------------------------------------------------------------------------------

    def check(self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None = None) -> CheckResult:
        configuration = self.configuration
        if configuration.api is None and configuration.skip_update_unreachable:
            self.engine.warn("Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...", urn)
            return CheckResult(olds)
        if is_list(urn):
            raise Problem(
                "list resources exist for compatibility with YAML manifests and Helm charts, "
                "and cannot be created directly. Use the underlying resource type instead"
            )
        inputs = self.schemas.normal(to_object(news), lambda path: self._unknown_field(urn, path))
        old = to_object(olds)
        if is_patch(urn, inputs):
            if not configuration.enable_server_side_apply:
                raise Problem(
                    "patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` Provider config"
                )
            if not naming.is_named(inputs):
                raise Problem("patch resources require the `.metadata.name` field to be set")
        self._warn_of_annotations(urn, inputs)
        self._name(urn, inputs, old, seed, autonaming)
        if naming.is_generated(inputs) and configuration.enable_server_side_apply:
            raise Problem("the `.metadata.generateName` field is not supported in Server-Side Apply mode")
        self.scopes.learn(inputs)
        if not naming.of_metadata(inputs, "namespace") and self.scopes.namespaced(*group_version_kind(urn, inputs)):
            naming.set_namespace(inputs, configuration.namespace)
        return CheckResult(mark_secrets(inputs, news), _misnamed(urn, inputs))

    def _name(self, urn: str, inputs: Object, old: Object, seed: bytes, autonaming: Autonaming | None) -> None:
        # Objects of client-side apply carry a label that says who manages them; the others have managedFields for that.
        labelled = not self.configuration.enable_server_side_apply
        if old:
            naming.adopt(inputs, old)
            labelled = _managed_by_label(old) == "pulumi"
        else:
            naming.assign(inputs, urn, seed, autonaming)
        if labelled:
            _label_managed_by_pulumi(inputs)

    def _warn_of_annotations(self, urn: str, inputs: Object) -> None:
        for key in annotations_of(inputs):
            if key.startswith(AUTONAMED):
                self.engine.warn(f'ignoring user-specified value for internal annotation "{key}"', urn)
        hooks = [value for key, value in annotations_of(inputs).items() if key == HELM_HOOK and "test" not in str(value)]
        if hooks and not self.configuration.suppress_helm_hook_warnings:
            self.engine.warn(
                "This resource contains Helm hooks that are not currently supported by Pulumi. The resource will be created, but any "
                "hooks will not be executed. Hooks support is tracked at https://github.com/pulumi/pulumi-kubernetes/issues/555 -- This "
                "warning can be disabled by setting the PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS environment variable",
                urn,
            )

    def _unknown_field(self, urn: str, path: str) -> None:
        self.engine.warn_once(f'unknown field "{path}": the API server does not know it, and it is left out', urn)

    # -- diff -------------------------------------------------------------------------------------------------------

    def diff(self, urn: str, olds: Properties, news: Properties, ignore_changes: list[str]) -> DiffResult:
        applied, live = from_outputs(olds)
        applied, inputs = self.schemas.normal(applied), self.schemas.normal(to_object(news))
        before = prune(live, applied)
        self._align(urn, before, inputs, live)
        patch = is_patch(urn, inputs)
        fields = IDENTITY if patch else immutable_fields(inputs, self.configuration)
        found = changes(before, inputs, fields, applied)
        ignored = [parse(path) for path in ignore_changes]
        found = {path: change for path, change in found.items() if not any(contains(outer, parse(path)) for outer in ignored)}
        replaces = [path for path, change in found.items() if change.value & 1 or (path, change) == ("metadata", Change.DELETE)]
        if is_true(inputs, REPLACE_UNREADY) and self._unready(urn, inputs, live):
            replaces.append('.metadata.annotations["pulumi.com/replaceUnready"]')
        same_place = naming.name(inputs) == naming.name(live) and naming.namespace(inputs) == naming.namespace(live)
        return DiffResult(
            detailed=found,
            replaces=replaces,
            # A new object cannot have the name of one that is still there; made-up names are made up anew.
            delete_before_replace=bool(replaces) and naming.is_named(inputs) and not naming.is_autonamed(inputs) and same_place,
            of_inputs=False,
        )

    def _align(self, urn: str, before: Object, inputs: Object, live: Object) -> None:
        """Takes out of the comparison what only looks different."""
        namespaced = self.scopes.namespaced(*group_version_kind(urn, inputs))
        for thing in (before, inputs):
            if naming.of_metadata(thing, "namespace") is not UNKNOWN:
                naming.set_namespace(thing, (naming.namespace(thing) or "default") if namespaced else "")
        for key in ("apiVersion", "kind"):
            before.setdefault(key, inputs.get(key))
        metadata = before.setdefault("metadata", {})
        if self.configuration.enable_server_side_apply:
            metadata.pop("resourceVersion", None)
        if naming.name(inputs):
            # A program may write down the name that the server made from generateName.
            metadata["name"] = naming.name(live)

    def _unready(self, urn: str, inputs: Object, live: Object) -> bool:
        """Whether `pulumi.com/replaceUnready` asks for a new Job: the old one has not completed."""
        if inputs.get("kind") != "Job":
            self.engine.warn("replaceUnready annotation is not supported for this resource", urn)
            return False
        if self.configuration.api is None:
            self.engine.warn("Cluster is unreachable, skipping replaceUnready check", urn)
            return False
        try:
            now = self.configuration.api.get(live["apiVersion"], live["kind"], naming.name(live), naming.namespace(live) or None)
        except (ApiError, httpx.HTTPError):
            return False
        conditions = (now.get("status") or {}).get("conditions") or []
        return not any(entry.get("type") == "Complete" and entry.get("status") == "True" for entry in conditions)


def _misnamed(urn: str, inputs: Object) -> list[CheckFailure]:
    """apiVersion and kind come from the resource's type; nothing else can be said without the server."""
    missing = [key for key in ("apiVersion", "kind") if not inputs.get(key)]
    return [CheckFailure(key, f"{urn} has no {key}: write it, e.g. apiVersion: v1, kind: ConfigMap") for key in missing]


def _managed_by_label(thing: Object) -> str:
    metadata = thing.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    value = labels.get("app.kubernetes.io/managed-by") if isinstance(labels, dict) else None
    return "pulumi" if value == "pulumi" else ""


def _label_managed_by_pulumi(thing: Object) -> None:
    metadata = thing.setdefault("metadata", {})
    if metadata is UNKNOWN or metadata.get("labels") is UNKNOWN:
        return
    metadata["labels"] = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "pulumi"}
