"""Helm charts: what is pinned of each, and where it is fetched from."""

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Self


@dataclass(frozen=True)
class Chart:
    """A chart at its project's repository.

    version: as published, with or without v.
    values: the function that makes the values we set ("module:function"); tests check each of their keys against the chart.
    """

    name: str
    version: str
    repository: str
    values: str

    def values_function(self) -> Any:
        """Import and return the function named by `values`."""
        module, _, function = self.values.partition(":")
        return getattr(import_module(module), function)

    def at(self, version: str | None) -> Self:
        """The same chart in another version, where one is given."""
        return self if version is None else replace(self, version=version)


def source(chart: Chart, mirror: str | None = None) -> dict[str, Any]:
    """Where a Release fetches a chart: its arguments `chart`, `version` and `repository_opts`.

    mirror: replaces the chart's own repository. An http(s):// address is a chart repository, an oci:// address a registry folder.
        Everything else is a directory with one unpacked chart in each folder; its version is what lies there, so none is asked for.
    """
    if mirror is None:
        return {"chart": chart.name, "version": chart.version, "repository_opts": {"repo": chart.repository}}
    mirror = mirror.rstrip("/")
    if mirror.startswith(("http://", "https://")):
        return {"chart": chart.name, "version": chart.version, "repository_opts": {"repo": mirror}}
    if mirror.startswith("oci://"):
        return {"chart": f"{mirror}/{chart.name}", "version": chart.version}
    return {"chart": f"{mirror}/{chart.name}"}
