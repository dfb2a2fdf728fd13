"""What nobody expects, and servers that are away: a clear word to the right person, the rest on.

One product runs through all of these. Each test has clients of its own.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.mail_buttons import MailButton, MailDeed
from tests.e2e.studio import ADMIN, BOT, MANAGERS, OURS, Client, Studio, open_studio
from tests.e2e.traffic import Seen, buttons, cards, mail_id, mail_of, mails_at, plain, post

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LARGE = 30_000_000  # bytes
FETCH = f"{MailButton.__prefix__}:{MailDeed.FETCH}:"
BEYOND = 33_000_000  # bytes; base64 makes it more than a mail may have


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory, template: Path
) -> AsyncIterator[Studio]:
    async with open_studio(tmp_path_factory.mktemp("going_on"), template=template) as studio:
        await studio.ready()
        yield studio
        assert await studio.product.stop() == 0
        assert await studio.soundness() == ()


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest_asyncio.fixture(loop_scope="module")
async def studio(opened: Studio) -> AsyncIterator[Studio]:
    """The product as it runs; it is the same process afterwards."""
    process = opened.product.process
    yield opened
    await opened.telegram.forget_faults()
    await asyncio.to_thread(opened.servers.ensure_running)
    assert opened.product.process is process
    assert opened.product.running
    assert "Traceback" not in opened.product.said


@pytest.fixture
def client(studio: Studio, numbers: Iterator[int]) -> Client:
    return studio.clients[next(numbers)]


@pytest.fixture
def other(studio: Studio, numbers: Iterator[int]) -> Client:
    return studio.clients[next(numbers)]


async def card(studio: Studio, client: Client, mark: str) -> Seen:
    async def found() -> Seen | None:
        return next((one for one in await cards(studio, client.manager) if one.mark == mark), None)

    seen: Seen = await studio.product.until_true(found, f"a card of {mark}")
    return seen


async def by_telegram(studio: Studio, client: Client) -> Seen:
    """The client writes in the chat; the manager's card."""
    mark = f"t{client.number:02}-0"
    await studio.telegram.says(client.telegram, BOT, f"{mark}: hello")
    return await card(studio, client, mark)


async def by_mail(studio: Studio, client: Client) -> Seen:
    await asyncio.to_thread(post, studio, [(client, mail_of(client, 0))])
    return await card(studio, client, f"m{client.number:02}-0")


async def answers(studio: Studio, client: Client, seen: Seen, words: str) -> dict[str, Any]:
    me = client.manager.telegram
    return await studio.telegram.says(me, BOT, words, reply_to=seen.message_id)


async def told_below(studio: Studio, own: dict[str, Any], words: str) -> dict[str, Any]:
    """What the bot says under a manager's message."""

    async def found() -> dict[str, Any] | None:
        for one in await studio.chat(own["chat"]["id"]):
            below = (one.get("reply_to_message") or {}).get("message_id") == own["message_id"]
            if below and words in str(one.get("text")):
                return one
        return None

    note: dict[str, Any] = await studio.product.until_true(found, f"{words!r} below the answer")
    return note


async def delivered(studio: Studio, own: dict[str, Any]) -> None:
    async def marked() -> bool:
        chat = await studio.chat(own["chat"]["id"])
        return any(one["reactions"] for one in chat if one["message_id"] == own["message_id"])

    await studio.product.until_true(marked, "the reaction")


async def mail_with(studio: Studio, address: str, words: str) -> None:
    async def found() -> bool:
        return any(words in plain(one) for one in mails_at(studio, address))

    await studio.product.until_true(found, f"a mail with {words!r} at {address}")
    assert sum(words in plain(one) for one in mails_at(studio, address)) == 1


