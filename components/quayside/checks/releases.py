"""Every Helm release is deployed: none stopped half-way."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, labels

TYPE = "helm.sh/release.v1"
"""Type of the Secrets in which Helm keeps its releases; their labels say the release's name, version and status."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    newest: dict[tuple[str, str], Object] = {}
    for each in sorted((each for each in held.of("Secret") if each.get("type") == TYPE), key=_version):
        newest[home(each), labels(each).get("name", "")] = each
    for (namespace, name), each in newest.items():
        status = labels(each).get("status")
        if status != "deployed":
            back = f"helm rollback {name} -n {namespace}" if _version(each) > 1 else f"helm uninstall {name} -n {namespace}"
            yield Finding(f"release {namespace}/{name}", f"is {status}, not deployed", f"{back}, then pulumi up --refresh")


def _version(each: Object) -> int:
    return int(labels(each).get("version", "0"))
