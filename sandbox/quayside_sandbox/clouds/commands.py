"""`quayside-sandbox cloud …`: look at the simulated clouds, and change them behind Pulumi's back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NoReturn

import typer
import yaml
from rich.console import Console
from rich.table import Table as Rows

from ..folder import Folder
from .check import Naming, check
from .cloud import Cloud, Refused
from .digitalocean.catalog import PLACEHOLDER_TOKEN
from .index import CLOUDS, load
from .resource import Resource
from .sdk import NoSdk
from .store import Record, Store

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
# Kinds that no plugin makes here, but that can stand in the way (members of a VPC, the Droplet limit).
BARE = {"digitalocean": ("droplets", "volumes", "databases")}

Name = Annotated[str, typer.Argument(help="Its id or its name, with the kind before it where several have it: vpcs/quayside-dev.")]
Fields = Annotated[list[str], typer.Argument(help="field=value, with dots for what lies deeper; values are YAML: count=3, 'tags=[a, b]'.")]


def store() -> Store:
    """The clouds of the sandbox that is meant; replaced in tests."""
    return Store(Folder.from_environment().clouds)


@app.command("list")
def list_objects(
    cloud: Annotated[str | None, typer.Argument(help="digitalocean, cloudflare …")] = None,
    kind: Annotated[str | None, typer.Argument(help="vpcs, kubernetesClusters, zones …")] = None,
) -> None:
    """Show what there is in the clouds."""
    rows = Rows("cloud", "kind", "name", box=None, pad_edge=False)
    rows.add_column("id", overflow="fold", min_width=36)  # to be copied: never cut off
    rows.add_column("state")
    for name, one, record in _objects():
        if cloud in (None, name) and kind in (None, one):
            rows.add_row(name, one, _title(record), record["id"], str(record.get("status", "")))
    console.print(rows if rows.row_count else "[dim]nothing there[/dim]")


@app.command()
def show(name: Name) -> None:
    """Show one object as the cloud keeps it; what only the sandbox knows (fields with an underscore) is left out."""
    _, _, record = _one(name)
    shown = {key: value for key, value in record.items() if not key.startswith("_")}
    console.print(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True).rstrip(), markup=False, soft_wrap=True)


@app.command("set")
def set_fields(name: Name, fields: Fields) -> None:
    """Change an object, as somebody would in the vendor's console: the next refresh sees it."""
    cloud, kind, record = _one(name)
    changes = [_field(text) for text in fields]

    def change(current: Record) -> Record:
        for path, value in changes:
            _put(current, path, value)
        return current

    store().update(cloud, kind, record["id"], change)
    console.print(f"changed {kind} {_title(record)}: {', '.join(fields)}", markup=False)


@app.command()
def delete(name: Name) -> None:
    """Delete an object, as somebody would in the vendor's console."""
    cloud, kind, record = _one(name)
    resource = _resource(cloud, kind)
    if resource is None or kind == "zoneSettings":
        store().delete(cloud, kind, record["id"])
    else:
        # Not as patient as the plugin where something is in the way.
        patience = 0.0 if resource.table.members else resource.table.seconds["delete"]
        with _plainly():
            resource.delete(record["id"], record, patience)
    console.print(f"deleted {kind} {_title(record)}", markup=False)


@app.command()
def create(
    cloud: Annotated[str, typer.Argument(help="digitalocean, cloudflare …")],
    kind: Annotated[str, typer.Argument(help="A kind or a type: zones or Zone, vpcs or Vpc …")],
    fields: Fields,
) -> None:
    """Make an object that Pulumi knows nothing of, e.g. the zone that a look-up shall find: create cloudflare zones name=example.com"""
    inputs: Record = {}
    for path, value in (_field(text) for text in fields):
        _put(inputs, path, value)
    resource = _resource(cloud, kind)
    if resource:
        with _plainly():
            record = _create(resource, inputs)
    elif kind in BARE.get(cloud, ()):
        record = store().create(cloud, kind, inputs)
    else:
        known = sorted({one.table.kind for one in load(cloud).resources.values()} | set(BARE.get(cloud, ()))) if cloud in CLOUDS else []
        _fail(f"{cloud} {kind} is not simulated. What is: {', '.join(known) or ', '.join(CLOUDS)}")
    console.print(f"created {kind} {_title(record)}: {record['id']}", markup=False)


def _create(resource: Resource, inputs: Record) -> Record:
    """By the same checks and rules as through the plugin."""
    cloud = resource.cloud
    if cloud.name == "cloudflare" and resource.table.kind == "zones" and "account" not in inputs:
        inputs = {"account": {"id": cloud.list("accounts")[0]["id"]}, **inputs}
    checked, reasons = check(resource, inputs, {}, Naming(resource.table.kind))
    if reasons:
        _fail("\n".join(reasons))
    wanted = {key: value for key, value in checked.items() if key != "__defaults"}
    for value in wanted.values():
        if isinstance(value, dict):
            value.pop("__defaults", None)
    return resource.create(wanted, resource.table.seconds["create"])


class _plainly:  # noqa: N801 - reads as a statement
    """What a vendor refuses is a message here, not a traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, (Refused, NoSdk)):
            _fail(str(problem))


def _fail(text: str) -> NoReturn:
    typer.echo(f"error: {text}", err=True)
    raise typer.Exit(1)


def _cloud(name: str) -> Cloud:
    return load(name)(store(), {"token": PLACEHOLDER_TOKEN, "apiToken": PLACEHOLDER_TOKEN})


def _resource(cloud: str, kind: str) -> Resource | None:
    """The type whose objects are of this kind (the first one that the index names), or that has this name."""
    if cloud not in CLOUDS:
        return None
    for token, one in load(cloud).resources.items():
        if kind in (one.table.kind, token.rpartition(":")[2]):
            return one(_cloud(cloud))
    return None


def _objects() -> Iterator[tuple[str, str, Record]]:
    memory = store()
    for cloud in memory.clouds():
        for kind in memory.kinds(cloud):
            for record in memory.list(cloud, kind):
                yield cloud, kind, record


def _one(name: str) -> tuple[str, str, Record]:
    kind, _, own = name.rpartition("/")
    found = [one for one in _objects() if one[2]["id"] == name]
    found = found or [one for one in _objects() if kind in ("", one[1]) and own in (one[2]["id"], one[2].get("name"))]
    if len(found) == 1:
        return found[0]
    if not found:
        _fail(f"no object has the id or name {name}: 'quayside-sandbox cloud list' shows all")
    several = ", ".join(f"{cloud} {kind} {record['id']}" for cloud, kind, record in found)
    _fail(f"{len(found)} objects have the name {name}; write the kind before it, or the id of one of them: {several}")


def _title(record: Record) -> str:
    return str(record.get("name") or record.get("settingId") or record.get("email") or record["id"])


def _field(text: str) -> tuple[list[str], Any]:
    path, separator, value = text.partition("=")
    if not separator or not path:
        _fail(f"'{text}' is no field=value")
    try:
        return path.split("."), yaml.safe_load(value)
    except yaml.YAMLError as problem:
        _fail(f"the value of '{text}' is no YAML: {problem}")


def _put(record: Any, path: list[str], value: Any) -> None:
    """Sets what lies at the path; numbers lead into lists."""
    *holders, last = path
    for part in holders:
        record = record[int(part)] if isinstance(record, list) else record.setdefault(part, {})
    if isinstance(record, list):
        record[int(last)] = value
    else:
        record[last] = value
