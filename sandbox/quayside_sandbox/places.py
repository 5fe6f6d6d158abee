"""Where the sandbox's own data lies, and where it keeps what outlives one sandbox."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_VARIABLE = "QUAYSIDE_CACHE"
IGNORED = ".quayside"  # the one folder in a project that git ignores and that all of ours lies in


def data_folder(name: str) -> Path:
    """`tools`, `charts` or `manifests`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "data" / name
    return inside if inside.is_dir() else package.parent / name


def project_folder(start: Path | None = None) -> Path:
    """The nearest folder upwards with a Pulumi.yaml, else the current one."""
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "Pulumi.yaml").is_file()), here)


def cache_folder(project: Path) -> Path:
    """Built tools are shared by all runs; QUAYSIDE_CACHE names a folder that several projects share."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser().resolve() if named else project / IGNORED / "cache"
