"""Rewrites, said to each entry."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.hosts import Host, HostPath
from quayside.settings.traffic.rewrite import RewriteSettings
from quayside.traffic.contract import Subject

EXAMPLES = {
    "/ for the path that led here": RewriteSettings(prefix=HostPath("/")),
    "one path for all": RewriteSettings(path=HostPath("/index.html")),
    "another host": RewriteSettings(host=Host("shop.internal.example.com")),
}


def render(spec: RewriteSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if plane == "ingress-nginx":
        return Parts(annotations={"nginx.ingress.kubernetes.io/upstream-vhost": str(spec.host)})
    if plane == "kong":
        return _kong(spec)
    if plane == "istio":
        return Parts(rule={"rewrite": _virtual_service(spec)})
    rewrite: dict[str, Any] = {"hostname": spec.host} if spec.host else {}
    if spec.prefix is not None:
        rewrite["path"] = {"type": "ReplacePrefixMatch", "replacePrefixMatch": spec.prefix}
    if spec.path is not None:
        rewrite["path"] = {"type": "ReplaceFullPath", "replaceFullPath": spec.path}
    return Parts(filters=[{"type": "URLRewrite", "urlRewrite": rewrite}])


def _virtual_service(spec: RewriteSettings) -> dict[str, Any]:
    """Our routes ask for a path and, as letters, for what begins with it and a slash (edge.virtual_service_rules.path_matches): both are
    replaced by what ends with one."""
    return {
        **({"authority": spec.host} if spec.host else {}),
        **({"uri": f"{spec.prefix.rstrip('/')}/"} if spec.prefix is not None else {}),
        **({"uriRegexRewrite": {"match": "^/.*$", "rewrite": spec.path}} if spec.path is not None else {}),
    }


def _kong(spec: RewriteSettings) -> Parts:
    """It takes the route's path away, and puts the service's before what is left."""
    parts = Parts()
    if spec.prefix is not None:
        parts.annotations["konghq.com/strip-path"] = "true"
        if spec.prefix != "/":
            parts.service_annotations["konghq.com/path"] = spec.prefix
    if spec.host:
        parts.service_annotations["konghq.com/host-header"] = spec.host
    return parts
