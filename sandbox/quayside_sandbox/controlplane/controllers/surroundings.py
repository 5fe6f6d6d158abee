"""What a simulated controller has around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...clouds.store import Record, Store
from ...kube import Api
from ...kube.client import Object
from ..rules_file import Rule
from ..watched import Watched


class Watch(Protocol):
    def __call__(self, api_version: str, kind: str, labels: str | None = None) -> Watched:
        """The same one for everybody who asks for the same; it starts when the first one asks."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """The cluster's API and the clouds' memory; `cluster` is the id under which they know it."""

    api: Api
    store: Store
    cloud: str
    cluster: str
    watch: Watch
    measured: Callable[[], Sequence[Rule]] = tuple
    """What a Prometheus of the cluster is to answer."""

    @property
    def load_balancers(self) -> list[Record]:
        """This cluster's, as the cloud has them now."""
        return self.store.list(self.cloud, "loadBalancers", _clusterId=self.cluster)


def arguments(pod: Object, namespace: str) -> dict[str, str]:
    """The command line of a pod's first container, `--key=value`, as the program gets to see it."""
    found: dict[str, str] = {}
    for word in pod["spec"]["containers"][0].get("args") or []:
        if word.startswith("--"):
            key, _, value = word[2:].partition("=")
            found[key] = value.replace("$(POD_NAMESPACE)", namespace)
    return found
