"""What the words of traffic policies take and do not take."""

import pytest

from quayside.settings.text import Text
from quayside.settings.traffic.egress import OuterHost
from quayside.settings.traffic.jwt import Issuer, KeysAddress
from quayside.settings.traffic.words import Caller, HeaderName, HeaderValue, Origin, RequestPath, Target


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (HeaderName, ["Host", "host", ":path", "X Y", "X.Y", "-x", ""]),
        (HeaderValue, ["a\nb", "100%", "$(headers.host)", ""]),
        (Origin, ["shop.example.com", "https://shop.example.com/", "https://*", "https://a.*.com", "https://Shop.example.com"]),
        (Caller, ["Shop", "a/b/c", "/b", "a/"]),
        (RequestPath, ["orders", "*", "/a*b", "/a/../b", "//"]),
        (Target, ["new", "https://example.com", "ftp://example.com/", "//example.com/x", "/a?b"]),
        (OuterHost, ["localhost", "*.com", "https://example.com", "*"]),
        (KeysAddress, ["http://example.com/keys", "https://"]),
        (Issuer, ["", "a b"]),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else "",
)
def test_what_is_none_is_refused(kind: type[Text], wrong: list[str]) -> None:
    for value in wrong:
        with pytest.raises(ValueError, match="is not"):
            kind.parse(value)
    for value in kind.examples:
        assert kind.parse(value) == value
