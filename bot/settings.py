"""All settings in one value: okno.toml, over it the environment (OKNO_TELEGRAM__TOKEN ...).

A secret may stand in a file of its own: `token_file`, `password_file`, `secret_file` in place of
the key. Nobody else reads the file or the environment.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings_clock import (
    AlertSettings,
    CalendarSettings,
    HoursSettings,
    OutOfHoursSettings,
    SlaSettings,
)
from bot.settings_faults import PREFIX, SettingsFault, sentences
from bot.settings_language import DEFAULT_FILE
from bot.settings_sections import (
    ClockSettings,
    DatabaseSettings,
    DeskSettings,
    HealthSettings,
    LogSettings,
    ReportSettings,
    RetentionSettings,
    StudioSettings,
)
from bot.settings_sources import merged, read_environment, read_file, secrets_in, url_secrets
from bot.settings_values import Name, is_zone
from connectors.email.config import MailboxSettings
from connectors.telegram.config import TelegramSettings
from inbox.calendars import STUDIO
from inbox.phrases import Phrase

DATABASE_FILE = "okno.db"
CHANNEL_KINDS = ("telegram", "email")


class Settings(BaseSettings):
    """Everything that may be set; made by `load`."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    studio: StudioSettings
    database: DatabaseSettings
    telegram: TelegramSettings
    mailboxes: dict[Name, MailboxSettings] = Field(default_factory=dict)
    hours: HoursSettings = Field(default_factory=lambda: HoursSettings.model_validate({}))
    calendars: dict[Name, CalendarSettings] = Field(default_factory=dict)
    sla: SlaSettings = SlaSettings()
    desk: DeskSettings = DeskSettings()
    alerts: AlertSettings = AlertSettings()
    out_of_hours: OutOfHoursSettings = OutOfHoursSettings()
    report: ReportSettings = ReportSettings()
    retention: RetentionSettings = RetentionSettings()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()
    clock: ClockSettings = ClockSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: it has read the file and the environment already."""
        return (init_settings,)

    @field_validator("mailboxes")
    @classmethod
    def _each_address_once(
        cls, mailboxes: dict[str, MailboxSettings]
    ) -> dict[str, MailboxSettings]:
        counts = Counter(mailbox.address.casefold() for mailbox in mailboxes.values())
        if twice := [address for address, count in counts.items() if count > 1]:
            raise ValueError(
                Phrase("name {address} twice; a mailbox is read once", address=twice[0])
            )
        return mailboxes

    @field_validator("calendars")
    @classmethod
    def _the_studio_has_hours(
        cls, calendars: dict[str, CalendarSettings]
    ) -> dict[str, CalendarSettings]:
        if STUDIO in calendars:
            raise ValueError(
                Phrase('name one "studio", which is that of [hours]; choose another name')
            )
        return calendars

    @field_validator("sla")
    @classmethod
    def _known_channels(cls, sla: SlaSettings, info: ValidationInfo) -> SlaSettings:
        if (mailboxes := info.data.get("mailboxes")) is None:
            return sla
        known = [*CHANNEL_KINDS, *(f"email:{name}" for name in mailboxes)]
        if strange := sorted(set(sla.channels) - set(known)):
            raise ValueError(
                Phrase(
                    'names a channel "{name}", which is not known. Known are: {names}',
                    name=strange[0],
                    names=", ".join(known),
                )
            )
        return sla

    @field_validator("alerts")
    @classmethod
    def _known_mailbox(cls, alerts: AlertSettings, info: ValidationInfo) -> AlertSettings:
        mailboxes = info.data.get("mailboxes")
        if mailboxes is None or alerts.mailbox in {None, *mailboxes}:
            return alerts
        names = ", ".join(mailboxes) or Phrase("none")
        raise ValueError(
            Phrase(
                'name a mailbox "{name}", which is not set. Known are: {names}',
                name=alerts.mailbox,
                names=names,
            )
        )

    @field_validator("report")
    @classmethod
    def _mailed_from_somewhere(
        cls, report: ReportSettings, info: ValidationInfo
    ) -> ReportSettings:
        mailboxes = info.data.get("mailboxes")
        if report.mail_to and mailboxes is not None and not mailboxes:
            raise ValueError(
                Phrase(
                    "has mail_to, but there is no mailbox to send from; add [mailboxes.NAME], or"
                    " leave mail_to out"
                )
            )
        return report

    def secrets(self) -> frozenset[str]:
        """Every secret value, so that the log can hide it; of a URL its password as well."""
        found = _secrets(self) - {self.database.url.get_secret_value()}
        urls = {value for value in (*found, self.database.address) if "://" in value}
        return frozenset(found | {part for url in urls for part in url_secrets(url)})


def load(path: Path = DEFAULT_FILE) -> Settings:
    """The settings of this file and of the environment over it. Raises SettingsFault."""
    path = path.absolute()
    environment = read_environment(Settings)
    values = merged(read_file(path), environment)
    try:
        return Settings(**_with_defaults(values, path.parent))
    except ValidationError as error:
        lines = sentences(
            error.errors(include_input=False, include_url=False),
            file=path.name,
            from_environment=environment,
            model=Settings,
            secrets=tuple(secrets_in(values)),
        )
        raise SettingsFault(*lines) from None


def _with_defaults(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The values, and what follows from others: the database's place, the mailboxes' zone and
    the files of their tokens."""
    studio, mailboxes = values.get("studio"), values.get("mailboxes")
    zone = studio.get("timezone") if isinstance(studio, dict) else None
    below: dict[str, Any] = {"database": {"url": f"sqlite:///{folder / DATABASE_FILE}"}}
    if isinstance(mailboxes, dict):
        known = {"timezone": zone} if isinstance(zone, str) and is_zone(zone) else {}
        below["mailboxes"] = {
            name: {"tokens": str(folder / "secrets" / f"mail-{name}.tokens"), **known}
            for name in mailboxes
        }
    return merged(below, values)


def _secrets(value: Any) -> set[str]:
    """Every SecretStr in a model, in whatever depth."""
    if isinstance(value, SecretStr):
        return {value.get_secret_value()}
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        return set().union(*(_secrets(getattr(value, name)) for name in fields))
    if isinstance(value, dict):
        return set().union(*map(_secrets, value.values()))
    return set()
