"""Where a Release's chart comes from: a path, a repository, a registry, or in a sandbox with stand-in charts, the sandbox's own folder."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from ...folder import locked
from . import substitutions
from .handler import Problem
from .release_helm import Helm

CHARTS_VARIABLE = "QUAYSIDE_SANDBOX_CHARTS"
VERSIONS_VARIABLE = "QUAYSIDE_SANDBOX_CHART_VERSIONS"
"""A folder for stand-ins in other versions than they were made for: an old state is brought up with what was pinned then."""
_FILES = {"caFile": "--ca-file", "certFile": "--cert-file", "keyFile": "--key-file"}


@dataclass(frozen=True)
class Substitution:
    """A chart that was taken from the sandbox's folder."""

    chart: str
    version: str
    source: str
    folder: Path

    @property
    def text(self) -> str:
        return f"chart {self.chart} {self.version} is the sandbox's stand-in ({self.folder}), not the one of {self.source}"


def local_chart(inputs: dict[str, Any]) -> str | None:
    """The absolute path, where the chart is one: a path is always taken as it is."""
    repository = (inputs.get("repositoryOpts") or {}).get("repo")
    chart = str(inputs.get("chart") or "").strip()
    if repository or chart.startswith("oci://"):
        return None
    path = Path(chart)
    if path.is_file() or (path / "Chart.yaml").is_file():
        return str(path.resolve())
    if path.is_absolute() or chart.startswith("."):
        raise Problem(f'path "{chart}" not found: there is no chart (no archive, no folder with a Chart.yaml)')
    return None


def stand_in(inputs: dict[str, Any], environment: Mapping[str, str] = os.environ) -> Substitution | None:
    """The stand-in of the chart, where this sandbox uses stand-ins; raises Problem where there is none, or one of another version."""
    folder = environment.get(CHARTS_VARIABLE)
    if not folder or local_chart(inputs):
        return None
    chart = str(inputs.get("chart") or "").strip()
    name = urlsplit(chart).path.rstrip("/").rpartition("/")[2] or chart
    source = (inputs.get("repositoryOpts") or {}).get("repo") or chart
    path = Path(folder) / name
    if not (path / "Chart.yaml").is_file():
        known = ", ".join(sorted(entry.parent.name for entry in Path(folder).glob("*/Chart.yaml"))) or "none"
        raise Problem(
            f'there is no stand-in chart "{name}" in this sandbox (there is: {known}): start it with --charts real to use {source}, '
            f"or name a chart by its path"
        )
    version = str(yaml.safe_load((path / "Chart.yaml").read_text())["version"])
    wanted = str(inputs.get("version") or "").strip()
    if wanted and wanted.removeprefix("v") != version.removeprefix("v"):
        other = environment.get(VERSIONS_VARIABLE)
        if other and re.fullmatch(r"v?\d+\.\d+\.\d+[\w.+-]*", wanted):  # a range names no version that a chart could have
            return Substitution(name, wanted, source, _in_version(path, version, wanted, Path(other)))
        raise Problem(
            f'the stand-in chart "{name}" is for version {version}, but the release asks for {wanted}: '
            f"pin {version}, or start the sandbox with --charts real"
        )
    return Substitution(name, version, source, path)


def _in_version(chart: Path, version: str, wanted: str, folder: Path) -> Path:
    """The stand-in as if it were of the wanted version: the same objects, under that version's labels.

    Where the chart and its program have one number (Istio, cert-manager, Kiali), the images are of that version too.
    """
    place = folder / f"{chart.name}-{wanted}"
    with locked(folder / f".{place.name}.lock"):
        if not place.exists():
            half = folder / f".{place.name}"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(chart, half)
            number, other = version.removeprefix("v"), wanted.removeprefix("v")
            for file in filter(Path.is_file, (half / "Chart.yaml", half / "values.yaml")):
                file.write_text(re.sub(rf"(?<![\d.]){re.escape(number)}(?![\d.])", other, file.read_text()))
            description = (half / "Chart.yaml").read_text()
            (half / "Chart.yaml").write_text(re.sub(r"(?m)^version: .*$", f"version: {json.dumps(wanted)}", description))
            half.rename(place)
    return place


def note(substitution: Substitution, environment: Mapping[str, str] = os.environ) -> None:
    """Adds the substitution to the sandbox's list, once."""
    what = f"{substitution.chart} {substitution.version} of {substitution.source}"
    substitutions.note("chart", what, "the sandbox's stand-in chart", environment)


def source(helm: Helm, inputs: dict[str, Any]) -> list[str]:
    """The words that tell helm which chart to take."""
    path = local_chart(inputs)
    if path:
        return [path, *_verification(inputs)]
    substitution = stand_in(inputs)
    if substitution:
        return [str(substitution.folder)]
    chart, options = str(inputs.get("chart") or "").strip(), inputs.get("repositoryOpts") or {}
    words = _verification(inputs)
    version = str(inputs.get("version") or "").strip()
    if version or inputs.get("devel"):
        words += ["--version", version or ">0.0.0-0"]
    repository, username, password = (str(options.get(key) or "") for key in ("repo", "username", "password"))
    files = {key: str(options[key]) for key in _FILES if options.get(key)}
    is_url = bool(urlsplit(repository).scheme and urlsplit(repository).netloc)
    if is_url and username and not chart.startswith("oci://"):
        helm.own_repository(repository, files, username, password)
        return [f"private/{chart}", *words]
    words += [word for key, file in files.items() for word in (_FILES[key], file)]
    if chart.startswith("oci://"):
        if username:
            helm.own_registry(urlsplit(chart).netloc, username, password)
        return [chart, *words]
    if is_url:
        helm.own_cache()
        return [chart, "--repo", repository, *words]
    return [f"{repository}/{chart}" if repository and "/" not in chart else chart, *words]


def _verification(inputs: dict[str, Any]) -> list[str]:
    words = ["--verify"] if inputs.get("verify") else []
    return words + (["--keyring", str(inputs["keyring"])] if inputs.get("keyring") else [])
