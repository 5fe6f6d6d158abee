"""What requests are told apart by: names in an HTTP request that every data plane can read."""

from quayside.settings.text import Text


class HeaderKey(Text):
    """The name of a header. RFC 9110 allows more signs, which nginx' variables do not have."""

    pattern = r"[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?"
    wrong = "is not the name of a header by which requests can be told apart"
    write = "write at most 63 letters, digits and hyphens, such as X-User"
    examples = ("X-User",)


class CookieName(Text):
    """The name of a cookie. RFC 6265 allows more signs, which nginx' variables do not have."""

    pattern = r"[A-Za-z0-9_][-A-Za-z0-9_]{0,62}"
    wrong = "is not the name of a cookie by which requests can be told apart"
    write = "write at most 63 letters, digits, hyphens and underscores, such as session"
    examples = ("session",)


class Parameter(Text):
    """The name of a parameter in a URL's query: nginx' variables have these signs."""

    pattern = r"[A-Za-z0-9_]{1,63}"
    wrong = "is not the name of a parameter by which requests can be told apart"
    write = "write at most 63 letters, digits and underscores, such as user"
    examples = ("user",)
