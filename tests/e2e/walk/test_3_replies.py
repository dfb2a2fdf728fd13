"""The walk through the manager's side in a plain chat; each step is a point of the plan."""

from __future__ import annotations

import pytest

from bot.menu_buttons import Screen
from tests.e2e.walk.people import Member, Side
from tests.e2e.walk.stage import BOT, Message, Walk, at_once, buttons_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

# --- reply in any natural way ----------------------------------------------------------------


async def test_a_reply_to_a_card_or_to_any_later_message_of_it(walk: Walk, at: Side) -> None:
    """ "Reply in any natural way: reply to a card or to any later message of it"."""
    client, me = at.client(), at.manager.telegram
    await walk.telegram.sends(client.telegram, BOT, "photo", b"a", caption=f"{client.name} 1")
    card = await walk.said(me, f"{client.name} 1", also=lambda one: "photo" not in one)
    photo = await walk.said(me, "", after=card["message_id"], also=lambda one: "photo" in one)
    await walk.press(me, card, at.words("History"))
    history = await walk.said(me, at.words("Last messages"), after=card["message_id"])
    own = await walk.answers(at.manager, card, f"To the card, {client.name}")
    for place, message in (("file", photo), ("history", history), ("own answer", own)):
        await walk.answers(at.manager, message, f"To the {place}, {client.name}")
    for place in ("card", "file", "history", "own answer"):
        await walk.said(client.telegram, f"To the {place}, {client.name}")


async def test_an_album_and_a_voice(walk: Walk, at: Side) -> None:
    """ "an album; a voice": each is one answer, whole and in order."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"Show me, asks {client.name}")
    items = [{"kind": "photo", "content": f"{one}".encode()} for one in range(4)]
    items[0] |= {"caption": f"Here, {client.name}"}
    how = {"reply_to": card["message_id"]}
    first, *_ = await walk.telegram.sends_album(me, BOT, items, **how)
    await walk.marked(me, first)
    got = [one for one in await walk.theirs(client.telegram) if "photo" in one]
    assert len(got) == len(items)
    assert len({one["media_group_id"] for one in got}) == 1
    assert [text_of(one) for one in got] == [f"Here, {client.name}", "", "", ""]

    voice = await walk.telegram.sends(me, BOT, "voice", b"hm", duration=3, **how)
    await walk.marked(me, voice)
    assert [one for one in await walk.theirs(client.telegram) if "voice" in one]


async def test_an_edit_is_carried_to_the_client(walk: Walk, at: Side) -> None:
    """ "an edit of the own sent message (carried to Telegram clients ...)"."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"How much, asks {client.name}")
    answer = await walk.answers(at.manager, card, "It costs 100")
    got = await walk.said(client.telegram, "It costs 100")
    await walk.telegram.edits(me, BOT, answer["message_id"], "It costs 110")
    await walk.shows(client.telegram, got, "It costs 110")
    await walk.marked(me, answer, "✍")


async def test_an_edit_of_a_mail_offers_a_correction(walk: Walk, at: Side) -> None:
    """ "for mail says that it has gone, offers a correction"."""
    client, me = at.client(), at.manager.telegram
    await walk.mails(client, "The gate", f"A gate for {client.name}?")
    card = await walk.said(me, f"A gate for {client.name}?")
    answer = await walk.answers(at.manager, card, f"On Monday, {client.name}")
    await walk.mailed(client, f"On Monday, {client.name}")
    await walk.marked(me, answer)
    await walk.telegram.edits(me, BOT, answer["message_id"], f"On Tuesday, {client.name}")
    gone = at.words("It has gone out already. Send a correction?")
    asked = await walk.said(me, gone, after=answer["message_id"])
    await walk.press(me, asked, at.words("Send a correction"))
    mail = await walk.mailed(client, f"On Tuesday, {client.name}")
    assert "A correction to our previous message:" in mail.text
    assert len(walk.mail.inbox(client.address)) == 2


