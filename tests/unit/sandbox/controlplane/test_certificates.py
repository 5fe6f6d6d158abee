"""Certificates are believed by OpenSSL, and only for what they say."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from quayside_sandbox.controlplane.certificates import Authority, Key


def handshake(authority: bytes, pair: Path, host: str) -> None:
    """A whole TLS handshake in memory. Raises ssl.SSLError."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pair)
    client_side = ssl.create_default_context(cadata=authority.decode())
    client_side.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    open_ends = [client, server]
    for _ in range(10):
        for end in list(open_ends):
            try:
                end.do_handshake()
                open_ends.remove(end)
            except ssl.SSLWantReadError:
                pass
    assert not open_ends


@pytest.fixture
def authority() -> Authority:
    return Authority.new("test-ca")


def pair(tmp_path: Path, authority: Authority, hosts: list[str]) -> Path:
    key = Key.new()
    file = tmp_path / "pair.pem"
    file.write_bytes(authority.issue("server", hosts, key) + key.pem())
    return file


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "hook.cert-manager.svc"])
def test_a_server_is_believed_by_its_names_and_addresses(tmp_path: Path, authority: Authority, host: str) -> None:
    handshake(authority.certificate, pair(tmp_path, authority, ["127.0.0.1", "localhost", "hook.cert-manager.svc"]), host)


def test_not_for_another_name(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Hh]ostname mismatch"):
        handshake(authority.certificate, pair(tmp_path, authority, ["localhost"]), "example.com")


def test_not_by_who_trusts_another_authority(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Authority.new("test-ca").certificate, pair(tmp_path, authority, ["localhost"]), "localhost")


def test_a_key_is_read_back() -> None:
    key = Key.new()
    assert b"BEGIN EC PRIVATE KEY" in key.pem()
    assert Key.parse(key.pem()).pem() == key.pem()
