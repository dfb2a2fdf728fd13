"""Whom a reply goes to: the sender, everybody who was addressed, never ourselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.addressing import MOST_COPIED, addressed, others_addressed
from connectors.email.compose import compose
from connectors.email.config import MailboxSettings, ServerSettings
from inbox.errors import SendRejected
from tests.connectors.email.writing import answer, question, read

SERVER = ServerSettings(host="localhost", security="none", user="u", password="p")
OWN = frozenset({"info@studio.test", "hello@studio.test"})


def test_everybody_who_was_addressed_gets_the_answer() -> None:
    to = ["info@studio.test", "oleg@client.test"]
    reply = answer(answering=question(context={"to": to, "cc": ["buh@client.test"]}))
    told = addressed(reply, OWN)
    assert told.to == ("lena@client.test",)
    assert told.cc == ("oleg@client.test", "buh@client.test")


def test_one_person_alone_gets_it_where_the_manager_wants_so() -> None:
    context = {"cc": ["buh@client.test"], "reply_to": ["a@client.test", "b@client.test"]}
    reply = answer(answering=question(context=context), only_sender=True)
    told = addressed(reply, OWN)
    assert (told.to, told.cc) == (("a@client.test",), ())


@pytest.mark.parametrize("ours", ["info@studio.test", "INFO@Studio.test", "hello@studio.test"])
def test_our_own_addresses_get_no_copy(ours: str) -> None:
    reply = answer(answering=question(context={"to": [ours], "cc": [ours, "x@client.test"]}))
    assert addressed(reply, OWN).cc == ("x@client.test",)


def test_who_stands_in_to_stands_in_no_cc() -> None:
    context = {"reply_to": ["office@client.test"], "cc": ["Office@client.test"]}
    told = addressed(answer(answering=question(context=context)), OWN)
    assert (told.to, told.cc) == (("office@client.test",), ())


def test_what_is_no_address_is_left_out_and_a_crowd_is_bounded() -> None:
    crowd = [f"p{n}@client.test" for n in range(500)]
    context = {"cc": ["nobody", "x@y\r\nBcc: z@w", "h@okno.invalid", *crowd]}
    told = addressed(answer(answering=question(context=context)), OWN)
    assert told.cc == tuple(crowd[:MOST_COPIED])


def test_a_desk_can_say_who_else_would_get_it() -> None:
    mail = question(context={"to": ["info@studio.test", "oleg@client.test"]})
    assert others_addressed(mail, OWN) == ("oleg@client.test",)
    assert others_addressed(question(), OWN) == ()


def test_cc_stands_in_the_mail_and_in_the_envelope() -> None:
    settings = MailboxSettings(
        address="info@studio.test", aliases=("hello@studio.test",), imap=SERVER, smtp=SERVER
    )
    context = {"to": ["hello@studio.test", "sales@studio.test"], "cc": ["лена@почта.рф"]}
    reply = answer(answering=question(context=context))
    sent = compose(reply, settings, frozenset({"sales@studio.test"}))
    assert sent.recipients == ("lena@client.test", "лена@xn--80a1acny.xn--p1ai")
    ascii_only = {"cc": ["oleg@client.test", "buh@client.test"]}
    mail = read(compose(answer(answering=question(context=ascii_only)), settings).payload)
    assert mail["Cc"] == "oleg@client.test, buh@client.test"


anything = st.lists(st.text("aЯ@.,<>\r\n\0 ") | st.just("a@b.test") | st.just("info@studio.test"))


@given(to=anything, cc=anything, reply_to=anything)
def test_whatever_was_addressed_each_gets_it_once_and_we_do_not(
    to: list[str], cc: list[str], reply_to: list[str]
) -> None:
    context = {"to": to, "cc": cc, "reply_to": reply_to}
    try:
        told = addressed(answer(answering=question(context=context)), OWN)
    except SendRejected:
        return
    everybody = [one.casefold() for one in (*told.to, *told.cc)]
    assert len(everybody) == len(set(everybody))
    assert not OWN & set(everybody)
    assert not any(letter in one for one in everybody for letter in "\r\n\0 ,<>")
