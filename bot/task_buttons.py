"""The buttons of tasks: what they carry."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import DayNumber, Minute, RowId
from bot.work_buttons import Offset


class WhenDeed(StrEnum):
    """Into which of the three lists a new task goes."""

    NOW = "n"
    SOON = "s"
    LATER = "l"
    CANCEL = "c"


class Origin(StrEnum):
    """What a new task comes from."""

    MESSAGE = "m"
    CLIENT = "c"


class WhenButton(CallbackData, prefix="tkw"):
    """Make the task of a client's message, or of a client, into this list."""

    deed: WhenDeed
    origin: Origin
    about_id: RowId


class TaskDeed(StrEnum):
    """What a button about a task does. OPEN shows it in a message of its own, LOOK in this one."""

    OPEN = "o"
    LOOK = "v"
    DONE = "d"
    TELL = "t"
    LEAVE = "x"
    REOPEN = "r"
    NOW = "n"
    SOON = "s"
    LATER = "l"
    DUE = "w"
    NO_DUE = "z"
    RENAME = "e"
    MESSAGE = "m"
    DROP = "k"
    RESTORE = "u"


class TaskButton(CallbackData, prefix="tk"):
    """A deed on a task."""

    deed: TaskDeed
    task_id: RowId


class TaskDayButton(CallbackData, prefix="td"):
    """A day by which a task is to be done: the date's ordinal, in the presser's zone."""

    task_id: RowId
    day: DayNumber


class TaskTimeButton(CallbackData, prefix="tdm"):
    """The instant by which a task is to be done, in minutes since 1970 (UTC)."""

    task_id: RowId
    minute: Minute


class TaskFilter(StrEnum):
    """Which of the lists are shown."""

    ALL = "a"
    NOW = "n"
    SOON = "s"
    LATER = "l"


class TaskOrder(StrEnum):
    """How a list is sorted."""

    DUE = "d"
    CLIENT = "c"


class TaskListButton(CallbackData, prefix="tl"):
    """A list of tasks: of this client; of none (0) the presser's own, or with `everybody` all that
    the presser sees."""

    client_id: RowId = 0
    everybody: bool = False
    only: TaskFilter = TaskFilter.ALL
    order: TaskOrder = TaskOrder.DUE
    offset: Offset = 0


class TaskLookButton(TaskListButton, prefix="tlk"):
    """A task, shown in the place of the list from which it is looked at."""

    task_id: RowId


class NewTaskButton(CallbackData, prefix="tln"):
    """A task for this client, in the presser's own words."""

    client_id: RowId
