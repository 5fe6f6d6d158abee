"""Asking a vendor's HTTP API."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30
"""How long a vendor may take for one answer."""

PAGES = 50
"""How many pages of a list are read at most: an answer that always names a next one must not keep us for ever."""

DIGITALOCEAN = "https://api.digitalocean.com"
"""The address of DigitalOcean's API, unless the provider's own variable DIGITALOCEAN_API_URL names another."""

CLOUDFLARE = "https://api.cloudflare.com/client/v4"
"""The address of Cloudflare's API, unless CLOUDFLARE_BASE_URL, which its own clients read, names another."""


class NotAnswered(Exception):
    """A vendor did not answer: why, and what to do, in one line."""


class TokenRefused(NotAnswered):
    """The vendor does not take the token."""


def get(base: str, path: str, token: str, *, token_from: str) -> Any:
    """What a vendor answers. token_from: where the token is to be set, for the message. Raises NotAnswered."""
    headers = {"Accept": "application/json", "User-Agent": "quayside", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(base + path, headers=headers)  # noqa: S310  # the address is ours, or the user's own
    here = urlsplit(base).hostname in ("127.0.0.1", "::1", "localhost")
    # no proxy stands between this machine and itself
    handlers = [_StayHere(), *([urllib.request.ProxyHandler({})] if here else [])]
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=SECONDS) as answer:
            return json.load(answer, parse_float=Decimal)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            raise TokenRefused(f"the token is refused ({error.code}); set {token_from} to one that may read") from None
        raise NotAnswered(f"answers {error.code}; try again later") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise NotAnswered(f"cannot be reached ({reason}); check the network, or HTTPS_PROXY behind a proxy") from None


def digitalocean_pages(base: str, path: str, token: str, *, token_from: str) -> Iterator[Any]:
    """All pages of a list of DigitalOcean's (docs.digitalocean.com/reference/api). Raises NotAnswered."""
    for page in range(1, PAGES + 1):
        answer = get(base, f"{path}?per_page=200&page={page}", token, token_from=token_from)
        yield answer
        # never follow the link itself: the token is for this address only
        if not answer.get("links", {}).get("pages", {}).get("next"):
            return


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, which would take the token along."""

    def redirect_request(self, *_: Any) -> None:
        return None
