"""What people do in Telegram, all of it: `People` joins the kinds of acts."""

from __future__ import annotations

from itertools import count

from sandbox.telegram.people_accounts import InAccounts
from sandbox.telegram.people_groups import InGroups
from sandbox.telegram.people_inline import Inline
from sandbox.telegram.people_topics import InTopics
from sandbox.telegram.people_touching import Touching
from sandbox.telegram.people_writing import Writing
from sandbox.telegram.world import World

__all__ = ["People"]


class People(Writing, Touching, Inline, InGroups, InTopics, InAccounts):
    """Acts of people, each on the bot named by token, id or username.

    All are plain functions except `presses` and `types_inline`, which wait for the bot.
    `chat_id` names a group where the act is not in the private chat, `owner` the person in
    whose own account it is.
    LookupError: no such person, message, button, chat or topic, or one not for this person.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._queries = count(4_000_000_000_000_001)
