"""Logins by consent: a code in the chat, tokens in time, real Dovecot that takes them."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pydantic import ValidationError

from connectors.email.config import MailboxSettings
from connectors.email.consent import consent
from connectors.email.faults import ConsentNeeded, SessionLost
from connectors.email.google import REDIRECT, Endpoints, GoogleTokens
from connectors.email.login import TokenFile, tokens_of
from connectors.email.microsoft import MicrosoftTokens
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.oauth import FakeOAuth

OWNER = "info@firm.test"
SESSIONS: list[requests.Session] = []


class Kept:
    """A token store that remembers every save."""

    def __init__(self, text: str = "") -> None:
        self.saves = [text]

    def load(self) -> str:
        return self.saves[-1]

    def save(self, text: str) -> None:
        self.saves.append(text)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def provider(certificates: Certificates) -> AsyncIterator[FakeOAuth]:
    async with FakeOAuth(certificates) as one:
        yield one
    while SESSIONS:
        SESSIONS.pop().close()


def settings(auth: str, tmp_path: Path, **more: Any) -> MailboxSettings:
    server = {"host": "127.0.0.1", "security": "none", "user": OWNER}
    values: dict[str, Any] = {"client_id": "client", "tokens": tmp_path / "tokens"} | more
    return MailboxSettings(
        address=OWNER,
        auth=auth,  # type: ignore[arg-type]  # checked by the model
        imap=server,  # type: ignore[arg-type]  # as read from a file
        smtp=server,  # type: ignore[arg-type]  # as read from a file
        **values,
    )


def trusting(provider: FakeOAuth) -> requests.Session:
    """Trusts the provider whatever the environment says of authorities."""
    session = requests.Session()
    SESSIONS.append(session)
    session.trust_env = False
    session.verify = str(provider.certificates.ca)
    return session


def microsoft(
    provider: FakeOAuth, tmp_path: Path, store: Kept | None = None, **more: Any
) -> MicrosoftTokens:
    return MicrosoftTokens(
        settings("microsoft", tmp_path, authority=provider.authority),
        store or Kept(),
        "info",
        http=trusting(provider),
        **more,
    )


class TestMicrosoft:
    async def test_a_code_is_shown_and_tokens_come_once_the_person_used_it(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        tokens = microsoft(provider, tmp_path)
        said = set()
        for _ in range(2):
            with pytest.raises(ConsentNeeded) as caught:
                await tokens.token()
            said.add(caught.value.reason)
            assert "https://provider.test/devicelogin → ABCD-EFGH" in caught.value.reason
            assert "okno mailbox login info" in caught.value.reason
        assert len(said) == 1, "the same code is the same text"
        provider.approve(OWNER)
        async with asyncio.timeout(10):
            while True:
                try:
                    token = await tokens.token()
                    break
                except ConsentNeeded:
                    await asyncio.sleep(0.2)
        assert provider.tokens[token] == OWNER
        assert await tokens.token() == token

    async def test_after_a_restart_the_kept_consent_is_enough(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        store = await self._consented(provider, tmp_path)
        asked = len(provider.asked)
        token = await microsoft(provider, tmp_path, store).token()
        assert provider.tokens[token] == OWNER
        assert len(provider.asked) == asked

    async def _consented(self, provider: FakeOAuth, tmp_path: Path) -> Kept:
        store = Kept()
        tokens = microsoft(provider, tmp_path, store)
        await tokens.begin()
        provider.approve(OWNER)
        await tokens.finish()
        return store

    async def test_a_token_near_its_end_is_replaced(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        provider.token_seconds = 200
        store = await self._consented(provider, tmp_path)
        first = await microsoft(provider, tmp_path, store).token()
        assert provider.asked[-1]["grant_type"] == "refresh_token"
        assert first == "access-2"
        assert len(store.saves) >= 3

    async def test_a_refused_token_is_replaced(self, provider: FakeOAuth, tmp_path: Path) -> None:
        tokens = microsoft(provider, tmp_path, await self._consented(provider, tmp_path))
        first = await tokens.token()
        tokens.refused(first)
        second = await tokens.token()
        assert second != first
        assert await tokens.token() == second

    async def test_a_consent_taken_back_is_asked_for_again(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        provider.token_seconds = 200
        store = await self._consented(provider, tmp_path)
        provider.revoke()
        with pytest.raises(ConsentNeeded, match="ABCD-EFGH"):
            await microsoft(provider, tmp_path, store).token()
        with pytest.raises(ConsentNeeded, match=r"^okno mailbox login info$"):
            await microsoft(provider, tmp_path, store, asking=False).token()

    async def test_a_provider_that_is_away_is_waited_for(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        provider.token_seconds = 200
        store = await self._consented(provider, tmp_path)
        provider.fails = [(503, {"error": "temporarily_unavailable"})]
        with pytest.raises(SessionLost):
            await microsoft(provider, tmp_path, store).token()
        gone = settings("microsoft", tmp_path, authority="https://localhost:1/common")
        with pytest.raises(SessionLost):
            await MicrosoftTokens(gone, Kept(), "info", http=trusting(provider)).token()

    async def test_an_unknown_certificate_is_not_trusted(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        box = settings("microsoft", tmp_path, authority=provider.authority)
        strict = trusting(provider)
        strict.verify = True
        with pytest.raises(SessionLost):
            await MicrosoftTokens(box, Kept(), "info", http=strict).token()

    async def test_a_code_that_nobody_used_ends(self, provider: FakeOAuth, tmp_path: Path) -> None:
        provider.code_seconds = 0
        tokens = microsoft(provider, tmp_path)
        await tokens.begin()
        with pytest.raises(ConsentNeeded):
            await tokens.finish()

    async def test_a_damaged_file_is_as_none(self, provider: FakeOAuth, tmp_path: Path) -> None:
        with pytest.raises(ConsentNeeded):
            await microsoft(provider, tmp_path, Kept("{not json"), asking=False).token()


class TestGoogle:
    def tokens(
        self, provider: FakeOAuth, tmp_path: Path, store: Kept, now: Any = time.time
    ) -> GoogleTokens:
        trust = ssl.create_default_context(cafile=str(provider.certificates.ca))
        at = Endpoints(token=f"{provider.authority}/token", ssl=trust)
        box = settings("google", tmp_path, client_secret="hush")
        return GoogleTokens(box, store, "info", endpoints=at, now=now)

    def redirect(self, page: str, **changed: str) -> str:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        told = {"state": asked["state"], "code": "4/code"} | changed
        return f"{REDIRECT}?" + "&".join(f"{name}={value}" for name, value in told.items())

    async def test_a_pasted_redirect_is_exchanged_with_its_proof(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        store = Kept()
        tokens = self.tokens(provider, tmp_path, store)
        asked = parse_qs(urlsplit(tokens.consent_page).query)
        assert asked["scope"] == ["https://mail.google.com/"]
        assert asked["redirect_uri"] == [REDIRECT]
        assert asked["access_type"] == ["offline"]
        provider.challenge = asked["code_challenge"][0]
        provider.approve(OWNER)
        await tokens.finish(self.redirect(tokens.consent_page))
        assert await tokens.token() == "access-1"
        assert json.loads(store.load()) == {"refresh_token": "lasting-1"}
        assert await self.tokens(provider, tmp_path, store).token() == "access-2"

    @pytest.mark.parametrize("changed", [{"state": "other"}, {"error": "access_denied"}])
    async def test_another_address_is_refused(
        self, provider: FakeOAuth, tmp_path: Path, changed: dict[str, str]
    ) -> None:
        tokens = self.tokens(provider, tmp_path, Kept())
        with pytest.raises(ConsentNeeded):
            await tokens.finish(self.redirect(tokens.consent_page, **changed))
        assert provider.asked == []

    async def test_tokens_are_kept_for_their_hour_and_replaced_before_its_end(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        provider.lasting["r"] = OWNER
        at = [1000.0]
        tokens = self.tokens(provider, tmp_path, Kept('{"refresh_token": "r"}'), lambda: at[0])
        assert await tokens.token() == await tokens.token() == "access-1"
        at[0] += 3600 - 299
        assert await tokens.token() == "access-2"
        tokens.refused("access-2")
        assert await tokens.token() == "access-3"

    @pytest.mark.parametrize(
        ("answer_", "error"),
        [
            ((400, {"error": "invalid_grant"}), ConsentNeeded),
            ((200, {}), ConsentNeeded),
            ((503, {}), SessionLost),
            ((429, {}), SessionLost),
            ((200, {"x": "y" * 70_000}), SessionLost),
        ],
    )
    async def test_faults_are_told_apart(
        self,
        provider: FakeOAuth,
        tmp_path: Path,
        answer_: tuple[int, dict[str, Any]],
        error: type[Exception],
    ) -> None:
        provider.fails = [answer_]
        tokens = self.tokens(provider, tmp_path, Kept('{"refresh_token": "r3fr3sh"}'))
        with pytest.raises(error) as caught:
            await tokens.token()
        assert "r3fr3sh" not in str(caught.value)
        assert "hush" not in str(caught.value)

    @pytest.mark.parametrize("kept", ["", "{", "[]", '{"refresh_token": ""}'])
    async def test_without_a_consent_it_is_said_how_to_give_one(
        self, provider: FakeOAuth, tmp_path: Path, kept: str
    ) -> None:
        with pytest.raises(ConsentNeeded, match="okno mailbox login info"):
            await self.tokens(provider, tmp_path, Kept(kept)).token()


class TestFile:
    def test_it_is_for_our_eyes_only_and_whole(self, tmp_path: Path) -> None:
        file = TokenFile(tmp_path / "secrets" / "mail-info.tokens")
        assert file.load() == ""
        file.save("one")
        file.save("two")
        path = tmp_path / "secrets" / "mail-info.tokens"
        assert file.load() == "two"
        assert path.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in path.parent.iterdir()] == ["mail-info.tokens"]

    def test_bytes_that_are_no_text_are_as_none(self, tmp_path: Path) -> None:
        (tmp_path / "t").write_bytes(b"\xff\xfe")
        assert TokenFile(tmp_path / "t").load() == ""


class TestSettings:
    def test_each_way_of_logging_in_gets_its_tokens(self, tmp_path: Path) -> None:
        box = settings("microsoft", tmp_path)
        assert isinstance(tokens_of(box, "info"), MicrosoftTokens)
        box = settings("google", tmp_path, client_secret="hush")
        assert isinstance(tokens_of(box, "info"), GoogleTokens)

    def test_passwords_need_none(self) -> None:
        server = {"host": "h", "user": "u", "password": "p"}
        box = MailboxSettings.model_validate({"address": OWNER, "imap": server, "smtp": server})
        assert tokens_of(box, "info") is None

    @pytest.mark.parametrize(
        ("auth", "more"),
        [
            ("microsoft", {"client_id": None}),
            ("microsoft", {"tokens": None}),
            ("google", {}),
            ("microsoft", {"authority": "http://plain.test/common"}),
            ("password", {}),
        ],
    )
    def test_what_is_missing_is_said(
        self, auth: str, more: dict[str, Any], tmp_path: Path
    ) -> None:
        with pytest.raises(ValidationError):
            settings(auth, tmp_path, **more)


class TestConsent:
    async def test_microsofts_code_is_shown_and_waited_for(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        store, shown = Kept(), list[str]()
        provider.approve(OWNER)
        box = settings("microsoft", tmp_path)
        tokens = microsoft(provider, tmp_path, store)
        await consent(box, "info", show=shown.append, ask=str, tokens=tokens)
        assert "https://provider.test/devicelogin → ABCD-EFGH" in shown[0]
        assert "lasting-1" in store.load()

    async def test_googles_page_is_shown_and_the_pasted_address_taken(
        self, provider: FakeOAuth, tmp_path: Path
    ) -> None:
        store, shown = Kept(), list[str]()
        google = TestGoogle()
        tokens = google.tokens(provider, tmp_path, store)
        provider.challenge = parse_qs(urlsplit(tokens.consent_page).query)["code_challenge"][0]
        provider.approve(OWNER)
        page = tokens.consent_page
        await consent(
            settings("google", tmp_path, client_secret="hush"),
            "info",
            show=shown.append,
            ask=lambda _: google.redirect(page),
            tokens=tokens,
        )
        assert page in shown[1]
        assert "lasting-1" in store.load()
