"""Where charts are fetched from."""

import pytest

from quayside.charts import Chart, source
from quayside.versions import CHARTS

CHART = Chart("web", version="1.2.3", repository="https://charts.example.com", values="m:f")


def test_from_its_own_repository() -> None:
    assert source(CHART) == {"chart": "web", "version": "1.2.3", "repository_opts": {"repo": "https://charts.example.com"}}


def test_from_a_mirrored_repository() -> None:
    assert source(CHART, "http://mirror/charts/") == {
        "chart": "web",
        "version": "1.2.3",
        "repository_opts": {"repo": "http://mirror/charts"},
    }


def test_from_a_registry() -> None:
    assert source(CHART, "oci://mirror/charts") == {"chart": "oci://mirror/charts/web", "version": "1.2.3"}


@pytest.mark.parametrize("folder", ["./charts", "/srv/charts/"])
def test_from_a_folder(folder: str) -> None:
    assert source(CHART, folder) == {"chart": f"{folder.rstrip('/')}/web"}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda chart: chart.name)
def test_the_index_names_functions_that_exist(chart: Chart) -> None:
    assert callable(chart.values_function())
