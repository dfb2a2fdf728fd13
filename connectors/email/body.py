"""Which of a mail's parts is its text, and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors.email import html_text
from connectors.email.attachments import disposition, given_name
from connectors.email.charset import decode
from connectors.email.mime import Mail, Part

_MAX_TEXT = 1_000_000
_MAX_HTML = 1_500_000
_STUB = 240
_SIGNATURES = frozenset(
    ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
)
_MARKUP = re.compile(r"^\s*(?:<!doctype html|<html|<body|<div|<p>|<table)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(slots=True)
class Body:
    """A mail's text on its way to being read, and the parts that are files, in order."""

    mail: Mail
    files: list[Part] = field(default_factory=list)
    cut: bool = False

    def text(self) -> str:
        """What the mail says; a text file sent as such only where nothing else does."""
        text = self.read(self.mail.root)
        if text.strip():
            return text
        named = [part for part in self.files if part.content_type in {"text/plain", "text/html"}]
        shown = [part for part in named if disposition(part) != "attachment"]
        return "\n\n".join(self._decoded(part) for part in shown)

    def read(self, part: Part, *, shown: bool = True) -> str:
        """The text of a part and of all it holds; not `shown`: only its files are noted."""
        if not part.parts:
            return self._leaf(part, shown=shown)
        if part.content_type == "multipart/alternative":
            return self._alternative(part, shown=shown)
        if part.content_type == "multipart/related":
            texts = [self.read(part.parts[0], shown=shown)]
            texts += [self._leaf_or_files(child, shown=shown) for child in part.parts[1:]]
        else:
            texts = [self.read(child, shown=shown) for child in part.parts]
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())

    def _leaf_or_files(self, part: Part, *, shown: bool) -> str:
        if part.parts:
            return self.read(part, shown=shown)
        self.files.append(part)
        return ""

    def _alternative(self, part: Part, *, shown: bool) -> str:
        """Plain text, unless it is only a stub beside the HTML."""
        plain = next((child for child in part.parts if self._is_plain(child)), None)
        text = self._leaf(plain, shown=shown) if plain else ""
        short = len(text.strip()) <= _STUB or _MARKUP.match(text) is not None
        rich = ""
        for child in part.parts:
            if child is not plain:
                rich = self.read(child, shown=shown and short) or rich
        if not text.strip() or _MARKUP.match(text):
            return rich or text
        return rich if len(rich.split()) > 2 * len(text.split()) + 5 else text

    def _is_plain(self, part: Part) -> bool:
        return part.content_type == "text/plain" and self._is_text(part)

    def _is_too_deep(self, part: Part) -> bool:
        return part.content_type.startswith("multipart/") and not part.boundary

    def _is_text(self, part: Part) -> bool:
        if part.content_type.startswith("multipart/"):
            return not (part.params.get("boundary") and self._is_too_deep(part))
        if part.content_type not in {"text/plain", "text/html", "text/enriched", "text/markdown"}:
            return False
        if part is self.mail.root:
            return disposition(part) != "attachment"
        return disposition(part) != "attachment" and not given_name(part)

    def _leaf(self, part: Part, *, shown: bool) -> str:
        if not self._is_text(part):
            if part.content_type not in _SIGNATURES and not self._is_too_deep(part):
                self.files.append(part)
            return ""
        return self._decoded(part) if shown else ""

    def _decoded(self, part: Part) -> str:
        is_html = part.content_type == "text/html"
        limit = _MAX_HTML if is_html else _MAX_TEXT
        self.cut = self.cut or part.end - part.start > limit
        data = self.mail.content(part, limit)
        declared = part.params.get("charset")
        if is_html and not declared and (meta := _META.search(data[:4_096])):
            declared = meta[1].decode("ascii")
        text = decode(data, declared).replace("\r\n", "\n").replace("\r", "\n")
        if is_html:
            return html_text.to_text(text)
        if part.params.get("format", "").lower() == "flowed":
            return unflow(text, delete_space=part.params.get("delsp", "").lower() == "yes")
        return text


def unflow(text: str, *, delete_space: bool = False) -> str:
    """RFC 3676: soft line ends joined within one depth of quoting; space-stuffing undone."""
    out: list[str] = []
    depth_before, soft = 0, False
    for raw in text.split("\n"):
        line = raw.lstrip(">")
        depth = len(raw) - len(line)
        line = line.removeprefix(" ")
        signature = line == "-- "
        if soft and depth == depth_before and not signature:
            out[-1] += line
        else:
            out.append(f"{'>' * depth} {line}" if depth else line)
        soft = line.endswith(" ") and not signature
        if soft and delete_space:
            out[-1] = out[-1][:-1]
        depth_before = depth
    return "\n".join(out)
