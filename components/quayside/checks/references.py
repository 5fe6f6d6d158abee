"""What pods read is there: ConfigMaps, Secrets, the logins for their images, their ServiceAccount. A pod that runs lacks it at its next start."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import WORKLOADS, Held, Object, home, labels, place, spec, template

HELM = {"app.kubernetes.io/managed-by": "Helm"}


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. Not of a chart's workloads: what they read its hooks and controllers make, in their own time."""
    for workload in held.ours(*WORKLOADS):
        if HELM.items() <= labels(workload).items():
            continue
        for kind, name in sorted(set(_named(template(workload)))):
            if held.get(kind, name, home(workload)) is None:
                yield Finding(
                    place(workload), f"needs {kind} {name}, which its namespace does not have", "pulumi up --refresh makes it again"
                )


def _named(pods: Object) -> Iterator[tuple[str, str]]:
    """Kind and name of all that pods cannot start without."""
    for secret in spec(pods).get("imagePullSecrets") or ():
        yield "Secret", secret["name"]
    if spec(pods).get("serviceAccountName"):
        yield "ServiceAccount", spec(pods)["serviceAccountName"]
    for container in [*(spec(pods).get("initContainers") or ()), *(spec(pods).get("containers") or ())]:
        sources = [*(container.get("envFrom") or ()), *((each.get("valueFrom") or {}) for each in container.get("env") or ())]
        for source in sources:
            for key, kind in _SOURCES.items():
                if source.get(key) and not source[key].get("optional"):
                    yield kind, source[key]["name"]
    for volume in spec(pods).get("volumes") or ():
        secret, config = volume.get("secret") or {}, volume.get("configMap") or {}
        if secret and not secret.get("optional"):
            yield "Secret", secret["secretName"]
        if config and not config.get("optional"):
            yield "ConfigMap", config["name"]


_SOURCES = {"configMapRef": "ConfigMap", "secretRef": "Secret", "configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
