"""Manifests of projects that publish no chart: what is pinned of each, and where it is fetched from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A file of manifests at its project's place.

    name: of the project here, and of its folder in a mirror.
    file: name of the file.
    place: address of the folder that holds it, with {version} in it.
    """

    name: str
    version: str
    file: str
    place: str


def location(published: Published, mirror: str | None = None) -> str:
    """Where a file of manifests is: its path or address.

    mirror: the charts' (see charts.source): a directory or an http(s):// address, below which it is <name>/<file>. A registry of charts
        (oci://) holds no such files; settings.entry_rules refuses it.
    """
    if mirror is None:
        return f"{published.place.format(version=published.version)}/{published.file}"
    return f"{mirror.rstrip('/')}/{published.name}/{published.file}"
