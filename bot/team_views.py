"""The team as a screen: who holds what, who is away, what is overdue; handing all of it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.absent import state_words
from bot.buttons import Button, Keyboard, in_rows, pages
from bot.cards import CardView
from bot.client_buttons import ClientButton, ClientDeed
from bot.menu import is_head, role_words
from bot.menu_buttons import AlertsButton, BackButton, MenuButton, Screen
from bot.reader import Reader
from bot.report_buttons import weeks_button
from bot.rich import Rich, joined, one_line
from bot.team_buttons import (
    HandAllButton,
    TakeClientButton,
    TeamButton,
    TeamDeed,
    UndoAllButton,
)
from bot.texts import Say
from inbox.model import Manager, Role
from inbox.report_records import Slice
from inbox.work_records import ClientLine, Load

NAME_LIMIT = 80  # UTF-16 units
BUTTON_LIMIT = 30
LINE_LIMIT = 400
PAGE = 8  # clients on a screen
NOTHING_HELD = Load(None)


def team_view(
    reader: Reader, me: Manager, staff: Sequence[Manager], loads: Mapping[int | None, Load]
) -> CardView:
    """Who is in the studio, who is away, and what each holds; what nobody holds stands last."""
    say = reader.say
    people = [one for one in staff if one.active and one.role is not Role.CHAT]
    lines = [Rich(say("The team")).styled("bold")]
    lines += [_member(reader, one, staff, loads.get(one.id, NOTHING_HELD)) for one in people]
    nobodys = loads.get(None)
    if nobodys is not None:
        title = Rich(say("Nobody's yet")).styled("bold")
        lines.append(joined([title, Rich(load_words(say, nobodys))]))
    chats = [one for one in staff if one.active and one.role is Role.CHAT]
    lines += [
        Rich(say("🔔 Alerts are told in the group {name}", name=one_line(one.name, NAME_LIMIT)))
        for one in chats
    ]
    buttons = [_held(one.name, one.id) for one in people]
    if nobodys is not None:
        buttons.append(_held(say("Nobody's yet"), 0))
    keyboard = in_rows(buttons, 2)
    if is_head(me):
        away = [one for one in people if one.away(reader.now) is not None]
        keyboard = (*keyboard, *_for_heads(say, away, chats))
    return CardView(joined(lines, "\n\n"), keyboard)


def _held(name: str, manager_id: int) -> Button:
    pressed = TeamButton(deed=TeamDeed.CLIENTS, manager_id=manager_id)
    return Button(one_line(name, BUTTON_LIMIT), pressed)


def _for_heads(say: Say, away: Sequence[Manager], chats: Sequence[Manager]) -> Keyboard:
    back = [
        Button(
            say("{name} is back", name=one_line(one.name, NAME_LIMIT)),
            BackButton(manager_id=one.id),
        )
        for one in away
    ]
    quiet = [
        Button(
            say("No alerts in {name}", name=one_line(one.name, NAME_LIMIT)),
            AlertsButton(manager_id=one.id),
        )
        for one in chats
    ]
    alerts = (Button(say("🔔 Alerts in a group"), MenuButton(screen=Screen.ALERTS_GROUP)),)
    others = (
        Button(say("Somebody is away"), MenuButton(screen=Screen.SOMEBODY_AWAY)),
        Button(say("✉️ Invite"), MenuButton(screen=Screen.INVITE)),
    )
    return (*in_rows([*back, *quiet], 1), others, alerts)


def _member(reader: Reader, one: Manager, staff: Sequence[Manager], load: Load) -> Rich:
    say = reader.say
    head = Rich(f"{one_line(one.name, NAME_LIMIT)} · {role_words(say, one)}").styled("bold")
    absence = one.away(reader.now)
    away = Rich()
    if absence is not None:
        words = state_words(reader, one, absence, staff, load.waiting)
        away = Rich(one_line(words, LINE_LIMIT))
    return joined([head, away, Rich(load_words(say, load))])


def load_words(say: Say, load: Load) -> str:
    """ "3 clients · waiting: 2, 1 overdue · tasks: 4, 1 overdue"."""
    if load == Load(load.manager_id):
        return say("Holds nothing now.")
    parts = [say.many("{number} client", "{number} clients", load.clients)]
    if load.waiting:
        parts.append(_some(say, say("waiting: {number}", number=load.waiting), load.overdue))
    else:
        parts.append(say("nobody waits"))
    if load.tasks:
        parts.append(_some(say, say("tasks: {number}", number=load.tasks), load.tasks_overdue))
    return " · ".join(parts)


def _some(say: Say, words: str, overdue: int) -> str:
    if not overdue:
        return words
    late = say("🔴 {number} overdue", number=overdue)
    return f"{words}, {late}"


def held_view(
    reader: Reader,
    me: Manager,
    holder: Manager | None,
    clients: Sequence[ClientLine],
    at: tuple[int, bool],
) -> CardView:
    """A page of the clients of a member (None: whom nobody has); `at`: from which place on, and
    whether there are more."""
    say, (offset, more) = reader.say, at
    name = one_line(holder.name, NAME_LIMIT) if holder is not None else say("Nobody's yet")
    lines = [Rich(name).styled("bold")]
    lines += [_client(reader, number, one) for number, one in enumerate(clients, offset + 1)]
    if not clients:
        lines.append(Rich(say("No clients.")))
    manager_id = holder.id if holder is not None else 0

    def page(place: int) -> TeamButton:
        return TeamButton(deed=TeamDeed.CLIENTS, manager_id=manager_id, offset=place)

    turn = pages(offset, PAGE, more=more, to=page)
    rows = tuple(
        _client_row(say, number, one, take=holder is None or (is_head(me) and me.id != holder.id))
        for number, one in enumerate(clients, offset + 1)
    )
    keyboard: Keyboard = (*rows, *((turn,) if turn else ()))
    if holder is not None and clients and is_head(me):
        ask = TeamButton(deed=TeamDeed.ASK_WHOM, manager_id=holder.id)
        keyboard = (*keyboard, (Button(say("↪ Hand all over"), ask),))
    if holder is not None and (is_head(me) or me.id == holder.id):
        whose = Slice(holder.id, holder.name)
        keyboard = (*keyboard, (weeks_button(say, reader.today, whose),))
    return CardView(joined(lines), (*keyboard, _to_team(say)))


def _client(reader: Reader, number: int, line: ClientLine) -> Rich:
    say = reader.say
    parts = [f"{number}. {one_line(line.client.name, NAME_LIMIT)}"]
    if line.waiting:
        late = line.due_at is not None and line.due_at < reader.now
        parts.append(say("🔴 overdue") if late else say("🟡 waits"))
    if line.tasks:
        parts.append(say("tasks: {number}", number=line.tasks))
    return Rich(" · ".join(parts))


def _client_row(say: Say, number: int, line: ClientLine, *, take: bool) -> tuple[Button, ...]:
    opened = ClientButton(deed=ClientDeed.OPEN, client_id=line.client.id)
    row = (Button(f"{number} · {one_line(line.client.name, BUTTON_LIMIT)}", opened),)
    if not take:
        return row
    return (*row, Button(say("Take"), TakeClientButton(client_id=line.client.id)))


def _to_team(say: Say) -> tuple[Button, ...]:
    return (Button(say("← Team"), TeamButton(deed=TeamDeed.TEAM)),)


def whom_view(say: Say, holder: Manager, others: Sequence[Manager], clients: int) -> CardView:
    """To whom all of a member's clients go."""
    words = say.many(
        "To whom goes the {number} client of {name}?",
        "To whom go all {number} clients of {name}?",
        clients,
        name=one_line(holder.name, NAME_LIMIT),
    )
    buttons = [
        Button(
            one_line(one.name, BUTTON_LIMIT),
            HandAllButton(from_id=holder.id, to_id=one.id, sure=False),
        )
        for one in others
    ]
    back = Button(say("Cancel"), TeamButton(deed=TeamDeed.CLIENTS, manager_id=holder.id))
    return CardView(Rich(words), (*in_rows(buttons, 2), (back,)))


