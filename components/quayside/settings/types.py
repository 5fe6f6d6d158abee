"""The vocabulary of settings: one small class for each kind of value, each with its own message."""

import ipaddress
import re
from decimal import Decimal
from typing import ClassVar, Literal

from quayside.settings.hosts import LABEL
from quayside.settings.text import Text

_DECIMAL = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_SCALE = {"m": Decimal("0.001"), **{unit: Decimal(scale) for unit, scale in (_DECIMAL | _BINARY).items()}}
_RFC1918 = [ipaddress.IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_DAY = 24 * 3600


class Quantity(Text):
    """An amount as Kubernetes writes it. The classes below say of what."""

    @property
    def amount(self) -> Decimal:
        """The number it stands for: cores, or bytes."""
        number, unit = re.fullmatch(r"([0-9.]+)(.*)", self).groups()  # type: ignore[union-attr]  # the pattern of each subclass implies it
        return Decimal(number) * _SCALE[unit]


class Cpu(Quantity):
    """Processor time in cores, or thousandths of one."""

    pattern = r"[0-9]+m|[0-9]+(\.[0-9]{1,3})?"
    wrong = "is not an amount of CPU"
    write = "write thousandths of a core such as 250m, or cores such as 1.5"
    examples = ("250m", "1")
    numbers = True


class Memory(Quantity):
    """Memory in bytes, with a unit: a bare number or a small m is nearly always a mistake (128m is an eighth of a byte)."""

    pattern = r"[0-9]+(\.[0-9]+)?([kMGT]|[KMGT]i)"
    wrong = "is not an amount of memory"
    write = "write a number with its unit, such as 128Mi or 1Gi"
    examples = ("128Mi", "1Gi")


class Duration(Text):
    """A span of time of a day at most: Kubernetes counts seconds in 32 bits, and nobody waits longer."""

    pattern = r"(?=[0-9])([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?"
    wrong = "is not a duration of at most 24h"
    write = "write hours, minutes and seconds with their units, such as 5m or 1h30m"
    examples = ("5m", "90s")

    @classmethod
    def further(cls, value: str) -> bool:
        return cls(value).seconds <= _DAY

    @property
    def seconds(self) -> int:
        """The span in seconds."""
        return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([hms])", self))


class ShortDuration(Text):
    """A span of time, down to a thousandth of a second and never none: what a request may take, where a pod's life is counted in seconds."""

    pattern = r"(?=[0-9])([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?([0-9]{1,5}ms)?"
    wrong = "is not a duration from 1ms to 24h"
    write = "write minutes, seconds and milliseconds with their units, such as 500ms, 2s or 1m30s"
    examples = ("500ms", "1m30s")

    @classmethod
    def further(cls, value: str) -> bool:
        return 0 < cls(value).milliseconds <= 1000 * _DAY

    @property
    def milliseconds(self) -> int:
        """The span in thousandths of a second."""
        return sum(int(number) * (1 if unit == "ms" else 1000 * _SECONDS[unit]) for number, unit in re.findall(r"([0-9]+)(ms|[hms])", self))


class KubernetesVersion(Text):
    """A minor version of Kubernetes; the newest patch of it is looked up."""

    pattern = r"1\.[0-9]{2}"
    wrong = "is not a minor version of Kubernetes"
    write = 'write major and minor version such as "1.36"'
    examples = ("1.36",)


class Region(Text):
    """A region's slug at the cloud."""

    pattern = r"[a-z]{3}[0-9]"
    wrong = "is not the slug of a region"
    write = "write three letters and a digit, such as sgp1, fra1 or nyc3"
    examples = ("sgp1", "fra1")


class Size(Text):
    """A machine size's slug at the cloud."""

    pattern = r"[a-z0-9]+(-[a-z0-9.]+)+"
    wrong = "is not the slug of a machine size"
    write = "write a slug such as s-2vcpu-4gb (`doctl kubernetes options sizes` lists them)"
    examples = ("s-2vcpu-4gb", "s-4vcpu-8gb")


class Network(Text):
    """An IPv4 network."""

    pattern = r"[0-9.]+/[0-9]+"
    wrong = "is not a private IPv4 network"
    write = "write the first address and the prefix length (/16 to /28), such as 10.20.0.0/20"
    examples = ("10.20.0.0/20",)

    @classmethod
    def further(cls, value: str) -> bool:
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError:
            return False
        # what DigitalOcean's Terraform reference says of a VPC's ip_range
        return 16 <= network.prefixlen <= 28 and any(network.subnet_of(private) for private in _RFC1918)


class Name(Text):
    """A DNS-1123 label: the name of an object in a cluster, and of what repeats in settings."""

    pattern = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
    wrong = "is not a name for an object in a cluster"
    write = "write at most 63 small letters, digits and hyphens, with a letter first and no hyphen last"
    examples: ClassVar[tuple[str, ...]] = ("hello",)


class PortName(Text):
    """The name of a port of pods, as Kubernetes has it (IsValidPortName in k8s.io/apimachinery)."""

    pattern = r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?"
    wrong = "is not the name of a port"
    write = "write at most 15 small letters, digits and single hyphens, with a letter among them and no hyphen first or last"
    examples: ClassVar[tuple[str, ...]] = ("http",)


Environment = Literal["dev", "test", "staging", "prod"]
"""What a stack is for."""


class ProjectName(Text):
    """The name of a project at DigitalOcean."""

    # 1 to 175 characters: digitalocean/project/resource_project.go of terraform-provider-digitalocean
    pattern = r"[^\s]([^\r\n]{0,173}[^\s])?"
    wrong = "is not the name of a project"
    write = "write one line of at most 175 characters"
    examples = ("shop",)


class TagKey(Text):
    """What a tag at DigitalOcean begins with. Capitals are left out: of two spellings the account keeps the one that came first."""

    # letters, digits, colons, hyphens and underscores, 255 in all: docs.digitalocean.com/reference/api, Tags
    pattern = r"[a-z0-9_-]{1,63}"
    wrong = "is not what a tag can begin with"
    write = "write at most 63 small letters, digits, hyphens and underscores, such as team"
    examples = ("team",)


class TagValue(Text):
    """What follows the colon of a tag at DigitalOcean."""

    pattern = r"[a-z0-9_:-]{0,191}"
    wrong = "is not the value of a tag"
    write = "write at most 191 small letters, digits, colons, hyphens and underscores"
    examples = ("payments",)
    numbers = True


class LabelValue(Text):
    """The value of a Kubernetes label."""

    pattern = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
    wrong = "is not the value of a label"
    write = "write at most 63 letters, digits, hyphens, dots and underscores, with a letter or digit first and last"
    examples = ("payments",)
    numbers = True


class LabelKey(Text):
    """The key of a Kubernetes label or taint, with or without a domain before a slash."""

    pattern = rf"((?=[^/]{{1,253}}/)({LABEL}\.)*{LABEL}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
    wrong = "is not the key of a label"
    write = "write a word such as team, or a domain and a word such as example.com/team"
    examples = ("team", "example.com/team")


class Variable(Text):
    """The name of an environment variable."""

    pattern = r"[A-Za-z_][A-Za-z0-9_]*"
    wrong = "is not the name of an environment variable"
    write = "write letters, digits and underscores, such as LOG_LEVEL"
    examples = ("LOG_LEVEL",)


class Value(Text):
    """The value of an environment variable. Truth values and fractions need quotes: YAML would change how they are written."""

    pattern = r".*"
    wrong = "is not text"
    write = "write text"
    examples = ("debug",)
    numbers = True


class Image(Text):
    """A container image with a tag or digest: without one, or with `latest`, nobody knows what runs and nothing rolls out on a change."""

    # registry, repository, tag and digest: the grammar in distribution/reference
    _part = r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*"
    pattern = (
        rf"(({LABEL}\.)*{LABEL}(:[0-9]{{1,5}})?/)?{_part}(/{_part})*"
        r"(:[A-Za-z0-9_][-.A-Za-z0-9_]{0,127})?(@sha256:[0-9a-f]{64})?"
    )
    wrong = "is not an image with a fixed tag or digest"
    write = "write repository:tag (not latest) or repository@sha256:…, such as ghcr.io/acme/shop:1.4.2"
    examples = ("ghcr.io/acme/shop:1.4.2",)

    @classmethod
    def further(cls, value: str) -> bool:
        if "@" in value:
            return True
        _, _, tag = value.rpartition("/")[2].partition(":")
        return tag not in ("", "latest")


class ClockTime(Text):
    """A time of day in UTC."""

    pattern = r"([01][0-9]|2[0-3]):[0-5][0-9]"
    wrong = "is not a time of day"
    write = 'write hours and minutes in UTC, such as "04:00"'
    examples = ("04:00",)


class SecretName(Text):
    """The name of an entry of `quayside:secrets`."""

    pattern = r"[a-z][A-Za-z0-9]*"
    wrong = "is not the name of a secret"
    write = "write it in camelCase, such as smtpPassword; its value stands under quayside:secrets"
    examples = ("smtpPassword",)


class Mirror(Text):
    """A place that holds every chart."""

    pattern = r"(https?|oci)://[^\s/]\S*|[~./\w][^\s:]*"
    wrong = "is not a place for charts"
    write = "write a directory, or an address that starts with https://, http:// or oci://"
    examples = ("oci://registry.example.com/charts", "./charts")


class DigitalOceanToken(Text):
    """A DigitalOcean API token. Those from before 2021 have no prefix."""

    pattern = r"(do[opr]_v1_)?[0-9a-f]{64}"
    wrong = "is not an API token of DigitalOcean"
    write = "make one at https://cloud.digitalocean.com/account/api/tokens and write it whole: dop_v1_ and 64 hexadecimal digits"
    examples = ("dop_v1_" + "5a" * 32,)


class CloudflareToken(Text):
    """A Cloudflare API token."""

    pattern = r"[A-Za-z0-9_-]{30,200}"
    wrong = "is not an API token of Cloudflare"
    write = "make one at https://dash.cloudflare.com/profile/api-tokens and write it whole; the global API key is something else"
    examples = ("not-a-real-cloudflare-token-" + "5a" * 6,)
