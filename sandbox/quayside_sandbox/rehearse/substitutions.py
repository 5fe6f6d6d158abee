"""What stood in for the real thing in a rehearsal: what the sandbox lists itself, its plugins, and custom resources nobody checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..sandbox import Sandbox

# The API groups that Kubernetes serves itself (kubernetes/api, its folders), as far as their names look like a CRD's.
_OWN = {
    f"{group}.k8s.io"
    for group in [
        "admissionregistration",
        "apiextensions",
        "apiregistration",
        "authentication",
        "authorization",
        "certificates",
        "coordination",
        "discovery",
        "events",
        "flowcontrol.apiserver",
        "internal.apiserver",
        "networking",
        "node",
        "rbac.authorization",
        "resource",
        "scheduling",
        "storage",
        "storagemigration",
    ]
}
_PLUGINS_OWN = {"helm.sh"}  # a Release is the plugin's own type


def substitutions(sandbox: Sandbox, resources: Mapping[str, int]) -> list[dict[str, str]]:
    """kind, what and by of each; `resources` are the stack's, by type."""
    settings = sandbox.folder.read_settings()
    packages = {kind.removeprefix("pulumi:providers:") for kind in resources if kind.startswith("pulumi:providers:")}
    plugins = [
        {"kind": "plugin", "what": package, "by": "the sandbox's stand-in"}
        for package, server in sorted(settings.get("served", {}).items())
        if server == "stand-in" and package in packages
    ]
    return [*sandbox.substitutions(), *plugins, *([] if settings.get("crds") else unchecked(resources))]


def unchecked(resources: Mapping[str, int]) -> list[dict[str, str]]:
    """How many custom resources of each group passed without their real definition."""
    groups: Counter[str] = Counter()
    for kind, count in resources.items():
        package, _, rest = kind.partition(":")
        group = rest.partition("/")[0]
        if package == "kubernetes" and "." in group and group not in _OWN | _PLUGINS_OWN:
            groups[group] += count
    by = "the definitions of the charts that ran, which may be stand-ins: give the real ones with --crds"
    return [{"kind": "custom resources", "what": f"{count} of {group}", "by": by} for group, count in sorted(groups.items())]
