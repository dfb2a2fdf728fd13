"""The control API under /_sandbox: another process plays people, plans faults, reads chats.

    POST   people     id, first_name, last_name?, username?, language_code?, phone?, started?
    POST   bots       token, username, name, topics?, privacy?
    POST   groups     chat_id, title, members, bots, admins?, forum?, plain?   (nobody is told)
    POST   tune       bot, privacy?, topics?, ignores_missing_threads?, inline?,
                      inline_feedback?; limits?
    POST   <an act>   person or owner, bot, and what the function of `People` takes
    POST   album      person, bot, items: [{kind, content, name?, caption?}]
    POST   presses    person, bot, message_id, callback_data, chat_id?, owner?, within?
                      -> {text, show_alert, url}
    POST   types_inline  person, bot, query, offset?, chat_id?, owner?, within?
                      -> {results, next_offset, button}
    POST   faults     the fields of Fault            DELETE faults    forget them all
    POST   updates    bot, update (raw, as it is)
    GET    chat       ?bot=&person=&owner=           GET    requests  ?method=&after=
    GET    pending    ?bot=                          GET    events    (server-sent)
    GET    topics     ?bot=&chat=                    GET    commands  ?bot=&chat=&user=&language=
    GET    file       ?bot=&file_id= -> {name, mime, content}

The acts are named as the functions: says, starts, sends, writes, forwards, edits, deletes
(message_id or message_ids), reacts, chooses (result_id), blocks, unblocks, deletes_account;
shares_contact, shares_chat, shares_users; makes_group, adds_bot, removes_bot, promotes_bot,
demotes_bot, promotes, adds_person, joins, leaves, renames_group, upgrades_group; makes_topic,
renames_topic, deletes_topic, closes_topic, reopens_topic; connects, disconnects, changes_rights.
What says how something is written (chat_id, owner, thread_id, reply_to, quote ...) is in
`acting.How`; bytes are base64. `bot` is a token, an id or a username. `sandbox.telegram.remote`
calls all this.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.telegram.account import commands_for
from sandbox.telegram.faults import Fault
from sandbox.telegram.people import People
from sandbox.telegram.refusal import Refusal
from sandbox.telegram.world import Chat, Connection, Person, World

Body = dict[str, Any]
Act = Callable[[Body], Any | Awaitable[Any]]

HEARTBEAT = 15.0
TUNED = frozenset({"privacy", "topics", "ignores_missing_threads", "inline", "inline_feedback"})
ACTS = (
    *("says", "starts", "writes", "forwards", "edits", "reacts", "blocks", "unblocks"),
    *("deletes_account", "chooses", "shares_contact", "shares_chat", "shares_users"),
    *("makes_group", "adds_bot", "removes_bot", "promotes_bot", "demotes_bot", "promotes"),
    *("adds_person", "joins", "leaves", "renames_group", "upgrades_group"),
    *("makes_topic", "renames_topic", "deletes_topic", "closes_topic", "reopens_topic"),
    *("connects", "disconnects", "changes_rights"),
)


class Control:
    """Answers {"ok": true, "result": ..., "at": monotonic seconds when it was done}."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = People(world)

    def add_routes(self, app: web.Application) -> None:
        acts: dict[str, Act] = {
            "people": self._add_person,
            "bots": self._add_bot,
            "groups": self._add_group,
            "tune": self._tune,
            "sends": self._sends,
            "album": self._album,
            "presses": lambda body: self.people.presses_fully(**_who(body)),
            "types_inline": lambda body: self.people.types_inline(**_who(body)),
            "deletes": self._deletes,
            "faults": self._add_fault,
            "updates": self._inject,
        }
        acts |= {name: self._act(name) for name in ACTS}
        for name, act in acts.items():
            app.router.add_post(f"/_sandbox/{name}", _handler(act))
        app.router.add_delete("/_sandbox/faults", _handler(self._clear_faults))
        app.router.add_get("/_sandbox/chat", self._chat)
        app.router.add_get("/_sandbox/requests", self._requests)
        app.router.add_get("/_sandbox/pending", self._pending)
        app.router.add_get("/_sandbox/topics", self._topics)
        app.router.add_get("/_sandbox/commands", self._commands)
        app.router.add_get("/_sandbox/file", self._file)
        app.router.add_get("/_sandbox/events", self._events)

    def _add_person(self, body: Body) -> Body:
        started = bool(body.pop("started", True))
        return asdict(self.world.add_person(Person(**body), started=started))

    def _add_bot(self, body: Body) -> Body:
        return self.world.add_bot(**body).as_user()

    def _add_group(self, body: Body) -> Body:
        return self.world.add_group(**body).header

    def _tune(self, body: Body) -> None:
        """Switches of a bot, and the rate limits of all."""
        given = dict(body)
        if "limits" in given:
            self.world.limits.enabled = bool(given.pop("limits"))
        bot = self.world.bot(given.pop("bot")) if "bot" in given else None
        if given.keys() - TUNED or (given and bot is None):
            raise TypeError(f"nothing to tune by {', '.join(sorted(given))}")
        for name, value in given.items():
            setattr(bot, name, bool(value))

    def _act(self, name: str) -> Act:
        function = getattr(self.people, name)

        def act(body: Body) -> Any:
            done = function(**_who(body))
            if isinstance(done, Connection):
                return done.as_update()
            return done.header if isinstance(done, Chat) else done

        return act

    def _deletes(self, body: Body) -> None:
        given = _who(body)
        ids = given.pop("message_ids", None) or [given.pop("message_id")]
        self.people.deletes(given.pop("person_id"), given.pop("bot"), *ids, **given)

    def _sends(self, body: Body) -> Any:
        return self.people.sends(**_decoded(_who(body)))

    def _album(self, body: Body) -> Any:
        given = _who(body)
        given["items"] = [_decoded(item) for item in given["items"]]
        return self.people.sends_album(**given)

    def _add_fault(self, body: Body) -> Body:
        return asdict(self.world.faults.add(Fault(**body)))

    def _clear_faults(self, _body: Body) -> None:
        self.world.faults.clear()

    def _inject(self, body: Body) -> int:
        return self.world.bot(body["bot"]).stream.inject(body["update"])

    async def _chat(self, request: web.Request) -> web.Response:
        def read(body: Body) -> Any:
            owner = int(body["owner"]) if body.get("owner") else None
            return self.world.chat(body["bot"], int(body["person"]), owner=owner)

        return await _run(read, dict(request.query))

    async def _topics(self, request: web.Request) -> web.Response:
        """The topics of a chat, by thread id: name and whether it is closed."""

        def read(body: Body) -> Any:
            room = self.world.room(self.world.bot(body["bot"]), int(body["chat"]))
            return {
                str(thread): {"name": name, "closed": thread in room.closed}
                for thread, name in room.topics.items()
            }

        return await _run(read, dict(request.query))

    async def _commands(self, request: web.Request) -> web.Response:
        """What the menu of commands offers somebody in a chat."""

        def read(body: Body) -> Any:
            bot, user = self.world.bot(body["bot"]), int(body["user"])
            room = self.world.room(bot, int(body.get("chat") or user))
            return commands_for(bot, room, user, body.get("language") or "")

        return await _run(read, dict(request.query))

    async def _requests(self, request: web.Request) -> web.Response:
        """The log of calls, of one method and after an instant where asked: ?method=&after=."""

        def read(body: Body) -> Any:
            after, method = float(body.get("after") or 0), body.get("method")
            return [
                asdict(call)
                for call in self.world.requests
                if call.at > after and method in (None, call.method)
            ]

        return await _run(read, dict(request.query))

    async def _pending(self, request: web.Request) -> web.Response:
        """How many updates a bot has not confirmed yet."""

        def read(body: Body) -> Any:
            return len(self.world.bot(body["bot"]).stream.pending)

        return await _run(read, dict(request.query))

    async def _file(self, request: web.Request) -> web.Response:
        """A file as the bot and its readers see it, by the id in a message."""

        def read(body: Body) -> Any:
            file = self.world.files.find(self.world.bot(body["bot"]).id, body["file_id"])
            content = base64.b64encode(file.bytes()).decode()
            return {"name": file.name, "mime": file.mime, "content": content}

        return await _run(read, dict(request.query))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Notices as server-sent events, until the reader leaves."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "text/event-stream"
        queue = self.world.subscribe()
        try:
            await response.prepare(request)
            await response.write(b": ready\n\n")
            while True:
                await response.write(await _next_event(queue))
        except ConnectionResetError:
            return response
        finally:
            self.world.unsubscribe(queue)