async def test_an_answer_is_taken_back(walk: Walk, at: Side) -> None:
    """ "a deletion by "Take back" within the channel's possibilities": by the card's button, by a
    command; and of a mail it says that it cannot be."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"A secret, {client.name}?")
    for button in (True, False):
        answer = await walk.answers(at.manager, card, f"The secret of {client.name}")
        got = await walk.said(client.telegram, f"The secret of {client.name}")
        await walk.marked(me, answer)
        if button:
            card = await walk.shows(me, card, "✅")
            await walk.press(me, card, at.words("Take back the answer"))
        else:
            await walk.answers(at.manager, answer, "/takeback")
        sure = await walk.said(
            me,
            f"The secret of {client.name}",
            after=answer["message_id"],
            also=lambda one: at.words("Leave it") in buttons_of(one),
        )
        await walk.press(me, sure, at.words("Take back"))
        await walk.gone(client.telegram, got)
        taken = at.words("🗑 Taken back: the client no longer sees it.")
        await walk.said(me, taken, after=answer["message_id"])
        card = await walk.shows(me, card, "⏳")

    await walk.mails(client, "The roof", f"The roof of {client.name}")
    card = await walk.said(me, f"The roof of {client.name}")
    answer = await walk.answers(at.manager, card, "By mail for ever")
    await walk.mailed(client, "By mail for ever")
    await walk.marked(me, answer)
    await walk.answers(at.manager, answer, "/takeback")
    never = "It cannot be taken back: Telegram allows it for 48 hours, mail never."
    await walk.said(me, at.words(never), after=answer["message_id"])


async def test_a_plain_message_asks_to_whom(walk: Walk, at: Side) -> None:
    """ "A plain message outside any topic never goes to anybody: the bot asks "to whom?" with the
    last five conversations as buttons"."""
    clients, me = [at.client() for _ in range(6)], at.manager.telegram
    for one in clients:
        await walk.asks(at, one, f"I am {one.name}")
    plain = await walk.writes(me, "Whom do I mean?")
    asks = at.words("This went to nobody yet. To whom shall it go?")
    question = await walk.said(me, asks, after=plain["message_id"])
    *offered, cancel = buttons_of(question)
    assert cancel == at.words("Cancel")
    assert len(offered) == 5
    assert not any([await walk.count(one.telegram, "Whom do I mean?") for one in clients])

    chosen = clients[-1]
    (label,) = [one for one in offered if one.startswith(chosen.name)]
    await walk.press(me, question, label)
    await walk.said(chosen.telegram, "Whom do I mean?")
    await walk.shows(me, question, at.words("It goes to {client}.", client=chosen.name))
    await walk.marked(me, plain)
    got = [await walk.count(one.telegram, "Whom do I mean?") for one in clients]
    assert got == [0, 0, 0, 0, 0, 1]


# --- two who answer one client ---------------------------------------------------------------


async def offered(walk: Walk, at: Side, name: str, text: str) -> tuple[int, Message, Message]:
    """A stranger whom nobody has; who it is, and the cards of manager and colleague."""
    number = await walk.stranger(at, name)
    await walk.writes(number, text)
    one, two = [await walk.said(who.telegram, text) for who in (at.manager, at.colleague)]
    return number, one, two


async def test_collisions_where_nobody_has_the_client_yet(walk: Walk, at: Side) -> None:
    """ "Collisions: ... "… is answering" shows while one types a reply within the last minutes,
    and a second answer to the same wait asks "already answered by … – send anyway?" "."""
    text = f"Who builds {at.language} towers?"
    client, one, two = await offered(walk, at, f"Unknown {at.language}", text)
    heads = await walk.said(at.head.telegram, text)
    await collide(walk, at, client, (at.manager, one), (at.head, heads))
    # Whoever answers first has the client: a colleague is not even asked.
    answer = await walk.answers(at.colleague, two, "Me too!")
    refused = await walk.said(at.colleague.telegram, at.words("Not sent."))
    assert refused["reply_to_message"]["message_id"] == answer["message_id"]
    assert at.manager.name in text_of(refused)
    assert await walk.count(client, "Me too!") == 0


async def test_collisions_of_a_deputy_and_a_manager(walk: Walk, at: Side) -> None:
    """ "or where a deputy and manager both see it"."""
    text, colleague = f"Who builds {at.language} bridges?", at.colleague
    client, one, two = await offered(walk, at, f"Somebody {at.language}", text)
    await walk.press(colleague.telegram, two, at.words("Take"))
    two = await walk.shows(colleague.telegram, two, "👤")
    today = walk.clock.now()
    await walk.writes(colleague.telegram, f"/away {today:%d.%m} {at.manager.name}")
    one = await walk.said(at.manager.telegram, text, after=one["message_id"])
    await collide(walk, at, client, (at.manager, one), (colleague, two))
    await walk.writes(colleague.telegram, "/back")
    back = at.words("{name} is there again and gets the cards.", name=colleague.name)
    await walk.said(colleague.telegram, back)


