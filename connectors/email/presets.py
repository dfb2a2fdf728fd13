"""Mail providers as they are: servers, habits, and what a person must do there first.

Who serves a domain is told by the domain itself or by its mail exchangers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Security = Literal["tls", "starttls"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is; `port` None is the usual one of `security`."""

    host: str
    security: Security = "tls"
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """`keeps_sent`: it puts what it relays into Sent by itself. `idle`: it tells of new mail.

    `oauth` is the way of signing in where it takes no passwords. `steps` say, by language, what
    must be done at the provider before the first login, `exchangers` are endings of MX hosts.
    """

    name: str
    imap: Place
    smtp: Place
    domains: frozenset[str]
    exchangers: tuple[str, ...] = ()
    idle: bool = True
    keeps_sent: bool = False
    oauth: Literal["microsoft", "google"] | None = None
    steps_ru: tuple[str, ...] = ()
    steps_en: tuple[str, ...] = ()

    def steps(self, language: str) -> tuple[str, ...]:
        """What to do at the provider first, in the person's language."""
        return self.steps_ru if language == "ru" else self.steps_en


def by_domain(domain: str) -> Provider | None:
    """The provider whose own domain this is."""
    wanted = domain.lower().rstrip(".")
    return next((one for one in PROVIDERS if wanted in one.domains), None)


def by_exchangers(hosts: Iterable[str]) -> Provider | None:
    """The provider to whom one of these mail exchangers belongs, the first host counting most."""
    for host in hosts:
        name = f".{host.lower().rstrip('.')}"
        for one in PROVIDERS:
            if any(name.endswith(f".{ending}") for ending in one.exchangers):
                return one
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


YANDEX = Provider(
    "Yandex",
    Place("imap.yandex.ru"),
    Place("smtp.yandex.ru"),
    _words("yandex.ru ya.ru yandex.com yandex.by yandex.kz yandex.uz narod.ru"),
    ("yandex.ru", "yandex.net"),
    steps_ru=(
        (
            "Включите IMAP: Яндекс Почта → Настройки → Почтовые программы → «С сервера"
            " imap.yandex.ru по протоколу IMAP» и «Пароли приложений и OAuth-токены»:"
            " https://mail.yandex.ru/#setup/client"
        ),
        "Создайте пароль приложения «Почта»: https://id.yandex.ru/security/app-passwords",
    ),
    steps_en=(
        (
            "Switch IMAP on: Yandex Mail → Settings → Email clients → “From the imap.yandex.com"
            " server via IMAP” and “App passwords and OAuth tokens”:"
            " https://mail.yandex.com/#setup/client"
        ),
        "Make an app password for Mail: https://id.yandex.com/security/app-passwords",
    ),
)

MAIL_RU = Provider(
    "Mail.ru",
    Place("imap.mail.ru"),
    Place("smtp.mail.ru"),
    _words("mail.ru bk.ru inbox.ru list.ru internet.ru xmail.ru vk.com"),
    ("mail.ru",),
    idle=False,
    steps_ru=(
        (
            "Создайте пароль для внешнего приложения с полным доступом к Почте (IMAP, SMTP):"
            " https://account.mail.ru/user/2-step-auth/passwords/"
        ),
    ),
    steps_en=(
        (
            "Make a password for external applications with full access to Mail (IMAP, SMTP):"
            " https://account.mail.ru/user/2-step-auth/passwords/"
        ),
    ),
)

GMAIL = Provider(
    "Gmail",
    Place("imap.gmail.com"),
    Place("smtp.gmail.com"),
    _words("gmail.com googlemail.com"),
    ("google.com", "googlemail.com"),
    keeps_sent=True,
    steps_ru=(
        "Включите двухэтапную аутентификацию: https://myaccount.google.com/signinoptions/twosv",
        "Создайте пароль приложения: https://myaccount.google.com/apppasswords",
    ),
    steps_en=(
        "Turn on 2-Step Verification: https://myaccount.google.com/signinoptions/twosv",
        "Create an app password: https://myaccount.google.com/apppasswords",
    ),
)

_ENTRA_RU = (
    (
        "Пароли по IMAP здесь не принимаются: нужен вход через Microsoft. Зарегистрируйте"
        " приложение: https://entra.microsoft.com → Регистрация приложений → Создать; в"
        " «Проверка подлинности» разрешите потоки общедоступных клиентов."
    ),
    (
        "Разрешения API (делегированные, Office 365 Exchange Online): IMAP.AccessAsUser.All,"
        " SMTP.Send. Скопируйте «Идентификатор приложения (клиента)»."
    ),
    (
        "Включите IMAP и SMTP AUTH для ящика: https://admin.microsoft.com → Пользователи → Почта →"
        " Управление почтовыми приложениями."
    ),
)
_ENTRA_EN = (
    (
        "Passwords are not accepted over IMAP here; Microsoft's sign-in is needed. Register an"
        " application: https://entra.microsoft.com → App registrations → New; under Authentication"
        " allow public client flows."
    ),
    (
        "API permissions (delegated, Office 365 Exchange Online): IMAP.AccessAsUser.All,"
        " SMTP.Send. Copy the Application (client) ID."
    ),
    (
        "Switch IMAP and Authenticated SMTP on for the mailbox: https://admin.microsoft.com →"
        " Users → Mail → Manage email apps."
    ),
)

