"""Settings of the versions that a service runs beside its main one: a canary, the other half of blue/green, named variants."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.text import Text, listed
from quayside.settings.types import Image, Name, Value, Variable
from quayside.settings.versions_rules import RESERVED, conditions_have_room, match_says_something, users_have_a_header


class Header(Text):
    """The name of a request's header."""

    pattern = r"[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?"
    wrong = "is not the name of a header"
    write = "write small letters, digits and hyphens (proxies compare headers without regard to capitals), such as x-group"
    examples = ("x-group",)

    @classmethod
    def further(cls, value: str) -> bool:
        return value != "cookie"  # one cookie among several is found by `cookies` alone


class Cookie(Text):
    """The name of a cookie."""

    pattern = r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,63}"
    wrong = "is not the name of a cookie"
    write = "write letters, digits, underscores, hyphens and dots, such as group"
    examples = ("group",)


class Parameter(Text):
    """The name of a parameter in a URL's query."""

    pattern = r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,63}"
    wrong = "is not the name of a parameter"
    write = "write letters, digits, underscores, hyphens and dots, such as group"
    examples = ("group",)


class Wanted(Text):
    """What a header or parameter must say."""

    pattern = r"[!-~]([ -~]{0,254}[!-~])?"
    wrong = "is not what a header can say"
    write = "write at most 256 letters, digits and signs of ASCII, without a space first or last"
    examples = ("beta",)
    numbers = True


class WantedCookie(Text):
    """What a cookie must say: a cookie-octet of RFC 6265 is no space, quote, comma, semicolon or backslash."""

    pattern = r"[!#-+\--:<-\[\]-~]{1,256}"
    wrong = "is not what a cookie can say"
    write = "write at most 256 letters, digits and signs of ASCII without spaces, quotes, commas, semicolons and backslashes"
    examples = ("beta",)
    numbers = True


class VariantName(Text):
    """What a variant is called."""

    pattern = Name.pattern
    wrong = "is not a name for a variant"
    write = f"write small letters, digits and hyphens, with a letter first, and none of {', '.join(sorted(RESERVED))}"
    examples = ("b",)

    @classmethod
    def further(cls, value: str) -> bool:
        return value not in RESERVED


Users = Annotated[list[Wanted], BeforeValidator(listed)]


class MatchSettings(Model):
    """Which requests are led to a version whatever its weight: those that have all of these."""

    rules: ClassVar[tuple[Rule, ...]] = (match_says_something, users_have_a_header, conditions_have_room)

    headers: dict[Annotated[str, Header], Wanted] = empty()
    """Headers and what they say: name → value."""
    cookies: dict[Annotated[str, Cookie], WantedCookie] = empty()
    """Cookies and what they say: name → value."""
    query: dict[Annotated[str, Parameter], Wanted] = empty()
    """Parameters of the query and what they say: name → value."""
    users: Users = Field(default_factory=list)
    """Users, any of whom is enough, as userHeader names them."""
    user_header: Header | None = None
    """Header that says whose request it is. Whoever logs users in sets it; unless that is the entry, a client can write what it likes.
    Needed by users."""


class CanarySettings(Model):
    """A second image beside the service's own, on trial with some of its requests. Callers inside the cluster get it where the mesh carries
    their requests; else it is for those from outside."""

    known: ClassVar[frozenset[str]] = frozenset({"weight", "match", "sticky", "verdict"})

    image: Image
    """Container image with a fixed tag or digest."""
    replicas: Annotated[int, Field(ge=1, le=1000)] = 1
    """Number of its pods. Default: 1."""
    env: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that differ from the service's env, or are more: name → value."""
    config: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that differ from the service's config, or are more: name → value."""
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    """Share of the requests that no match decides, in percent; the main version has the rest. Default: 0."""
    match: MatchSettings | None = None
    """Requests that are led to it whatever its weight. Default: none."""
    sticky: bool = False
    """Whether who was led to a version by weight stays with it for a day, by a cookie. Default: false."""
    verdict: Literal["promote", "abort"] | None = None
    """How the trial ends. promote: the main pods run the canary's image, env and config, and get all requests once they answer. abort: the
    main pods get all requests at once. The canary's pods stay until canary is removed or is the next one's. Default: none, it goes on."""


class BlueGreenSettings(Model):
    """A second whole version: the service's own image is blue, this one is green, and one switch says which of them gets all requests. The
    other one stays, to be switched back to, until this is removed."""

    known: ClassVar[frozenset[str]] = frozenset({"live"})

    image: Image
    """Green's container image, with a fixed tag or digest."""
    env: dict[Annotated[str, Variable], Value] = empty()
    """Green's environment variables that differ from the service's env, or are more: name → value."""
    config: dict[Annotated[str, Variable], Value] = empty()
    """Green's environment variables that differ from the service's config, or are more: name → value."""
    replicas: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Number of green's pods. A service with scale has one for green too, to its own load. Default: as many as the service's."""
    live: Literal["blue", "green"] = "blue"
    """Which of them gets all requests. Default: blue."""


class VariantSettings(Model):
    """A variant of a service that stands beside the main one for as long as it is wanted, such as for an A/B test."""

    known: ClassVar[frozenset[str]] = frozenset({"weight", "match", "sticky"})

    image: Image | None = None
    """Container image with a fixed tag or digest. Default: the service's, with another env or config."""
    replicas: Annotated[int, Field(ge=1, le=1000)] = 1
    """Number of its pods. Default: 1."""
    env: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that differ from the service's env, or are more: name → value."""
    config: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that differ from the service's config, or are more: name → value."""
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    """Share of the requests that no match decides, in percent; the main version has what all variants leave. Default: 0."""
    match: MatchSettings | None = None
    """Requests that are led to it whatever its weight. Default: none."""
    sticky: bool = False
    """Whether who was led to a version by weight stays with it for a day, by a cookie. Default: false."""
