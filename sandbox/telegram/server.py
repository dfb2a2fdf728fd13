"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path> on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram.call import Incoming
from sandbox.telegram.control import Control
from sandbox.telegram.faults import Fault
from sandbox.telegram.files import DOWNLOAD_LIMIT, MEGABYTE, Upload
from sandbox.telegram.methods import canonical, perform
from sandbox.telegram.refusal import Refusal, bad_request
from sandbox.telegram.webhook import Deliveries
from sandbox.telegram.world import Bot, Request, World

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * MEGABYTE
UNAUTHORIZED = Refusal(401, "Unauthorized")
NOT_FOUND = Refusal(404, "Not Found")

Given = dict[str, Any]


class TelegramServer:
    """`start` listens and fills `url`; port 0 takes a free one."""

    def __init__(self, world: World, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = world
        self.host = host
        self.port = port
        self.url = ""
        self.deliveries = Deliveries(world, self._perform_for_webhook)
        self._runner: web.AppRunner | None = None

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        Control(self.world).add_routes(app)
        return app

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=512)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://{self.host}:{self.port}"

    async def stop(self) -> None:
        """Close all connections; waiting polls end."""
        for bot in self.world.bots.values():
            bot.stream.close()
        await self.deliveries.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        at = time.monotonic()
        method = canonical(request.match_info["method"])
        bot = self.world.by_token(request.match_info["token"])
        if bot is None:
            return _answer(UNAUTHORIZED.code, UNAUTHORIZED.body())
        try:
            given, uploads = await _parameters(request)
        except Refusal as refusal:
            return _answer(refusal.code, refusal.body())
        return await self._play(request, Incoming(bot, method, given, uploads, at))

    async def _play(self, request: web.Request, incoming: Incoming) -> web.StreamResponse:
        fault = self.world.faults.take(incoming.method, incoming.bot.id, incoming.chat_id)
        if fault is not None and fault.kind in ("refuse", "reset", "garbage"):
            self._note(incoming, fault.refusal().code, None)
            return _failed(request, fault)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        status, body = await self._perform(incoming)
        if fault is not None and fault.kind in ("cut", "hang"):
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            return _reset(request)
        return _answer(status, body)

    async def _perform(self, incoming: Incoming) -> tuple[int, dict[str, Any]]:
        try:
            result = await perform(self.world, incoming)
        except Refusal as refusal:
            self._note(incoming, refusal.code, None)
            return refusal.code, refusal.body()
        self._note(incoming, 200, result)
        self.deliveries.ensure(incoming.bot)
        return 200, {"ok": True, "result": result}

    async def _perform_for_webhook(self, bot: Bot, method: str, given: Given) -> None:
        await self._perform(Incoming(bot, canonical(method), given, {}, time.monotonic()))

    def _note(self, incoming: Incoming, status: int, result: Any) -> None:
        given = incoming.given
        self.world.requests.append(
            Request(
                bot=incoming.bot.id,
                method=incoming.method,
                chat_id=incoming.chat_id,
                at=incoming.at,
                done_at=time.monotonic(),
                ok=status == 200,
                status=status,
                message_id=result.get("message_id") if isinstance(result, dict) else None,
                text=str(given.get("text") or given.get("caption") or ""),
                thread_id=incoming.thread_id,
                business=incoming.business,
            )
        )

    async def _download(self, request: web.Request) -> web.StreamResponse:
        bot = self.world.by_token(request.match_info["token"])
        if bot is None:
            return _answer(UNAUTHORIZED.code, UNAUTHORIZED.body())
        fault = self.world.faults.take("file", bot.id, None)
        if fault is not None and fault.kind in ("refuse", "reset", "garbage"):
            return _failed(request, fault)
        if fault is not None and fault.kind in ("delay", "hang"):
            await asyncio.sleep(fault.seconds)
        file = self.world.files.at_path(request.match_info["path"])
        if file is None or file.size > DOWNLOAD_LIMIT:
            return _answer(NOT_FOUND.code, NOT_FOUND.body())
        if fault is not None and fault.kind in ("cut", "hang"):
            return await _half_of(request, file.bytes())
        return web.Response(body=file.bytes(), content_type="application/octet-stream")


async def _parameters(request: web.Request) -> tuple[Given, dict[str, Upload]]:
    """Query and body together, as the Bot API takes them."""
    given: Given = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        given |= _json_object(await request.read())
    elif request.content_type == "application/x-www-form-urlencoded":
        given |= dict(await request.post())
    elif request.content_type == "multipart/form-data":
        await _read_parts(request, given, uploads)
    return given, uploads


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse request body JSON") from None
    if not isinstance(parsed, dict):
        raise bad_request("request body must be a JSON object")
    return parsed


async def _read_parts(request: web.Request, given: Given, uploads: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            given[part.name] = content.decode("utf-8", "replace")
        else:
            mime = part.headers.get("Content-Type", "")
            uploads[part.name] = Upload(part.filename, content, mime)
            given[part.name] = f"attach://{part.name}"


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=encoded, status=status, content_type="application/json")


def _failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "refuse":
        refusal = fault.refusal()
        return _answer(refusal.code, refusal.body())
    if fault.kind == "garbage":
        page = f"<html><body><h1>{fault.status}</h1><hr>nginx</body></html>"
        return web.Response(text=page, status=fault.status, content_type="text/html")
    return _reset(request)


async def _half_of(request: web.Request, content: bytes) -> web.StreamResponse:
    """A download that breaks off in the middle."""
    response = web.StreamResponse()
    response.content_length = len(content)
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _reset(request: web.Request) -> web.Response:
    """Cut the connection with RST; the response returned then goes nowhere."""
    if request.transport is not None:
        peer = request.transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
