"""Refreshing the price table from the vendors' lists."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from quayside.catalog.__main__ import main
from quayside.catalog.prices import Price, read, write
from quayside.catalog.refresh import refresh
from unit.catalog.vendors import TOKEN, Vendors, plan, size, vendors

OLD = "2025-01-01"
TABLE = [
    Price("digitalocean", "machine", "s-2vcpu-4gb", Decimal(24), "https://old.example.com", OLD, 2, 4096),
    Price("digitalocean", "machine", "s-2vcpu-2gb", Decimal(18), "https://old.example.com", OLD, 2, 2048),
    Price("digitalocean", "control-plane", "ha", Decimal(40), "https://old.example.com", OLD),
    Price("vultr", "machine", "vc2-2c-4gb", Decimal(20), "https://old.example.com", OLD, 2, 4096, "as customers quote it"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "prices.json"
    write(TABLE, path)
    return path


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendors]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with vendors() as state:
        state.sizes = [
            size("s-1vcpu-512mb-10gb", 4, 1, 512),
            size("s-2vcpu-4gb", 26.5, 2, 4096),
            size("old-2vcpu-4gb", 1, 2, 4096, available=False),
            size("s-4vcpu-8gb", 100.0, 4, 8192),
        ]
        state.plans = [
            plan("vc2-2c-4gb", 20, 2, 4096),
            plan("vbm-4c-32gb", 120, 4, 32768, "vbm"),
            plan("vhp-2c-4gb-amd", 24, 2, 4096, "vhp"),
        ]
        yield state


def run(shop: Vendors, file: Path, *names: str, token: str = TOKEN) -> tuple[list[str], list[str]]:
    environ = {"DIGITALOCEAN_TOKEN": token} if token else {}
    return refresh(names, file=file, environ=environ, bases={"digitalocean": shop.base, "vultr": shop.base})


def test_lines_are_those_of_the_lists(shop: Vendors, file: Path) -> None:
    assert run(shop, file)[1] == []
    found = [(each.name, each.monthly, each.checked) for each in read(file)]
    today = date.today().isoformat()
    assert found == [
        ("s-2vcpu-4gb", Decimal("26.5"), today),
        ("s-2vcpu-2gb", Decimal(18), OLD),
        ("ha", Decimal(40), OLD),
        ("s-4vcpu-8gb", Decimal(100), today),
        ("vc2-2c-4gb", Decimal(20), today),
        ("vhp-2c-4gb-amd", Decimal(24), today),
    ]
    assert {each.source for each in read(file) if each.checked == today} == {
        "https://api.digitalocean.com/v2/sizes",
        "https://api.vultr.com/v2/plans",
    }


def test_it_says_what_changed_and_what_no_list_has(shop: Vendors, file: Path) -> None:
    told, _ = run(shop, file, "digitalocean")
    assert told == [
        "digitalocean: s-2vcpu-4gb $24 (2 vCPUs, 4096 MiB) → $26.5 (2 vCPUs, 4096 MiB)",
        "digitalocean: s-4vcpu-8gb is new: $100",
        "digitalocean: s-2vcpu-2gb is not in the list and stays at $18 of 2025-01-01",
        "digitalocean: control-plane ha is in no list and stays at $40 of 2025-01-01; see https://old.example.com",
        "digitalocean: 2 machines as https://api.digitalocean.com/v2/sizes has them today",
    ]


def test_a_second_time_nothing_has_changed(shop: Vendors, file: Path) -> None:
    run(shop, file)
    before = file.read_bytes()
    told, _ = run(shop, file)
    assert not [line for line in told if "→" in line or "new" in line]
    assert file.read_bytes() == before


def test_all_pages_are_read_where_the_vendor_is(shop: Vendors, file: Path) -> None:
    run(shop, file)
    assert [address for address in shop.asked if "sizes" in address] == ["/v2/sizes?per_page=200&page=1", "/v2/sizes?per_page=200&page=2"]
    assert [address for address in shop.asked if "plans" in address] == ["/v2/plans?per_page=500", "/v2/plans?per_page=500&cursor=at-2"]


def test_each_vendor_gets_its_own_token_only(shop: Vendors, file: Path) -> None:
    run(shop, file, "vultr")
    assert shop.tokens == {None}
    shop.tokens.clear()
    run(shop, file, "digitalocean")
    assert shop.tokens == {f"Bearer {TOKEN}"}


def test_without_a_token_the_others_are_refreshed(shop: Vendors, file: Path) -> None:
    told, wrong = run(shop, file, token="")
    assert wrong == ["digitalocean: no token; set the environment variable DIGITALOCEAN_TOKEN, with a token that may read"]
    assert told[-1] == "vultr: 2 machines as https://api.vultr.com/v2/plans has them today"
    assert read(file)[:3] == tuple(TABLE[:3])


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ((401, {}, b"{}"), "the token is refused (401); set DIGITALOCEAN_TOKEN to one that may read"),
        ((500, {}, b""), "answers 500; try again later"),
        ((302, {"Location": "/v2/elsewhere"}, b""), "answers 302; try again later"),
        ((200, {}, b"<html>"), "its list does not have the documented form (JSONDecodeError); look for a newer quayside"),
        ((200, {}, b'{"sizes": [{"slug": "x"}]}'), "its list does not have the documented form (KeyError); look for a newer quayside"),
        ((200, {}, b'{"sizes": []}'), "its list is empty; check which account the token belongs to"),
    ],
    ids=["token", "fault", "redirect", "no-json", "form", "empty"],
)
def test_faults_take_a_line_and_change_nothing(shop: Vendors, file: Path, answer: tuple[int, dict[str, str], bytes], line: str) -> None:
    shop.answer = answer
    before = file.read_bytes()
    assert run(shop, file, "digitalocean") == ([], [f"digitalocean: {line}"])
    assert file.read_bytes() == before
    assert not any("elsewhere" in address for address in shop.asked)


def test_no_network(file: Path) -> None:
    told, wrong = refresh(["vultr"], file=file, environ={"no_proxy": "127.0.0.1"}, bases={"vultr": "http://127.0.0.1:9"})
    assert told == []
    assert len(wrong) == 1
    assert wrong[0].startswith("vultr: cannot be reached (")
    assert wrong[0].endswith("); check the network, or HTTPS_PROXY behind a proxy")


def test_an_unknown_vendor_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hetzner"]) == 2
    assert capsys.readouterr().err == "no list of hetzner; name digitalocean or vultr, or nothing for all\n"
