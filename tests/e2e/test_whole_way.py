"""The whole way of 400 messages and 50 answers, on real servers, over SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.studio import (
    ADMIN,
    ANNA,
    BORIS,
    BOT,
    HEAD,
    MANAGERS,
    OURS,
    TEAM,
    TOKEN,
    Client,
    Member,
    Studio,
    open_studio,
)
from tests.e2e.traffic import (
    Seen,
    arrived_order,
    buttons,
    cards,
    mail_id,
    mail_of,
    mails_at,
    plain,
    post,
)

pytestmark = [pytest.mark.real, pytest.mark.slow]

TURNS = 4
STRANGER = 2000


@pytest.fixture(params=["sqlite", "postgresql"])
async def new_studio(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Studio]:
    """Set up by the commands over each of the databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    async with open_studio(tmp_path, database=url) as opened:
        yield opened


async def test_everything_reaches_its_manager_and_every_answer_its_client(
    new_studio: Studio,
) -> None:
    studio = new_studio
    await studio.ready()
    for turn in range(TURNS):
        await everybody_writes(studio, turn)
    desks = await all_cards(studio)
    await check_tags(studio, desks)
    check_order(studio, desks)
    answers = await everybody_is_answered(studio, desks)
    await check_mail_answers(studio)
    await check_telegram_answers(studio)
    await check_delivered(studio, answers)
    await check_follow_up(studio, desks)
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
    for word in ("Traceback", studio.ours.password, TOKEN.partition(":")[2]):
        assert word not in studio.product.said


async def everybody_writes(studio: Studio, turn: int) -> None:
    mails = [(one, mail_of(one, turn)) for one in studio.clients]
    mailing = asyncio.to_thread(post, studio, mails)
    words = [f"t{one.number:02}-{turn}: a question in the chat" for one in studio.clients]
    chatting = (
        studio.telegram.says(one.telegram, BOT, text)
        for one, text in zip(studio.clients, words, strict=True)
    )
    await asyncio.gather(mailing, *chatting)


async def all_cards(studio: Studio) -> dict[Member, list[Seen]]:
    wanted = {
        f"{kind}{one.number:02}-{turn}"
        for one in studio.clients
        for kind in "mt"
        for turn in range(TURNS)
    }

    async def everywhere() -> dict[Member, list[Seen]]:
        desks = {one: await cards(studio, one) for one in TEAM}
        marks = {card.mark for seen in desks.values() for card in seen}
        return desks if marks == wanted else {}

    found: dict[Member, list[Seen]] = await studio.product.until_true(everywhere, "all cards")
    return found


async def check_tags(studio: Studio, desks: dict[Member, list[Seen]]) -> None:
    """Each message once, at its client's manager; both channels are one client."""
    assert not desks[HEAD]
    names = {f"{one.number:02}": one.name for one in studio.clients}
    managers = {f"{one.number:02}": one.manager for one in studio.clients}
    for member, seen in desks.items():
        marks = [one.mark for one in seen]
        assert len(marks) == len(set(marks)), "a card twice"
        for one in seen:
            assert managers[one.mark[1:3]] == member
            assert one.client == names[one.mark[1:3]]
    listed = studio.product.okno("clients", "list")
    assert listed.count("\n") == 1 + len(studio.clients), "nobody became a client twice"


def check_order(studio: Studio, desks: dict[Member, list[Seen]]) -> None:
    """Within a conversation as at the server: by UID in the mailbox, by number in the chat."""
    mails: dict[str, list[str]] = defaultdict(list)
    for mark in arrived_order(studio):
        mails[mark[:3]].append(mark)
    shown: dict[str, list[Seen]] = defaultdict(list)
    for one in (card for seen in desks.values() for card in seen):
        shown[one.mark[:3]].append(one)
    assert len(shown) == 2 * len(studio.clients)
    for thread, seen in shown.items():
        in_chat = [f"{thread}-{turn}" for turn in range(TURNS)]
        assert [one.mark for one in seen] == mails.get(thread, in_chat)
        assert len({one.conversation for one in seen}) == 1, "a thread is one conversation"


async def everybody_is_answered(
    studio: Studio, desks: dict[Member, list[Seen]]
) -> dict[Client, dict[str, Any]]:
    """Even clients by mail, odd ones in Telegram; every fifth pair gets a file."""
    return {one: await answer(studio, one, desks[one.manager]) for one in studio.clients}


async def answer(studio: Studio, client: Client, seen: list[Seen]) -> dict[str, Any]:
    kind = "t" if client.number % 2 else "m"
    card = next(one for one in seen if one.mark == f"{kind}{client.number:02}-1")
    me, words = client.manager.telegram, f"r{client.number:02}-0: the answer."
    if client.number % 10 > 1:
        return await studio.telegram.says(me, BOT, words, reply_to=card.message_id)
    more = {"name": f"Plan {client.number:02}.pdf", "mime": "application/pdf", "caption": words}
    return await studio.telegram.sends(
        me, BOT, "document", file_for(client), reply_to=card.message_id, **more
    )


def file_for(client: Client) -> bytes:
    return b"%PDF-1.7 for " + client.name.encode() + bytes(range(256)) * 400


