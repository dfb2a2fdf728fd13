"""A mailbox's servers from its address: presets, MX, autoconfig, SRV, and what is not believed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.autoconfig import MOST_BYTES, Servers, parse
from connectors.email.config import MailboxSettings
from connectors.email.discovery import Discovery, PublicAddresses, differs
from connectors.email.presets import PROVIDERS, Place, by_domain, by_exchangers
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dns import FakeDns

NAMES = (
    "subjectAltName=DNS:autoconfig.firm.test,DNS:firm.test,DNS:other.test,DNS:autoconfig.evil.test"
)
ADDRESS = "info@firm.test"


def document(
    imap: str = "mail.%EMAILDOMAIN%", security: str = "SSL", port: str = "993", user: str = ""
) -> bytes:
    name = f"<username>{user}</username>" if user else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="firm.test">
    <domain>firm.test</domain>
    <incomingServer type="pop3"><hostname>pop.firm.test</hostname><port>995</port>
      <socketType>SSL</socketType></incomingServer>
    <incomingServer type="imap">
      <hostname>{imap}</hostname><port>{port}</port><socketType>{security}</socketType>{name}
    </incomingServer>
    <outgoingServer type="smtp"><hostname>smtp.firm.test</hostname><port>587</port>
      <socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
  </emailProvider>
</clientConfig>""".encode()


class TestPresets:
    @pytest.mark.parametrize(
        ("domain", "host", "idle", "keeps_sent"),
        [
            ("yandex.ru", "imap.yandex.ru", True, False),
            ("ya.ru", "imap.yandex.ru", True, False),
            ("BK.ru", "imap.mail.ru", False, False),
            ("gmail.com", "imap.gmail.com", True, True),
            ("hotmail.com", "outlook.office365.com", True, True),
            ("fastmail.fm", "imap.fastmail.com", True, False),
            ("me.com", "imap.mail.me.com", True, False),
            ("lenta.ru", "imap.rambler.ru", True, False),
        ],
    )
    def test_a_providers_own_domains_are_known(
        self, domain: str, host: str, *, idle: bool, keeps_sent: bool
    ) -> None:
        found = by_domain(domain)
        assert found is not None
        assert (found.imap.host, found.idle, found.keeps_sent) == (host, idle, keeps_sent)

    @pytest.mark.parametrize(
        ("exchangers", "name"),
        [
            (["mx.yandex.net"], "Yandex"),
            (["emx.mail.ru."], "Mail.ru"),
            (["ASPMX.L.GOOGLE.COM", "alt1.aspmx.l.google.com"], "Gmail"),
            (["firm-test.mail.protection.outlook.com"], "Microsoft 365"),
            (["outlook-com.olc.protection.outlook.com"], "Outlook.com"),
            (["firm-test.a-v1.mx.microsoft"], "Microsoft 365"),
            (["in1-smtp.messagingengine.com"], "Fastmail"),
            (["mx1.beget.com"], "Beget"),
        ],
    )
    def test_a_firms_exchangers_tell_its_provider(self, exchangers: list[str], name: str) -> None:
        found = by_exchangers(exchangers)
        assert found is not None
        assert found.name == name

    def test_a_name_that_only_looks_alike_is_nobody(self) -> None:
        assert by_exchangers(["mx.notgoogle.com", "gmail.ru", "mail.ru.firm.test"]) is None
        assert by_domain("mail.ru.evil.test") is None

    def test_no_domain_belongs_to_two(self) -> None:
        domains = [domain for one in PROVIDERS for domain in one.domains]
        assert len(domains) == len(set(domains))

    @pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
    def test_each_makes_settings_and_says_the_same_in_both_languages(self, provider: Any) -> None:
        def server(place: Place) -> dict[str, Any]:
            table = {"host": place.host, "security": place.security, "port": place.port}
            return {**table, "user": "u", "password": "p"}

        given_ = {"address": "a@b.test", "imap": server(provider.imap)}
        MailboxSettings.model_validate({**given_, "smtp": server(provider.smtp)})
        assert len(provider.steps("ru")) == len(provider.steps("en"))
        for ru, en in zip(provider.steps("ru"), provider.steps("en"), strict=True):
            assert "https://" not in ru or "https://" in en


