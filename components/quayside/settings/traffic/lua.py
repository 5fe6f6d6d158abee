"""Whether a script is Lua, as the proxies will read it, and what it defines.

lupa carries LuaJIT, which is what Envoy runs scripts with. It compiles a script here and runs nothing of it.
"""

import re
from typing import Any, NamedTuple

_WHERE = re.compile(r"^script:(\d+): ")


class Wrong(NamedTuple):
    """What is wrong with a script, in LuaJIT's words."""

    line: int
    message: str


def wrong_syntax(script: str) -> Wrong | None:
    """The first thing in a script that is not Lua, None where all of it is."""
    jit = _luajit()
    try:
        jit.LuaRuntime().compile(script, name="=script", mode="t")
    except jit.LuaSyntaxError as error:
        said = str(error)
        where = _WHERE.match(said)
        return Wrong(int(where[1]), said[where.end() :]) if where else Wrong(1, said)
    return None


def defined(script: str) -> set[str]:
    """The global functions that a script defines by a statement of their own."""
    return set(re.findall(r"^\s*function\s+([A-Za-z_][A-Za-z0-9_]*)\s*\(", script, re.MULTILINE)) | set(
        re.findall(r"^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*function\b", script, re.MULTILINE)
    )


def _luajit() -> Any:
    """Loaded where a script is looked at: few stacks have one. Where lupa was built without LuaJIT, Lua 5.1 is nearest: it lacks goto."""
    try:
        from lupa import luajit21 as jit  # type: ignore[import-untyped]
    except ImportError:
        from lupa import lua51 as jit
    return jit
