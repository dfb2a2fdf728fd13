"""Settings of Telegram: `[telegram]` in okno.toml."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from inbox.phrases import Phrase

OFFICIAL_API = "https://api.telegram.org"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{5,}", re.ASCII)

_strict = ConfigDict(extra="forbid", hide_input_in_errors=True)


def _token(token: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError(Phrase("is not a bot's token: digits, a colon, letters and digits"))
    return token


Token = Annotated[SecretStr, AfterValidator(_token)]


class WebhookSettings(BaseModel):
    """Where Telegram posts updates, and where we listen for them (behind a TLS proxy)."""

    model_config = _strict

    url: str = Field(pattern=r"^https?://")
    host: str = "127.0.0.1"
    port: int = Field(default=8443, ge=1, le=65535)
    secret: SecretStr = Field(min_length=16)


class StaffBotSettings(BaseModel):
    """A second bot for the managers alone."""

    model_config = _strict

    token: Token


class TelegramSettings(BaseModel):
    """`api` is the base URL of the Bot API server; `proxy` a socks5:// or http:// URL.

    `pace`: keep to Telegram's limits by ourselves; only a server that has none needs it off.
    `greeting`: whether clients who open the chat are greeted.
    """

    model_config = _strict

    token: Token
    api: str = Field(default=OFFICIAL_API, pattern=r"^https?://")
    local_files: bool = False
    pace: bool = True
    proxy: SecretStr | None = None
    mode: Literal["polling", "webhook"] = "polling"
    webhook: WebhookSettings | None = None
    staff: StaffBotSettings | None = None
    greeting: bool = True

    @field_validator("api")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def desk_bot_id(self) -> int:
        """The account of the bot in which managers work: the number before a token's colon."""
        token = self.token if self.staff is None else self.staff.token
        return int(token.get_secret_value().partition(":")[0])

    @model_validator(mode="after")
    def _webhook_is_told(self) -> TelegramSettings:
        if self.mode == "webhook" and self.webhook is None:
            raise ValueError(
                Phrase('mode = "webhook" needs [telegram.webhook] with url and secret')
            )
        return self
