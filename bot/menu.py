"""What the menu shows: a screen of buttons by role, and every screen with a way back to it."""

from __future__ import annotations

from bot.buttons import Button, Keyboard, in_rows
from bot.cards import CardView
from bot.menu_buttons import MenuButton, Screen
from bot.reader import Reader
from bot.rich import Rich, joined, one_line
from bot.texts import Say, mark
from inbox.model import Account, Manager, Role

NAME_LIMIT = 80  # UTF-16 units
LINE_LIMIT = 400
_ROLES = {
    Role.MANAGER: mark("Manager"),
    Role.HEAD: mark("Head"),
    Role.ADMIN: mark("Administrator"),
}


def with_back(say: Say, view: CardView | Rich, to: Screen = Screen.MAIN) -> CardView:
    """The same with a button to the menu, or to another screen, below."""
    body, keyboard = (view, ()) if isinstance(view, Rich) else (view.body, view.keyboard)
    words = say("← Menu") if to is Screen.MAIN else say("← Back")
    return CardView(body, (*keyboard, (Button(words, MenuButton(screen=to)),)))


def main_view(reader: Reader, me: Manager, waiting: int, tasks: int) -> CardView:
    """The menu itself; `waiting`: how many clients wait for what this member sees; `tasks`: how
    many of the member's own are open."""
    say = reader.say
    name = one_line(me.name, NAME_LIMIT)
    lines = [Rich(f"☰ {name} · {role_words(say, me)}").styled("bold")]
    if me.away(reader.now) is not None:
        lines.append(Rich(say("🌴 You are away.")))
    number = say.many("{number} client waits.", "{number} clients wait.", waiting)
    lines.append(Rich(number if waiting else say("Nobody waits for an answer.")))
    return CardView(joined(lines), _main_keyboard(say, waiting, tasks))


def role_words(say: Say, member: Manager) -> str:
    """What the member is."""
    return say(_ROLES[member.role]) if member.role in _ROLES else say("Group chat")


def _main_keyboard(say: Say, waiting: int, tasks: int) -> Keyboard:
    inbox = say("📥 Who waits · {number}", number=waiting) if waiting else say("📥 Who waits")
    to_do = say("☑️ Tasks · {number}", number=tasks) if tasks else say("☑️ Tasks")
    screens = [
        (to_do, Screen.TASKS),
        (say("👤 Clients"), Screen.CLIENTS),
        (say("🔎 Find"), Screen.FIND),
        (say("📋 Templates"), Screen.TEMPLATES),
        (say("💰 Prices"), Screen.PRICES),
        (say("🧑‍🤝‍🧑 Team"), Screen.TEAM),
        (say("📟 Now"), Screen.NOW),
        (say("📊 Report"), Screen.REPORT),
        (say("🌴 Away and back"), Screen.AWAY),
        (say("⚙️ More"), Screen.MORE),
    ]
    buttons = [Button(words, MenuButton(screen=one)) for words, one in screens]
    first = (Button(inbox, MenuButton(screen=Screen.INBOX), "success" if waiting else None),)
    last = (Button(say("❓ How to work here"), MenuButton(screen=Screen.HELP)),)
    return (first, *in_rows(buttons, 2), last)


def more_view(say: Say, me: Manager) -> CardView:
    """What is set up once, and seldom looked at."""
    screens = [
        (say("👥 Client groups"), Screen.GROUPS),
        (say("💼 My account"), Screen.ACCOUNT),
        (say("🗂 Topics"), Screen.TOPICS),
        (say("🌐 Language"), Screen.LANGUAGE),
    ]
    if is_head(me):
        screens += [(say("📅 Days off"), Screen.DAYS), (say("✉️ Invite"), Screen.INVITE)]
    buttons = [Button(words, MenuButton(screen=one)) for words, one in screens]
    return CardView(Rich(say("More")).styled("bold"), in_rows(buttons, 2))


def is_head(me: Manager) -> bool:
    """Whether the member decides for others too."""
    return me.role in {Role.HEAD, Role.ADMIN}


def heads_alone(say: Say) -> str:
    """Why another member may not."""
    return say("Only a head or an administrator may do this.")


def account_view(say: Say, account: Account | None, bot: str) -> CardView:
    """How it stands with the member's own Telegram account, and what to do."""
    title = Rich(say("Your own Telegram account")).styled("bold")
    if account is None:
        state = say("⚪ Not connected.")
    elif not account.enabled:
        state = say("⚪ Disconnected. What was written before is kept; connect it again any time.")
    elif not account.can_reply:
        state = say(
            "⚠️ Connected, but answers cannot go out: allow “Reply to messages” for the bot."
        )
    else:
        state = say("✅ Connected: your clients' chats come here, answers go out in your name.")
    lines = [title, Rich(state), Rich(_what_it_does(say))]
    if account is None or not account.enabled or not account.can_reply:
        lines.insert(2, Rich(how_to_connect(say, bot)))
    return CardView(joined(lines, "\n\n"), ())


def _what_it_does(say: Say) -> str:
    return say(
        "What clients write to your account comes here as cards. What you answer there yourself "
        "counts as the answer; away and greeting messages do not. Telegram lets the bot answer "
        "within 24 hours of the client's message. Private chats that you leave out in Telegram's "
        "settings are never read."
    )


def how_to_connect(say: Say, bot: str) -> str:
    """Where in Telegram it is done; `bot` is the name of the clients' bot."""
    return say(
        "In Telegram: Settings → Telegram Business → Chatbots. Enter {bot}, choose the chats it "
        "may see (new and existing ones, or only some), and switch on reading and replying to "
        "messages.",
        bot=bot,
    )


def topics_view(say: Say, me: Manager, *, topics: bool, forum: bool) -> CardView:
    """Whether clients have topics (`forum`: in one group of the studio), and how they get them."""
    title = Rich(say("A topic for each client")).styled("bold")
    if topics:
        state = say(
            "✅ Each client has a topic: what you write there goes to that client, without "
            "replying to anything. Its name shows who waits (🟡) and who is overdue (🔴)."
        )
    else:
        state = say("⚪ There are none: cards come one below the other, and you reply to them.")
    lines = [title, Rich(state)]
    if not is_head(me):
        return CardView(joined(lines, "\n\n"), ())
    private = say(
        "In members' own chats: in @BotFather open the bot's settings and switch on topics in "
        "private chats; they are used after the next start."
    )
    one_group = say(
        "Or in one group for the whole studio: make a group with topics switched on, and choose "
        "it here. The bot becomes an administrator there who manages topics."
    )
    choose = Button(say("Choose the group"), MenuButton(screen=Screen.FORUM_GROUP))
    end = Button(say("No topics in the group"), MenuButton(screen=Screen.END_FORUM), "danger")
    if not topics:
        lines.append(Rich(private))
    if not forum:
        lines.append(Rich(one_group))
    return CardView(joined(lines, "\n\n"), ((end,),) if forum else ((choose,),))
