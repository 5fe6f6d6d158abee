"""The vocabulary of settings."""

from decimal import Decimal

import pytest
from pydantic_core import PydanticCustomError

from quayside.settings import types
from quayside.settings.secrets import SecretText
from quayside.settings.text import Text

KINDS = [kind for kind in [*vars(types).values(), SecretText] if isinstance(kind, type) and issubclass(kind, Text) and kind.examples]


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_valid(kind: type[Text]) -> None:
    assert [kind.parse(example) for example in kind.examples] == list(kind.examples)


@pytest.mark.parametrize("kind", KINDS)
def test_messages_do_not_repeat_the_value(kind: type[Text]) -> None:
    with pytest.raises(PydanticCustomError) as error:
        kind.parse(["hunter2"])
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(("text", "cores"), [("250m", "0.25"), ("1", "1"), ("1.5", "1.5")])
def test_cpu_in_cores(text: str, cores: str) -> None:
    assert types.Cpu.parse(text).amount == Decimal(cores)


@pytest.mark.parametrize(("text", "size"), [("128Mi", 128 * 1024**2), ("1G", 10**9), ("1.5Gi", 3 * 2**29)])
def test_memory_in_bytes(text: str, size: int) -> None:
    assert types.Memory.parse(text).amount == size


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1h30m", 5400), ("24h", 86400)])
def test_durations_in_seconds(text: str, seconds: int) -> None:
    assert types.Duration.parse(text).seconds == seconds


@pytest.mark.parametrize("text", ["", "5", "24h1s", "86401s", "1441m", "9" * 5000 + "h"])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        types.Duration.parse(text)


@pytest.mark.parametrize("key", ["team", "a.b-c/Team_1", "a/b", "a" * 63 + ".b/c"])
def test_keys_of_labels(key: str) -> None:
    assert types.LabelKey.parse(key) == key


@pytest.mark.parametrize(
    "key", ["a..b/c", "a.-b/c", "a-.b/c", ".a/c", "/c", "a/", "a/b/c", "a" * 64 + "/c", ".".join(["a" * 60] * 5) + "/c"]
)
def test_keys_that_no_label_has(key: str) -> None:
    with pytest.raises(PydanticCustomError):
        types.LabelKey.parse(key)


@pytest.mark.parametrize(
    "image",
    [
        "nginx:1.29",
        "registry.example.com:5000/a/b:1",
        "acme/shop@sha256:" + "0" * 64,
        "ghcr.io/acme/shop:v1.2.3-rc.1",
        "localhost:5000/a/b:1",
        "registry.example.com:5050/a/b@sha256:" + "0" * 64,
        "acme/shop:1@sha256:" + "0" * 64,
        "a_b/c__d/e--f.g:1",
    ],
)
def test_images_with_tag_or_digest(image: str) -> None:
    assert types.Image.parse(image) == image


@pytest.mark.parametrize(
    "image",
    [
        *("nginx", "nginx:latest", "host:5000/shop", "Nginx:1", "nginx:", "nginx:1 ", "a@sha256:00"),
        *("a:::1", "a//b:1", "a/:1", "a/b:1:2", "a/b-:1", "/a:1", "a/b:5000/c:1", "ghcr.io/Acme/shop:1", "a._b:1", "a___b:1"),
    ],
)
def test_images_that_move_or_are_none(image: str) -> None:
    with pytest.raises(PydanticCustomError):
        types.Image.parse(image)


@pytest.mark.parametrize("name", ["a", "shop-2", "a" * 63])
def test_names(name: str) -> None:
    assert types.Name.parse(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "2shop", "Shop", "a_b", "a" * 64, "a\n"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(PydanticCustomError):
        types.Name.parse(name)


@pytest.mark.parametrize(
    "mirror", ["https://charts.example.com", "oci://r.example.com/charts", "./charts", "/srv/charts", "charts", "../x"]
)
def test_mirrors(mirror: str) -> None:
    assert types.Mirror.parse(mirror) == mirror


def test_a_whole_number_may_stand_for_its_digits() -> None:
    assert types.Value.parse(8080) == "8080"


@pytest.mark.parametrize("network", ["10.0.0.0/16", "172.31.0.0/20", "192.168.1.0/28"])
def test_networks(network: str) -> None:
    assert types.Network.parse(network) == network


@pytest.mark.parametrize("network", ["127.0.0.0/16", "10.0.0.0/15", "10.0.0.0/29", "169.254.0.0/16", "172.32.0.0/16", "10.0.0.0/99"])
def test_networks_that_no_vpc_may_have(network: str) -> None:
    with pytest.raises(PydanticCustomError):
        types.Network.parse(network)
