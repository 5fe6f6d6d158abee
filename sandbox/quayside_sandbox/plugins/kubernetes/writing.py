"""Writing objects to the API server as the official plugin does: client-side creates, server-side-apply updates, dry runs for previews."""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable
from typing import Any

from ...kube import Api, ApiError
from ...kube.client import Object
from .annotations import PATCH_FORCE, is_true
from .configuration import Configuration
from .diff import prune
from .immutable import Path
from .managers import CLIENT_SIDE, keep_live, leave_to_others, take_over, written_client_side
from .naming import name, namespace, set_namespace

# Seconds between tries of a create that found no namespace or no kind yet: another resource may be about to make it (issue 239).
PATIENCE = (1, 2, 4, 8, 16, 32)

_CONFLICT_HELP = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/"
    "#handle-field-conflicts-on-existing-resources"
)
_EXISTS_HELP = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""


class NamespaceMissing(Exception):
    """A preview cannot try an object whose namespace is yet to be made."""


class Writing:
    """The writes of one configured provider."""

    def __init__(self, configuration: Configuration, cancelled: threading.Event) -> None:
        self.configuration, self.cancelled = configuration, cancelled

    # -- create -----------------------------------------------------------------------------------------------------

    def create(self, inputs: Object, manager: str, *, patch: bool, preview: bool, say: Callable[[str], None]) -> Object:
        """Makes the object, with patience for what it needs. Raises ApiError, or NamespaceMissing in a preview."""
        for tried, pause in enumerate((*PATIENCE, None)):
            try:
                return self._create(inputs, manager, patch, preview)
            except ApiError as problem:
                if preview and problem.code == 404 and problem.details.get("kind") == "namespaces":
                    raise NamespaceMissing(str(problem)) from problem
                if problem.code != 404 or pause is None:
                    raise
                say(f"Retry #{tried}; creation failed: {problem}")
                if self.cancelled.wait(pause):
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    def _create(self, inputs: Object, manager: str, patch: bool, preview: bool) -> Object:
        api, configuration = self.configuration.need_api(), self.configuration
        body = self._in_its_scope(api, inputs)
        if patch or (configuration.enable_server_side_apply and configuration.upsert_existing_objects):
            return self._upsert(api, body, manager, preview)
        try:
            return api.create(body, field_manager=CLIENT_SIDE, dry_run=preview)
        except ApiError as problem:
            if problem.reason == "AlreadyExists":
                raise ApiError(problem.code, problem.reason, problem.message + _EXISTS_HELP, problem.details) from problem
            raise

    def _upsert(self, api: Api, body: Object, manager: str, preview: bool) -> Object:
        force = self._forced(body, None, preview)
        try:
            return _apply(api, body, manager, force, preview)
        except ApiError as problem:
            if not (preview and problem.reason == "Invalid" and "field is immutable" in problem.message):
                raise
        # The preview of a replacement meets the object that is to be deleted first: another name gets out of its way (issue 2575).
        other = copy.deepcopy(body)
        other["metadata"]["name"] = f"{name(body)[:58]}{secrets.token_hex(3)[:5]}"
        return _apply(api, other, manager, force, preview)

    # -- update -----------------------------------------------------------------------------------------------------

    def update(
        self, inputs: Object, applied: Object, live: Object, manager: str, *, patch: bool, preview: bool, ignored: list[Path]
    ) -> Object:
        """Changes the live object to the inputs; `applied` are the last inputs. Raises ApiError."""
        api = self.configuration.need_api()
        body = self._in_its_scope(api, inputs)
        body["metadata"]["name"] = name(live)
        if body["kind"] == "CustomResourceDefinition":
            # Replaced as a whole: the patches that would lead from one schema to another are beyond the merge rules.
            body["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
            return api.replace(body, field_manager=manager, dry_run=preview)
        if self.configuration.enable_server_side_apply:
            if not patch and not preview:
                live = self._take_over(api, live, manager)
            body = leave_to_others(body, live, ignored, manager)
            return _apply(api, body, manager, self._forced(body, live, preview), preview)
        change = three_way(prune(live, applied), keep_live(body, live, ignored), live)
        return api.patch(body["apiVersion"], body["kind"], name(live), change, namespace(live), field_manager=CLIENT_SIDE, dry_run=preview)

    def _take_over(self, api: Api, live: Object, manager: str) -> Object:
        change = take_over(live, manager)
        if not change:
            return live
        return api.patch(live["apiVersion"], live["kind"], name(live), change, namespace(live), how="json")

    # -- the rest ---------------------------------------------------------------------------------------------------

    def relinquish(self, live: Object, manager: str) -> None:
        """Gives up all fields of a manager by applying nothing: what nobody else manages returns to its default."""
        identity = {key: live["metadata"][key] for key in ("name", "namespace") if key in live["metadata"]}
        body = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": identity}
        self.configuration.need_api().apply(body, field_manager=manager)

    def _forced(self, inputs: Object, live: Object | None, preview: bool) -> bool:
        """Whether to overwrite what other managers own. A preview that would be refused for a conflict of our own making is forced."""
        if is_true(inputs, PATCH_FORCE) or self.configuration.enable_patch_force:
            return True
        return preview and (live is None or written_client_side(live))

    def _in_its_scope(self, api: Api, inputs: Object) -> Object:
        """A copy, with a namespace or without, as the kind wants it: Check could only guess for a kind that was not served yet."""
        body = copy.deepcopy(inputs)
        namespaced = api.kind(body["apiVersion"], body["kind"]).namespaced
        set_namespace(body, (namespace(body) or self.configuration.namespace) if namespaced else "")
        return body


def three_way(old: Object, new: Object, live: Object) -> Object:
    """The JSON merge patch that takes the live object to the new inputs and removes what only the last inputs (`old`, pruned) had."""
    change: dict[str, Any] = {}
    for key in {**old, **new}:
        if key not in new:
            change[key] = None
        elif isinstance(new[key], dict) and isinstance(live.get(key), dict):
            before = old.get(key)
            inner = three_way(before if isinstance(before, dict) else {}, new[key], live[key])
            if inner:
                change[key] = inner
        elif prune(live.get(key), new[key]) != new[key] or _longer(live.get(key), new[key]):
            change[key] = new[key]
    return change


def _longer(live: Any, new: Any) -> bool:
    return isinstance(live, list) and isinstance(new, list) and len(live) > len(new)


def _apply(api: Api, body: Object, manager: str, force: bool, preview: bool) -> Object:
    try:
        return api.apply(body, field_manager=manager, force=force, dry_run=preview)
    except ApiError as problem:
        if problem.code != 409:
            raise
        message = (
            f"server-side apply field conflict detected, see {_CONFLICT_HELP} for troubleshooting help\n"
            f'The resource managed by field manager "{manager}" had an apply conflict: {problem.message}'
        )
        raise ApiError(problem.code, problem.reason, message, problem.details) from problem
