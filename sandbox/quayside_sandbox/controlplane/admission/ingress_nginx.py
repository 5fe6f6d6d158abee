"""What ingress-nginx' admission webhook refuses (kubernetes/ingress-nginx internal/ingress/controller/controller.go, CheckIngress).

The real one also writes the whole configuration and lets nginx test it; that part is not simulated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...kube import Api
from ...kube.client import Object
from ..controllers.ingress_nginx import GROUP, Options, is_controller
from .contract import Judge

PREFIX = "nginx.ingress.kubernetes.io/"
STRICT_PATH = re.compile(r"/[A-Za-z0-9._/-]*")  # internal/ingress/inspector/rules.go, 1.15.1
# Groups of annotations that are 'Critical'; more than 'High' is refused unless annotations-risk-level says otherwise.
CRITICAL = {"configuration-snippet": "ConfigurationSnippet", "server-snippet": "ServerSnippet", "stream-snippet": "StreamSnippet"}


def objection(api: Api, pod: Object, request: Object) -> str | None:
    ingress, namespace = request.get("object") or {}, pod["metadata"]["namespace"]
    if ingress.get("kind") != "Ingress" or ingress["metadata"].get("deletionTimestamp"):
        return None
    ingress["metadata"].setdefault("namespace", request.get("namespace"))
    options = Options.of(pod, namespace)
    classes = {each["metadata"]["name"]: each for each in api.list(GROUP, "IngressClass")}
    if not options.serves(ingress, classes.get):
        return None
    place, _, name = options.given.get("configmap", "/").partition("/")
    configuration = ((api.find("v1", "ConfigMap", name, place) if name else None) or {}).get("data") or {}
    others = [other for other in api.list(GROUP, "Ingress") if options.serves(other, classes.get)]
    return fault(ingress, configuration, others)


def fault(ingress: Object, configuration: dict[str, str], others: Sequence[Object]) -> str | None:
    """A pure function of the Ingress, the controller's ConfigMap and all Ingresses of the class."""
    annotations = ingress["metadata"].get("annotations") or {}
    for name in sorted(annotations):
        group = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or not group.endswith("-snippet"):
            continue
        if configuration.get("allow-snippet-annotations") != "true":
            return f"{name} annotation cannot be used. Snippet directives are disabled by the Ingress administrator"
        if group in CRITICAL and configuration.get("annotations-risk-level", "High") != "Critical":
            return f"annotation group {CRITICAL[group]} contains risky annotation based on ingress configuration"
    if configuration.get("strict-validate-path-type", "true") == "true":
        for _, path, kind in _paths(ingress):
            if kind in ("Exact", "Prefix") and not STRICT_PATH.fullmatch(path):
                return f"ingress contains invalid paths: path {path} cannot be used with pathType {kind}"
    return None if _canary(ingress) else _overlap(ingress, others)


def _overlap(ingress: Object, others: Sequence[Object]) -> str | None:
    me = _name(ingress)
    taken = {(host, path): _name(other) for other in others if _name(other) != me and not _canary(other) for host, path, _ in _paths(other)}
    for host, path, _ in _paths(ingress):
        if (host, path) in taken:
            return f'host "{host}" and path "{path}" is already defined in ingress {taken[host, path]}'
    return None


def _paths(ingress: Object) -> Iterator[tuple[str, str, str]]:
    """Host, path and type of each; a rule without a host is nginx' server _."""
    for rule in ingress["spec"].get("rules") or []:
        for each in (rule.get("http") or {}).get("paths") or []:
            yield rule.get("host") or "_", each.get("path") or "/", each.get("pathType", "ImplementationSpecific")


def _canary(ingress: Object) -> bool:
    return (ingress["metadata"].get("annotations") or {}).get(f"{PREFIX}canary") == "true"


def _name(ingress: Object) -> str:
    return f"{ingress['metadata'].get('namespace')}/{ingress['metadata']['name']}"


JUDGE = Judge(is_controller, objection)