class TestAutoconfig:
    def test_the_first_encrypted_servers_are_taken(self) -> None:
        assert parse(document(user="%EMAILLOCALPART%"), ADDRESS) == Servers(
            Place("mail.firm.test", "tls", 993),
            Place("smtp.firm.test", "starttls", 587),
            "info",
            ADDRESS,
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            document(security="plain"),
            document(imap="127.0.0.1"),
            document(imap="[::1]"),
            document(imap="localhost"),
            document(imap="a b"),
            document(imap="mail.firm.test:1@evil.test"),
            document(port="0"),
            document(port="99999"),
            document(port="²"),
            document(user="a&#10;b"),
            b"",
            b"\xff\xfe<clientConfig>",
            b"<html>Not here</html>",
            b'<?xml version="1.0" encoding="no-such"?><clientConfig/>',
            b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + document(),
            document() + b" " * MOST_BYTES,
        ],
    )
    def test_what_is_not_sound_is_not_believed(self, wrong: bytes) -> None:
        assert parse(wrong, ADDRESS) is None

    @given(st.binary(max_size=300) | st.text("<>/&;aclientConfig ").map(str.encode))
    def test_no_bytes_break_it(self, anything: bytes) -> None:
        assert parse(anything, ADDRESS) is None


class Redirected(AbstractResolver):
    """Every name is this machine, at one port."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port, self.host = port, host

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=self.host, port=self.port, family=socket.AF_INET, proto=0,
                flags=0,
            )
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


class Web:
    """An HTTPS server of all the names. `pages`, or headers of redirects, by host and path;
    `seen` is what was asked for."""

    def __init__(self, certificates: Certificates) -> None:
        self.pages: dict[str, dict[str, str] | bytes] = {}
        self.seen: list[str] = []
        self._certificates = certificates

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificates.certificate, self._certificates.key)
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.seen.append(f"{request.host}{request.path_qs}")
        found = self.pages.get(f"{request.host}{request.path}")
        if isinstance(found, bytes):
            return web.Response(body=found)
        return web.Response(status=302 if found else 404, headers=found)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"), NAMES)


@pytest.fixture
async def site(certificates: Certificates) -> AsyncIterator[Web]:
    one = Web(certificates)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def names() -> AsyncIterator[FakeDns]:
    async with FakeDns() as server:
        yield server


AUTOCONFIG = "autoconfig.firm.test/mail/config-v1.1.xml"
WELL_KNOWN = "firm.test/.well-known/autoconfig/mail/config-v1.1.xml"


@pytest.fixture
def discovery(site: Web, names: FakeDns, certificates: Certificates) -> Discovery:
    return Discovery(
        dns_resolver=names.resolver(),
        web_resolver=lambda: Redirected(site.port),
        ssl=ssl.create_default_context(cafile=str(certificates.ca)),
    )


class TestLooking:
    async def test_a_preset_asks_nobody(
        self, discovery: Discovery, names: FakeDns, site: Web
    ) -> None:
        found = await discovery.find("Studio@Yandex.RU")
        assert found is not None
        assert (found.source, found.servers.imap.host) == ("preset", "imap.yandex.ru")
        assert found.servers.imap_user == "Studio@Yandex.RU"
        assert (names.asked, site.seen) == ([], [])

    async def test_the_best_exchanger_tells_the_provider(
        self, discovery: Discovery, names: FakeDns
    ) -> None:
        names.zone["firm.test", "MX"] = ["20 backup.firm.test.", "10 mx.yandex.net."]
        found = await discovery.find(ADDRESS)
        assert found is not None
        assert (found.source, found.servers.smtp.host) == ("mx", "smtp.yandex.ru")

    @pytest.mark.parametrize("place", [AUTOCONFIG, WELL_KNOWN])
    async def test_the_domains_own_file_is_read(
        self, discovery: Discovery, site: Web, place: str
    ) -> None:
        site.pages[place] = document()
        found = await discovery.find(ADDRESS)
        assert found is not None
        assert (found.source, found.servers.imap.host) == ("autoconfig", "mail.firm.test")
        assert f"{AUTOCONFIG}?emailaddress=info@firm.test" in site.seen

    async def test_service_records_are_asked_last(
        self, discovery: Discovery, names: FakeDns
    ) -> None:
        names.zone["_imaps._tcp.firm.test", "SRV"] = [
            "20 1 993 second.firm.test.",
            "10 1 9993 first.firm.test.",
        ]
        names.zone["_submissions._tcp.firm.test", "SRV"] = ["0 0 0 ."]
        names.zone["_submission._tcp.firm.test", "SRV"] = ["0 1 587 smtp.firm.test."]
        found = await discovery.find(ADDRESS)
        assert found is not None
        assert found.source == "srv"
        assert found.servers.imap == Place("first.firm.test", "tls", 9993)
        assert found.servers.smtp == Place("smtp.firm.test", "starttls", 587)

    async def test_where_nothing_tells_nothing_is_found(self, discovery: Discovery) -> None:
        assert await discovery.find(ADDRESS) is None

    @pytest.mark.parametrize("address", ["", "info", "a@127.0.0.1", "a@[::1]", "a@b..c", "a@x y"])
    async def test_what_is_no_domain_is_asked_of_nobody(
        self, discovery: Discovery, names: FakeDns, site: Web, address: str
    ) -> None:
        assert await discovery.find(address) is None
        assert (names.asked, site.seen) == ([], [])


class TestTrust:
    async def test_a_redirect_is_followed_on_https(self, discovery: Discovery, site: Web) -> None:
        to = {"Location": "https://other.test/mail.xml"}
        site.pages[AUTOCONFIG] = to
        site.pages["other.test/mail.xml"] = document()
        assert await discovery.find(ADDRESS) is not None

    @pytest.mark.parametrize(
        "to",
        [
            "http://other.test/mail.xml",
            "file:///etc/passwd",
            "https://127.0.0.1/mail.xml",
            "https://[::1]/mail.xml",
            "https://localhost/mail.xml",
            f"https://{AUTOCONFIG}",
            "",
        ],
    )
    async def test_a_redirect_elsewhere_is_not(
        self, discovery: Discovery, site: Web, to: str
    ) -> None:
        site.pages[AUTOCONFIG] = {"Location": to}
        site.pages["other.test/mail.xml"] = document()
        assert await discovery.find(ADDRESS) is None
        assert len(site.seen) <= 5

    async def test_a_certificate_that_nobody_vouches_for_ends_it(
        self, site: Web, names: FakeDns
    ) -> None:
        site.pages[AUTOCONFIG] = document()
        strict = Discovery(
            dns_resolver=names.resolver(), web_resolver=lambda: Redirected(site.port)
        )
        assert await strict.find(ADDRESS) is None
        assert site.seen == []

    async def test_a_file_too_large_is_not_read(self, discovery: Discovery, site: Web) -> None:
        site.pages[AUTOCONFIG] = document() + b" " * 10_000_000
        assert await discovery.find(ADDRESS) is None

    @pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.1.1"])
    async def test_names_that_lead_into_a_private_network_lead_nowhere(self, host: str) -> None:
        with pytest.raises(OSError, match="no public address"):
            await PublicAddresses(Redirected(443, host)).resolve("autoconfig.firm.test")

    async def test_public_addresses_are_let_through(self) -> None:
        guard = PublicAddresses(Redirected(443, "8.8.8.8"))
        assert [one["host"] for one in await guard.resolve("autoconfig.firm.test")] == ["8.8.8.8"]
        await guard.close()

    async def test_the_guard_stands_before_every_request(
        self, site: Web, names: FakeDns, certificates: Certificates
    ) -> None:
        site.pages[AUTOCONFIG] = document()
        guarded = Discovery(
            dns_resolver=names.resolver(),
            web_resolver=lambda: PublicAddresses(Redirected(site.port)),
            ssl=ssl.create_default_context(cafile=str(certificates.ca)),
        )
        assert await guarded.find(ADDRESS) is None
        assert site.seen == []

    def test_servers_of_another_domain_are_named(self) -> None:
        servers = Servers(Place("imap.firm.test"), Place("smtp.evilfirm.test"), ADDRESS, ADDRESS)
        assert list(differs(servers, "firm.test")) == ["smtp.evilfirm.test"]
