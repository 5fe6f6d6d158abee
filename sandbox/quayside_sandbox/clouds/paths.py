"""Places in a tree of properties: how they are walked, written for Pulumi, and matched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Path = tuple[str | int, ...]


def written(path: Path) -> str:
    """As Pulumi writes it: nodePool.labels["a.b"], tags[0]."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def plain(path: Path) -> str:
    """As tables write it: without indices."""
    return ".".join(part for part in path if isinstance(part, str))


def parsed(text: str) -> Path:
    """The reverse of `written`; `*` stands for any one part."""
    parts: list[str | int] = []
    for name, index, quoted in re.findall(r'([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]', text):
        parts.append(int(index) if index.isdigit() else index or quoted or name)
    return tuple(parts)


def covered(path: Path, patterns: Iterable[str]) -> bool:
    """Whether the place lies at or below one of the written paths, e.g. of ignoreChanges."""
    return any(_starts(path, parsed(pattern)) for pattern in patterns)


def get(tree: Any, path: Path) -> Any:
    """What stands there; None where nothing does."""
    for part in path:
        if isinstance(tree, dict):
            tree = tree.get(part)
        elif isinstance(tree, list) and isinstance(part, int) and part < len(tree):
            tree = tree[part]
        else:
            return None
    return tree


def _starts(path: Path, pattern: Path) -> bool:
    return len(path) >= len(pattern) and all(want in ("*", part) for part, want in zip(path, pattern, strict=False))
