"""Keys and certificates of a simulated cluster: its own authority, made anew with each cluster."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = datetime.timedelta(days=3650)
SKEW = datetime.timedelta(hours=1)  # clocks differ


@dataclass(frozen=True)
class Key:
    """A private key: our own are P-256."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @classmethod
    def new(cls) -> Key:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def parse(cls, pem: bytes) -> Key:
        """Raises ValueError for what is no such key."""
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
            raise ValueError(f"{type(key).__name__} is of a kind that is not used here")
        return cls(key)

    def pem(self) -> bytes:
        """SEC 1 ("EC PRIVATE KEY"): the API server reads its token keys in no other form."""
        form = serialization.PrivateFormat.TraditionalOpenSSL
        return self.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@dataclass(frozen=True)
class Authority:
    """Signs certificates; its own is `certificate` (PEM)."""

    name: str
    key: Key
    certificate: bytes

    @classmethod
    def new(cls, name: str) -> Authority:
        key = Key.new()
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        built = _builder(name, key, name, key).add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
        return cls(name, key, _signed(built, key))

    def issue(self, name: str, hosts: list[str], key: Key, life: datetime.timedelta = LIFE) -> bytes:
        """A certificate (PEM) with which both servers (of the given host names and addresses) and clients show who they are."""
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        built = _builder(name, key, self.name, self.key, life).add_extension(x509.BasicConstraints(False, None), True)
        built = built.add_extension(usage, True).add_extension(purposes, False)
        if hosts:
            built = built.add_extension(x509.SubjectAlternativeName([_alternative_name(host) for host in hosts]), False)
        return _signed(built, self.key)


def _builder(name: str, key: Key, issuer: str, signer: Key, life: datetime.timedelta = LIFE) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_common_name(name))
        .issuer_name(_common_name(issuer))
        .public_key(key.private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now - SKEW + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.private.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.private.public_key()), False)
    )


def _signed(built: x509.CertificateBuilder, signer: Key) -> bytes:
    return built.sign(signer.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
