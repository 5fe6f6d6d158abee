"""Patience with admission webhooks: what a webhook judges is tried again while the webhook itself does not answer.

A webhook that was just installed is called before its pod, its certificate and the node's network rules are all in place, and again while
its only pod moves to another node. Whatever it judges is then refused, and Pulumi's kubernetes plugin does not try again
(pulumi-kubernetes#2674, cert-manager#2908). The engine does, where an error hook asks for it.
"""

import asyncio
from collections.abc import Sequence

import pulumi

from quayside.hooks import bound, tell

PAUSES = (1, 2, 4, 8, 15, 30, 30, 30)
"""Seconds before each further try. Two minutes in all, as long as cert-manager's docs wait for its API (installation/verify:
`cmctl check api --wait=2m`); beyond that the webhook is broken, and the error says in what way. The engine's own limit is 100 tries."""

UNANSWERED = ("failed calling webhook", "no endpoints available")
"""The API server's words where a webhook could not be asked. One that was asked and said no "denied the request"."""

TAKEN = "is already defined in ingress"
"""ingress-nginx's words for a host and path that another Ingress still has: in the same run it may be about to let go of them."""


def patient(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """The options of an object that a webhook judges: an issuer, a certificate, an Ingress."""
    return bound(opts, "quayside-webhooks", _try_again)


def pause(errors: Sequence[str]) -> int | None:
    """Seconds to wait before the next try, None where there is none.

    errors: what the tries so far ended with, the newest first.
    """
    failed = len(errors)
    if failed > len(PAUSES) or not any(words in errors[0] for words in (*UNANSWERED, TAKEN)):
        return None
    return PAUSES[failed - 1]


async def _try_again(failure: pulumi.ErrorHookArgs) -> bool:
    """What the engine asks after each failure. It waits without holding up the program, which registers other resources meanwhile."""
    seconds = pause(failure.errors)
    if seconds is None:
        tell(failure)
        return False
    await asyncio.sleep(seconds)
    return True
