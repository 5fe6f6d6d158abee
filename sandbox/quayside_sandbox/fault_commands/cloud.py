"""`quayside-sandbox fault cloud …`: clouds that answer with errors, are slow, lose answers or have no quota left."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any

import typer

from ..clouds import index
from ..clouds.digitalocean import quota
from ..clouds.faults import Faults, Rule
from ..clouds.store import Store
from ..folder import Folder

QUOTA = "quota"
OPERATIONS = ("create", "read", "update", "delete", "list")
# What the vendors write where nothing else is said.
MESSAGES = {
    422: "validation error",
    429: "Too many requests",
    500: "Server Error",
    503: "Service Unavailable",
}
# developers.cloudflare.com/dns: 'Record quota exceeded', met e.g. in thunderbird-accounts#1060; 200 records on the Free plan.
CLOUDFLARE_QUOTA: Rule = {"operation": "create dnsRecords", "status": 400, "code": 81045, "message": "Record quota exceeded."}


def set_cloud_fault(
    cloud: Annotated[str, typer.Argument(help=f"One of: {', '.join(sorted(index.CLOUDS))}.")],
    operation: Annotated[
        str,
        typer.Argument(
            help=f"What fails: a pattern over '<{'|'.join(OPERATIONS)}> <kind>', e.g. 'create vpcs' or '* dnsRecords'; "
            "or 'quota': the account has nothing left of what it may have most of."
        ),
    ],
    status: Annotated[int | None, typer.Option(help="The answer's HTTP status, 400 to 599; without it the request is only slow.")] = None,
    message: Annotated[str | None, typer.Option(help="The answer's message.")] = None,
    retry_after: Annotated[float | None, typer.Option(help="Seconds in the answer's Retry-After header.")] = None,
    after: Annotated[bool, typer.Option("--after", help="The cloud carries the request out, and then its answer is lost.")] = False,
    call: Annotated[int, typer.Option(help="The first request that is hit.", min=1)] = 1,
    times: Annotated[int | None, typer.Option(help="How many requests are hit; default: all.", min=1)] = None,
    seconds: Annotated[float | None, typer.Option(help="How long the answer takes.", min=0)] = None,
) -> None:
    """From now on, requests to a cloud fail or are slow; the plugin repeats and tells them as the official one does."""
    if cloud not in index.CLOUDS:
        raise typer.BadParameter(f"there is no cloud {cloud!r}; there are {', '.join(sorted(index.CLOUDS))}", param_hint="CLOUD")
    folder = Folder.from_environment()
    faults = Faults(folder.root)
    if operation == QUOTA:
        if cloud == "digitalocean":
            quota.use_up(Store(folder.clouds))
        else:
            faults.add(cloud=cloud, **CLOUDFLARE_QUOTA)
        return
    _check(operation, status, seconds)
    if after and status is None:
        raise typer.BadParameter(
            "takes away an answer, and there is none: say which comes instead, e.g. --status 503", param_hint="--after"
        )
    _say_what_it_hits(cloud, operation)
    text = message or (MESSAGES.get(status, "fault set in the sandbox") if status else None)
    rule: dict[str, Any] = {"status": status, "message": text, "retryAfter": retry_after, "after": after or None}
    faults.add(cloud=cloud, operation=operation, call=call, times=times, seconds=seconds, **rule)


def lines() -> list[str]:
    """One line for each fault of the clouds that is set."""
    folder = Folder.from_environment()
    found = [_line(rule) for rule in Faults(folder.root).rules()]
    limit = quota.used_up(Store(folder.clouds))
    return found if limit is None else [*found, f"digitalocean  quota  the account may have {limit} Droplets, and has them"]


def clear() -> None:
    """Takes all of them back."""
    folder = Folder.from_environment()
    Faults(folder.root).clear()
    quota.restore(Store(folder.clouds))


def _check(operation: str, status: int | None, seconds: float | None) -> None:
    verb, _, kind = operation.partition(" ")
    if not kind or not (verb in OPERATIONS or any(sign in verb for sign in "*?[")):
        raise typer.BadParameter(f"{operation!r} is no operation; write for example 'create vpcs', '* dnsRecords' or 'quota'")
    if status is None and seconds is None:
        raise typer.BadParameter("say how it fails: --status 503, or --seconds 5 for a slow answer", param_hint="--status")
    if status is not None and not 400 <= status <= 599:
        raise typer.BadParameter(f"{status} is no failure; write 400 to 599", param_hint="--status")


def _say_what_it_hits(cloud: str, operation: str) -> None:
    """Nobody should wait for a fault that nothing meets. No error: look-ups have kinds that no resource has."""
    kinds = sorted({one.table.kind for one in index.load(cloud).resources.values()})
    pattern = operation.partition(" ")[2]
    if not any(fnmatchcase(kind, pattern) for kind in kinds):
        typer.echo(f"note: no resource of {cloud} is of kind {pattern!r}, only a look-up can be; there are {', '.join(kinds)}", err=True)


def _line(rule: Rule) -> str:
    first, times = int(rule.get("call", 1)), rule.get("times")
    parts = [str(rule.get("cloud", "*")), str(rule.get("operation", "*"))]
    if "status" in rule:
        parts.append(f"{rule['status']} {rule.get('message', '')}".strip())
    if rule.get("retryAfter") is not None:
        parts.append(f"Retry-After {rule['retryAfter']:g}")
    if rule.get("after"):
        parts.append("once it is carried out")
    if rule.get("seconds"):
        parts.append(f"takes {rule['seconds']:g} s")
    if first > 1 or times:
        parts.append(f"from request {first} on" + (f", {times} times" if times else ""))
    return "  ".join(parts)
