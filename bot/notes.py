"""What the desk says beside cards: outcomes of replies, notices, history, the list of waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.buttons import (
    Button,
    CardButton,
    CardDeed,
    Keyboard,
    PageButton,
    WaitingOrder,
    in_rows,
    pages,
)
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.kinds import attachment_lines
from bot.menu_buttons import GroupButton, GroupDeed
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say, mark
from bot.wording import moment, reason, remaining, zone_of
from inbox.errors import Fault
from inbox.model import Conversation, Manager
from inbox.ports import HistoryLine, Note, ReplyState

PAGE = 8
DETAIL_LIMIT = 300
LINE_LIMIT = 350
NOTE_LIMIT = 3500

_NOTICES = {
    "dead_letter": mark("⚠️ A job was given up after several tries: {job} {id}. {error}"),
    "quarantined": mark(
        "⚠️ A message from {channel} could not be understood. It is kept as number {raw}; "
        "nobody has seen it. {reason}"
    ),
    "unreadable": mark("⚠️ A message from {channel} could not be understood. {reason}"),
    "channel_paused": mark(
        "⛔ The channel {channel} has stopped and needs you: {reason}. Nothing is lost: messages "
        "wait at the server."
    ),
    "channel_back": mark("✅ The channel {channel} works again."),
    "disk_full": mark("⛔ The disk is full. Nothing more is taken in until there is room."),
    "store_unavailable": mark(
        "⛔ The database cannot be used: {reason}. Nothing more is taken in until it answers."
    ),
    "no_working_time": mark(
        "⚠️ The calendar has no working time ahead: waits get no due time and no alerts. "
        "Check the hours in the settings."
    ),
    "unreachable": mark("⚠️ {name} cannot be reached in Telegram: {reason}"),
    "alert_not_mailed": mark(
        "⚠️ An alert for {name} was to go by mail and perhaps did not arrive: {reason}"
    ),
    "report_not_shown": mark("⚠️ The week's report for {name} was not shown: {reason}"),
    "report_unreached": mark(
        "⚠️ {name} does not get the week's reports: {reason}. Ask {name} to open the bot and press "
        "Start. This is said once."
    ),
    "report_not_mailed": mark(
        "⚠️ The week's report was to go by mail to {address} and perhaps did not arrive: {reason}"
    ),
    "stands_in": mark("👤 {name} is away and you stand in. Waiting for an answer: {number}"),
    "handed_all": mark(
        "📥 Clients of {name} are yours from now on: {clients}. Waiting for an answer: {waiting}"
    ),
    "handed_all_back": mark("↩️ {name} has the clients again that were handed to you: {clients}"),
    "account_connected": mark(
        "💼 {name}: the own account is connected. Clients' chats come here, and answers go out in "
        "this name."
    ),
    "account_disconnected": mark(
        "💼 {name}: the own account is disconnected. Its chats no longer come here; what was "
        "written is kept. It can be connected again: /menu → More → My account."
    ),
    "account_no_reply": mark(
        "⚠️ {name}: the own account is connected, but answers cannot go out. Allow “Reply to "
        "messages” in Telegram: Settings → Telegram Business → Chatbots."
    ),
    "account_stranger": mark(
        "⚠️ {name} (Telegram id {id}) has connected an own account to the clients' bot and is no "
        "member: nothing of it is read."
    ),
    "group_added": mark(
        "👥 The bot is in the group “{group}” ({by}), which is no client's yet. What is said "
        "there is kept, and becomes cards when the group is linked."
    ),
    "forum_left": mark(
        "⚠️ The bot is no longer in the group “{chat}”, where clients have their topics. Cards "
        "come to each member's own chat until it is added again as an administrator."
    ),
    "board_lost": mark(
        "📟 A board of {name} has ended, its chat takes nothing any more: {reason}. /board sets "
        "up another one."
    ),
    "topics_refused": mark(
        "⚠️ Telegram makes no topics in {chat} at present: {reason}. Cards come to the plain "
        "chats; topics are tried again in an hour."
    ),
    "staff_blocked": mark("⚠️ {name} has stopped this bot and gets neither cards nor alerts."),
}


class _Known(dict[str, str]):
    """Fields of a notice; one that is missing must not keep the notice from being told."""

    def __missing__(self, key: str) -> str:
        return "?"


def notice(say: Say, name: str, fields: Mapping[str, str]) -> CardView | Rich:
    """A notice in words; one that this version does not know is told with its bare fields."""
    words = _notice_words(say, name, fields)
    button = _notice_button(say, name, fields)
    return words if button is None else CardView(words, ((button,),))


def _notice_button(say: Say, name: str, fields: Mapping[str, str]) -> Button | None:
    if name != "group_added":
        return None
    try:
        asked = GroupButton(deed=GroupDeed.ASK, chat_id=int(fields.get("id", "")))
    except ValueError:  # pydantic's too: no id of a group
        return None
    return Button(say("Whose group is it?"), asked)


def _notice_words(say: Say, name: str, fields: Mapping[str, str]) -> Rich:
    known = _Known({key: one_line(value, DETAIL_LIMIT) for key, value in fields.items()})
    if "reason" in known:
        known["reason"] = _in_words(say, known["reason"])
    text = _NOTICES.get(name)
    if text is None:
        bare = ", ".join(f"{key}: {value}" for key, value in known.items())
        return Rich(f"⚠️ {name} {bare}".rstrip())
    return Rich(say.template(text).format_map(known))


def _in_words(say: Say, error: str) -> str:
    """ "login_failed: 535 no", as our errors read, with the fault in words."""
    fault, _, detail = error.partition(": ")
    if fault not in list(Fault):
        return error
    return f"{reason(say, fault)} ({detail})" if detail else reason(say, fault)


def history(say: Say, lines: Sequence[HistoryLine], reader: Manager, now: datetime) -> Rich:
    """A conversation's last messages, oldest first; the newest whatever there is room for."""
    title = Rich(say("Last messages")).styled("bold")
    kept = history_lines(say, lines, reader, now, MESSAGE_LIMIT - title.units - 2)
    if not kept.text:
        return joined([title, Rich(say("Nothing yet."))])
    return joined([title, kept], "\n\n")


