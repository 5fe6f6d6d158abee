"""What Kong's admission webhook refuses (Kong/kubernetes-ingress-controller internal/admission/validator.go).

The real one also shows plugins, credentials and routes to Kong and lets it look at their fields; that part is not simulated.
"""

from __future__ import annotations

import re

from ...kube import Api
from ...kube.client import Object
from ..controllers.ingress_nginx import GROUP
from ..controllers.kong import Options, is_controller
from .contract import Judge

# Those of Kong 3.9's open-source image (kong/constants.lua); another one has to be added to its `plugins` setting.
_BUNDLED = """
    acl acme ai-prompt-decorator ai-prompt-guard ai-prompt-template ai-proxy ai-request-transformer ai-response-transformer aws-lambda
    azure-functions basic-auth bot-detection correlation-id cors datadog file-log grpc-gateway grpc-web hmac-auth http-log ip-restriction
    jwt key-auth ldap-auth loggly oauth2 opentelemetry post-function pre-function prometheus proxy-cache rate-limiting redirect
    request-size-limiting request-termination request-transformer response-ratelimiting response-transformer session standard-webhooks
    statsd syslog tcp-log udp-log zipkin
"""
PLUGINS = frozenset(_BUNDLED.split())


def objection(api: Api, pod: Object, request: Object) -> str | None:
    thing = request.get("object") or {}
    if thing.get("kind") == "KongPlugin":
        return plugin_fault(thing)
    classes = {each["metadata"]["name"]: each for each in api.list(GROUP, "IngressClass")}
    if thing.get("kind") in ("KongClusterPlugin", "Ingress") and Options.of(pod).serves(thing, classes.get):
        return plugin_fault(thing) if thing["kind"] == "KongClusterPlugin" else ingress_fault(thing)
    return None


def plugin_fault(plugin: Object) -> str | None:
    """What is wrong with a plugin's object."""
    name = plugin.get("plugin")
    if not name:
        return "plugin name cannot be empty"
    if plugin.get("config") and plugin.get("configFrom"):
        return "plugin cannot use both Config and ConfigFrom"
    if name not in PLUGINS:
        why = f"name: plugin '{name}' not enabled; add it to the 'plugins' configuration property"
        return f"plugin failed schema validation: schema violation ({why})"
    return None


def ingress_fault(ingress: Object) -> str | None:
    """A path that begins with `/~` is a regular expression."""
    for rule in ingress["spec"].get("rules") or []:
        for each in (rule.get("http") or {}).get("paths") or []:
            path = str(each.get("path") or "/")
            if each.get("pathType") == "ImplementationSpecific" and path.startswith("/~"):
                try:
                    re.compile(path.removeprefix("/~"))
                except re.error as problem:
                    return f"Ingress failed schema validation: schema violation (paths: invalid regex: '{path[2:]}' ({problem}))"
    return None


JUDGE = Judge(is_controller, objection)
