"""JWT: requests must bring a token that an issuer has signed."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from quayside.settings.base import Model, empty
from quayside.settings.text import Text
from quayside.settings.traffic.words import A_LIST, RequestPath
from quayside.settings.types import Value

ONE_IS_ENOUGH = True
"""The service's own proxies look at the tokens of all who come, through whichever entry."""


class Issuer(Text):
    """Who signs tokens, as their claim iss says it."""

    pattern = r"[!-~]{1,253}"
    wrong = "is not an issuer of tokens"
    write = "write what stands in the tokens' claim iss, such as https://login.example.com"
    examples = ("https://login.example.com",)


class KeysAddress(Text):
    """Where an issuer's public keys are."""

    pattern = r"https://[!-~]+"
    wrong = "is not an address of keys"
    write = "write what the issuer calls jwks_uri, such as https://login.example.com/.well-known/jwks.json"
    examples = ("https://login.example.com/.well-known/jwks.json",)


class Claim(Text):
    """The name of a claim."""

    pattern = r"[A-Za-z0-9_.:/-]{1,100}"
    wrong = "is not the name of a claim"
    write = "write it as it stands in the tokens, such as groups"
    examples = ("groups",)


class JwtSettings(Model):
    """Requests must bring a token that an issuer has signed, in the header Authorization: Bearer. One that is wrong is answered with 401,
    none at all with 403. The service gets the token as well.
    """

    issuer: Issuer
    """Who signs, as the tokens' claim iss says it."""
    jwks_uri: KeysAddress
    """Where its public keys are; Istio's control plane asks there."""
    audiences: Annotated[list[Value], A_LIST] = Field(default_factory=list)
    """For whom tokens are meant: one of these stands in their claim aud. Default: for anyone."""
    claims: dict[Annotated[str, Claim], Annotated[list[Value], A_LIST]] = empty()
    """Further claims that a token must have: name → values, of which it has one. All of the claims must fit."""
    open_paths: Annotated[list[RequestPath], A_LIST] = Field(default_factory=list)
    """Paths that need no token. Default: none."""


def refused(spec: JwtSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    remedy = "write mesh.mode: sidecar, by which the service's own proxies look at tokens, or check them in the service"
    if plane in ("gateway-api", "istio"):
        # istio#53790: all hosts of a gateway get its RequestAuthentication, and others' tokens are answered with 401
        yield "", f"is not to be had from this entry alone, which would refuse the tokens of all other hosts' issuers; {remedy}"
    if plane == "ingress-nginx":
        yield "", f"is not to be had from ingress-nginx; {remedy}, or have a service ask for them (externalAuthorization)"
    if plane == "kong":
        yield "", f"is not to be had from Kong, whose open-source edition knows no issuer's keys but those copied into it; {remedy}"
    if plane == "direct":
        yield "", f"is not to be had from a load balancer that leads straight to pods; {remedy}"
