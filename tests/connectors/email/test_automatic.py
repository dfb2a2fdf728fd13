"""What a machine of ours writes is marked so, signed by nobody, and never taken for an answer."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from connectors.email import MailboxSettings, ServerSettings, connect
from connectors.email.compose import compose
from inbox.model import Channel, InboundMessage, Nature, OutboundMessage, RawMessage
from tests.connectors.email.mails import RECEIVED, mail, read
from tests.connectors.email.reading import Clock
from tests.connectors.email.test_connector_real import settings_for
from tests.connectors.email.writing import answer, plain, question
from tests.connectors.email.writing import read as opened
from tests.servers import MailServers

SERVER = ServerSettings(host="localhost", security="none", user="u", password="p")
SETTINGS = MailboxSettings(
    address="info@studio.ru",
    imap=SERVER,
    smtp=SERVER,
    timezone="Europe/Moscow",
    signature="С уважением,\n{name}\nваш менеджер",
)
CHANNEL = Channel("email:info", "email")
MACHINE = "sent by a machine in our own name"
PASSED_ON = """-------- Forwarded Message --------
From: Lena <lena@client.test>
Date: Mon, 11 Mar 2024 10:00
To: info@studio.ru
Subject: Макет

Когда?"""


def ours(body: str, *fields: str) -> bytes:
    """A mail from our own address."""
    return mail(body, *fields).replace(b"Ivan <ivan@client.example>", b"<info@studio.ru>")


def letter(**more: Any) -> OutboundMessage:
    """What goes to a client off hours."""
    asked = question(context={"cc": ["chef@client.test"], "references": ["<a@x>"]})
    values = {"author": "", "automatic": "auto-replied", "only_sender": True, "answering": asked}
    return answer("Мы откроемся завтра в 09:00.", **(values | more))


class TestWritten:
    def test_no_machine_is_to_answer_it(self) -> None:
        sent = opened(compose(letter(), SETTINGS).payload)
        assert sent["Auto-Submitted"] == "auto-replied"
        assert sent["X-Auto-Response-Suppress"] == "All"
        assert sent["Precedence"] is None

    def test_it_stands_in_its_thread_and_goes_to_the_sender_alone(self) -> None:
        mail_ = compose(letter(), SETTINGS)
        sent = opened(mail_.payload)
        assert sent["In-Reply-To"] == "<q1@client.test>"
        assert sent["References"] == "<a@x> <q1@client.test>"
        assert sent["Subject"] == "Re: Макет"
        assert (mail_.recipients, sent["Cc"]) == (("lena@client.test",), None)

    def test_nobody_signs_it_and_nothing_is_quoted(self) -> None:
        payload = compose(letter(), SETTINGS).payload
        assert plain(payload) == "Мы откроемся завтра в 09:00.\n"
        markup = opened(payload).get_body(("html",))
        assert markup is not None
        assert re.findall("уважением|менеджер|Когда", markup.get_content()) == []

    def test_a_managers_reply_is_not_marked(self) -> None:
        sent = opened(compose(answer(), SETTINGS).payload)
        assert sent["Auto-Submitted"] is None
        assert sent["X-Auto-Response-Suppress"] is None

    def test_thanks_are_answered_as_any_message_of_a_person(self) -> None:
        asked = replace(letter().answering or question(), nature=Nature.THANKS)
        assert compose(answer(answering=asked), SETTINGS).recipients == (
            "lena@client.test",
            "chef@client.test",
        )

    def test_a_fresh_letter_to_a_colleague(self) -> None:
        fresh = letter(
            answering=None,
            automatic="auto-generated",
            subject="Ромашка ждёт ответа",
            to="anna@studio.ru",
        )
        mail_ = compose(fresh, SETTINGS, frozenset({"anna@studio.ru"}))
        sent = opened(mail_.payload)
        assert mail_.recipients == ("anna@studio.ru",)
        assert sent["Subject"] == "Ромашка ждёт ответа"
        assert sent["Auto-Submitted"] == "auto-generated"
        assert sent["In-Reply-To"] is None
        assert sent["References"] is None
        assert plain(mail_.payload) == "Мы откроемся завтра в 09:00.\n"


class TestReadAgain:
    def test_it_comes_back_as_an_echo(self) -> None:
        assert read(compose(letter(), SETTINGS).payload) == "our own mail came back"

    def test_rule_03_without_our_mark_it_is_no_answer_either(self) -> None:
        payload = compose(letter(), SETTINGS).payload
        stripped = re.sub(rb"X-Okno: [^\r]*\r\n", b"", payload)
        assert b"X-Okno" not in stripped
        assert read(stripped) == MACHINE

    @pytest.mark.parametrize(
        "field",
        [
            "Auto-Submitted: auto-replied (vacation)",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
            "Return-Path: <>",
        ],
    )
    def test_rule_03_an_out_of_office_note_of_ours_is_no_answer(self, field: str) -> None:
        assert read(ours("Я в отпуске", field)) == MACHINE

    def test_rule_03_a_colleagues_own_words_are_one(self) -> None:
        got = read(ours("Готово", "Auto-Submitted: no"))
        assert isinstance(got, InboundMessage)
        assert got.nature is Nature.OWN

    def test_what_a_rule_passes_on_is_not_lost(self) -> None:
        got = read(ours(PASSED_ON, "Subject: Fwd: Макет", "Auto-Submitted: auto-generated"))
        assert isinstance(got, InboundMessage)
        assert got.forwarded is not None
        assert got.forwarded.address == "lena@client.test"

    @pytest.mark.parametrize(
        ("field", "nature"),
        [("X-Mailer: Alias", Nature.OWN), ("Auto-Submitted: auto-replied", None)],
    )
    async def test_rule_03_in_the_sent_folder_under_another_address_too(
        self, field: str, nature: Nature | None
    ) -> None:
        connector = connect(CHANNEL, SETTINGS, Clock())
        payload = mail("Готово", field)
        raw = RawMessage("Sent:1:1", "lane", payload, RECEIVED, note={"sent": "1"})
        got = await connector.parse([raw])
        await connector.close()
        assert (got.nature if isinstance(got, InboundMessage) else got) == (nature or MACHINE)


@pytest.mark.real
async def test_over_real_servers_it_arrives_marked(mail_servers: MailServers) -> None:
    ours, lena = mail_servers.dovecot.add_user(), mail_servers.dovecot.add_user()
    connector = connect(CHANNEL, settings_for(mail_servers, ours), Clock())
    asked = question(context={"from": lena.address})
    to = replace(asked, sender=replace(asked.sender, address=lena.address))
    await connector.send(letter(answering=to, to=lena.address))
    await connector.close()
    (got,) = await asyncio.to_thread(mail_servers.dovecot.wait_for_messages, lena.address, 1)
    arrived = opened(got)
    assert arrived["Auto-Submitted"] == "auto-replied"
    assert arrived["In-Reply-To"] == "<q1@client.test>"
    assert plain(got) == "Мы откроемся завтра в 09:00.\n"
