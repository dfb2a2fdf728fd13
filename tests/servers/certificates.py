"""A certificate authority of our own and one server certificate, made by openssl on the fly."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import program

NAMES = "subjectAltName=DNS:localhost,DNS:mail.firm.test,IP:127.0.0.1"


@dataclass(frozen=True)
class Certificates:
    """PEM files. `ca` is what a client trusts; the server name is localhost or 127.0.0.1."""

    ca: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path, names: str = NAMES) -> Certificates:
    """Make a CA and a server certificate valid for one day (0.05 s, elliptic curve keys)."""
    openssl = program("openssl", package="openssl")
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    new = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    new += ["-nodes", "-days", "1"]
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _run([*new, "-subj", "/CN=Okno test CA", *usage], ca_key, ca)
    leaf = ["-subj", "/CN=localhost", "-addext", names, "-addext", "basicConstraints=CA:FALSE"]
    signed = ["-CA", str(ca), "-CAkey", str(ca_key)]
    _run([*new, *leaf, *signed], key, certificate)
    key.chmod(0o644)
    return Certificates(ca, certificate, key)


def _run(command: list[str], key: Path, certificate: Path) -> None:
    written = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *written], check=True, capture_output=True)
