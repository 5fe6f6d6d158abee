"""Merging a stack over the defaults."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quayside.settings.merge import ANY, merge

leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))
trees = st.recursive(
    st.dictionaries(st.sampled_from("abc"), leaves, max_size=3), lambda below: st.dictionaries(st.sampled_from("abc"), leaves | below)
)


def without_nulls(tree: Any) -> Any:
    return {key: without_nulls(value) for key, value in tree.items() if value is not None} if isinstance(tree, dict) else tree


def test_maps_merge_to_full_depth() -> None:
    assert merge({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"d": 3}}}) == {"a": {"b": {"c": 1, "d": 3}}}


def test_null_removes() -> None:
    assert merge({"services": {"hello": {"image": "x"}, "shop": {}}}, {"services": {"hello": None}}) == {"services": {"shop": {}}}


def test_lists_are_replaced() -> None:
    assert merge({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}


def test_null_stays_where_somebody_else_merges_again() -> None:
    verbatim = [("entry", "values"), ("services", ANY, "patches")]
    defaults = {"entry": {"values": {"a": 1, "b": 2}}, "services": {"values": {"image": "x"}}}
    stack = {"entry": {"values": {"a": {"c": None}, "b": None}}, "services": {"values": {"image": None, "patches": {"Service": None}}}}
    assert merge(defaults, stack, verbatim) == {
        "entry": {"values": {"a": {"c": None}, "b": None}},
        "services": {"values": {"patches": {"Service": None}}},
    }
    assert merge({"entry": {"values": {}}}, {"entry": {"values": None}}, verbatim) == {"entry": {}}


@given(trees)
def test_an_empty_stack_changes_nothing(tree: dict[str, Any]) -> None:
    assert merge(tree, {}) == without_nulls(tree)


@given(trees)
def test_empty_defaults_change_nothing(tree: dict[str, Any]) -> None:
    assert merge({}, tree) == without_nulls(tree)


@given(trees, trees)
def test_what_the_stack_says_holds(defaults: dict[str, Any], stack: dict[str, Any]) -> None:
    def holds(said: Any, merged: Any) -> bool:
        if not isinstance(said, dict):
            return bool(said == merged)
        return all(key not in merged if value is None else holds(value, merged[key]) for key, value in said.items())

    assert holds(stack, merge(defaults, stack))


@given(trees, trees)
def test_arguments_are_left_alone(defaults: dict[str, Any], stack: dict[str, Any]) -> None:
    before = copy.deepcopy((defaults, stack))
    merged = merge(defaults, stack)
    merged.setdefault("a", {})
    for value in merged.values():
        if isinstance(value, dict):
            value["new"] = 1
    assert (defaults, stack) == before
