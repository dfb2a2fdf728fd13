"""The table of permissions: for every button, each deed of it, and for every command who may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiogram.filters.callback_data import CallbackData

from bot.buttons import (
    CardButton,
    CardDeed,
    DayButton,
    HandButton,
    LanguageButton,
    PageButton,
    PickButton,
    PickDeed,
    PromiseButton,
    PromiseDeed,
    QuestionButton,
    ReplyButton,
    ReplyDeed,
    RoleButton,
    TakeOnButton,
    TimeButton,
    WhyButton,
)
from bot.guide import GuideButton, Section
from bot.handlers.away import AwayButton, AwayDeed
from bot.live_buttons import LiveButton, LiveDeed
from bot.mail_buttons import MailButton, MailDeed
from bot.menu_buttons import (
    AlertsButton,
    BackButton,
    GroupButton,
    GroupDeed,
    JoiningButton,
    JoiningDeed,
    MenuButton,
    Screen,
    SuggestionButton,
    SuggestionDeed,
)
from bot.reply_buttons import (
    AnsweringButton,
    AnywayButton,
    BeforeButton,
    CorrectButton,
    InsideButton,
    TakeBackButton,
    TakeBackDeed,
    ToWhomButton,
    UndoButton,
)
from inbox.model import Manager
from tests.bot.buttons_and_commands import Case, case_of
from tests.bot.permission_people import (
    ANOTHERS,
    DECIDED,
    ENTITLED,
    LEADERS,
    MEMBERS,
    NO_ABSENCE,
    NO_CALENDAR,
    NO_INVITES,
    NO_LEADER,
    NOT_YOUR_CLIENT,
    NOT_YOUR_GROUP,
)
from tests.bot.studio import ADAM, IVAN, OLGA

# The client, its conversation, message, reply and wait have the number 1 in these tests, as the
# task, the template, the item of the price list and the quote; the promise 2.
PROMISED = 2
LINKED, FREE = -501, -500  # groups: of the client, of nobody
ALERTED = 7  # the group chat that hears alerts, as a member
DRAFTS = (901, 902, 903)  # Olga's own messages that wait for her decision
SOME_DAY = 740_000


@dataclass(frozen=True, slots=True)
class Row:
    """A button, who may press it, and what other members are told."""

    button: CallbackData
    allowed: frozenset[Manager]
    refused: frozenset[str] = frozenset()

    @property
    def case(self) -> Case:
        return case_of(self.button)


def each(
    kind: type[CallbackData],
    deeds: Iterable[StrEnum],
    allowed: frozenset[Manager],
    refused: frozenset[str] = frozenset(),
    **values: Any,
) -> Iterator[Row]:
    """A row for each of the deeds."""
    name = "screen" if kind is MenuButton else "section" if kind is GuideButton else "deed"
    for deed in deeds:
        yield Row(kind(**{name: deed}, **values), allowed, refused)


def about_client(button: CallbackData) -> Row:
    """As most are: whoever may act for the client."""
    return Row(button, ENTITLED, ANOTHERS)


FOR_HEADS = (Screen.ALERTS_GROUP, Screen.FORUM_GROUP, Screen.END_FORUM)
# For a manager they show that they are the heads': see test_screens_of_heads.
HEADS_SCREENS = (Screen.DAYS, Screen.INVITE, Screen.ENTER_DAY, Screen.SOMEBODY_AWAY)

CARDS = (
    *each(
        CardButton,
        (
            *(CardDeed.SHOW, CardDeed.HISTORY, CardDeed.HAND_OVER, CardDeed.DISMISS),
            *(CardDeed.UNDO, CardDeed.PHONED, CardDeed.PROMISE),
        ),
        ENTITLED,
        ANOTHERS,
        conversation_id=1,
    ),
    # Nobody takes away what somebody holds: "Hand over" does that.
    Row(CardButton(deed=CardDeed.TAKE, conversation_id=1), frozenset({OLGA}), ANOTHERS),
    about_client(WhyButton(message_id=1)),
    about_client(QuestionButton(message_id=1)),
    about_client(BeforeButton(message_id=1)),
    about_client(AnsweringButton(conversation_id=1)),
    about_client(DayButton(conversation_id=1, day=SOME_DAY)),
    about_client(TimeButton(conversation_id=1, minute=1)),
    *each(
        PickButton,
        (PickDeed.DAYS, PickDeed.OTHER, PickDeed.CANCEL),
        ENTITLED,
        ANOTHERS,
        conversation_id=1,
    ),
    *each(
        PromiseButton,
        (
            *(PromiseDeed.LEAVE, PromiseDeed.TELL, PromiseDeed.ASK_WITHDRAW),
            *(PromiseDeed.KEPT, PromiseDeed.WITHDRAW),
        ),
        ENTITLED,
        ANOTHERS,
        wait_id=PROMISED,
    ),
    *each(
        MailButton,
        (
            *(MailDeed.WHOLE, MailDeed.ORIGINAL, MailDeed.FETCH, MailDeed.WHY),
            *(MailDeed.SPLIT, MailDeed.ONLY_SENDER, MailDeed.EVERYBODY, MailDeed.FORWARDED),
            *(MailDeed.AUTOMATIC, MailDeed.PERSON),
        ),
        ENTITLED,
        ANOTHERS,
        message_id=1,
    ),
    about_client(TakeOnButton(wait_id=1)),
    about_client(HandButton(conversation_id=1, manager_id=OLGA.id)),
    about_client(HandButton(conversation_id=1, manager_id=0)),
)
REPLIES = (
    *each(ReplyButton, (ReplyDeed.ARRIVED, ReplyDeed.TRY_AGAIN), ENTITLED, ANOTHERS, reply_id=1),
    about_client(UndoButton(reply_id=1)),
    about_client(CorrectButton(reply_id=1)),
    # Whoever else presses these names an own message, of which nothing is asked.
    Row(ToWhomButton(message_id=DRAFTS[0], conversation_id=1), frozenset({OLGA}), DECIDED),
    Row(InsideButton(message_id=DRAFTS[1], inside=True), frozenset({OLGA}), DECIDED),
    Row(AnywayButton(message_id=DRAFTS[2], send=True), frozenset({OLGA}), DECIDED),
    *each(
        TakeBackButton,
        (TakeBackDeed.ASK, TakeBackDeed.LEAVE, TakeBackDeed.DO),
        ENTITLED,
        ANOTHERS,
        reply_id=1,
    ),
)
SCREENS = (
    Row(PageButton(), MEMBERS),
    *each(GuideButton, Section, MEMBERS),
    *each(MenuButton, FOR_HEADS, LEADERS, NO_LEADER),
    *each(MenuButton, HEADS_SCREENS, MEMBERS),
    *each(
        MenuButton,
        (
            *(Screen.MAIN, Screen.INBOX, Screen.AWAY, Screen.LANGUAGE, Screen.HELP),
            *(Screen.GROUPS, Screen.LINK_GROUP, Screen.ACCOUNT, Screen.TOPICS, Screen.TEAM),
            *(Screen.MORE, Screen.TASKS, Screen.CLIENTS, Screen.FIND),
            *(Screen.TEMPLATES, Screen.PRICES, Screen.REPORT, Screen.NOW),
        ),
        MEMBERS,
    ),
    # One's own absence; BACK ends what the others began.
    *each(
        AwayButton,
        (AwayDeed.OTHER, AwayDeed.DAY, AwayDeed.WEEKEND, AwayDeed.WEEK, AwayDeed.BACK),
        MEMBERS,
    ),
    Row(BackButton(manager_id=IVAN.id), LEADERS | {IVAN}, NO_ABSENCE),
    Row(LanguageButton(language="ru"), MEMBERS),
    Row(RoleButton(role="manager"), LEADERS, NO_INVITES),
    Row(RoleButton(role="head"), LEADERS, NO_INVITES),
    Row(RoleButton(role="admin"), frozenset({ADAM}), NO_INVITES),
    Row(AlertsButton(manager_id=ALERTED), LEADERS, NO_LEADER),
    *each(LiveButton, (LiveDeed.SHOW, LiveDeed.BOARD), MEMBERS),
    *each(LiveButton, (LiveDeed.SHOW, LiveDeed.BOARD), LEADERS, NO_LEADER, whole=True),
    *each(LiveButton, (LiveDeed.END, LiveDeed.WAITING), MEMBERS),
    *each(LiveButton, (LiveDeed.GROUP,), LEADERS, NO_LEADER),
)
PEOPLE = (
    *each(
        SuggestionButton,
        (SuggestionDeed.SAME, SuggestionDeed.OTHER),
        ENTITLED,
        ANOTHERS,
        suggestion_id=1,
    ),
    *each(
        JoiningButton,
        (JoiningDeed.ASK, JoiningDeed.LEAVE, JoiningDeed.SPLIT),
        ENTITLED,
        ANOTHERS,
        joining_id=1,
    ),
    *each(
        GroupButton,
        (GroupDeed.SHOW, GroupDeed.ASK_UNLINK, GroupDeed.UNLINK),
        ENTITLED,
        NOT_YOUR_GROUP,
        chat_id=LINKED,
    ),
    *each(
        GroupButton,
        (GroupDeed.ASK, GroupDeed.PAGE, GroupDeed.LEAVE, GroupDeed.NEW),
        MEMBERS,
        chat_id=FREE,
    ),
    Row(GroupButton(deed=GroupDeed.CLIENT, chat_id=FREE, client_id=1), ENTITLED, NOT_YOUR_CLIENT),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A command by itself: who may say it, what they hear (one of these), what others hear."""

    command: str
    allowed: frozenset[Manager]
    heard: tuple[str, ...]
    refused: frozenset[str] = frozenset()


