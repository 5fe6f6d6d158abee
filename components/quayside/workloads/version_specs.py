"""Which versions of a service run: what each is called, what its pods are, and how requests are shared out among them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quayside.edge.contract import Match, Version
from quayside.settings.service import ServiceSettings
from quayside.settings.versions import CanarySettings, MatchSettings, VariantSettings
from quayside.settings.versions_rules import BLUE, CANARY, GREEN
from quayside.workloads.metadata import Manifest


@dataclass(frozen=True)
class Pods:
    """The pods of one version, as if they were a service of their own."""

    name: str
    """Of its objects, the Service apart; its selector is made of it."""
    address: str
    """Of the Service that leads to these pods and no others."""
    spec: ServiceSettings
    version: str | None = None
    """What it is called beside the main version, which is None."""
    own_config: bool = True
    """Whether it has a ConfigMap of its own. Else it reads the main version's, by which its content is the same."""
    awaited: bool = True
    """Whether a run waits for them. Not for those of a canary that was given up: they may never answer."""
    labels: Manifest = field(default_factory=dict)
    """Labels of its own, beside the selector's."""


def all_pods(name: str, spec: ServiceSettings) -> list[Pods]:
    """The pods of all versions, the main one first."""
    return [_main(name, spec), *_others(name, spec)]


def live(name: str, spec: ServiceSettings) -> str:
    """Name of the pods that the service's own Service leads to."""
    return versioned(name, GREEN) if spec.blue_green and spec.blue_green.live == GREEN else name


def sides(name: str) -> tuple[str, str]:
    """Names of the Services by which blue and green are looked at, whichever is live."""
    return versioned(name, BLUE), versioned(name, GREEN)


def versioned(name: str, version: str) -> str:
    """Name of the objects of a version."""
    return f"{name}-{version}"


def shares(name: str, spec: ServiceSettings) -> tuple[Version, ...]:
    """How requests are led to the versions beside the main one.

    Blue and green are not among them: the service's own Service leads to one of the two. A canary with a verdict stays in the route, without
    a share: so the end of a trial is a change of the route in its turn, and no deletion, which Pulumi keeps for the end of a run.
    """
    asked: dict[str, CanarySettings | VariantSettings] = {**({CANARY: spec.canary} if spec.canary else {}), **spec.variants}
    return tuple(_share(versioned(name, version), version, each) for version, each in asked.items())


def _share(service: str, name: str, asked: CanarySettings | VariantSettings) -> Version:
    if isinstance(asked, CanarySettings) and asked.verdict:
        return Version(name, service)
    return Version(name, service, asked.weight, _matches(asked.match), asked.sticky)


def _matches(asked: MatchSettings | None) -> tuple[Match, ...]:
    """A match for each user: any of them is enough."""
    if asked is None:
        return ()
    headers: list[dict[str, str]] = [dict(asked.headers)]
    if asked.user_header:
        headers = [{**asked.headers, asked.user_header: user} for user in asked.users]
    return tuple(Match(each, dict(asked.cookies), dict(asked.query)) for each in headers)


def _main(name: str, spec: ServiceSettings) -> Pods:
    """The main version: with a promoted canary it runs what that runs, as many pods as ever."""
    if spec.canary and spec.canary.verdict == "promote":
        spec = _with(spec, spec.canary)
    return Pods(name, versioned(name, BLUE) if spec.blue_green else name, spec)


def _others(name: str, spec: ServiceSettings) -> Iterator[Pods]:
    if spec.canary:
        canary = _with(spec, spec.canary, replicas=spec.canary.replicas, scale=None)
        yield _beside(name, CANARY, canary, bool(spec.canary.config), awaited=spec.canary.verdict != "abort")
    if spec.blue_green:
        replicas = spec.replicas if spec.blue_green.replicas is None else spec.blue_green.replicas
        yield _beside(name, GREEN, _with(spec, spec.blue_green, replicas=replicas), bool(spec.blue_green.config))
    for version, asked in spec.variants.items():
        yield _beside(name, version, _with(spec, asked, replicas=asked.replicas, scale=None), bool(asked.config))


def _beside(name: str, version: str, spec: ServiceSettings, own_config: bool, awaited: bool = True) -> Pods:
    whole = versioned(name, version)
    # by which a mesh knows versions of one service (istio.io, reference/config/labels); others can find them by it too
    labels = {"service.istio.io/canonical-name": name, "service.istio.io/canonical-revision": version}
    return Pods(whole, whole, spec, version, own_config, awaited, labels)


def _with(spec: ServiceSettings, version: Any, **more: Any) -> ServiceSettings:
    """A service with the image, env and config of a version."""
    both = {"env": {**spec.env, **version.env}, "config": {**spec.config, **version.config}}
    return spec.model_copy(update={"image": spec.image if version.image is None else version.image, **both, **more})