OUTLOOK = Provider(
    "Outlook.com",
    Place("outlook.office365.com"),
    Place("smtp-mail.outlook.com", "starttls"),
    _words("outlook.com hotmail.com live.com msn.com live.ru outlook.de hotmail.co.uk"),
    ("olc.protection.outlook.com",),
    keeps_sent=True,
    oauth="microsoft",
    steps_ru=_ENTRA_RU[:2],
    steps_en=_ENTRA_EN[:2],
)

MICROSOFT_365 = Provider(
    "Microsoft 365",
    Place("outlook.office365.com"),
    Place("smtp.office365.com", "starttls"),
    frozenset(),
    ("mail.protection.outlook.com", "mx.microsoft"),
    keeps_sent=True,
    oauth="microsoft",
    steps_ru=_ENTRA_RU,
    steps_en=_ENTRA_EN,
)

FASTMAIL = Provider(
    "Fastmail",
    Place("imap.fastmail.com"),
    Place("smtp.fastmail.com"),
    _words("fastmail.com fastmail.fm fastmail.org sent.com messagingengine.com"),
    ("messagingengine.com",),
    steps_ru=(
        (
            "Создайте пароль приложения с доступом Mail (IMAP/POP/SMTP): Settings → Privacy &"
            " Security → Manage app passwords, https://app.fastmail.com/settings/security/apps"
        ),
    ),
    steps_en=(
        (
            "Make an app password with access to Mail (IMAP/POP/SMTP): Settings → Privacy &"
            " Security → Manage app passwords, https://app.fastmail.com/settings/security/apps"
        ),
    ),
)

ICLOUD = Provider(
    "iCloud",
    Place("imap.mail.me.com"),
    Place("smtp.mail.me.com", "starttls"),
    _words("icloud.com me.com mac.com"),
    ("mail.icloud.com",),
    steps_ru=(
        (
            "Создайте пароль для приложения: https://account.apple.com → Вход и безопасность →"
            " Пароли приложений"
        ),
    ),
    steps_en=(
        (
            "Generate an app-specific password: https://account.apple.com → Sign-In and Security →"
            " App-Specific Passwords"
        ),
    ),
)

RAMBLER = Provider(
    "Rambler",
    Place("imap.rambler.ru"),
    Place("smtp.rambler.ru"),
    _words("rambler.ru lenta.ru autorambler.ru myrambler.ru ro.ru rambler.ua"),
    ("rambler.ru",),
    steps_ru=(
        (
            "Разрешите почтовые программы: Рамблер/почта → Настройки → Программы → «Доступ к ящику"
            " с помощью почтовых клиентов»: https://mail.rambler.ru/settings/mailapps"
        ),
    ),
    steps_en=(
        (
            "Allow mail programs: Rambler mail → Settings → Programs:"
            " https://mail.rambler.ru/settings/mailapps"
        ),
    ),
)

YAHOO = Provider(
    "Yahoo",
    Place("imap.mail.yahoo.com"),
    Place("smtp.mail.yahoo.com"),
    _words("yahoo.com yahoo.co.uk yahoo.de ymail.com rocketmail.com"),
    ("yahoodns.net",),
    idle=False,
    steps_ru=("Создайте пароль приложения: https://login.yahoo.com/account/security",),
    steps_en=("Generate an app password: https://login.yahoo.com/account/security",),
)

ZOHO = Provider(
    "Zoho",
    Place("imappro.zoho.com"),
    Place("smtppro.zoho.com"),
    _words("zohomail.com"),
    ("zoho.com",),
    keeps_sent=True,
    steps_ru=(
        "Включите IMAP: Zoho Mail → Settings → Mail Accounts → IMAP Access.",
        "Создайте пароль приложения: https://accounts.zoho.com/home#security/app_password",
    ),
    steps_en=(
        "Switch IMAP on: Zoho Mail → Settings → Mail Accounts → IMAP Access.",
        (
            "Make an application-specific password:"
            " https://accounts.zoho.com/home#security/app_password"
        ),
    ),
)

BEGET = Provider(
    "Beget", Place("imap.beget.com"), Place("smtp.beget.com"), frozenset(), ("beget.com",)
)
TIMEWEB = Provider(
    "Timeweb", Place("imap.timeweb.ru"), Place("smtp.timeweb.ru"), frozenset(), ("timeweb.ru",)
)

PROVIDERS = (
    YANDEX,
    MAIL_RU,
    GMAIL,
    OUTLOOK,
    MICROSOFT_365,
    FASTMAIL,
    ICLOUD,
    RAMBLER,
    YAHOO,
    ZOHO,
    BEGET,
    TIMEWEB,
)
