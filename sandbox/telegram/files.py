"""Files as the Bot API sees them: an id of its own for every bot, sizes, limits, attachments."""

from __future__ import annotations

import mimetypes
import struct
from dataclasses import dataclass
from itertools import count
from typing import Any

from sandbox.telegram.refusal import Refusal, bad_request

MEGABYTE = 1024 * 1024
DOWNLOAD_LIMIT = 20 * MEGABYTE
UPLOAD_LIMIT = 50 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE

MEDIA_KINDS = (
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "live_photo",
)
USUAL_TYPE = {
    "photo": ("image/jpeg", "jpg"),
    "voice": ("audio/ogg", "oga"),
    "audio": ("audio/mpeg", "mp3"),
    "video": ("video/mp4", "mp4"),
    "video_note": ("video/mp4", "mp4"),
    "animation": ("video/mp4", "mp4"),
    "sticker": ("image/webp", "webp"),
    "live_photo": ("video/mp4", "mp4"),
}
PHOTO_SIZES = (("s", 90), ("m", 320), ("x", 1280))


@dataclass(slots=True, frozen=True)
class Upload:
    """A part of a multipart form that carries a file."""

    name: str
    content: bytes
    mime: str = ""


@dataclass(slots=True, frozen=True)
class StoredFile:
    """`size` is in bytes and may stand for a content nobody had to send."""

    unique: str
    kind: str
    name: str
    mime: str
    content: bytes
    size: int
    width: int
    height: int

    @property
    def path(self) -> str:
        extension = self.name.rsplit(".", 1)[-1] if "." in self.name else ""
        suffix = f".{extension}" if extension.isalnum() else ""
        return f"{self.kind}s/file_{self.unique}{suffix}"

    def bytes(self) -> bytes:
        return self.content or bytes(self.size)


class Files:
    """All files of a world. A file id tells bot and file, and is of use to that bot alone."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._paths: dict[str, StoredFile] = {}
        self._numbers = count(1)

    def keep(
        self, kind: str, content: bytes, name: str = "", mime: str = "", size: int | None = None
    ) -> StoredFile:
        """Store a file; `size` in bytes claims a large one without its content."""
        usual_mime, extension = USUAL_TYPE.get(kind, ("", ""))
        mime = mime or mimetypes.guess_type(name)[0] or usual_mime or "application/octet-stream"
        width, height = picture_size(content)
        unique = f"AQAD{next(self._numbers):08x}{kind[:2]}"
        file = StoredFile(
            unique=unique,
            kind=kind,
            name=name or (f"file.{extension}" if extension else "file"),
            mime=mime,
            content=content,
            size=len(content) if size is None else size,
            width=width,
            height=height,
        )
        self._files[unique] = file
        self._paths[file.path] = file
        return file

    def find(self, bot_id: int, file_id: str) -> StoredFile:
        """The file a bot names; another bot's id is refused."""
        owner, _, rest = file_id.partition("-")
        file = self._files.get(rest.partition("-")[0])
        if file is None or owner != f"Ag{bot_id}":
            raise bad_request("wrong file identifier/HTTP URL specified")
        return file

    def at_path(self, path: str) -> StoredFile | None:
        return self._paths.get(path)

    def download(self, bot_id: int, file_id: str) -> dict[str, Any]:
        """The File object of getFile."""
        file = self.find(bot_id, file_id)
        if file.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {**_ids(file, bot_id), "file_size": file.size, "file_path": file.path}


def check_upload(kind: str, upload: Upload) -> None:
    """Refuse what Telegram refuses: empty, over 50 MB, a photo over 10 MB or of odd measures."""
    size = len(upload.content)
    if size == 0:
        raise bad_request("file must be non-empty")
    if size > UPLOAD_LIMIT:
        raise Refusal(413, "Request Entity Too Large")
    if kind != "photo":
        return
    if size > PHOTO_LIMIT:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_LIMIT} bytes"
        )
    width, height = picture_size(upload.content)
    if width + height > 10_000 or max(width, height) > 20 * max(min(width, height), 1):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def attachment(file: StoredFile, bot_id: int, details: dict[str, Any] | None = None) -> Any:
    """The value of `message[file.kind]` as this bot sees it."""
    details = details or {}
    if file.kind == "photo":
        return _photo_sizes(file, bot_id)
    body: dict[str, Any] = {**_ids(file, bot_id), "file_size": file.size}
    duration = int(details.get("duration") or 1)
    measures = {"width": file.width, "height": file.height}
    if file.kind == "sticker":
        kind = {"type": "regular", "is_animated": False, "is_video": False}
        return {**body, **kind, "width": 512, "height": 512, "emoji": details.get("emoji", "🙂")}
    if file.kind == "video_note":
        return {**body, "length": 240, "duration": duration}
    body["mime_type"] = file.mime
    if file.kind in ("voice", "audio", "video", "animation", "live_photo"):
        body["duration"] = duration
    if file.kind in ("video", "animation", "live_photo"):
        body |= measures
    if file.kind not in ("voice", "live_photo"):
        body["file_name"] = file.name
    if file.kind == "audio":
        body |= {key: details[key] for key in ("title", "performer") if details.get(key)}
    return body


def for_bot(value: Any, bot_id: int) -> Any:
    """A message of a shared chat with every file id turned into this bot's own."""
    if isinstance(value, list):
        return [for_bot(item, bot_id) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"Ag{bot_id}-{item.partition('-')[2]}" if key == "file_id" else for_bot(item, bot_id)
        for key, item in value.items()
    }


def _ids(file: StoredFile, bot_id: int, size: str = "") -> dict[str, str]:
    suffix = f"-{size}" if size else ""
    return {
        "file_id": f"Ag{bot_id}-{file.unique}{suffix}",
        "file_unique_id": f"{file.unique}{size}",
    }


def _photo_sizes(file: StoredFile, bot_id: int) -> list[dict[str, Any]]:
    longest = max(file.width, file.height, 1)
    wanted = [*(pair for pair in PHOTO_SIZES[:2] if pair[1] < longest), ("x", min(longest, 1280))]
    return [
        {
            **_ids(file, bot_id, letter),
            "width": max(1, file.width * side // longest),
            "height": max(1, file.height * side // longest),
            "file_size": max(1, file.size * side // longest),
        }
        for letter, side in wanted
    ]


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, GIF or JPEG; 800 x 600 where it cannot be told."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"GIF8") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return 800, 600


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 800, 600