async def check_mail_answers(studio: Studio) -> None:
    """One mail each, hung below the mail that it answers, with the thread so far."""
    asked = [one for one in studio.clients if one.number % 2 == 0]

    async def all_there() -> bool:
        return all(mails_at(studio, one.address) for one in asked)

    await studio.product.until_true(all_there, "all answers by mail")
    for one in asked:
        (mail,) = mails_at(studio, one.address)
        first, second = (mail_id(f"m{one.number:02}-{turn}") for turn in (0, 1))
        assert mail["In-Reply-To"] == second
        assert mail["References"].split() == [first, second]
        assert mail["Subject"] == "Re: Our project"
        assert mail["Message-ID"].endswith("@firm.test>")
        assert OURS in mail["From"]
        assert plain(mail).startswith(f"r{one.number:02}-0: the answer.")
        files = [part.get_content() for part in mail.iter_attachments()]
        assert files == ([file_for(one)] if one.number % 10 <= 1 else [])
    assert not any(mails_at(studio, one.address) for one in studio.clients if one.number % 2)


async def check_telegram_answers(studio: Studio) -> None:
    for one in studio.clients:
        words = f"r{one.number:02}-0: the answer."
        if one.number % 2:
            await studio.until_told(one.telegram, words)
        got = [each for each in await studio.chat(one.telegram) if not each["out"]]
        if one.number % 2 == 0:
            assert not got, "answered by mail alone"
            continue
        (message,) = got
        with_file = one.number % 10 <= 1
        assert (message.get("caption") if with_file else message.get("text")) == words
        assert message["reply_to_message"]["text"].startswith(f"t{one.number:02}-1")
        assert ("document" in message) is with_file


async def check_delivered(studio: Studio, answers: dict[Client, dict[str, Any]]) -> None:
    """The bot's reaction stands on every manager's message, and nothing is said beside it."""

    async def missing() -> list[Client]:
        marked = {
            (member.telegram, message["message_id"])
            for member in MANAGERS
            for message in await studio.chat(member.telegram)
            if any(each["by"] == BOT and each["emoji"] == "👌" for each in message["reactions"])
        }
        wanted = {one: (one.manager.telegram, sent["message_id"]) for one, sent in answers.items()}
        return [one for one, where in wanted.items() if where not in marked]

    async def all_marked() -> bool:
        return not await missing()

    await studio.product.until_true(all_marked, "a reaction on every answer")
    for member in MANAGERS:
        said = await studio.texts(member.telegram)
        assert "Not sent" not in said
        assert "not known whether" not in said


async def check_follow_up(studio: Studio, desks: dict[Member, list[Seen]]) -> None:
    """A client who answers our answer stays in the conversation, even with our id alone."""
    client = studio.clients[0]
    (ours,) = mails_at(studio, client.address)
    mail = mail_of(client, TURNS)
    for name in ("In-Reply-To", "References"):
        del mail[name]
    mail["In-Reply-To"] = str(ours["Message-ID"])
    await asyncio.to_thread(post, studio, [(client, mail)])
    mark = f"m{client.number:02}-{TURNS}"
    card = await card_with(studio, client.manager, mark)
    before = next(one for one in desks[client.manager] if one.mark == f"m{client.number:02}-0")
    assert card.conversation == before.conversation


async def card_with(studio: Studio, member: Member, mark: str) -> Seen:
    async def found() -> Seen | None:
        return next((one for one in await cards(studio, member) if one.mark == mark), None)

    card: Seen = await studio.product.until_true(found, f"the card of {mark}")
    return card


@pytest.mark.parametrize("way", ["mail", "telegram"])
async def test_a_stranger_is_offered_to_all_and_taken_by_one(studio: Studio, way: str) -> None:
    await studio.ready()
    heard = await a_stranger_writes(studio, way)
    everyone = (*MANAGERS, HEAD)
    offers = {one: await card_with(studio, one, "m99-0") for one in everyone}
    take = f"c:t:{offers[ANNA].conversation}"
    for one in everyone:
        (offer,) = [each for each in await studio.chat(one.telegram) if take in buttons(each)]
        assert offer["message_id"] == offers[one].message_id

    async def press(one: Member) -> str:
        return await studio.telegram.presses(one.telegram, BOT, offers[one].message_id, take)

    said = await asyncio.gather(press(ANNA), press(BORIS))
    assert sorted(words == "The client is yours." for words in said) == [False, True]
    winner, loser = (ANNA, BORIS) if said[0] == "The client is yours." else (BORIS, ANNA)
    assert winner.name in said[[ANNA, BORIS].index(loser)]
    for one in everyone:
        await studio.until_told(one.telegram, f"👤 With {winner.name}")
    assert not any(take in buttons(each) for each in await studio.chat(loser.telegram))
    own = offers[winner].message_id
    await studio.telegram.says(winner.telegram, BOT, "r99-0: welcome!", reply_to=own)
    await studio.product.until_true(heard, "the stranger's answer")
    assert await studio.texts(ADMIN.telegram) == "", "administrators are offered no clients"


async def a_stranger_writes(studio: Studio, way: str) -> Callable[[], Awaitable[bool]]:
    """Write once; what tells whether the answer is there."""
    if way == "telegram":
        await studio.telegram.act("people", id=STRANGER, first_name="Newcomer")
        await studio.telegram.says(STRANGER, BOT, "m99-0: do you build gardens?")

        async def chat_heard() -> bool:
            return "r99-0: welcome!" in await studio.texts(STRANGER)

        return chat_heard
    address = "new@elsewhere.test"
    studio.servers.dovecot.add_user(address)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Newcomer <{address}>", OURS, "A garden"
    mail["Message-ID"] = mail_id("m99-0")
    mail.set_content("m99-0: do you build gardens?\n")
    sent = mail.as_bytes(policy=policy.SMTP)
    await asyncio.to_thread(studio.servers.postfix.send, address, OURS, sent)

    async def mailbox_heard() -> bool:
        return any("r99-0: welcome!" in plain(one) for one in mails_at(studio, address))

    return mailbox_heard
