"""Settings of a zone as Cloudflare calls them."""

from quayside.settings.names import ZoneSettings

_IDS = {"tls": "ssl", "always_https": "always_use_https", "minimum_tls": "min_tls_version", "http3": "http3"}
"""Our field → id of the setting (developers.cloudflare.com/api/resources/zones/subresources/settings)."""


def values(settings: ZoneSettings) -> dict[str, object]:
    """Id → value of each setting that was written."""
    written = {_IDS[name]: getattr(settings, name) for name in _IDS}
    switches: dict[object, str] = {True: "on", False: "off"}
    return {id: switches[value] if isinstance(value, bool) else value for id, value in written.items() if value is not None}
