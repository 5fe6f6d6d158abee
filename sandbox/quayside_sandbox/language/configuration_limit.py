"""What the official Python host cannot hand to a program, this one does not either.

It puts the whole configuration into the environment variable PULUMI_CONFIG, as JSON; Linux lets no single variable be longer than 128 KiB
(MAX_ARG_STRLEN), and the program does not start: 'argument list too long' (pulumi/pulumi#8680, #20402).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

VARIABLE = "PULUMI_CONFIG"
LIMIT = 128 * 1024


def too_large(config: Mapping[str, str]) -> str | None:
    """What to say of a configuration that would not go through; None where it would."""
    text = json.dumps(dict(config), ensure_ascii=False, separators=(",", ":"))
    size = len(f"{VARIABLE}={text}\0".encode(errors="replace"))
    if size <= LIMIT:
        return None
    return (
        f"the stack's settings are {size // 1024} KiB as JSON, and Pulumi can hand {LIMIT // 1024} KiB to a program on Linux "
        "('argument list too long', pulumi/pulumi#8680): move services to stacks of their own"
    )
