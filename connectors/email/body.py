"""Which of a mail's parts is its text, and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.email import cms, html_text, invite, pgp, wrapped
from connectors.email.attachments import disposition, given_name
from connectors.email.charset import decode
from connectors.email.mime import Mail, Part, scan

_MAX_TEXT = 1_000_000
_MAX_HTML = 1_500_000
_STUB = 240
_SIGNATURES = frozenset(
    f"application/{kind}"
    for kind in ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature", "pgp-encrypted")
)
_SECURED = {"multipart/signed": "signed", "multipart/encrypted": "encrypted"}
_MAX_INVITE = 200_000
_MARKUP = re.compile(r"^\s*(?:<!doctype html|<html|<body|<div|<p>|<table)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


class Held(NamedTuple):
    """A part that is a file, the mail it stands in, and the ref to find it by again."""

    mail: Mail
    part: Part
    ref: str


@dataclass(slots=True)
class Body:
    """A mail's text on its way to being read, and the parts that are files, in order.

    `marks`: "signed", "encrypted". `invites`: a line for each event of a calendar. `levels`: how
    many mails within mails (winmail.dat, opaque S/MIME) are opened.
    """

    mail: Mail
    levels: int = wrapped.MAX_LEVELS
    open_tnef: bool = True
    prefix: str = ""
    files: list[Held] = field(default_factory=list)
    invites: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    cut: bool = False
    beside: list[str] = field(default_factory=list)

    def text(self) -> str:
        """What the mail says; a text file, or one in winmail.dat, only where nothing else does."""
        text = self.read(self.mail.root)
        if text.strip():
            return text
        if self.beside:
            return "\n\n".join(self.beside)
        named = [one.part for one in self.files if one.mail is self.mail and _is_words(one.part)]
        shown = [part for part in named if disposition(part) != "attachment"]
        return "\n\n".join(self._decoded(part) for part in shown)

    def read(self, part: Part, *, shown: bool = True) -> str:
        """The text of a part and of all it holds; not `shown`: only its files are noted."""
        if not part.parts:
            return self._leaf(part, shown=shown)
        if part.content_type in _SECURED:
            self.marks.add(_SECURED[part.content_type])
            shown = shown and part.content_type != "multipart/encrypted"
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
        self._keep(part)
        return ""

    def _keep(self, part: Part) -> None:
        self.files.append(Held(self.mail, part, self.prefix + part.path))
        if part.content_type in invite.TYPES:
            for line in invite.lines(self._words(part, _MAX_INVITE)):
                if line not in self.invites:
                    self.invites.append(line)

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
        if self.levels > 0:
            inner = wrapped.unwrapped(self.mail, part, open_tnef=self.open_tnef)
            if inner is not None:
                return self._inside(part, inner, shown=shown)
        if wrapped.is_smime(part) and cms.is_encrypted(self.mail.content(part)):
            self.marks.add("encrypted")
        if not self._is_text(part):
            if part.content_type not in _SIGNATURES and not self._is_too_deep(part):
                self._keep(part)
            return ""
        return self._decoded(part) if shown else ""

    def _inside(self, part: Part, payload: bytes, *, shown: bool) -> str:
        """The text of the mail that a part wraps; its files join ours."""
        prefix = f"{self.prefix}{part.path}/"
        inner = Body(scan(payload), self.levels - 1, self.open_tnef, prefix)
        text = inner.text()
        self.files += inner.files
        self.invites += inner.invites
        self.marks |= inner.marks
        self.cut = self.cut or inner.cut
        if wrapped.is_smime(part):
            self.marks.add("signed")
        if not wrapped.is_tnef(part):
            return text if shown else ""
        self.beside += [text] if text.strip() else []
        return ""

    def _words(self, part: Part, limit: int) -> str:
        """The characters of a part, whatever they mean."""
        self.cut = self.cut or part.end - part.start > limit
        data = self.mail.content(part, limit)
        declared = part.params.get("charset")
        if part.content_type == "text/html" and not declared:
            meta = _META.search(data[:4_096])
            declared = meta[1].decode("ascii") if meta else None
        return decode(data, declared).replace("\r\n", "\n").replace("\r", "\n")

    def _decoded(self, part: Part) -> str:
        if part.content_type == "text/html":
            return html_text.to_text(self._words(part, _MAX_HTML))
        text = self._words(part, _MAX_TEXT)
        if part.params.get("format", "").lower() == "flowed":
            text = unflow(text, delete_space=part.params.get("delsp", "").lower() == "yes")
        words, mark = pgp.unarmoured(text)
        self.marks |= {mark} if mark else set()
        return words


def _is_words(part: Part) -> bool:
    return part.content_type in {"text/plain", "text/html"}


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
