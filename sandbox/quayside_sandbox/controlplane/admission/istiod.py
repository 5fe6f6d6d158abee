"""istiod's sidecar injector. The API server asks it for the pods that its webhook configuration selects: labels are not its business.

Its validating webhook grants everything here: the real analyzer judges what is rendered elsewhere.
"""

from __future__ import annotations

from ...kube import Api
from ...kube.client import Object
from ..controllers.istio.injection import changes as injected
from ..controllers.istio.revisions import is_istiod, revision
from ..controllers.istio.values import Values
from .contract import Change, Judge


def changes(api: Api, pod: Object, request: Object) -> list[Change]:
    new = request.get("object") or {}
    if new.get("kind") != "Pod" or request.get("operation") != "CREATE":
        return []
    mine = revision(pod)
    values = Values.of(mine, pod["metadata"]["namespace"], lambda name, namespace: api.find("v1", "ConfigMap", name, namespace))
    return injected(new, request.get("namespace") or "default", values, mine)


JUDGE = Judge(is_istiod, changes=changes)
