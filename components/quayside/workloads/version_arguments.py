"""The arguments of a service's versions, as the component and the package's schema have them: fields and words are those of its settings."""

from typing import NotRequired, TypedDict

import pulumi


class MatchArgs(TypedDict, total=False):
    """Which requests are led to a version whatever its weight: those that have all of these."""

    headers: dict[str, str]
    """Headers and what they say: name → value."""
    cookies: dict[str, str]
    """Cookies and what they say: name → value."""
    query: dict[str, str]
    """Parameters of the query and what they say: name → value."""
    users: list[str]
    """Users, any of whom is enough, as userHeader names them."""
    user_header: str
    """Header that says whose request it is. Whoever logs users in sets it; unless that is the entry, a client can write what it likes.
    Needed by users."""


class CanaryArgs(TypedDict):
    """A second image beside the service's own, on trial with some of its requests. Callers inside the cluster get it where the mesh carries
    their requests; else it is for those from outside."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or digest."""
    replicas: NotRequired[pulumi.Input[int]]
    """Number of its pods. Default: 1."""
    env: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables that differ from the service's env, or are more: name → value."""
    config: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables that differ from the service's config, or are more: name → value."""
    weight: NotRequired[int]
    """Share of the requests that no match decides, in percent; the main version has the rest. Default: 0."""
    match: NotRequired[MatchArgs]
    """Requests that are led to it whatever its weight. Default: none."""
    sticky: NotRequired[bool]
    """Whether who was led to a version by weight stays with it for a day, by a cookie. Default: false."""
    verdict: NotRequired[str]
    """How the trial ends. promote: the main pods run the canary's image, env and config, and get all requests once they answer. abort: the
    main pods get all requests at once. The canary's pods stay until canary is removed or is the next one's. Default: none, it goes on."""


class BlueGreenArgs(TypedDict):
    """A second whole version: the service's own image is blue, this one is green, and one switch says which of them gets all requests. The
    other one stays, to be switched back to, until this is removed."""

    image: pulumi.Input[str]
    """Green's container image, with a fixed tag or digest."""
    env: NotRequired[dict[str, pulumi.Input[str]]]
    """Green's environment variables that differ from the service's env, or are more: name → value."""
    config: NotRequired[dict[str, pulumi.Input[str]]]
    """Green's environment variables that differ from the service's config, or are more: name → value."""
    replicas: NotRequired[pulumi.Input[int]]
    """Number of green's pods. A service with scale has one for green too, to its own load. Default: as many as the service's."""
    live: NotRequired[str]
    """Which of them gets all requests. Default: blue."""


class VariantArgs(TypedDict, total=False):
    """A variant of a service that stands beside the main one for as long as it is wanted, such as for an A/B test."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or digest. Default: the service's, with another env or config."""
    replicas: pulumi.Input[int]
    """Number of its pods. Default: 1."""
    env: dict[str, pulumi.Input[str]]
    """Environment variables that differ from the service's env, or are more: name → value."""
    config: dict[str, pulumi.Input[str]]
    """Environment variables that differ from the service's config, or are more: name → value."""
    weight: int
    """Share of the requests that no match decides, in percent; the main version has what all variants leave. Default: 0."""
    match: MatchArgs
    """Requests that are led to it whatever its weight. Default: none."""
    sticky: bool
    """Whether who was led to a version by weight stays with it for a day, by a cookie. Default: false."""


class ProgressiveArgs(TypedDict, total=False):
    """How a new version takes over: its share of the requests grows, while Argo Rollouts asks the stack's Prometheus how it does. A version
    that fails is taken back by itself; one that nobody asks for anything is waited with."""

    step: int
    """By how much its share of the requests grows at a time, in percent. Default: 10."""
    interval: str
    """Time from one step to the next, in which it is measured twice; 1m or more. Default: 2m."""
    most: int
    """Share of the requests, in percent, that it has passed its checks with before it gets all of them. Default: 50."""
    success_rate: float
    """Share of its requests, in percent, that must be answered without an error of the service's. Default: 99."""
    latency: str
    """Time in which 99 of 100 of its requests must be answered. Default: 500ms."""
