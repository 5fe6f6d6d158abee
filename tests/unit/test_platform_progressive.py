"""A stack with a service whose new versions take over step by step: who does it is there first, and knows whom to ask."""

from quayside.addons.prometheus_values import PROMETHEUS
from quayside.platform import Platform
from unit.examples import public, settings
from unit.recorder import Recorded, record


def stack(**service: object) -> Recorded:
    given = {**public(), "observability": {"metrics": {"enabled": True}}}
    given["cluster"]["pools"]["main"]["count"] = 2
    given["services"]["hello"] |= service
    spec = settings(given)
    return record(lambda: Platform(spec).export())


def test_argo_rollouts_comes_before_what_it_carries_out() -> None:
    recorded = stack(progressive={})
    assert recorded.one("Release", "argo-rollouts").inputs["namespace"] == "argo-rollouts"
    (service,) = [each for each in recorded if each.type == "quayside:index:Service"]
    assert "argo-rollouts" in service.after  # its objects are registered after it
    assert all(
        metric["provider"]["prometheus"]["address"] == PROMETHEUS for metric in recorded.one("AnalysisTemplate").inputs["spec"]["metrics"]
    )


def test_without_such_a_service_it_is_not_there() -> None:
    assert "argo-rollouts" not in {each.name for each in stack().of("Release")}
