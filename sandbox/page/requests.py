"""What the page's handlers share: reading forms and JSON, answering faults, handing out files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import BodyPartReader, web

Body = dict[str, Any]

BODY_LIMIT = 64 * 1024 * 1024
INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, and the files in the form's order."""

    fields: Body = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        return str(self.fields.get(name) or "")

    def number(self, name: str) -> int | None:
        """A whole number, None where it is not given. ValueError for anything else."""
        given = self.fields.get(name)
        return None if given in (None, "") else int(str(given))


async def read_form(request: web.Request) -> Form:
    """A JSON object, or a multipart form. ValueError for anything else."""
    if request.content_type == "application/json":
        given = await request.json()
        if not isinstance(given, dict):
            raise ValueError("the body must be a JSON object")
        return Form(given)
    if request.content_type != "multipart/form-data":
        raise ValueError("the body must be JSON or a multipart form")
    fields: Body = {}
    files: list[Upload] = []
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read(decode=True))
        size += len(content)
        if size > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=size)
        if part.filename is None:
            fields[part.name or ""] = content.decode("utf-8", "replace")
        elif part.filename:
            media_type = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Upload(part.filename, content, media_type))
    return Form(fields, tuple(files))


def refuse(status: int, sentence: str) -> web.Response:
    """An unsuccessful answer."""
    return web.json_response({"error": sentence}, status=status)


def handed_out(name: str, content: bytes, media_type: str) -> web.Response:
    """A file somebody sent: pictures and sound are shown, nothing else runs in our origin."""
    shown = media_type.startswith(INLINE)
    how = "inline" if shown else "attachment"
    return web.Response(
        body=content,
        headers={
            "Content-Type": media_type if shown else "application/octet-stream",
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
