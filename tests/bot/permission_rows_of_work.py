"""The table of permissions, of a manager's work: tasks, templates, prices, quotes, clients, the
team, search; and which numbers in a button nobody reads."""

from __future__ import annotations

from datetime import date

from bot.client_buttons import (
    ClientButton,
    ClientDeed,
    ClientsButton,
    FileButton,
    FileOf,
    FindClientButton,
    GiveButton,
    HistoryButton,
    NotesButton,
    WriteButton,
)
from bot.figure_buttons import FigureButton, FiguresButton, Part, RowsButton, RowSort
from bot.find_buttons import FindButton, FoundButton, FoundPageButton
from bot.report_buttons import Of, ReportButton, ReportDeed
from bot.task_buttons import (
    NewTaskButton,
    Origin,
    TaskButton,
    TaskDayButton,
    TaskDeed,
    TaskListButton,
    TaskLookButton,
    TaskTimeButton,
    WhenButton,
    WhenDeed,
)
from bot.team_buttons import (
    HandAllButton,
    TakeClientButton,
    TeamButton,
    TeamDeed,
    UndoAllButton,
)
from bot.template_buttons import (
    ListDeed,
    PriceButton,
    QuoteButton,
    QuoteDeed,
    TakeInButton,
    TemplateButton,
    TemplateLanguageButton,
)
from bot.work_buttons import WorkButton, WorkDeed
from tests.bot.permission_people import (
    ANOTHERS,
    DECIDED,
    ENTITLED,
    LEADERS,
    MEMBERS,
    NO_BUTTON,
    NO_LEADER,
    NOBODY,
    NOT_YOURS,
    OWNERS,
)
from tests.bot.permission_rows import SOME_DAY, Row, about_client, each
from tests.bot.studio import ADAM, IVAN, OLGA

READ_BY_ALL = (ListDeed.LIST, ListDeed.SHOW, ListDeed.NEW, ListDeed.OUT, ListDeed.IN)
REPORTS = (ReportDeed.CHOOSE, ReportDeed.CLIENTS, ReportDeed.SHOW)
REPORTED = date(2026, 11, 16).toordinal()
WEEK = {"first": REPORTED, "last": REPORTED + 6}
FIGURES = {"day": REPORTED, "days": 7}
CHANGED = (ListDeed.EDIT, ListDeed.DROP, ListDeed.RESTORE)

