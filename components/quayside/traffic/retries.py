"""Retries, said to each data plane."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.retries import NO_ANSWER, RetriesSettings
from quayside.traffic.contract import Subject
from quayside.traffic.load_balancing import NGINX

EXAMPLES = {
    name: RetriesSettings.model_validate(said)
    for name, said in {
        "the reference numbers": {},
        "every method": {"idempotentOnly": False},
        "of gRPC": {"conditions": ["connect-failure", "unavailable"], "idempotentOnly": False},
        "without an answer": {"conditions": ["connect-failure", "reset"]},
    }.items()
}
"""See outlier_detection."""

NEVER = {"retry_on": "retriable-headers", "num_retries": 1}
"""In Envoy's words: try again after answers with headers that are named nowhere, so after none. Zero retries cannot be said by a patch: what
is zero or empty in it leaves what is there, and of itself Istio tries twice more, also after gRPC's unavailable and cancelled, of which
nobody knows what was done (istio pkg/proto/merge and core/route/retry; envoy#22574)."""


def render(spec: RetriesSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    nginx counts the first try as well, and its clock for a try is that of a silent answer (proxy-read-timeout). For requests that may not be
    sent twice, retries are said to be none: left out, Istio's own two would be made, and those go by no method.
    """
    if plane == "ingress-nginx":
        return Parts(annotations={f"{NGINX}{key}": value for key, value in _nginx(spec).items()})
    if plane == "gateway-api":
        patch = {"route": {"retry_policy": _envoy(spec)}}
        return Parts(patch=patch, unsafe_patch={"route": {"retry_policy": dict(NEVER)}} if spec.idempotent_only else {})
    retries = {"attempts": spec.attempts, "perTryTimeout": str(spec.per_try), "retryOn": ",".join(spec.conditions)}
    return Parts(rule={"retries": retries}, unsafe={"retries": {"attempts": 0}} if spec.idempotent_only else {})


def _envoy(spec: RetriesSettings) -> dict[str, Any]:
    """Envoy's own words (config.route.v3.RetryPolicy), for the Gateway API: the standard channel of v1.6.1 has none."""
    codes = sorted(int(each) for each in spec.conditions if each.isdigit())
    words = [*(str(each) for each in spec.conditions if not each.isdigit()), *(["retriable-status-codes"] if codes else [])]
    return {
        "retry_on": ",".join(words),
        "num_retries": spec.attempts,
        "per_try_timeout": f"{spec.per_try.milliseconds / 1000:g}s",
        **({"retriable_status_codes": codes} if codes else {}),
    }


def _nginx(spec: RetriesSettings) -> dict[str, str]:
    words = [
        *(["error", "timeout"] if NO_ANSWER & set(spec.conditions) else []),
        *(f"http_{code}" for code in sorted(set(map(str, spec.conditions)) - NO_ANSWER)),
        "non_idempotent",
    ]
    return {
        "proxy-next-upstream": " ".join(words),
        "proxy-next-upstream-tries": str(spec.attempts + 1),
        "proxy-read-timeout": str(spec.per_try.milliseconds // 1000),
    }
