"""What the mail connector must be told: the mailbox, its IMAP and its SMTP server.

Secrets arrive here already read: `password_file` is resolved by whoever reads the settings.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from inbox.phrases import Phrase

MEGABYTE = 1024 * 1024
COMMON_AUTHORITY = "https://login.microsoftonline.com/common"
SIGNATURE_PLACES = ("name", "telegram_link")
IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}

_ATOM = r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]"
_ADDRESS = re.compile(rf"{_ATOM}{{1,64}}@{_ATOM}{{1,255}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_PLACES = re.compile(r"\{([^{}]*)\}")

NotEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError(Phrase("must be one line without control characters"))
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(Phrase("is not the name of a time zone")) from None
    return name


def _address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError(Phrase("is not an e-mail address such as info@studio.ru"))
    return address


def _signature(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError(Phrase("must be plain text"))
    strange = [place for place in _PLACES.findall(text) if place not in SIGNATURE_PLACES]
    if strange:
        raise ValueError(
            Phrase(
                "may hold {places}, not {strange}",
                places="{name}, {telegram_link}",
                strange=f"{{{strange[0]}}}",
            )
        )
    return text


def _web_address(link: str) -> str:
    if not re.fullmatch(r"https://[^\s<>\"]+", link):
        raise ValueError(Phrase('must be a link such as "https://t.me/studio_bot"'))
    return link


def _secret(secret: SecretStr) -> SecretStr:
    if _CONTROL.search(secret.get_secret_value()):
        raise ValueError(Phrase("must be one line without control characters"))
    return secret


Password = Annotated[SecretStr, Field(min_length=1), AfterValidator(_secret)]
Address = Annotated[NotEmpty, AfterValidator(_address)]
Signature = Annotated[str, Field(max_length=2_000), AfterValidator(_signature)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ServerSettings(_Section):
    """How to reach one mail server. `ca_file`: PEM file of further authorities to trust."""

    host: Annotated[NotEmpty, AfterValidator(_one_line)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[NotEmpty, AfterValidator(_one_line)]
    password: Password | None = None
    ca_file: Path | None = None

    @field_validator("ca_file")
    @classmethod
    def _ca_file_exists(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(Phrase("names no file"))
        return path

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> ServerSettings:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError(
                Phrase(
                    'security = "none" would send the password in the clear, which is allowed on'
                    ' this machine alone (host localhost or 127.0.0.1); use "tls" or "starttls"'
                )
            )
        return self


class _WithPassword(ServerSettings):
    password: Password


class LoginSettings(_Section):
    """How a mailbox logs in: with the servers' passwords, or by a consent given to a provider.

    With "microsoft" or "google" `client_id` (and Google's `client_secret`) name the application
    that you registered there; `authority` is Microsoft's place to ask. `tokens` is the private
    file that keeps what the provider gave; `okno mailbox login NAME` fills it.
    """

    auth: Literal["password", "microsoft", "google"] = "password"
    client_id: Annotated[NotEmpty, AfterValidator(_one_line)] | None = None
    client_secret: Password | None = None
    authority: Annotated[str, AfterValidator(_web_address)] = COMMON_AUTHORITY
    tokens: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> LoginSettings:
        if self.auth == "password":
            return self
        if self.client_id is None or self.tokens is None:
            raise ValueError(f'auth = "{self.auth}" needs client_id, and a file name in tokens')
        if self.auth == "google" and self.client_secret is None:
            raise ValueError(
                'auth = "google" needs client_secret, or its file in client_secret_file'
            )
        return self


class MailboxSettings(LoginSettings):
    """One mailbox that is read and answered from.

    `name` is the sender's name on our mails (else the manager's). `manager` gets unknown senders.
    `first_run_days`: mail of so many days before the first run is shown, as history.
    `poll_seconds`: how often to look where the server offers no IDLE, or in further folders.
    A mail above `max_size` bytes is taken without its files. `timezone` (IANA) is for the date of
    quotes. `sent_copy`: "provider" where the mail provider itself keeps what we send; else a copy
    is put into the Sent folder after `sent_copy_delay` seconds, unless it stands there by then.
    That folder is looked at every `sent_look_seconds` for answers from mail clients; 0: never.
    `aliases` are further addresses of the same mailbox. `signature` (and `signature_en` below
    English replies) stands below every reply; {name} is the manager's, {telegram_link} the
    setting of that name. `authserv_id`: the name by which your own server signs its findings about
    senders (Authentication-Results), where it is not that of the mailbox's domain or IMAP host.
    """

    address: Address
    aliases: tuple[Address, ...] = ()
    name: Annotated[str, AfterValidator(_one_line)] | None = None
    manager: str | None = None
    imap: ServerSettings
    smtp: ServerSettings
    folders: Annotated[tuple[NotEmpty, ...], Field(min_length=1)] = ("INBOX",)
    first_run_days: Annotated[int, Field(ge=0, le=365)] = 0
    poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 45
    max_size: Annotated[int, Field(ge=MEGABYTE, le=200 * MEGABYTE)] = 40 * MEGABYTE
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    sent_copy: Literal["append", "provider"] = "append"
    sent_copy_delay: Annotated[float, Field(ge=0, le=20)] = 20
    sent_look_seconds: Annotated[float, Field(ge=0, le=3600)] = 60
    signature: Signature = ""
    signature_en: Signature = ""
    telegram_link: Annotated[str, AfterValidator(_web_address)] | None = None
    authserv_id: Annotated[NotEmpty, AfterValidator(_one_line)] | None = None

    @property
    def own_addresses(self) -> frozenset[str]:
        """All addresses of this mailbox, case-folded."""
        return frozenset(one.casefold() for one in (self.address, *self.aliases))

    @field_validator("imap", "smtp", mode="before")
    @classmethod
    def _password_where_it_is_needed(cls, server: Any, info: ValidationInfo) -> Any:
        if info.data.get("auth") == "password" and isinstance(server, dict):
            return _WithPassword.model_validate(server)
        return server

    @field_validator("folders")
    @classmethod
    def _folders_differ(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(folders)) < len(folders) or any(_CONTROL.search(name) for name in folders):
            raise ValueError(Phrase("must be different names of one line each"))
        return folders


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