TASKS = (
    *each(
        WorkButton,
        (WorkDeed.TEMPLATE, WorkDeed.TASK, WorkDeed.NOTE, WorkDeed.CLIENT),
        ENTITLED,
        ANOTHERS,
        message_id=1,
    ),
    *each(
        WhenButton,
        (WhenDeed.NOW, WhenDeed.SOON, WhenDeed.LATER, WhenDeed.CANCEL),
        ENTITLED,
        ANOTHERS,
        origin=Origin.MESSAGE,
        about_id=1,
    ),
    # Of no message: the words are those of the question, which is not asked here.
    *each(
        WhenButton,
        (WhenDeed.NOW, WhenDeed.SOON, WhenDeed.LATER),
        NOBODY,
        ANOTHERS | NO_BUTTON,
        origin=Origin.CLIENT,
        about_id=1,
    ),
    about_client(WhenButton(deed=WhenDeed.CANCEL, origin=Origin.CLIENT, about_id=1)),
    *each(
        TaskButton,
        (
            *(TaskDeed.OPEN, TaskDeed.LOOK, TaskDeed.NOW, TaskDeed.SOON, TaskDeed.LATER),
            *(TaskDeed.DUE, TaskDeed.NO_DUE, TaskDeed.RENAME, TaskDeed.MESSAGE),
            *(TaskDeed.DROP, TaskDeed.RESTORE, TaskDeed.DONE, TaskDeed.LEAVE),
            *(TaskDeed.TELL, TaskDeed.REOPEN),
        ),
        ENTITLED,
        ANOTHERS,
        task_id=1,
    ),
    about_client(TaskDayButton(task_id=1, day=SOME_DAY)),
    about_client(TaskTimeButton(task_id=1, minute=1)),
    Row(TaskListButton(), MEMBERS),
    Row(TaskListButton(everybody=True), MEMBERS),
    about_client(TaskListButton(client_id=1)),
    about_client(TaskLookButton(task_id=1)),
    about_client(NewTaskButton(client_id=1)),
)
TEMPLATES = (
    *each(TemplateButton, READ_BY_ALL, MEMBERS, template_id=1),
    *each(TemplateButton, CHANGED, OWNERS, NOT_YOURS, template_id=1),
    Row(TemplateLanguageButton(template_id=1, language="ru"), OWNERS, NOT_YOURS),
    # Below a card, one after the other: what is sent is what the presser chose.
    *each(
        TemplateButton,
        (ListDeed.USE, ListDeed.CHOOSE),
        ENTITLED,
        ANOTHERS,
        template_id=1,
        message_id=1,
    ),
    *each(
        TemplateButton,
        (ListDeed.CHANGE, ListDeed.SEND),
        ENTITLED,
        DECIDED,
        template_id=1,
        message_id=1,
    ),
    *each(TemplateButton, (ListDeed.CANCEL,), ENTITLED, ANOTHERS, template_id=1, message_id=1),
    # Only quotes are sent "anyway" from their preview, only templates "changed" there.
    *each(TemplateButton, (ListDeed.ANYWAY,), NOBODY, NO_BUTTON, template_id=1, message_id=1),
    *each(PriceButton, (ListDeed.CHANGE,), NOBODY, NO_BUTTON, item_id=1, message_id=1),
    *each(PriceButton, READ_BY_ALL, MEMBERS, item_id=1),
    *each(PriceButton, CHANGED, OWNERS, NOT_YOURS, item_id=1),
    *each(
        PriceButton,
        (ListDeed.USE, ListDeed.CHOOSE, ListDeed.SEND, ListDeed.ANYWAY, ListDeed.CANCEL),
        ENTITLED,
        ANOTHERS,
        item_id=1,
        message_id=1,
    ),
    # There is no list here that waits to be taken in.
    Row(TakeInButton(take=True), NOBODY, DECIDED),
    *each(
        QuoteButton,
        (QuoteDeed.LEAVE, QuoteDeed.ASK_WITHDRAW, QuoteDeed.WITHDRAW, QuoteDeed.AGREED),
        ENTITLED,
        ANOTHERS,
        quote_id=1,
    ),
)
CLIENTS = (
    *each(
        ClientButton,
        (
            *(ClientDeed.OPEN, ClientDeed.LOOK, ClientDeed.FILES, ClientDeed.NOTE),
            *(ClientDeed.WRITE, ClientDeed.HAND_OVER, ClientDeed.TAKE),
        ),
        ENTITLED,
        ANOTHERS,
        client_id=1,
    ),
    about_client(HistoryButton(client_id=1)),
    about_client(NotesButton(client_id=1)),
    about_client(FileButton(of=FileOf.MESSAGE, client_id=1, source_id=1, mark=5)),
    about_client(FileButton(of=FileOf.REPLY, client_id=1, source_id=1, mark=5)),
    about_client(FileButton(of=FileOf.NOTE, client_id=1, source_id=1, mark=5)),
    about_client(WriteButton(client_id=1, way=0)),
    about_client(GiveButton(client_id=1, manager_id=OLGA.id)),
    about_client(GiveButton(client_id=1, manager_id=0)),
    Row(ClientsButton(), MEMBERS),
    Row(FindClientButton(), MEMBERS),
    about_client(FoundButton(conversation_id=1)),
    about_client(FoundButton(conversation_id=1, message_id=1)),
    # There is no search here whose next page it could be.
    Row(FoundPageButton(), NOBODY, NO_BUTTON),
    Row(FindButton(), MEMBERS),
)
TEAM = (
    *each(TeamButton, (TeamDeed.TEAM, TeamDeed.CLIENTS), MEMBERS, manager_id=OLGA.id),
    *each(TeamButton, (TeamDeed.ASK_WHOM,), LEADERS, NO_LEADER, manager_id=OLGA.id),
    about_client(TakeClientButton(client_id=1)),
    Row(UndoAllButton(key="77"), LEADERS, NO_LEADER),
    Row(HandAllButton(from_id=IVAN.id, to_id=OLGA.id, sure=False), LEADERS, NO_LEADER),
    Row(HandAllButton(from_id=OLGA.id, to_id=ADAM.id, sure=True), LEADERS, NO_LEADER),
    *each(ReportButton, ReportDeed, LEADERS, NO_LEADER, **WEEK),
    *each(ReportButton, REPORTS, OWNERS, NO_LEADER, **WEEK, of=Of.MEMBER, about_id=OLGA.id),
    *each(ReportButton, REPORTS, OWNERS, ANOTHERS, **WEEK, of=Of.CLIENT, about_id=1),
    Row(
        ReportButton(deed=ReportDeed.WHOSE, **WEEK, of=Of.MEMBER, about_id=OLGA.id),
        LEADERS,
        NO_LEADER,
    ),
    Row(FiguresButton(**FIGURES, part=Part.WHOLE, about_id=0), LEADERS, NO_LEADER),
    Row(FiguresButton(**FIGURES, part=Part.MANAGER, about_id=OLGA.id), OWNERS, NO_LEADER),
    Row(FiguresButton(**FIGURES, part=Part.CLIENT, about_id=1), OWNERS, ANOTHERS),
    Row(
        RowsButton(**FIGURES, part=Part.MANAGER, about_id=OLGA.id, sort=RowSort.CLIENT),
        OWNERS,
        NO_LEADER,
    ),
    Row(
        FigureButton(
            **FIGURES, part=Part.MANAGER, about_id=OLGA.id, sort=RowSort.STUDIO, row=0, what=1
        ),
        OWNERS,
        NO_LEADER,
    ),
)

_IN_LIST = {"message_id"}
_BELOW_A_CARD = {
    ListDeed.USE: {"template_id", "item_id"},
    ListDeed.CANCEL: {"template_id", "item_id"},
    ListDeed.CHOOSE: set[str](),
    ListDeed.SEND: {"template_id"},
    ListDeed.CHANGE: {"template_id", "item_id"},
    ListDeed.ANYWAY: set[str](),
}
_ABOUT_NONE = {ListDeed.LIST, ListDeed.NEW, ListDeed.OUT, ListDeed.IN}


def unread(button: object) -> set[str]:
    """Which of its numbers a button carries only for the way back, or for its other deeds."""
    match button:
        case TemplateButton(deed=deed) | PriceButton(deed=deed):
            if deed in _ABOUT_NONE:
                return {"template_id", "item_id", "message_id"}
            return _BELOW_A_CARD.get(deed, _IN_LIST)
        case TaskLookButton():
            return {"client_id"}
        case FoundButton(message_id=message_id) if message_id:
            return {"conversation_id"}
        case TeamButton(deed=TeamDeed.TEAM):
            return {"manager_id"}
        case NotesButton():
            return {"before_id"}
        case FoundPageButton():
            return {"after"}
    return set()
