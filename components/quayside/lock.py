"""The lock of a stack: stands after everything else, so that a stack which is not disposable is destroyed wholly or not at all.

`pulumi destroy` without a preview deletes what nothing depends on first: load balancers, records, services. By the time it comes to the
protected cluster and is refused, they are gone (a resource is refused at its own turn: DeleteStep.Apply in pulumi's
pkg/resource/deploy/step.go). The lock depends on all of them, so its turn is the first, alone, and what an error depends on is left out.
Protection of the resources themselves would not do: those of one round go in parallel, and daily edits remove them.

It is an entry in the state and nothing at any cloud (a Stash, which the engine itself knows). Edits do not touch it.
"""

from collections.abc import Sequence
from typing import Any

import pulumi

NAME = "locked-until-disposable"
"""Its name, which the engine's refusal shows: `disposable: true` and a `pulumi up` open the lock."""


def lock(after: Sequence[pulumi.Resource], *, further: Sequence[pulumi.Output[Any]] = (), protected: bool) -> pulumi.Stash:
    """Make the lock of the stack that is being run.

    after: everything that must not be deleted before; of a component, all that is in it by now.
    further: lists of what components have made that do so elsewhere, in a plugin: the program knows it only by their outputs.
    protected: false for a disposable stack. It has the lock all the same, or a locked one could never become disposable.
    """
    # Plain text: a value of another resource would have the lock replaced together with that one, which its protection refuses.
    first: Any = (
        pulumi.Output.all(*further).apply(lambda made: [*after, *(each for some in made for each in some or ())])
        if further
        else list(after)
    )
    return pulumi.Stash(NAME, input="true", opts=pulumi.ResourceOptions(protect=protected, depends_on=first))
