"""People and groups: making them, bringing the bot in and out, members, names, moving on."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from sandbox.telegram.acting import Acting, BotRef
from sandbox.telegram.membership import member
from sandbox.telegram.world import Bot, Chat, Message


class InGroups(Acting):
    """Acts of a person who is in the group `chat_id`."""

    def makes_group(
        self,
        person_id: int,
        bot: BotRef | None,
        chat_id: int,
        title: str,
        *,
        members: Iterable[int] = (),
        forum: bool = False,
        plain: bool = True,
    ) -> Chat:
        """A new group of these people; a bot is told that it was added, unless it is None."""
        machine = None if bot is None else self.world.bot(bot)
        people = [person_id, *(one for one in members if one != person_id)]
        bots = [machine.id] if machine is not None and plain else []
        room = self.world.add_group(
            chat_id, title, members=people, bots=bots, forum=forum, plain=plain
        )
        room.bots.clear()
        if machine is not None:
            self.adds_bot(person_id, machine, chat_id)
            word = "group" if plain else "supergroup"
            self._tells(room, person_id, {f"{word}_chat_created": True})
        return room

    def adds_bot(
        self, person_id: int, bot: BotRef, chat_id: int, *, admin: bool = False
    ) -> Message:
        """The bot is told twice: my_chat_member, and a message of new_chat_members."""
        machine = self.world.bot(bot)
        room = self._group(person_id, machine, chat_id)
        before = member(room, machine.as_user())
        room.kicked.discard(machine.id)
        room.bots.add(machine.id)
        if admin:
            room.admins.add(machine.id)
        self._bot_turned(room, person_id, machine, before)
        return self._tells(room, person_id, {"new_chat_members": [machine.as_user()]})

    def removes_bot(self, person_id: int, bot: BotRef, chat_id: int, *, ban: bool = False) -> None:
        """Afterwards its sends get 403."""
        machine = self.world.bot(bot)
        room = self._group(person_id, machine, chat_id)
        before = member(room, machine.as_user())
        self._tells(room, person_id, {"left_chat_member": machine.as_user()})
        after: dict[str, Any] = {"user": machine.as_user(), "status": "left"}
        if ban:
            after |= {"status": "kicked", "until_date": 0}
        self._bot_turned(room, person_id, machine, before, after)
        room.bots.discard(machine.id)
        room.admins.discard(machine.id)
        if ban:
            room.kicked.add(machine.id)
        self.world.notice(room, None, "members")

    def promotes_bot(self, person_id: int, bot: BotRef, chat_id: int) -> None:
        """An administrator hears everything in the group, whatever its privacy mode."""
        self._raises_bot(person_id, bot, chat_id, admin=True)

    def demotes_bot(self, person_id: int, bot: BotRef, chat_id: int) -> None:
        self._raises_bot(person_id, bot, chat_id, admin=False)

    def promotes(
        self,
        person_id: int,
        bot: BotRef,
        chat_id: int,
        who: int,
        *,
        admin: bool = True,
        anonymous: bool = False,
    ) -> None:
        """Make a member an administrator, who then may write as the group, or a plain one."""
        room = self._group(person_id, bot, chat_id)
        self._require_member(room, who)
        before = member(room, self._person(who))
        (room.admins.add if admin else room.admins.discard)(who)
        (room.anonymous.add if admin and anonymous else room.anonymous.discard)(who)
        self._member_turned(room, person_id, before, member(room, self._person(who)))

    def adds_person(self, person_id: int, bot: BotRef, chat_id: int, who: int) -> Message:
        """Bring somebody in; oneself is to join."""
        room = self.world.room(self.world.bot(bot), chat_id)
        if who != person_id:
            self._require_member(room, person_id)
        newcomer = self._person(who)
        before = member(room, newcomer)
        room.members.add(who)
        self._member_turned(room, person_id, before, member(room, newcomer))
        return self._tells(room, person_id, {"new_chat_members": [newcomer]})

    def joins(self, person_id: int, bot: BotRef, chat_id: int) -> Message:
        return self.adds_person(person_id, bot, chat_id, person_id)

    def leaves(self, person_id: int, bot: BotRef, chat_id: int) -> Message:
        room = self._group(person_id, bot, chat_id)
        before = member(room, self._person(person_id))
        told = self._tells(room, person_id, {"left_chat_member": self._person(person_id)})
        room.members.discard(person_id)
        room.admins.discard(person_id)
        self._member_turned(room, person_id, before, member(room, self._person(person_id)))
        return told

    def renames_group(self, person_id: int, bot: BotRef, chat_id: int, title: str) -> Message:
        room = self._group(person_id, bot, chat_id)
        room.header = room.header | {"title": title}
        return self._tells(room, person_id, {"new_chat_title": title})

    def upgrades_group(
        self, person_id: int, bot: BotRef, chat_id: int, new_id: int, *, forum: bool = False
    ) -> Chat:
        """A plain group becomes the supergroup `new_id`; sends to the old id say so from now on.

        The bot is told by migrate_to_chat_id in the old and migrate_from_chat_id in the new chat,
        and by my_chat_member of both.
        """
        machine = self.world.bot(bot)
        old = self._group(person_id, machine, chat_id)
        if old.header["type"] != "group":
            raise LookupError(f"chat {chat_id} is a supergroup already")
        new = self.world.add_group(
            new_id,
            old.header["title"],
            members=[],
            bots=[],
            admins=old.admins,
            forum=forum,
        )
        new.members, new.creator, new.anonymous = old.members.copy(), old.creator, set()
        outside = member(new, machine.as_user())
        new.bots = old.bots.copy()
        self._bot_turned(new, person_id, machine, outside)
        self._tells(old, person_id, {"migrate_to_chat_id": new_id})
        self._tells(new, person_id, {"migrate_from_chat_id": chat_id})
        inside = member(old, machine.as_user())
        left = {"user": machine.as_user(), "status": "left"}
        self._bot_turned(old, person_id, machine, inside, left)
        old.moved_to = new_id
        self.world.notice(new, None, "members")
        return new

    def _raises_bot(self, person_id: int, bot: BotRef, chat_id: int, *, admin: bool) -> None:
        machine = self.world.bot(bot)
        room = self._group(person_id, machine, chat_id)
        if machine.id not in room.bots:
            raise LookupError(f"the bot is not in chat {chat_id}")
        before = member(room, machine.as_user())
        (room.admins.add if admin else room.admins.discard)(machine.id)
        self._bot_turned(room, person_id, machine, before)

    def _group(self, person_id: int, bot: BotRef, chat_id: int) -> Chat:
        room = self.world.room(self.world.bot(bot), chat_id)
        if room.private:
            raise LookupError(f"chat {chat_id} is no group")
        self._require_member(room, person_id)
        return room

    def _tells(self, room: Chat, person_id: int, content: dict[str, Any]) -> Message:
        """A service message in a person's name."""
        author, said = self._name(room, person_id, None)
        entry = self.world.post(room, author, said | content, by=person_id)
        self.world.publish(room, "message", entry.message)
        self.world.notice(room, None, "members")
        return entry.message

    def _bot_turned(
        self,
        room: Chat,
        person_id: int,
        bot: Bot,
        before: dict[str, Any],
        after: dict[str, Any] | None = None,
    ) -> None:
        change = self._change(room, person_id, before, after or member(room, bot.as_user()))
        bot.stream.push("my_chat_member", change)
        self.world.notice(room, None, "members")

    def _member_turned(
        self, room: Chat, person_id: int, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """Bots hear of other members only where they are administrators, and asked for it."""
        change = self._change(room, person_id, before, after)
        for bot_id in room.bots & room.admins:
            self.world.bots[bot_id].stream.push("chat_member", deepcopy(change))
        self.world.notice(room, None, "members")

    def _change(
        self, room: Chat, person_id: int, before: dict[str, Any], after: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "chat": room.header,
            "from": self._name(room, person_id, None)[0],
            "date": self._stamp(),
            "old_chat_member": before,
            "new_chat_member": after,
        }