def history_lines(
    say: Say, lines: Sequence[HistoryLine], reader: Manager, now: datetime, room: int = 1500
) -> Rich:
    """The same without a title; `room` in UTF-16 units."""
    kept: list[Rich] = []
    for line in reversed(lines):
        entry = history_line(say, line, reader, now)
        if entry.units + 2 > room:
            break
        room -= entry.units + 2
        kept.insert(0, entry)
    return joined(kept, "\n\n")


def history_line(
    say: Say, line: HistoryLine, reader: Manager, now: datetime, place: str = ""
) -> Rich:
    """Who said what and when; `place`: where, if that is not said above."""
    arrow = "📝" if line.internal else "←" if line.inbound else "→"
    author = one_line(line.author, NAME_LIMIT)
    at = moment(say, line.at, now, zone_of(reader))
    head = Rich(" · ".join(filter(None, (f"{arrow} {author}", place, at)))).styled("bold")
    unsent = {
        ReplyState.REJECTED: say("not sent"),
        ReplyState.UNCERTAIN: say("perhaps not arrived"),
        ReplyState.QUEUED: say("on its way"),
        ReplyState.SENDING: say("on its way"),
        ReplyState.WITHDRAWN: say("stopped in time"),
        ReplyState.TAKEN_BACK: say("taken back"),
    }
    if line.state in unsent:
        head = head + f" · {unsent[line.state]}"
    text, rest = Rich.foreign(line.text).cut(LINE_LIMIT)
    text = text + " …" if rest.text else text
    files = Rich("\n".join(attachment_lines(say, line.attachments)))
    return joined([head, joined([text, files]).styled("expandable_blockquote")])


