"""Every Helm release is deployed: none stopped half-way."""

from collections import defaultdict
from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, labels

TYPE = "helm.sh/release.v1"
"""Type of the Secrets in which Helm keeps its releases; their labels say the release's name, version and status."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    revisions: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for each in sorted((each for each in held.of("Secret") if each.get("type") == TYPE), key=_version):
        revisions[home(each), labels(each).get("name", "")].append(each)
    for (namespace, name), (*before, each) in revisions.items():
        status = labels(each).get("status")
        if status not in ("deployed", "uninstalled"):  # what was uninstalled with --keep-history is gone
            # named: without a number helm goes one back, to what may have failed as well
            good = [_version(one) for one in before if labels(one).get("status") in ("deployed", "superseded")]
            back = f"helm rollback {name} {good[-1]} -n {namespace}" if good else f"helm uninstall {name} -n {namespace}"
            yield Finding(f"release {namespace}/{name}", f"is {status}, not deployed", f"{back}, then pulumi up --refresh")


def _version(each: Object) -> int:
    return int(labels(each).get("version", "0"))
