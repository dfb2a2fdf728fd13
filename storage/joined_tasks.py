"""Tasks go with their conversations when people become one, and come back with them.

A task of no conversation goes along with the last people of its client.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, bindparam, delete, insert, or_, select, update

from storage.chat_tables import joined_conversation, joining
from storage.day_tables import joined_task, task
from storage.statements import Statements
from storage.tables import contact, handle


def _client_of(contact_id: str) -> ScalarSelect[int]:
    """The client of the contact on that side of the joining."""
    return (
        select(contact.c.client_id)
        .join(joining, joining.c[contact_id] == contact.c.id)
        .where(joining.c.id == bindparam("its_joining_id"))
        .scalar_subquery()
    )


_from, _to = _client_of("from_contact_id"), _client_of("to_contact_id")
_its_conversations = select(joined_conversation.c.conversation_id).where(
    joined_conversation.c.joining_id == bindparam("its_joining_id")
)
_others = (
    select(handle.c.address)
    .join(contact, contact.c.id == handle.c.contact_id)
    .where(contact.c.client_id == _from)
    .exists()
)
_its_tasks = select(joined_task.c.task_id).where(
    joined_task.c.joining_id == bindparam("its_joining_id")
)
KEEP = insert(joined_task).from_select(
    ["joining_id", "task_id"],
    select(bindparam("its_joining_id", type_=joining.c.id.type), task.c.id).where(
        task.c.client_id != _to,
        or_(
            task.c.conversation_id.in_(_its_conversations),
            (task.c.client_id == _from) & task.c.conversation_id.is_(None) & ~_others,
        ),
    ),
)
MOVE = update(task).where(task.c.id.in_(_its_tasks)).values(client_id=_to)
_back = or_(
    task.c.id.in_(_its_tasks),
    task.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)),
)
BRING_BACK = update(task).where(_back).values(client_id=_from)
# What went on to a third client goes back from there: that joining is not about it any more.
FORGET = delete(joined_task).where(
    joined_task.c.joining_id > bindparam("its_joining_id"),
    joined_task.c.task_id.in_(select(task.c.id).where(_back)),
)


class JoinedTasks(Statements):
    async def tasks_along(self, joining_id: int) -> None:
        """After handles and conversations moved and the joining was kept."""
        await self.run(KEEP, {"its_joining_id": joining_id})
        await self.run(MOVE, {"its_joining_id": joining_id})

    async def tasks_back(self, joining_id: int, conversation_ids: Sequence[int]) -> None:
        """Those that moved, and those of the conversations that go back."""
        values = {"its_joining_id": joining_id, "conversation_ids": list(conversation_ids)}
        await self.run(FORGET, values)
        await self.run(BRING_BACK, values)
