"""What to do about the failures that a team meets: pure knowledge, which `hooks` puts beside the failure.

Each remedy says in plain words what went wrong and what to type or change. It repeats nothing of the error, and of the inputs only names.
A failure that explains itself has none here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quayside.remedies.cloudflare import CLOUDFLARE
from quayside.remedies.digitalocean import DIGITALOCEAN
from quayside.remedies.kubernetes import KUBERNETES
from quayside.remedies.rule import Failure

RULES = {"cloudflare": CLOUDFLARE, "digitalocean": DIGITALOCEAN, "kubernetes": KUBERNETES}
"""Package of a resource type → its rules; the first that knows the words decides."""


def remedy(type: str, errors: Sequence[str], inputs: Mapping[str, Any] | None = None, *, stack: str = "") -> str | None:
    """What to do about a failure, None where nothing is known about it.

    type: of the resource, e.g. "digitalocean:index/vpc:Vpc". errors: what the tries ended with, the newest first. inputs: of the resource.
    """
    rules = RULES.get(type.partition(":")[0], ())
    if not errors:
        return None
    failure = Failure(type, errors[0], inputs or {}, stack)
    return next((rule.told(failure) for rule in rules if rule.knows(failure)), None)
