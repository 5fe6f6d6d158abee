"""Records of a stack that moves from one entry to another."""

from typing import Any

import pytest

from quayside.edge.records import Record, host_names, plan, to_set
from unit.edge.stacks import stack

OLD, NEW = "ingress-nginx", "gateway-api"
SHOP, STAR = "shop.example.com", "*.example.com"
SELF_SIGNED = {"issuer": "self-signed"}
PAIRS = ((NEW, OLD), (OLD, NEW))


def records(leaving: dict[str, Any] | None, entry: str = NEW, **more: Any) -> list[Record]:
    moving = {"entryMigratingFrom": leaving} if leaving is not None else {}
    return plan(stack({"shop": {}, "api": {}}, entry={"kind": entry}, certificates=SELF_SIGNED, **moving, **more))


def led(found: list[Record]) -> dict[str, list[str]]:
    """Name → entries that it leads to."""
    names: dict[str, list[str]] = {}
    for each in found:
        names.setdefault(each.name, []).append(each.entry)
    return {name: sorted(entries) for name, entries in names.items()}


OWN = {"entry.example.com": [OLD], "gateway-api.example.com": [NEW]}


@pytest.mark.parametrize(("weight", "entries"), [(0, [OLD]), (50, [NEW, OLD]), (100, [NEW])])
def test_names_move_by_weight(weight: int, entries: list[str]) -> None:
    assert led(records({"kind": OLD, "weight": weight})) == {**OWN, STAR: entries}


def test_a_host_that_is_ahead_leaves_the_wildcard() -> None:
    assert led(records({"kind": OLD, "hosts": {"shop": 100}})) == {**OWN, STAR: [OLD], SHOP: [NEW]}
    assert led(records({"kind": OLD, "weight": 100, "hosts": {"shop": 100}})) == {**OWN, STAR: [NEW]}
    assert led(records({"kind": OLD, "weight": 100, "hosts": {SHOP: 0}})) == {**OWN, STAR: [NEW], SHOP: [OLD]}


def test_each_host_moves_without_a_wildcard() -> None:
    found = led(records({"kind": OLD, "hosts": {"shop": 50}}, names={"wildcard": False}))
    assert found == {**OWN, SHOP: [NEW, OLD], "api.example.com": [OLD]}


def keys(found: list[Record]) -> dict[str, tuple[str, str | None]]:
    """Key → which entry's address it says, and its former key; but for the load balancers' own."""
    return {each.key: (each.entry, each.former) for each in found if each.name == STAR}


def test_what_is_there_is_taken_over_and_nothing_says_the_same_twice() -> None:
    """From any step to any other: of an old key there is one heir at most, and what is made says what no record says that is there."""
    moves = {(new, weight): records({"kind": old, "weight": weight}, entry=new) for new, old in PAIRS for weight in (0, 50, 100)}
    for start in (OLD, NEW):
        rest = records(None, entry=start)
        assert_taken_over(rest, [each for (new, _), each in moves.items() if new != start])
        for each in moves.values():
            assert_taken_over(each, [rest, *moves.values()])


def assert_taken_over(first: list[Record], following: list[list[Record]]) -> None:
    held = {key: entry for key, (entry, _) in keys(first).items()}
    for second in following:
        heirs = {key: key if key in held else former for key, (_, former) in keys(second).items() if key in held or former in held}
        assert len(set(heirs.values())) == len(heirs)
        assert not {entry for key, (entry, _) in keys(second).items() if key not in heirs} & set(held.values())


def test_from_one_step_to_the_next_a_record_that_stays_says_the_same() -> None:
    assert keys(records(None, entry=OLD)) == {STAR: (OLD, f"{STAR}@{OLD}")}
    assert keys(records({"kind": OLD})) == {f"{STAR}@{OLD}": (OLD, STAR)}
    assert keys(records({"kind": OLD, "weight": 50})) == {f"{STAR}@{NEW}": (NEW, None), f"{STAR}@{OLD}": (OLD, STAR)}
    assert keys(records({"kind": OLD, "weight": 100})) == {f"{STAR}@{NEW}": (NEW, STAR)}
    assert keys(records(None)) == {STAR: (NEW, f"{STAR}@{NEW}")}


def test_whoever_sets_records_by_hand_is_told_both() -> None:
    moving = stack({"shop": {}}, entry={"kind": NEW}, entryMigratingFrom={"kind": OLD, "weight": 50}, certificates=SELF_SIGNED)
    assert host_names(moving) == {SHOP: (NEW, OLD)}
    told = to_set(plan(moving), {NEW: "203.0.113.20", OLD: "203.0.113.10"})
    assert sorted((each["name"], each["content"]) for each in told) == [
        (STAR, "203.0.113.10"),
        (STAR, "203.0.113.20"),
        ("entry.example.com", "203.0.113.10"),
        ("gateway-api.example.com", "203.0.113.20"),
    ]
