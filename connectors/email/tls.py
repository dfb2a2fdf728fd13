"""TLS towards mail servers: always verified, by the system's authorities and the studio's own."""

from __future__ import annotations

import ssl
from pathlib import Path


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """Raises OSError (ssl.SSLError among them) where the file is no certificate."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=str(ca_file))
    return context