async def collide(
    walk: Walk,
    at: Side,
    client: int,
    first: tuple[Member, Message],
    second: tuple[Member, Message],
) -> None:
    """The first says that they answer, and does; the second sees it, is asked, and sends."""
    (early, one), (late, two) = first, second
    told = await walk.press(early.telegram, one, at.words("✍ I answer"))
    assert told == at.words("Your colleagues see for 5 minutes that you are answering.")
    is_answering = at.words("✍ {name} is answering", name=early.name)
    await walk.shows(late.telegram, two, is_answering)

    await walk.answers(early, one, f"{early.name} was first.")
    await walk.said(client, f"{early.name} was first.")
    answer = await walk.answers(late, two, f"{late.name} was second.")
    already = at.say.template("Already answered by {name}: {time}. Send anyway?")
    words = already.partition("{time}")[0].format(name=early.name)
    question = await walk.said(late.telegram, words, after=answer["message_id"])
    assert already.partition("{time}")[2] in text_of(question)
    assert await walk.count(client, f"{late.name} was second.") == 0
    await walk.press(late.telegram, question, at.words("Send"))
    await walk.marked(late.telegram, answer)
    assert await walk.count(client, f"{late.name} was second.") == 1


# --- nobody has to learn commands ------------------------------------------------------------

HEADS_SCREENS = {
    *(Screen.DAYS, Screen.ENTER_DAY, Screen.INVITE, Screen.SOMEBODY_AWAY),
    *(Screen.ALERTS_GROUP, Screen.FORUM_GROUP),
}


@at_once
async def test_every_screen_is_reached_by_buttons(walk: Walk, at: Side) -> None:
    """ "Everything bilingual by person, every screen reachable by buttons from `/menu`"."""
    everything = set(Screen) - {Screen.END_FORUM}  # there is none yet
    assert await screens(walk, at, at.head) == everything
    assert await screens(walk, at, at.manager) == everything - HEADS_SCREENS


async def screens(walk: Walk, at: Side, who: Member) -> set[Screen]:
    """Every screen, by pressing whatever leads further, and back again from each."""
    menu = await walk.menu(who)
    # The report is no screen but files that are made, with tests of their own.
    found = {Screen.MAIN} | {Screen.REPORT} & set(leading(menu).values())
    ways = [(label,) for label, screen in leading(menu).items() if screen is not Screen.REPORT]
    while ways:
        way, here, text = ways.pop(), menu, ""
        for label in way:
            found.add(leading(here)[label])
            here, text = await walk.follows(who.telegram, here, label)
        title = text.partition("\n")[0].lower()
        is_russian = any("а" <= letter <= "я" for letter in title)
        assert is_russian is (at.language == "ru"), text
        further = leading(here) if here["message_id"] == menu["message_id"] else {}
        ways += [(*way, label) for label, screen in further.items() if screen not in found]
        here = await walk.now(who.telegram, menu) or {}
        while back := [label for label in buttons_of(here) if label.startswith("←")]:
            here, _ = await walk.follows(who.telegram, here, back[0])
        menu = here
    return found


def leading(message: Message) -> dict[str, Screen]:
    """The buttons to other screens."""
    return {
        label: Screen(data.removeprefix("mn:"))
        for label, data in buttons_of(message).items()
        if data.startswith("mn:") and not label.startswith("←")
    }


async def test_command_lists_are_set_by_role_at_the_start(walk: Walk, at: Side) -> None:
    """ "BotFather command lists set per role at start"."""

    async def names(person: int) -> list[str]:
        return [one["command"] for one in await walk.telegram.commands(BOT, person)]

    async def all_set() -> bool:
        return "dayoff" in await names(at.head.telegram)

    await walk.until(all_set, "the lists are set")
    managers, heads = await names(at.manager.telegram), await names(at.head.telegram)
    assert {"menu", "inbox", "takeback", "away", "help"} <= set(managers)
    assert set(heads) - set(managers) == {"invite", "dayoff"}
    assert await names(at.admin.telegram) == heads
    assert await names(at.client().telegram) == ["start"]
    (menu,) = [
        one
        for one in await walk.telegram.commands(BOT, at.manager.telegram)
        if one["command"] == "menu"
    ]
    assert menu["description"] == at.words("everything by buttons")