CARD_WANTED = ("Ответьте этой командой на карточку", "Reply with this command to a client")
COMMANDS = (
    Said("/start", MEMBERS, ("/menu",)),
    Said("/menu", MEMBERS, ("☰",)),
    Said("/link", MEMBERS, ("Нажмите «Выбрать группу»", "Press “Choose a group”")),
    Said("/help", MEMBERS, ("Как здесь работать", "How to work here")),
    Said("/inbox", MEMBERS, ("Ждут ответа", "Никто не ждёт", "Waiting for", "Nobody waits")),
    Said("/now", MEMBERS, ("Отвечено сегодня", "Answered today")),
    Said("/board", MEMBERS, ("Отвечено сегодня", "Answered today")),
    Said("/language", MEMBERS, ("Выберите язык", "Choose a language")),
    Said("/invite", LEADERS, ("Кого приглашаете", "Whom do you invite"), NO_INVITES),
    Said("/alerts", MEMBERS, ("Напишите /alerts в той группе", "Write /alerts in the group")),
    Said("/forum", MEMBERS, ("Напишите /forum в группе", "Write /forum in a group")),
    Said("/away", MEMBERS, ("Вы на месте", "You are there")),
    Said("/back", MEMBERS, ("отсутствие не введено", "no absence is known")),
    Said("/dayoff", LEADERS, ("Выходные и другие часы", "Days off and other"), NO_CALENDAR),
    Said("/client", MEMBERS, ("Клиенты", "Clients")),
    Said("/tasks", MEMBERS, ("Мои задачи", "My tasks")),
    Said("/team", MEMBERS, ("Команда", "The team")),
    Said("/templates", MEMBERS, ("Шаблоны", "Templates")),
    Said("/prices", MEMBERS, ("Прайс", "Price list")),
    Said("/find", MEMBERS, ("Что найти", "What are you looking")),
    Said("/why", MEMBERS, ("Ответьте /why", "Reply with /why")),
    Said("/noreply", MEMBERS, CARD_WANTED),
    Said("/phone", MEMBERS, CARD_WANTED),
    Said("/promise", MEMBERS, CARD_WANTED),
    Said("/handover", MEMBERS, CARD_WANTED),
    Said("/take", MEMBERS, CARD_WANTED),
    Said("/task", MEMBERS, CARD_WANTED),
    Said(
        "/takeback",
        MEMBERS,
        ("Ответьте этой командой на своё", "Reply with this command to the message"),
    ),
    # The last: what the same member says next is heard when the report is made.
    Said("/report", MEMBERS, ("Отчёт готовится", "The report is being made")),
)
