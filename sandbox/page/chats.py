"""A person's private chat with the bot, over HTTP:

    GET  /api/chat/{person_id}          {"messages": [...], "standing": "started" | "blocked",
                                        "commands": [{"command", "description"}]}
    POST /api/chat/{person_id}/say      {"text", "reply_to"?}            → {"message_id"}
    POST /api/chat/{person_id}/send     multipart files, caption?, reply_to?  → {"message_ids"}
    POST /api/chat/{person_id}/press    {"message_id", "data"}           → {"text", "show_alert"}
    POST /api/chat/{person_id}/edit     {"message_id", "text"}           → {"message_id"}
    POST /api/chat/{person_id}/block    {"blocked": true | false}        → {"standing"}
    GET  /api/file/{bot_id}/{file_id}   a file's bytes

A message is the Bot API's Message with `out` (the person's own), `reactions` ([{emoji, by}]), and
`files` ([{kind, name, media_type, size, width, height, url}], with duration in seconds, emoji,
title and performer where the kind has them) in place of photo, document ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from sandbox.page.requests import Body, Upload, handed_out, read_form
from sandbox.stage import Stage
from sandbox.telegram.files import MEDIA_KINDS, PHOTO_LIMIT

PLAIN = (
    "message_id",
    "date",
    "edit_date",
    "text",
    "entities",
    "caption",
    "caption_entities",
    "media_group_id",
    "location",
    "contact",
    "venue",
    "dice",
    "forward_origin",
    "reply_markup",
    "out",
)
DETAILS = ("duration", "emoji", "title", "performer")
IN_REPLY = ("message_id", "text", "caption")
PHOTOS = ("image/jpeg", "image/png", "image/webp")
KINDS = {"image/gif": "animation", "audio/ogg": "voice", "video/mp4": "video"}
TOGETHER = {"photo": "photo", "video": "photo", "document": "document", "audio": "audio"}
MOST_TOGETHER = 10


class Chats:
    """What the page does as a person in Telegram."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def add_routes(self, app: web.Application) -> None:
        chat = r"/api/chat/{person_id:\d+}"
        app.router.add_get(chat, self._show)
        app.router.add_post(f"{chat}/say", self._say)
        app.router.add_post(f"{chat}/send", self._send)
        app.router.add_post(f"{chat}/press", self._press)
        app.router.add_post(f"{chat}/edit", self._edit)
        app.router.add_post(f"{chat}/block", self._block)
        app.router.add_get(r"/api/file/{bot_id:\d+}/{file_id}", self._file)

    async def _show(self, request: web.Request) -> web.Response:
        person_id = self._person(request)
        messages = self._stage.world.chat(self._stage.bot, person_id)
        shown = [self._shown(message) for message in messages]
        return web.json_response(
            {
                "messages": shown,
                "standing": self._standing(person_id),
                "commands": self._commands(person_id),
            }
        )

    async def _say(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        text = form.text("text").strip()
        if not text:
            raise ValueError("the text is empty")
        message = self._stage.people.says(
            self._person(request), self._stage.bot, text, reply_to=form.number("reply_to")
        )
        return web.json_response({"message_id": message["message_id"]})

    async def _send(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        if not form.files:
            raise ValueError("there is no file")
        person_id, reply_to = self._person(request), form.number("reply_to")
        items = [_item(upload) for upload in form.files]
        items[0]["caption"] = form.text("caption")
        sent: list[Body] = []
        for group in _albums(items):
            sent += self._send_group(person_id, group, reply_to)
        return web.json_response({"message_ids": [each["message_id"] for each in sent]})

    def _send_group(
        self, person_id: int, group: Sequence[Body], reply_to: int | None
    ) -> list[Body]:
        people, bot = self._stage.people, self._stage.bot
        if len(group) > 1:
            return people.sends_album(person_id, bot, group, reply_to=reply_to)
        return [people.sends(person_id, bot, **group[0], reply_to=reply_to)]

    async def _press(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        message_id = form.number("message_id")
        answer = await self._stage.people.presses_fully(
            self._person(request), self._stage.bot, message_id or 0, form.text("data")
        )
        text, alert = answer.get("text") or "", bool(answer.get("show_alert"))
        return web.json_response({"text": text, "show_alert": alert})

    async def _edit(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        message_id, text = form.number("message_id") or 0, form.text("text")
        self._stage.people.edits(self._person(request), self._stage.bot, message_id, text)
        return web.json_response({"message_id": message_id})

    async def _block(self, request: web.Request) -> web.Response:
        person_id, form = self._person(request), await read_form(request)
        blocked = form.fields.get("blocked") in (True, "true")
        if blocked != (self._standing(person_id) == "blocked"):
            act = self._stage.people.blocks if blocked else self._stage.people.unblocks
            act(person_id, self._stage.bot)
        return web.json_response({"standing": self._standing(person_id)})

    async def _file(self, request: web.Request) -> web.Response:
        bot_id, file_id = int(request.match_info["bot_id"]), request.match_info["file_id"]
        file = self._stage.world.files.find(bot_id, file_id)
        return handed_out(file.name, file.bytes(), file.mime)

    def _person(self, request: web.Request) -> int:
        person_id = int(request.match_info["person_id"])
        if person_id not in self._stage.world.people:
            raise LookupError(f"person {person_id}")
        return person_id

    def _commands(self, person_id: int) -> list[Body]:
        """What the bot's menu offers in this chat: the list set for it, else the general one."""
        settings = self._stage.bot.settings
        scopes = (("chat", str(person_id), ""), ("default", "", ""))
        found = (settings.get(("commands", *scope, "")) for scope in scopes)
        return next((commands for commands in found if commands), [])

    def _standing(self, person_id: int) -> str:
        return self._stage.world.standing(self._stage.bot.id, person_id)

    def _shown(self, message: Body) -> Body:
        shown = {key: message[key] for key in PLAIN if key in message}
        author, replied = message["from"], message.get("reply_to_message")
        shown["from"] = {"id": author["id"], "first_name": author["first_name"]}
        shown["reactions"] = [
            {"emoji": each.get("emoji", ""), "by": each["by"]} for each in message["reactions"]
        ]
        shown["files"] = self._files(message)
        if "pinned_message" in message:
            shown["pinned_message"] = _brief(message["pinned_message"])
        if replied is not None:
            shown["reply_to_message"] = _brief(replied) | {"files": self._files(replied)}
        return shown

    def _files(self, message: Body) -> list[Body]:
        kinds = [kind for kind in MEDIA_KINDS if kind in message]
        if "animation" in kinds:
            kinds.remove("document")
        return [self._described(kind, message[kind]) for kind in kinds]

    def _described(self, kind: str, media: Any) -> Body:
        largest = media[-1] if kind == "photo" else media
        bot_id, file_id = self._stage.bot.id, largest["file_id"]
        file = self._stage.world.files.find(bot_id, file_id)
        return {
            "kind": kind,
            "name": file.name,
            "media_type": file.mime,
            "size": file.size,
            "width": largest.get("width"),
            "height": largest.get("height"),
            "url": f"/api/file/{bot_id}/{file_id}",
        } | {key: largest[key] for key in DETAILS if key in largest}


def _brief(message: Body) -> Body:
    return {key: message[key] for key in IN_REPLY if key in message}


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
