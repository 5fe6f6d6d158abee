"""Names in DNS as settings write them."""

import pytest
from pydantic_core import PydanticCustomError

from quayside.settings import hosts, names
from quayside.settings.text import Text

KINDS = [
    kind
    for module in (hosts, names)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Text) and kind.examples
]


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_valid(kind: type[Text]) -> None:
    assert [kind.parse(example) for example in kind.examples] == list(kind.examples)


@pytest.mark.parametrize("kind", KINDS)
def test_messages_do_not_repeat_the_value(kind: type[Text]) -> None:
    with pytest.raises(PydanticCustomError) as error:
        kind.parse(["hunter2"])
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (hosts.Domain, "example"),
        (hosts.Domain, "Example.com"),
        (hosts.Domain, "example.com."),
        (hosts.Domain, "*.example.com"),
        (hosts.Domain, "a" * 64 + ".com"),
        (hosts.Domain, ".".join(["a" * 60] * 5) + ".com"),
        (hosts.Host, "https://example.com"),
        (hosts.Host, "203.0.113.10"),
        (hosts.HostKey, "-shop"),
        (hosts.HostKey, "shop_1"),
        (hosts.RecordName, "a.*.b"),
        (hosts.RecordName, "_"),
        (hosts.RecordName, "shop."),
        (hosts.Target, "203.0.113.256"),
        (hosts.Target, "https://acme.netlify.app"),
        (hosts.HostPath, "api"),
        (hosts.HostPath, "/a?b"),
        (hosts.HostPath, "//"),
        (hosts.HostPath, "/a//b"),
        (hosts.HostPath, "/./a"),
        (hosts.HostPath, "/a/../b"),
        (hosts.HostPath, "/a/."),
        (hosts.HostPath, "/.."),
        (hosts.Email, "ops"),
        (names.Comment, "two\nlines"),
        (names.Comment, "x" * 101),
        (names.Account, "0123"),
    ],
)
def test_what_is_none(kind: type[Text], wrong: str) -> None:
    with pytest.raises(PydanticCustomError):
        kind.parse(wrong)


@pytest.mark.parametrize("path", ["/.well-known/acme", "/a.", "/a..", "/...", "/a/"])
def test_paths_with_dots(path: str) -> None:
    assert hosts.HostPath.parse(path) == path


@pytest.mark.parametrize("name", ["*", "*.preview.example.com", "_acme-challenge.shop.example.com", "s1._domainkey.example.com"])
def test_names_that_only_records_have(name: str) -> None:
    assert hosts.RecordName.parse(name) == name


@pytest.mark.parametrize(("key", "name"), [("shop", "shop.k.example.com"), ("@", "k.example.com"), ("a.example.com", "a.example.com")])
def test_short_names_are_completed(key: str, name: str) -> None:
    assert hosts.whole(key, "k.example.com") == name


@pytest.mark.parametrize(
    ("host", "inside", "labels"),
    [("example.com", True, 0), ("www.example.com", True, 1), ("api.k.example.com", True, 2), ("badexample.com", False, 0)],
)
def test_where_a_host_lies(host: str, inside: bool, labels: int) -> None:
    assert (hosts.within(host, "example.com"), hosts.depth(host, "example.com")) == (inside, labels)


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("shop.exmaple.com", "shop.example.com"),
        ("a.b.example.co", "a.b.example.com"),
        ("shop.acme.com", None),
        ("com", None),
    ],
)
def test_the_host_that_was_meant(host: str, meant: str | None) -> None:
    assert hosts.nearest(host, "example.com") == meant
