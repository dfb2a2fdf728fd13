"""What an access token looks like in a login: XOAUTH2, or OAUTHBEARER (RFC 7628)."""

from __future__ import annotations

import base64
from collections.abc import Collection

from connectors.email.faults import LoginRefused

# What ends the talk after the server told its error: XOAUTH2 wants nothing, OAUTHBEARER ^A.
END = {"XOAUTH2": b"", "OAUTHBEARER": b"AQ=="}


def initial(offered: Collection[str], user: str, token: str) -> tuple[str, bytes]:
    """The mechanism to use and its first word, in base64.

    `offered` are capabilities such as "AUTH=XOAUTH2". Raises LoginRefused where none will do.
    """
    for mechanism in END:
        if f"AUTH={mechanism}" in offered:
            return mechanism, base64.b64encode(_words(mechanism, user, token))
    raise LoginRefused("the server offers no login by token (XOAUTH2, OAUTHBEARER)")


def _words(mechanism: str, user: str, token: str) -> bytes:
    if mechanism == "XOAUTH2":
        return f"user={user}\1auth=Bearer {token}\1\1".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\1auth=Bearer {token}\1\1".encode()
