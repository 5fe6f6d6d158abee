"""What a service's pods read, as manifests."""

from quayside.workloads import configuration


def test_another_config_has_another_name() -> None:
    names = {configuration.config_name("shop", config) for config in ({"A": "1"}, {"A": "2"}, {"B": "1"})}
    assert len(names) == 3
    assert all(name.startswith("shop-config-") for name in names)


def test_the_order_of_a_config_means_nothing() -> None:
    assert configuration.config_name("shop", {"A": "1", "B": "2"}) == configuration.config_name("shop", {"B": "2", "A": "1"})


def test_a_config_map_goes_with_the_service_account() -> None:
    found = configuration.config_map("c", "shop", {}, {"A": "1"}, {"name": "shop", "uid": "u"})
    assert found["metadata"]["ownerReferences"] == [{"apiVersion": "v1", "kind": "ServiceAccount", "name": "shop", "uid": "u"}]
    assert (found["immutable"], found["data"]) == (True, {"A": "1"})


def test_secret_values_in_base64() -> None:
    assert configuration.secret_data({"A": "ä"}) == {"A": "w6Q="}
    assert configuration.secret("shop", "home", {}, {"A": "w6Q="})["type"] == "Opaque"


def test_the_checksum_depends_on_values_and_key() -> None:
    sums = {configuration.checksum(key, {"A": value}) for key in ("k", "l") for value in ("1", "2")}
    assert len(sums) == 4
    assert configuration.checksum("k", {"A": "1", "B": "2"}) == configuration.checksum("k", {"B": "2", "A": "1"})


def test_without_a_key_there_is_no_checksum() -> None:
    assert len({configuration.checksum("", {"PIN": pin}) for pin in ("1234", "9876")}) == 1
