"""What the API server asks others for is answered: webhooks and APIs that run in the cluster. Else each matching request fails."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, condition, is_ready, place, spec, title, why

WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. Of webhooks those that must answer (failurePolicy: Fail)."""
    for api in held.of("APIService"):
        found = condition(api, "Available")
        if spec(api).get("service") and found.get("status") != "True":
            yield Finding(place(api), f"does not answer{why(found)}", f"see that the pods of {_name(spec(api)['service'])} run")
    for each in held.of(*WEBHOOKS):
        for webhook in each.get("webhooks") or ():
            called = webhook["clientConfig"].get("service")
            if not called or webhook.get("failurePolicy", "Fail") != "Fail":
                continue
            service = held.get("Service", called["name"], called["namespace"])
            selector = spec(service).get("selector") if service else None
            if service is None or (selector and not any(map(is_ready, held.pods(called["namespace"], {"matchLabels": selector})))):
                what = "no Service" if service is None else "no pod that answers"
                wrong = f"asks {_name(called)}, which has {what}: all that {webhook['name']} judges is refused"
                yield Finding(place(each), wrong, f"bring it back, or kubectl delete {each['kind'].lower()} {title(each)}")
            elif not webhook["clientConfig"].get("caBundle"):
                wrong = f"knows no certificate authority for {webhook['name']}: all that it judges is refused"
                yield Finding(place(each), wrong, f"see the log of the pods that inject it, in namespace {called['namespace']}")


def _name(service: dict[str, str]) -> str:
    return f"Service {service['namespace']}/{service['name']}"
