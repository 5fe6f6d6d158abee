"""The owner mark: a label or tag on everything that a stack makes; and the name of what nobody gave one.

A run that was killed may have made what its state does not know; the mark finds it again and tells it from what others made.
"""

import re

import pulumi

OWNER = "quayside/owner"
"""Label key of the owner mark in a cluster."""

MANAGED_BY = {"app.kubernetes.io/managed-by": "quayside"}


def owner_mark(project: str, stack: str) -> str:
    """The mark's value for a stack: at most 63 characters of what a label may hold."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", f"{project}.{stack}")[:63].strip("-._")


def default_name(project: str, stack: str) -> str:
    """The name at the cloud of a cluster, its VPC and load balancer that nobody gave one: what all of them may hold (Vpc in DigitalOcean's
    Terraform reference) of it."""
    return re.sub(r"[^a-z0-9]+", "-", f"{project}-{stack}".lower())[:63].strip("-")


def owner_labels() -> dict[str, str]:
    """Labels for every object of the stack that is being run."""
    return {OWNER: owner_mark(pulumi.get_project(), pulumi.get_stack()), **MANAGED_BY}


def owner_tags() -> list[str]:
    """Tags for every cloud resource of the stack that is being run. DigitalOcean allows letters, digits, colons, hyphens, underscores."""
    return ["quayside", owner_tag(pulumi.get_project(), pulumi.get_stack())]


def owner_tag(project: str, stack: str) -> str:
    """The mark of a stack as clouds have it."""
    return f"quayside:{owner_mark(project, stack).replace('.', ':')}"
