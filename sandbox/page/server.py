"""The page's HTTP server on loopback: static files, JSON, and events.

    GET  /                                  the page; everything below static/ by its name
    GET  /api/state                         who is there, the bot, the clock
    GET  /api/events                        server-sent events: what changed (events.py)
    ...  /api/chat/{person_id}...           chats.py
    ...  /api/mail/{address}...             mails.py
    POST /api/clock                         clocks.py

An unsuccessful answer is {"error": a sentence}.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from sandbox import studio
from sandbox.page.chats import Chats
from sandbox.page.clocks import Clocks, NextAlert, nothing_ahead
from sandbox.page.events import Events
from sandbox.page.mails import Mails
from sandbox.page.requests import BODY_LIMIT, Body, refuse
from sandbox.page.rooms import Rooms
from sandbox.stage import Stage
from sandbox.telegram.refusal import Refusal

HOST = "127.0.0.1"
STATIC = Path(__file__).with_name("static")
# Our own files and nothing from elsewhere; a mail's HTML, shown in a frame, may bring styles.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """`running` listens and fills `url`; port 0 takes a free one. `language`: "ru" or "en"."""

    def __init__(
        self,
        stage: Stage,
        port: int = 0,
        language: str = "ru",
        next_alert: NextAlert = nothing_ahead,
    ) -> None:
        self._stage = stage
        self._language = language
        self._port = port
        self._clocks = Clocks(stage.clock, next_alert)
        self._events = Events(stage)
        self._rooms = Rooms(stage, [one.person_id for one in studio.STAFF])
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_faults, self._from_here])
        app.router.add_get("/", _index)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/events", self._events.stream)
        self._clocks.add_routes(app)
        Chats(self._stage, self._rooms).add_routes(app)
        Mails(self._stage.mail).add_routes(app)
        app.router.add_static("/", STATIC)
        app.on_shutdown.append(self._hang_up)
        return app

    @asynccontextmanager
    async def running(self) -> AsyncIterator[PageServer]:
        """Serve while the block runs."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
            self._port = runner.addresses[0][1]
            self.url = f"http://{HOST}:{self._port}/"
            yield self
        finally:
            await runner.cleanup()

    async def _hang_up(self, _app: web.Application) -> None:
        self._events.close()

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "clock": self._clocks.shown(),
                "studio": {
                    "name": studio.NAME,
                    "address": studio.MAILBOX,
                    "language": self._language,
                },
                "people": {
                    "clients": [self._seated(_outsider(one)) for one in studio.EVERYBODY],
                    "staff": [self._seated(_colleague(one)) for one in studio.STAFF],
                },
                "bot": {"username": self._stage.bot.username, "name": self._stage.bot.name},
            }
        )

    def _seated(self, person: Body) -> Body:
        """The person with the chats they are in."""
        return person | {"rooms": self._rooms.listed(person["person_id"])}

    @web.middleware
    async def _from_here(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only this machine's own pages: no foreign name for our address, no foreign origin."""
        names = {f"{name}:{self._port}" for name in (HOST, "localhost")}
        origin = request.headers.get("Origin")
        if request.host not in names:
            raise web.HTTPForbidden(text="not the sandbox's name")
        if origin is not None and origin not in {f"http://{name}" for name in names}:
            raise web.HTTPForbidden(text="not the sandbox's page")
        response = await handler(request)
        if not response.prepared:
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return refuse(refusal.code, refusal.description)
    except LookupError as error:
        return refuse(404, f"there is no {error}")
    except (TypeError, ValueError, OverflowError) as error:
        return refuse(400, str(error))
    except TimeoutError:
        return refuse(504, "the bot did not answer in time")


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


def _outsider(one: studio.Outsider) -> Body:
    return {
        "name": one.name,
        "person_id": one.person_id,
        "email": one.email,
        "company": one.company,
        "manager": one.manager.name if one.manager else "",
        "known": one.manager is not None,
    }


def _colleague(one: studio.Colleague) -> Body:
    return {"name": one.name, "role": one.role, "person_id": one.person_id}
