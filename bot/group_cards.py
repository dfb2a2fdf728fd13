"""What the desk says about client groups: whose a group is, the list of them, what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.buttons import Button, Keyboard, in_rows
from bot.cards import CardView
from bot.menu_buttons import GroupButton, GroupDeed, MenuButton, Screen
from bot.rich import Rich, joined, one_line
from bot.texts import Say
from inbox.model import Client

NAME_LIMIT = 60  # UTF-16 units
PAGE = 8
MOST_LISTED = 40


class Heard(StrEnum):
    """What of a group the bot gets: all, only what is addressed to it, or that is not known."""

    ALL = "all"
    ADDRESSED = "addressed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """A Telegram group that is a client's, or is to become one's (`client` None)."""

    chat_id: int
    title: str
    client: Client | None = None

    @property
    def name(self) -> str:
        """The title, fit for a line."""
        return one_line(self.title, NAME_LIMIT) or str(self.chat_id)


def picker_view(
    say: Say, group: Group, clients: Sequence[Client], *, offset: int = 0, query: str = ""
) -> CardView:
    """The question whose group it is. `clients` are all that may be chosen, in the order in which
    they are offered; `query`: what they were searched by."""
    lines = [Rich(say("Whose group is “{title}”?", title=group.name)).styled("bold")]
    shown = one_line(query, NAME_LIMIT)
    if query and not clients:
        lines.append(Rich(say("No client of yours is called “{name}”.", name=shown)))
    elif query:
        lines.append(Rich(say("Found by “{name}”:", name=shown)))
    lines.append(Rich(say("To search, reply to this message with a part of the client's name.")))
    page = clients[offset : offset + PAGE]
    chosen = [
        Button(
            one_line(one.name, NAME_LIMIT) or str(one.id), _button(group, GroupDeed.CLIENT, one.id)
        )
        for one in page
    ]
    new = Button(say("➕ New client “{title}”", title=group.name), _button(group, GroupDeed.NEW))
    leave = Button(say("🏠 The studio's own group"), _button(group, GroupDeed.LEAVE))
    rows: Keyboard = in_rows(chosen, 2)
    turn = _turns(group, offset, more=len(clients) > offset + PAGE)
    return CardView(joined(lines), (*rows, *((turn,) if turn else ()), (new,), (leave,)))


def _turns(group: Group, offset: int, *, more: bool) -> tuple[Button, ...]:
    before = GroupButton(deed=GroupDeed.PAGE, chat_id=group.chat_id, offset=max(0, offset - PAGE))
    behind = GroupButton(deed=GroupDeed.PAGE, chat_id=group.chat_id, offset=offset + PAGE)
    return (
        *((Button("←", before),) if offset else ()),
        *((Button("→", behind),) if more else ()),
    )


def _button(group: Group, deed: GroupDeed, client_id: int = 0) -> GroupButton:
    return GroupButton(deed=deed, chat_id=group.chat_id, client_id=client_id)


def linked_words(say: Say, group: Group, again: int, heard: Heard, bot: str) -> Rich:
    """That the group is the client's now; `again`: how many earlier messages are read again."""
    client = one_line(group.client.name, NAME_LIMIT) if group.client is not None else "?"
    lines = [
        Rich(say("✅ “{title}” is a group of {name}.", title=group.name, name=client)).styled(
            "bold"
        ),
        Rich(
            say(
                "What the client's people write there comes here as cards; what one of us writes "
                "there counts as the answer."
            )
        ),
    ]
    if again:
        number = say.many(
            "{number} earlier message is read again.",
            "{number} earlier messages are read again.",
            again,
        )
        lines.append(Rich(number))
    return joined([*lines, Rich(hearing_words(say, heard, bot))], "\n\n")


def hearing_words(say: Say, heard: Heard, bot: str) -> str:
    """Whether everything said in the group is heard, else what to do."""
    if heard is Heard.ALL:
        return say("👂 The bot hears everything that is said there.")
    if heard is Heard.UNKNOWN:
        return say(
            "❓ Telegram does not say whether the bot hears everything there. Is it in the group?"
        )
    return say(
        "⚠️ The bot hears only commands, answers to it, and messages that name it. To let it hear "
        "everything, make {bot} an administrator of the group (no rights are needed). Or for all "
        "groups: @BotFather → /setprivacy → {bot} → Disable, then remove the bot from the group "
        "and add it again.",
        bot=bot,
    )


def group_view(say: Say, group: Group, heard: Heard, bot: str) -> CardView:
    """One group that is a client's."""
    client = one_line(group.client.name, NAME_LIMIT) if group.client is not None else "?"
    words = say("“{title}” is a group of {name}.", title=group.name, name=client)
    lines = [Rich(words).styled("bold"), Rich(hearing_words(say, heard, bot))]
    unlink = Button(say("Unlink"), _button(group, GroupDeed.ASK_UNLINK), "danger")
    return CardView(joined(lines, "\n\n"), ((unlink,),))


def unlink_view(say: Say, group: Group) -> CardView:
    """A second press, so that no group falls silent by a slip of the finger."""
    words = say(
        "Unlink “{title}”? What is written there will reach nobody here until it is linked again; "
        "what was written stays.",
        title=group.name,
    )
    yes = Button(say("Unlink"), _button(group, GroupDeed.UNLINK), "danger")
    no = Button(say("Leave it"), _button(group, GroupDeed.SHOW))
    return CardView(Rich(words), ((yes, no),))


def groups_view(say: Say, groups: Sequence[Group]) -> CardView:
    """All groups that are clients', each with a button, and how one is added."""
    lines = [Rich(say("Client groups")).styled("bold")]
    if not groups:
        lines.append(Rich(say("None yet.")))
    lines += [
        Rich(f"• {one.name} · {one_line(one.client.name, NAME_LIMIT)}")
        for one in groups[:MOST_LISTED]
        if one.client is not None
    ]
    if len(groups) > MOST_LISTED:
        lines.append(Rich(say("Others: write /link in the group itself.")))
    how = say(
        "Add the bot to a group that you have with a client: it asks here whose group that is. Or "
        "press the button below, or write /link in the group."
    )
    shown = [Button(one.name, _button(one, GroupDeed.SHOW)) for one in groups[:MOST_LISTED]]
    link = Button(say("➕ Link a group"), MenuButton(screen=Screen.LINK_GROUP))
    return CardView(joined([joined(lines), Rich(how)], "\n\n"), (*in_rows(shown, 2), (link,)))
