"""Quantities as Kubernetes itself writes them. Who reads an object and writes it back whole leaves them so: what Pulumi applied in another
spelling would be another's field then, and a difference to each refresh. Pure functions."""

from collections.abc import Mapping
from typing import Any

from quayside.settings.claims import right
from quayside.settings.types import Cpu, Memory


def canonical(resources: Mapping[str, Any]) -> dict[str, Any]:
    """A container's requests and limits."""
    return {bound: {name: _quantity(name, value) for name, value in amounts.items()} for bound, amounts in resources.items()}


def _quantity(name: str, value: Any) -> Any:
    if name == "cpu" and (cpu := right(Cpu, value)):
        return _cores(cpu)
    if name == "memory" and (memory := right(Memory, value)):
        return _bytes(memory)
    return value


def _cores(cpu: Cpu) -> str:
    """In whole cores where it can be."""
    thousandths = int(cpu.amount * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def _bytes(memory: Memory) -> str:
    """In the largest of its own kind of units that leaves nothing over."""
    size, base = int(memory.amount), 1024 if memory.endswith("i") else 1000
    units = ("Ti", "Gi", "Mi", "Ki") if base == 1024 else ("T", "G", "M", "k")
    for power, unit in zip((4, 3, 2, 1), units, strict=True):
        if size and size % base**power == 0:
            return f"{size // base**power}{unit}"
    return str(size)
