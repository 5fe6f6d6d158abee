"""Points in time as DigitalOcean's plugin writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def go(stored: str | None) -> str | None:
    """A stored time as Go's time.String prints it, which is how the plugin keeps most of them: 2026-11-21 09:00:00 +0000 UTC."""
    return f"{datetime.fromisoformat(stored).astimezone(UTC):%Y-%m-%d %H:%M:%S} +0000 UTC" if stored else None


def rfc3339(stored: str | None) -> str | None:
    """A stored time as the API writes it: 2026-11-21T09:00:00Z."""
    return f"{datetime.fromisoformat(stored).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if stored else None


def later(seconds: float) -> str:
    """In so many seconds from now, as the API writes it."""
    return f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def past(written: str) -> bool:
    return datetime.fromisoformat(written) <= datetime.now(UTC)