async def test_an_update_that_does_not_parse(studio: Studio, client: Client) -> None:
    chat = {"id": client.telegram, "type": "private"}
    for broken in (
        {"message": {"message_id": "one", "chat": chat, "from": {"id": client.telegram}}},
        {"message": {"chat": "nobody", "from": [], "text": {"a": 1}}},
        {"message": 7},
    ):
        await studio.telegram.injects(BOT, broken)
    await by_telegram(studio, client)
    words = "A message from telegram could not be understood."
    await studio.until_told(ADMIN.telegram, words, times=3)


async def test_a_broken_update_of_a_manager(studio: Studio, client: Client) -> None:
    me = client.manager.telegram
    chat = {"id": me, "type": "private"}
    broken = {"message_id": "one", "chat": chat, "from": {"id": me}, "text": ["no text"]}
    await studio.telegram.injects(BOT, {"message": broken})
    seen = await by_telegram(studio, client)
    own = await answers(studio, client, seen, "Still here.")
    await delivered(studio, own)


async def test_an_update_of_a_kind_that_is_not_known(studio: Studio, client: Client) -> None:
    before = await studio.texts(ADMIN.telegram)
    future = {"from": {"id": client.telegram}, "chat": {"id": client.telegram, "type": "private"}}
    for update in ({"message_from_the_future": future}, {"nonsense": None}, {}):
        await studio.telegram.injects(BOT, update)
    await by_telegram(studio, client)
    assert await studio.texts(ADMIN.telegram) == before, "nothing that needs anybody"


async def test_a_mail_that_is_not_mime(studio: Studio, client: Client) -> None:
    """It is shown to all as far as it can be read, with the mail itself as a file."""
    for junk in (b"\x00\xff\xfe binary \x80" * 50, b"no headers at all\n", b"\n\n\n", b""):
        studio.servers.dovecot.deliver(OURS, junk)
    await by_mail(studio, client)
    for one in MANAGERS:
        words = await studio.until_told(one.telegram, "📎 message.eml", times=3)
        assert "no headers at all" in words
    await studio.until_told(ADMIN.telegram, "A message from email:info could not be understood.")


async def test_a_mail_of_30_mb_is_shown_with_its_file(studio: Studio, client: Client) -> None:
    mail = mail_of(client, 0)
    mail.add_attachment(b"\x07" * LARGE, "application", "zip", filename="Plans.zip")
    await asyncio.to_thread(post, studio, [(client, mail)])
    seen = await card(studio, client, f"m{client.number:02}-0")
    assert "Plans.zip · 30.0 MB" in seen.text

    await a_file_comes(studio, client, LARGE)


async def a_file_comes(studio: Studio, client: Client, size: int) -> None:
    async def there() -> bool:
        chat = await studio.chat(client.manager.telegram)
        return size in [one["document"]["file_size"] for one in chat if "document" in one]

    await studio.product.until_true(there, f"a file of {size} bytes on the desk")


async def test_the_files_of_a_mail_beyond_the_limit_come_on_demand(
    studio: Studio, client: Client, other: Client
) -> None:
    mail = mail_of(client, 0)
    mail.add_attachment(b"\x07" * BEYOND, "application", "zip", filename="Film.zip")
    await asyncio.to_thread(post, studio, [(client, mail)])
    await by_mail(studio, other)
    seen = await card(studio, client, f"m{client.number:02}-0")
    assert "Film.zip" in seen.text
    manager = client.manager.telegram
    shown = next(m for m in await studio.chat(manager) if m["message_id"] == seen.message_id)
    (fetch,) = [data for data in buttons(shown) if data.startswith(FETCH)]
    await studio.telegram.presses(manager, BOT, seen.message_id, fetch)
    await a_file_comes(studio, client, BEYOND)


async def test_a_30_mb_file_of_a_manager_is_refused_in_words(
    studio: Studio, client: Client
) -> None:
    seen = await by_mail(studio, client)
    own = await studio.telegram.sends(
        client.manager.telegram, BOT, "document",
        name="Film.zip", size=LARGE, caption="Here it is", reply_to=seen.message_id,
    )  # fmt: skip
    await told_below(studio, own, "❌ Not sent: it is too large.")
    assert not mails_at(studio, client.address)


