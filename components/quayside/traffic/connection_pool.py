"""Connection pool, said to Istio's proxies."""

from quayside.edge.contract import Parts
from quayside.settings.traffic.connection_pool import ConnectionPoolSettings
from quayside.traffic.contract import Subject

EXAMPLES = {"the reference numbers": ConnectionPoolSettings()}
"""See outlier_detection."""


def render(spec: ConnectionPoolSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render. Despite its name, http2MaxRequests counts the requests of HTTP/1.1 as well (Envoy's circuit breaker max_requests)."""
    return Parts(
        destination={
            "connectionPool": {
                "tcp": {"connectTimeout": str(spec.connect_timeout)},
                "http": {
                    "http1MaxPendingRequests": spec.pending,
                    "http2MaxRequests": spec.concurrent,
                    "maxRequestsPerConnection": spec.requests_per_connection,
                    "maxRetries": spec.retries,
                },
            }
        }
    )
