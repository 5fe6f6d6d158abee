"""Secrets of a stack: the one place in the settings for values that nobody may read."""

from typing import Any

from pydantic import ConfigDict, Field

from quayside.settings.base import Model
from quayside.settings.text import Text
from quayside.settings.types import CloudflareToken, DigitalOceanToken, SecretName


class SecretText(Text):
    """Any secret value that is not empty."""

    pattern = r".+"
    wrong = "is not text"
    write = "write it with `pulumi config set --secret --path`"
    examples = ("not-a-real-secret",)


class SecretSettings(Model):
    """Secrets by name. Set each with `pulumi config set --secret --path quayside:secrets.<name>`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[SecretName, SecretText] = Field(init=False)  # type: ignore[assignment]  # narrower, as pydantic's docs have it

    digitalocean_token: DigitalOceanToken | None = Field(default=None, repr=False)
    """API token of DigitalOcean with full access to Kubernetes, VPCs and tags, and to projects where cluster.project is set, that may read
    load balancers.
    Default: the environment variable DIGITALOCEAN_TOKEN."""
    cloudflare_token: CloudflareToken | None = Field(default=None, repr=False)
    """API token of Cloudflare that may read the zone and edit its DNS, and edit its settings where names.zoneSettings are written.
    Default: the environment variable CLOUDFLARE_API_TOKEN."""

    def named(self) -> dict[str, str]:
        """All secrets in clear, name → value."""
        return {name: str(value) for name, value in self.model_dump(by_alias=True).items() if value is not None}

    def __repr_args__(self) -> Any:
        """Names only: models are printed in tracebacks and by failing tests."""
        return [(None, ", ".join(sorted(self.named())))]
