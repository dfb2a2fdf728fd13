"""The Telegram chats of a person, over HTTP; `?room=` names one, else the chat with the bot:

GET  /api/chat/{person_id}          {"messages": [...] (shown.py), "room": {...} (rooms.py)}
POST /api/chat/{person_id}/say      {"text", "reply_to"?, "thread"?}      → {"message_id"}
POST /api/chat/{person_id}/send     multipart files, caption?, reply_to?, thread?
                                                                         → {"message_ids"}
POST /api/chat/{person_id}/kind     {"kind", "details"?, "thread"?}: a poll, a location ...
POST /api/chat/{person_id}/press    {"message_id", "data"}         → {"text", "show_alert"}
POST /api/chat/{person_id}/inline   {"query", "offset"?}: what the bot offers
                                              → {"results", "next_offset", "button"}
POST /api/chat/{person_id}/choose   {"result_id", "reply_to"?, "thread"?} → {"message_id"}
POST /api/chat/{person_id}/edit     {"message_id", "text"}
POST /api/chat/{person_id}/delete   {"message_ids"}
POST /api/chat/{person_id}/react    {"message_id", "emoji"} (empty takes it away)
POST /api/chat/{person_id}/forward  {"message_ids", "to": a room of the same person}
POST /api/chat/{person_id}/block    {"blocked": true | false}
POST /api/chat/{person_id}/connect  {"connected": true | false}: the bot and the own account
POST /api/chat/{person_id}/share    {"chat_id"?, "request_id"?}: a group; without, the contact
POST /api/chat/{person_id}/topic    {"name"} | {"delete": thread id}
GET  /api/file/{bot_id}/{file_id}   a file's bytes
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from sandbox.page.requests import Body, Form, Upload, handed_out, read_form
from sandbox.page.rooms import Room, Rooms
from sandbox.page.shown import shown
from sandbox.stage import Stage
from sandbox.telegram import People
from sandbox.telegram.acting import HOW
from sandbox.telegram.files import PHOTO_LIMIT

EXAMPLES = ("location", "contact", "poll", "checklist", "rich_message", "paid_media", "dice")
PHOTOS = ("image/jpeg", "image/png", "image/webp")
KINDS = {"image/gif": "animation", "audio/ogg": "voice", "video/mp4": "video"}
TOGETHER = {"photo": "photo", "video": "photo", "document": "document", "audio": "audio"}
MOST_TOGETHER = 10
OFFERED_WITHIN = 5.0  # seconds


class Chats:
    """What the page does as a person in Telegram."""

    def __init__(self, stage: Stage, rooms: Rooms) -> None:
        self._stage = stage
        self._rooms = rooms

    def add_routes(self, app: web.Application) -> None:
        chat = r"/api/chat/{person_id:\d+}"
        app.router.add_get(chat, self._show)
        deeds = {
            "say": self._say,
            "send": self._send,
            "kind": self._kind,
            "press": self._press,
            "inline": self._inline,
            "choose": self._choose,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "forward": self._forward,
            "block": self._block,
            "connect": self._connect,
            "share": self._share,
            "topic": self._topic,
        }
        for name, deed in deeds.items():
            app.router.add_post(f"{chat}/{name}", deed)
        app.router.add_get(r"/api/file/{bot_id:\d+}/{file_id}", self._file)

    async def _show(self, request: web.Request) -> web.Response:
        room = self._room(request)
        messages = self._stage.world.chat(
            self._stage.bot, room.chat_id, owner=room.owner, viewer=room.person_id
        )
        seen = [shown(self._stage, message) for message in messages]
        return web.json_response({"messages": seen, "room": self._rooms.told(room)})

    async def _say(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        text = form.text("text").strip()
        if not text:
            raise ValueError("the text is empty")
        message = self._people.says(room.person_id, self._stage.bot, text, **_how(room, form))
        return web.json_response({"message_id": message["message_id"]})

    async def _send(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        if not form.files:
            raise ValueError("there is no file")
        items = [_item(upload) for upload in form.files]
        items[0]["caption"] = form.text("caption")
        sent: list[Body] = []
        for group in _albums(items):
            sent += self._send_group(room, group, _how(room, form))
        return web.json_response({"message_ids": [each["message_id"] for each in sent]})

    def _send_group(self, room: Room, group: Sequence[Body], how: Any) -> list[Body]:
        bot = self._stage.bot
        if len(group) > 1:
            return self._people.sends_album(room.person_id, bot, group, **how)
        return [self._people.sends(room.person_id, bot, **group[0], **how)]

    async def _kind(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        kind = form.text("kind")
        if kind not in EXAMPLES:
            raise LookupError(f"example of kind {kind!r}")
        details = form.fields.get("details") or {}
        if not isinstance(details, dict) or HOW & details.keys():
            raise ValueError("details are an object of what the kind says")
        how = details | _how(room, form)
        message = self._people.sends(room.person_id, self._stage.bot, kind, **how)
        return web.json_response({"message_id": message["message_id"]})

    async def _press(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        message_id, data = form.number("message_id") or 0, form.text("data")
        answer = await self._people.presses_fully(
            room.person_id, self._stage.bot, message_id, data, **room.where
        )
        text, alert = answer.get("text") or "", bool(answer.get("show_alert"))
        return web.json_response({"text": text, "show_alert": alert})

    async def _inline(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        query, offset = form.text("query"), form.text("offset")
        offered = await self._people.types_inline(
            *(room.person_id, self._stage.bot, query),
            offset=offset,
            within=OFFERED_WITHIN,
            **room.where,
        )
        return web.json_response(offered)

    async def _choose(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        message = self._people.chooses(
            room.person_id, self._stage.bot, form.text("result_id"), **_how(room, form)
        )
        return web.json_response({"message_id": message["message_id"]})

    async def _edit(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        message_id, text = form.number("message_id") or 0, form.text("text")
        self._people.edits(room.person_id, self._stage.bot, message_id, text, **room.where)
        return web.json_response({"message_id": message_id})

    async def _delete(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        ids = [int(one) for one in form.fields.get("message_ids") or ()]
        self._people.deletes(room.person_id, self._stage.bot, *ids, **room.where)
        return web.json_response({"message_ids": ids})

    async def _react(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        message_id, emoji = form.number("message_id") or 0, form.text("emoji") or None
        self._people.reacts(room.person_id, self._stage.bot, message_id, emoji, **room.where)
        return web.json_response({"message_id": message_id})

    async def _forward(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        to = self._rooms.room(room.person_id, form.text("to"))
        ids = [int(one) for one in form.fields.get("message_ids") or ()]
        source = {"chat_id": room.chat_id, "owner": room.owner}
        sent = self._people.forwards(room.person_id, self._stage.bot, ids, source, **to.where)
        return web.json_response({"message_ids": [each["message_id"] for each in sent]})

    async def _block(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        blocked, bot = _yes(form, "blocked"), self._stage.bot
        if blocked != (self._stage.world.standing(bot.id, room.person_id) == "blocked"):
            act = self._people.blocks if blocked else self._people.unblocks
            act(room.person_id, bot)
        return web.json_response({"blocked": blocked})

    async def _connect(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        if room.owner != room.person_id:
            raise LookupError(f"account of person {room.person_id} in {room.key}")
        connected = _yes(form, "connected")
        if connected != (self._stage.world.connection_of(room.owner) is not None):
            if connected:
                self._people.connects(room.owner, self._stage.bot)
            else:
                self._people.disconnects(room.owner)
        return web.json_response({"connected": connected})

    async def _share(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        person, bot, chat_id = room.person_id, self._stage.bot, form.number("chat_id")
        message = (
            self._people.shares_contact(person, bot)
            if chat_id is None
            else self._people.shares_chat(person, bot, chat_id, form.number("request_id"))
        )
        return web.json_response({"message_id": message["message_id"]})

    async def _topic(self, request: web.Request) -> web.Response:
        room, form = self._room(request), await read_form(request)
        chat_id, gone = room.where.get("chat_id"), form.number("delete")
        if gone is not None:
            self._people.deletes_topic(room.person_id, self._stage.bot, gone, chat_id=chat_id)
            return web.json_response({"thread": gone})
        told = self._people.makes_topic(
            room.person_id, self._stage.bot, form.text("name"), chat_id=chat_id
        )
        return web.json_response({"thread": told["message_id"]})

    async def _file(self, request: web.Request) -> web.Response:
        bot_id, file_id = int(request.match_info["bot_id"]), request.match_info["file_id"]
        file = self._stage.world.files.find(bot_id, file_id)
        return handed_out(file.name, file.bytes(), file.mime)

    @property
    def _people(self) -> People:
        return self._stage.people

    def _room(self, request: web.Request) -> Room:
        person_id = int(request.match_info["person_id"])
        if person_id not in self._stage.world.people:
            raise LookupError(f"person {person_id}")
        return self._rooms.room(person_id, request.query.get("room", ""))


def _how(room: Room, form: Form) -> Any:
    """Where and as an answer to what a form wants it written."""
    return room.where | {"reply_to": form.number("reply_to"), "thread_id": form.number("thread")}


def _yes(form: Form, name: str) -> bool:
    return form.fields.get(name) in (True, "true")


def _item(upload: Upload) -> Body:
    """An upload as Telegram's apps would send it."""
    media_type = upload.media_type.partition(";")[0].strip().lower()
    kind = KINDS.get(media_type, "document")
    if media_type in PHOTOS and len(upload.content) <= PHOTO_LIMIT:
        kind = "photo"
    elif media_type.startswith("audio/") and kind == "document":
        kind = "audio"
    content, name = upload.content, upload.name
    return {"kind": kind, "content": content, "name": name, "mime": media_type}


def _albums(items: Sequence[Body]) -> list[list[Body]]:
    """Neighbours that Telegram's apps send together, ten at most."""
    albums: list[list[Body]] = []
    for item in items:
        last = albums[-1] if albums else []
        sort = TOGETHER.get(item["kind"])
        if last and sort and sort == TOGETHER.get(last[0]["kind"]) and len(last) < MOST_TOGETHER:
            last.append(item)
        else:
            albums.append([item])
    return albums
