"""The alerts of a service: errors and latency where its requests are counted, saturation, and the end of its certificates. Pure functions."""

from typing import Any

from quayside.settings.monitoring import AlertSettings
from quayside.workloads.measures import Requests, Watched, containers, memory, quantile, requests, share, throttled

BURN = 14.4
"""An alert's share of errors, as a multiple of what the availability allows: it uses 2 % of a month's allowance in an hour (Google's SRE
Workbook, 'Alerting on SLOs', table 5-2; with its short window of 5 minutes, so that it ends when the errors end)."""

LEAST_REQUESTS = 100
"""Requests in an hour below which shares say nothing: a single error would be more than 1 %."""

THROTTLED = 0.25
"""Share of the CPU's periods that are cut short (kubernetes-mixin, CPUThrottlingHigh: 25 %, for 15 minutes)."""

MEMORY = 0.9
"""Share of the memory limit. At all of it the container is ended; a tenth is what a pod that grows slowly has left to be looked at."""

EXPIRY_DAYS = 21
"""cert-manager renews 30 days before the end (docs, Certificate, renewBefore: after two thirds of 90 days), so at 21 it has failed for
nine days. The number is that of cert-manager-mixin, CertManagerCertExpirySoon."""


def alerts(service: Watched, spec: AlertSettings) -> list[dict[str, Any]]:
    """Groups of a PrometheusRule."""
    counted = [rule for each in requests(service) for rule in _requests(service, spec, each)]
    rules = [*counted, *_saturation(service), *(_certificate(service, each) for each in service.certificates)]
    return [{"name": f"quayside.{service.name}", "rules": rules}]


def _requests(service: Watched, spec: AlertSettings, counted: Requests) -> list[dict[str, Any]]:
    allowed = BURN * (100 - spec.availability) / 100
    enough = f"sum(increase({counted.all}[1h])) > {LEAST_REQUESTS}"
    errors = " and ".join(f"{share(counted, window)} > {allowed:.5f}" for window in ("1h", "5m"))
    bound = spec.latency.milliseconds * counted.factor / 1000
    latency = f"{quantile(counted, 0.99)} > {bound:g}"
    return [
        _alert(
            service,
            "Errors",
            f"({errors}) and {enough}",
            "2m",
            "critical",
            f"{service.name} fails {{{{ $value | humanizePercentage }}}} of its requests: {spec.availability:g} % are to succeed",
        ),
        _alert(
            service,
            "Latency",
            f"{latency} and {enough}",
            "10m",
            "warning",
            f"1 of 100 requests to {service.name} takes longer than {spec.latency}",
        ),
    ]


def _saturation(service: Watched) -> list[dict[str, Any]]:
    crashing = f'kube_pod_container_status_waiting_reason{{{containers(service)}, reason="CrashLoopBackOff"}}'
    return [
        _alert(
            service,
            "Throttled",
            f"{throttled(service)} > {THROTTLED}",
            "15m",
            "warning",
            "{{ $labels.pod }} waits for CPU: raise resources.limits.cpu, or the number of pods",
        ),
        _alert(
            service,
            "MemoryShort",
            f"{memory(service)} > {MEMORY}",
            "15m",
            "warning",
            "{{ $labels.pod }} has nearly all the memory that it may have, and is ended beyond that: raise resources.limits.memory",
        ),
        _alert(
            service,
            "Restarting",
            f"max by (pod, container) (max_over_time({crashing}[5m])) >= 1",
            "15m",
            "critical",
            "{{ $labels.pod }} ends again and again: see `kubectl logs --previous`",
        ),
    ]


def wildcard(name: str) -> list[dict[str, Any]]:
    """Groups of a PrometheusRule for the certificate that an entry has for a whole domain. name: the Certificate's."""
    expression, text = _ends(name)
    alert = {"alert": "WildcardCertificateEnds", "expr": expression, "for": "1h", "labels": {"severity": "critical"}}
    return [{"name": "quayside.wildcard", "rules": [{**alert, "annotations": {"summary": text}}]}]


def _certificate(service: Watched, name: str) -> dict[str, Any]:
    expression, text = _ends(name)
    return _alert(service, "CertificateEnds", expression, "1h", "warning", text)


def _ends(name: str) -> tuple[str, str]:
    """When a certificate was not renewed, and what is said then."""
    left = f'max by (name, namespace) (certmanager_certificate_expiration_timestamp_seconds{{name="{name}"}}) - time()'
    text = "certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}, and was not renewed: see `kubectl describe certificate`"
    return f"{left} < {EXPIRY_DAYS * 86400}", text


def _alert(service: Watched, what: str, expression: str, lasting: str, severity: str, text: str) -> dict[str, Any]:
    return {
        "alert": f"Service{what}",
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity, "service": service.name, "namespace": service.namespace},
        "annotations": {"summary": text},
    }