def sure_view(say: Say, holder: Manager, to: Manager, clients: int) -> CardView:
    """Asked once more: it concerns many at once."""
    words = say.many(
        "Hand {number} client of {name} over to {to}?",
        "Hand {number} clients of {name} over to {to}?",
        clients,
        name=one_line(holder.name, NAME_LIMIT),
        to=one_line(to.name, NAME_LIMIT),
    )
    yes = Button(
        say("Hand all over"),
        HandAllButton(from_id=holder.id, to_id=to.id, sure=True),
        "danger",
    )
    no = Button(say("Cancel"), TeamButton(deed=TeamDeed.CLIENTS, manager_id=holder.id))
    return CardView(Rich(words), ((yes, no),))


def under_way_view(say: Say, holder: Manager, to: Manager, done: int, clients: int) -> Rich:
    """How far it is."""
    return Rich(
        say(
            "↪ {name} → {to}: {done} of {number} clients …",
            name=one_line(holder.name, NAME_LIMIT),
            to=one_line(to.name, NAME_LIMIT),
            done=done,
            number=clients,
        )
    )


def handed_view(say: Say, holder: Manager, to: Manager, done: int, key: str) -> CardView:
    """What was handed over; for a minute it can be undone."""
    words = say.many(
        "↪ {number} client of {name} is with {to} now. For a minute this can be undone.",
        "↪ {number} clients of {name} are with {to} now. For a minute this can be undone.",
        done,
        name=one_line(holder.name, NAME_LIMIT),
        to=one_line(to.name, NAME_LIMIT),
    )
    undo = (Button(say("Undo"), UndoAllButton(key=key)),)
    return CardView(Rich(words), (undo, _to_team(say)))