async def test_no_such_address_and_a_full_mailbox(studio: Studio, client: Client) -> None:
    for number, (name, words) in enumerate(
        {"nobody": "❌ Not sent: there is no such address.", "later": "⏳ Not out yet"}.items()
    ):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{name}@elsewhere.test", OURS, "Hello"
        mail["Message-ID"] = mail_id(f"m9{number}-0")
        mail.set_content(f"m9{number}-0: is anybody there?\n")
        raw = mail.as_bytes(policy=policy.SMTP)
        await asyncio.to_thread(studio.servers.postfix.send, mail["From"], OURS, raw)
        seen = await card(studio, client, f"m9{number}-0")
        own = await answers(studio, client, seen, "Yes.")
        await told_below(studio, own, words)


async def test_imap_is_killed_paused_and_back(
    studio: Studio, client: Client, other: Client
) -> None:
    assert studio.servers.dovecot.kill_connections(OURS) >= 1
    await by_mail(studio, client)
    await asyncio.to_thread(studio.servers.dovecot.kill)
    await asyncio.to_thread(post, studio, [(other, mail_of(other, 0))])

    async def retrying() -> bool:
        _, facts = await studio.product.health()
        return facts["parts"]["email:info"]["state"] == "retrying"

    await studio.product.until_true(retrying, "/healthz says that the mailbox is away")
    await by_telegram(studio, client)
    await asyncio.to_thread(studio.servers.dovecot.start)
    await card(studio, other, f"m{other.number:02}-0")
    await asyncio.to_thread(studio.servers.dovecot.pause)
    await asyncio.to_thread(post, studio, [(client, mail_of(client, 1))])
    await by_telegram(studio, other)
    await asyncio.to_thread(studio.servers.dovecot.resume)
    await card(studio, client, f"m{client.number:02}-1")


async def test_a_mail_server_that_is_down_gets_the_answer_later(
    studio: Studio, client: Client, other: Client
) -> None:
    seen = await by_mail(studio, client)
    await asyncio.to_thread(studio.servers.postfix.kill)
    own = await answers(studio, client, seen, "Tomorrow.")
    await told_below(studio, own, "⏳ Not out yet: the server cannot be reached")
    await by_telegram(studio, other)
    await asyncio.to_thread(studio.servers.postfix.start)
    await mail_with(studio, client.address, "Tomorrow.")
    await delivered(studio, own)


async def test_telegram_is_away_and_back(studio: Studio, client: Client, other: Client) -> None:
    await studio.telegram.plan("reset", count=None)
    await studio.telegram.says(client.telegram, BOT, f"t{client.number:02}-0: are you there?")
    await asyncio.to_thread(post, studio, [(other, mail_of(other, 0))])
    await asyncio.sleep(3)
    await studio.telegram.forget_faults()
    for one, mark in ((client, f"t{client.number:02}-0"), (other, f"m{other.number:02}-0")):
        await card(studio, one, mark)
    await studio.telegram.plan("garbage", "getUpdates", count=2, status=502)
    await by_telegram(studio, other)


async def test_a_client_who_blocked_the_bot(studio: Studio, client: Client, other: Client) -> None:
    seen = await by_telegram(studio, client)
    await studio.telegram.blocks(client.telegram, BOT)
    own = await answers(studio, client, seen, "Hello?")
    note = await told_below(studio, own, "❌ Not sent: the recipient has blocked the bot.")
    await by_telegram(studio, other)
    await studio.telegram.unblocks(client.telegram, BOT)
    again = next(data for data in buttons(note) if data.startswith("r:a:"))
    await studio.telegram.presses(own["chat"]["id"], BOT, note["message_id"], again)
    await studio.until_told(client.telegram, "Hello?")
    await delivered(studio, own)
