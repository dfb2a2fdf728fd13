"""Who presses and commands in the tests of permissions, and the words that turn people away."""

from __future__ import annotations

from dataclasses import replace

from bot.texts import speaker
from inbox.model import Manager, Role
from tests.bot.desk_world import NEWCOMER
from tests.bot.studio import ADAM, GONE, HELEN, IVAN, OLGA

MAYA = Manager(6, "Мая", 506, Role.MANAGER, "Europe/Moscow", "ru")  # Olga's deputy
STRANGER = Manager(0, "Новый", NEWCOMER)
TEAM = (OLGA, IVAN, MAYA, HELEN, ADAM)
OTHERS = (GONE, STRANGER)

# Of Olga's client: the holder, her deputy, a head, an administrator.
ENTITLED = frozenset({OLGA, MAYA, HELEN, ADAM})
LEADERS = frozenset({HELEN, ADAM})
# Of what Olga added to the lists of all.
OWNERS = frozenset({OLGA, HELEN, ADAM})
MEMBERS = frozenset(TEAM)
NOBODY: frozenset[Manager] = frozenset()


def words(text: str, **values: object) -> frozenset[str]:
    """A sentence of the desk in both languages."""
    return frozenset(speaker(code)(text, **values) for code in ("ru", "en"))


ONLY_MEMBERS = words("Only members of the studio may press this.")
NO_BUTTON = words("This button no longer works.")
ANOTHERS = words("{name} has this client. Ask to have it handed over.", name=OLGA.name)
NO_LEADER = words("Only a head or an administrator may do this.")
NO_INVITES = words("Only a head or an administrator can invite.")
NO_CALENDAR = words("Only a head or an administrator changes the calendar.")
NO_ABSENCE = words("Only a head or an administrator says when somebody else is away.")
NOT_YOURS = words("Only who added it, a head or an administrator may change it.")
NOT_YOUR_GROUP = words("This group is not linked, or not to a client of yours.")
NOT_YOUR_CLIENT = words("Only a head or an administrator links another manager's client.")
DECIDED = words("This was decided already.")
LATE = words("It is too late for that.")
NO_TEMPLATE = words("This template is no longer there.")
NO_ITEM = words("This item is no longer there.")
NO_FILE = words("This file is not known any more.")

# What a button that names something which is not there gets.
GONE_WORDS = frozenset().union(
    *(NO_BUTTON, DECIDED, LATE, NO_TEMPLATE, NO_ITEM, NO_FILE, NOT_YOUR_GROUP, NOT_YOUR_CLIENT)
)


def with_deputy(holder: Manager, deputy_id: int) -> Manager:
    """The same member, for whom another may act."""
    return replace(holder, deputy_id=deputy_id)
