"""Pulumi's property values on the wire and in Python."""

from hypothesis import given
from hypothesis import strategies as st

from quayside_sandbox.plugins.values import UNKNOWN, Secret, contains, decode, encode, has_secret, keep_secrets, known, plain

leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20) | st.just(UNKNOWN)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3) | inner.map(Secret),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), values, max_size=4))
def test_what_is_sent_comes_back(properties: dict) -> None:
    assert decode(encode(properties)) == properties


@given(values)
def test_plain_opens_every_secret(value: object) -> None:
    assert not has_secret(plain(value))
    assert contains(plain(value), lambda leaf: leaf is UNKNOWN) == (not known(value))


def test_printing_a_secret_shows_nothing_of_it() -> None:
    assert "hunter2" not in f"{Secret('hunter2')} {[Secret('hunter2')]!r}"


def test_what_was_secret_stays_secret() -> None:
    assert keep_secrets({"a": {"b": 2}, "c": [1, 2]}, {"a": Secret({"b": 1}), "c": [1, Secret(1)]}) == {
        "a": Secret({"b": 2}),
        "c": [1, Secret(2)],
    }