async def _next_event(queue: asyncio.Queue[Body]) -> bytes:
    try:
        async with asyncio.timeout(HEARTBEAT):
            notice = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return b"data: " + json.dumps(notice, ensure_ascii=False).encode() + b"\n\n"


def _handler(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            body = await request.json() if request.can_read_body else {}
        except ValueError as error:
            return _fault(400, f"the body is not JSON: {error}")
        return await _run(act, body)

    return handle


async def _run(act: Act, body: Body) -> web.Response:
    try:
        result = act(body)
        if isinstance(result, Awaitable):
            result = await result
    except (LookupError, TypeError, ValueError) as error:
        return _fault(400, f"{type(error).__name__}: {error}")
    except Refusal as refusal:
        return _fault(refusal.code, refusal.description)
    except TimeoutError:
        return _fault(504, "the bot did not answer in time")
    return web.json_response({"ok": True, "result": result, "at": time.monotonic()})


def _fault(status: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "description": description}, status=status)


def _who(body: Body) -> Body:
    """`person` as the people's functions call it."""
    given = dict(body)
    if "person" in given:
        given["person_id"] = int(given.pop("person"))
    return given


def _decoded(given: Body) -> Body:
    if "content" in given:
        given = given | {"content": base64.b64decode(given["content"], validate=True)}
    return given
