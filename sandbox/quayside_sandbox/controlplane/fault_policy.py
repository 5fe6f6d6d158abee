"""Marks the pods that are to fail, at their creation, so that no simulated kubelet ever takes them for healthy.

While there are rules, a MutatingAdmissionPolicy in the cluster writes the annotation that kwok's Stages and failures.py look at; an
admission policy runs inside the API server, so there is no moment at which a pod could slip through.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from ..folder import Folder
from ..kube import Api, ApiError
from ..kube.client import Object
from . import faults
from .faults import Rule
from .stages import FAULT_ANNOTATION
from .watched import Watched

NAME = "quayside-sandbox-faults"
PROBE = "quayside-sandbox-probe"
API = "admissionregistration.k8s.io/v1"
MANAGER = "quayside-sandbox"


class FaultPolicy:
    """Keeps the policy like the rules, and the marks of pods that are there already."""

    def __init__(self, folder: Folder, cluster: str, api: Api, pods: Watched) -> None:
        self.folder, self.cluster, self.api, self.pods = folder, cluster, api, pods
        self._applied: list[Rule] | None = None
        self._written: str | None = None

    watches: Sequence[Watched] = ()

    def reconcile(self) -> float | None:
        rules = faults.rules(self.folder)
        if rules == self._applied:
            return None
        of_pods = [rule for rule in rules if rule["kind"] in faults.OF_PODS]
        version = _version(of_pods) if of_pods else ""
        if self._written != version:
            self._write(of_pods, version)
            self._written = version
        if self._active_version() != version:
            return 0.05  # the API server takes a moment to compile a policy
        self._mark_present(of_pods)
        self._applied = rules
        faults.note_applied(self.folder, self.cluster, rules)
        return None

    def _write(self, rules: list[Rule], version: str) -> None:
        if rules:
            for body in policy(rules, version):
                self.api.apply(body, field_manager=MANAGER, force=True)
            return
        for kind in ("MutatingAdmissionPolicyBinding", "MutatingAdmissionPolicy"):
            try:
                self.api.delete(API, kind, NAME)
            except ApiError as problem:
                if problem.code != 404:
                    raise

    def _active_version(self) -> str:
        """Which policy a pod would meet that is created now."""
        probe = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": PROBE, "namespace": "kube-system"},
            "spec": {"containers": [{"name": "probe", "image": "probe"}]},
        }
        answer = self.api.create(probe, dry_run=True)
        return str((answer["metadata"].get("annotations") or {}).get(FAULT_ANNOTATION, ""))

    def _mark_present(self, rules: list[Rule]) -> None:
        for pod in self.pods.items():
            metadata = pod["metadata"]
            present = (metadata.get("annotations") or {}).get(FAULT_ANNOTATION)
            wanted = fault_of(pod, rules)
            if present == wanted or metadata.get("deletionTimestamp"):
                continue
            kind = (wanted or "").partition(" ")[0]
            try:
                if kind == "image-missing" and metadata.get("ownerReferences"):  # it runs: only its successor can miss the image
                    self.api.delete("v1", "Pod", metadata["name"], metadata["namespace"])
                else:
                    annotations = {"metadata": {"annotations": {FAULT_ANNOTATION: wanted}}}
                    self.api.patch("v1", "Pod", metadata["name"], annotations, metadata["namespace"])
            except ApiError as problem:
                if problem.code != 404:
                    raise


def fault_of(pod: Object, rules: list[Rule]) -> str | None:
    """What the annotation of a pod is to say: kind and match of the first rule that names it."""
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    images = [container["image"] for container in pod["spec"]["containers"]]
    for rule in rules:
        if faults.matches(rule, "pod", name) or any(faults.matches(rule, "image", image) for image in images):
            return f"{rule['kind']} {rule['match']}"
    return None


def policy(rules: list[Rule], version: str) -> list[Object]:
    """The policy and its binding. The API server has not given a pod its random suffix yet: five letters stand for it."""
    # A probe pod is told the version: the policy is active when it is.
    choice = f"object.metadata.?name.orValue('') == '{PROBE}' ? {_text(version)} : "
    for rule in rules:
        choice += f"{_condition(rule)} ? {_text(rule['kind'] + ' ' + rule['match'])} : "
    choice += "''"
    marked = f"Object{{metadata: Object.metadata{{annotations: {{{_text(FAULT_ANNOTATION)}: variables.fault}}}}}}"
    spec = {
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "matchConstraints": {
            "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
        },
        "variables": [
            {
                "name": "name",
                "expression": "request.namespace + '/' + (object.metadata.?name.orValue('') != '' ? object.metadata.name"
                " : object.metadata.?generateName.orValue('') + 'xxxxx')",
            },
            {"name": "fault", "expression": choice},
        ],
        "mutations": [
            {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": f"variables.fault == '' ? Object{{}} : {marked}"}}
        ],
    }
    return [
        {"apiVersion": API, "kind": "MutatingAdmissionPolicy", "metadata": {"name": NAME}, "spec": spec},
        {"apiVersion": API, "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": NAME}, "spec": {"policyName": NAME}},
    ]


def _condition(rule: Rule) -> str:
    selector, _, pattern = rule["match"].partition("=")
    regex = _text(glob_regex(pattern))
    if selector == "pod":
        return f"variables.name.matches({regex})"
    return f"object.spec.containers.exists(c, c.?image.orValue('').matches({regex}))"


def glob_regex(pattern: str) -> str:
    """fnmatch's patterns as a regular expression that both Python and RE2 understand."""
    parts = re.split(r"(\*|\?|\[!?[^\]]+\])", pattern)
    return "^" + "".join(_translated(part) for part in parts) + "$"


def _translated(part: str) -> str:
    if part in ("*", "?"):
        return {"*": ".*", "?": "."}[part]
    if part.startswith("[") and part.endswith("]"):
        return part.replace("[!", "[^", 1)
    return re.escape(part)


def _text(value: str) -> str:
    """A CEL string literal."""
    return json.dumps(value)


def _version(rules: list[Rule]) -> str:
    return hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:12]
