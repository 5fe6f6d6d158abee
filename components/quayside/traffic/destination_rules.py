"""DestinationRules: how Istio's proxies call a service and each of its versions."""

from collections.abc import Mapping
from typing import Any

from quayside.edge.contract import Manifest
from quayside.traffic.contract import Subject
from quayside.traffic.objects import NETWORKING, host_name, manifest, services


def destination_rules(subject: Subject, policy: Mapping[str, Any]) -> list[Manifest]:
    """One for each Service: versions have their own, so what counts for one has to be said for each. Nothing without a policy.

    They stand beside the service, where proxies of every namespace look for them (istio.io, DestinationRule, exportTo), and name it in full:
    a short name would be another service's in a namespace of the same one.
    """
    if not policy:
        return []
    rules = {name: {"host": host_name(name, subject.namespace), "trafficPolicy": dict(policy)} for name in services(subject)}
    return [manifest(NETWORKING, "DestinationRule", name, subject, rule) for name, rule in rules.items()]
