"""The vocabulary of traffic policies: header names and values, origins, callers, and the reasons that several of them give."""

from typing import Literal

from pydantic import BeforeValidator

from quayside.settings.hosts import LABEL, HostPath
from quayside.settings.text import Text, listed
from quayside.settings.types import Name

DIRECT = "is not to be had from a load balancer that leads straight to pods; write entry.kind: gateway-api"
"""Why the smallest entry refuses a policy."""

OUTSIDE = "is for requests from outside, and nothing leads them here; write hosts, or remove it"
"""Why the mesh refuses what only an entry can do."""

SHARED = (
    "its proxies are those of all hosts, and it cannot be told to one of them alone; write mesh.mode: sidecar, which does it at the pods"
)
"""Why an entry refuses what only the service's own proxies can do."""

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""What a request asks for."""


A_LIST = BeforeValidator(listed)
"""What is wrong with something else than a list, in our words."""


class HeaderName(Text):
    """The name of a header. Host is none of them: what a request is for is changed by a rewrite."""

    # RFC 9110 allows more signs, which ingress-nginx refuses (HeadersVariable in its validators.go); HTTPRoute takes 256 characters
    pattern = r"(?![Hh][Oo][Ss][Tt]$)[A-Za-z0-9][A-Za-z0-9_-]{0,255}"
    wrong = "is not the name of a header that can be edited"
    write = "write a word such as X-Frame-Options (for Host there is rewrite.host)"
    examples = ("X-Frame-Options",)


class HeaderValue(Text):
    """The value of a header. Envoy takes a percent sign for the start of a variable, and Kong $( for that of a program."""

    pattern = r"(?!.*\$\()[^\x00-\x1f\x7f%]{1,4096}"
    wrong = "is not a plain value of a header"
    write = "write one line of text without % and $(, such as DENY"
    examples = ("DENY",)
    numbers = True


class Origin(Text):
    """Where a page comes from that asks: scheme, host and port, where an asterisk stands for all labels before it, or for everyone."""

    # the pattern of HTTPRoute's allowOrigins, held to what all data planes understand
    pattern = rf"\*|https?://(\*\.)?({LABEL}\.)*{LABEL}(:[0-9]{{1,5}})?"
    wrong = "is not an origin"
    write = "write scheme and host such as https://shop.example.com or https://*.example.com, or * for everyone"
    examples = ("https://shop.example.com", "https://*.example.com", "*")


class Caller(Text):
    """Who calls: a service of the stack, or namespace/ServiceAccount."""

    pattern = rf"({Name.pattern}/)?{Name.pattern}"
    wrong = "is not a caller"
    write = "write the name of a service of this stack, or a namespace and a ServiceAccount such as monitoring/prometheus"
    examples = ("shop", "monitoring/prometheus")


class RequestPath(HostPath):
    """Paths of requests: a whole one, or the beginning of many before an asterisk."""

    pattern = r"/[A-Za-z0-9._/-]*\*?"
    wrong = "is not a path of requests"
    write = "write a whole path such as /healthz, or the beginning of many such as /public/*"
    examples = ("/healthz", "/public/*")


class Target(Text):
    """Where a redirect leads: a path of the same host, or a whole address."""

    pattern = rf"(https?://({LABEL}\.)+{LABEL}(:[0-9]{{1,5}})?)?/[A-Za-z0-9._/-]*"
    wrong = "is not where a redirect can lead"
    write = "write a path such as /new, or a whole address with a path such as https://example.com/new"
    examples = ("/new", "https://example.com/new")

    @classmethod
    def further(cls, value: str) -> bool:
        # two slashes before a path would be another host
        return HostPath.further(value.partition("://")[2] or value)