def waiting_list(
    say: Say,
    waiting: Sequence[tuple[Conversation, timedelta | None]],
    shown: PageButton,
    names: Mapping[int, str],
    *,
    more: bool,
) -> CardView:
    """A page of what waits, each with a button that shows its card; and how else to look at it.

    `waiting` pairs a conversation with its remaining business time; `names` are the holders'.
    """
    offset = shown.offset
    if not waiting:
        empty = Rich(say("Nobody waits for an answer."))
        return CardView(empty, (_ways(say, shown)[:1],) if shown.own else ())
    if shown.order is WaitingOrder.DUE:
        title = Rich(say("Waiting for an answer, most urgent first")).styled("bold")
    else:
        title = Rich(say("Waiting for an answer, by client")).styled("bold")
    lines: list[Rich] = []
    buttons: list[Button] = []
    for number, (conversation, left) in enumerate(waiting, offset + 1):
        lines.append(_waiting_line(say, number, conversation, left, names))
        show = CardButton(deed=CardDeed.SHOW, conversation_id=conversation.id)
        buttons.append(Button(f"{number} · {client_name(conversation)}", show))

    def page(place: int) -> PageButton:
        return shown.model_copy(update={"offset": place})

    turn = pages(offset, PAGE, more=more, to=page)
    keyboard: Keyboard = (*in_rows(buttons, 2), *((turn,) if turn else ()), _ways(say, shown))
    return CardView(joined([title, joined(lines)], "\n\n"), keyboard)


def _ways(say: Say, shown: PageButton) -> tuple[Button, ...]:
    """Whose clients, and in which order: each button says what it would show."""
    whose = say("Everybody's") if shown.own else say("Only mine")
    by_due = shown.order is WaitingOrder.CLIENT
    order = say("By urgency") if by_due else say("By client")
    other = WaitingOrder.DUE if by_due else WaitingOrder.CLIENT
    first = shown.model_copy(update={"offset": 0})
    return (
        Button(whose, first.model_copy(update={"own": not shown.own})),
        Button(order, first.model_copy(update={"order": other})),
    )


def _waiting_line(
    say: Say,
    number: int,
    conversation: Conversation,
    left: timedelta | None,
    names: Mapping[int, str],
) -> Rich:
    time = say("no due time") if left is None else remaining(say, left)
    time_part = Rich(time)
    if left is not None and left < timedelta():
        time_part = time_part.styled("bold")
    holder = names.get(conversation.assignee_id or 0)
    who = say("nobody's yet") if holder is None else one_line(holder, NAME_LIMIT)
    return Rich(f"{number}. {client_name(conversation)} · ") + time_part + f" · {who}"


def colleague(say: Say, conversation: Conversation, words: Note) -> Rich:
    """What a colleague says with a client; or that somebody is away or back, with how many wait
    (then `words.text` is their number, and the author who held or stood in)."""
    author = one_line(words.author.name, NAME_LIMIT) if words.author is not None else "?"
    match words.kind:
        case "stands_in":
            waiting = say(
                "👤 {name} is away and you stand in. Waiting for an answer: {number}",
                name=author,
                number=_number(words.text),
            )
            return Rich(waiting)
        case "given_back":
            return Rich(_given_back(say, words))
    head = say("✏️ {name} about {client}:", name=author, client=client_name(conversation))
    said, rest = Rich.foreign(words.text).cut(NOTE_LIMIT)
    said = said + " …" if rest.text else said
    return joined([Rich(head).styled("bold"), said.styled("blockquote") if said.text else said])


def _given_back(say: Say, words: Note) -> str:
    number = _number(words.text)
    if words.author is None:
        return say("👤 You are back. Waiting for an answer: {number}", number=number)
    return say(
        "👤 You are back, {name} stood in. Waiting for an answer: {number}",
        name=one_line(words.author.name, NAME_LIMIT),
        number=number,
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
