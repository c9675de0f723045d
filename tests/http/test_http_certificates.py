"""Certificates of every wrong kind: what is said, that it can be helped, and that nothing was sent."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fetching import accounts, fetch, row, rows_of
from hostile_server import HostileServer, answer

from cockpit.sources.http.breaks import PassingError, known_break
from cockpit.sources.http.failures import CertificateError
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import AuthSpec

pytest.importorskip(
    "cryptography", reason="certificates are made with cryptography: pip install the extra test"
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def made(
    name: str,
    issuer: Pair | None = None,
    *,
    of: str = "127.0.0.1",
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
) -> Pair:
    """A certificate for an address; without an issuer it signs itself and may sign others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signer = issuer[1] if issuer is not None else key
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer is not None else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(of))]), False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    return built.sign(signer, hashes.SHA256()), key


def pem(certificate: x509.Certificate, path: Path) -> Path:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def serving(pair: Pair, folder: Path) -> Iterator[HostileServer]:
    """A server that shows this certificate."""
    key = folder / "server.key"
    key.write_bytes(
        pair[1].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem(pair[0], folder / "server.pem"), key)
    with HostileServer(context) as server:
        server.says("/accounts", answer([row(1)]))
        yield server


AUTHORITY = made("Our own authority")


@pytest.mark.parametrize(
    ("pair", "words", "hint"),
    [
        (
            made("old", AUTHORITY, begins=NOW - 9 * DAY, ends=NOW - DAY),
            "has expired",
            "clock is wrong: it says",
        ),
        (made("new", AUTHORITY, begins=NOW + DAY, ends=NOW + 9 * DAY), "is not valid yet", "clock: it says"),
        (made("other", AUTHORITY, of="127.0.0.9"), "is for another host", "the host's name in url"),
        (made("lone"), "is signed by nobody but itself", "ca_file"),
        (made("strange", made("Another authority")), "not signed by anybody this computer trusts", "ca_file"),
    ],
)
def test_a_wrong_certificate_is_told_with_its_remedy(
    pair: Pair, words: str, hint: str, tmp_path: Path, workspace: Path
) -> None:
    pem(AUTHORITY[0], workspace / "authority.pem")
    secrets = Secrets()
    secrets.give("accounts", "canary-4711")
    auth = AuthSpec(kind="bearer", token_env="NOT_READ")
    with serving(pair, tmp_path) as server, pytest.raises(CertificateError) as caught:
        spec = accounts(f"{server.url}/accounts", ca_file="authority.pem", auth=auth)
        fetch(workspace, spec, secrets=secrets)
    (problem,) = caught.value.problems
    assert words in problem.message and hint in (problem.hint or "")
    assert problem.key == "sources.accounts.url" and (problem.file or "").startswith("127.0.0.1")
    assert not server.log  # no request, so no secret either


@pytest.mark.parametrize("pair", [made("good", AUTHORITY), made("lone")])
def test_what_ca_file_names_is_trusted(pair: Pair, tmp_path: Path, workspace: Path) -> None:
    known = AUTHORITY if pair[0].issuer == AUTHORITY[0].subject else pair
    pem(known[0], workspace / "authority.pem")
    with serving(pair, tmp_path) as server:
        fetch(workspace, accounts(f"{server.url}/accounts", ca_file="authority.pem"))
    assert rows_of(workspace) == [row(1)]


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_a_ca_file_that_is_none_is_told(content: bytes | None, workspace: Path) -> None:
    if content is not None:
        (workspace / "authority.pem").write_bytes(content)
    with pytest.raises(CertificateError, match="cannot be read as certificates") as caught:
        fetch(workspace, accounts("https://127.0.0.1:9/accounts", ca_file="authority.pem"))
    assert caught.value.problems[0].key == "sources.accounts.ca_file"


@pytest.mark.parametrize("broke", [ssl.SSLEOFError(8, "EOF occurred"), ssl.SSLZeroReturnError(6, "closed")])
def test_a_secure_connection_that_breaks_off_is_no_wrong_certificate(broke: ssl.SSLError) -> None:
    error = ConnectionError("cannot connect")
    error.__cause__ = broke
    found = known_break(error, "https://127.0.0.1:4711/accounts", "accounts")
    assert isinstance(found, PassingError)  # the same is asked again
    assert "broke off" in found.problems[0].message


def test_a_port_that_speaks_something_else_is_told(workspace: Path) -> None:
    with HostileServer() as server, pytest.raises(CertificateError) as caught:
        fetch(workspace, accounts(f"{server.url.replace('http:', 'https:')}/accounts"))
    (problem,) = caught.value.problems
    assert problem.message == "no secure connection could be made"
    assert problem.hint == "does the port speak https?"
