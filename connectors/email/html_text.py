"""HTML to readable text: nothing visible is lost; links and table rows stay."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SKIPPED = frozenset(("script", "style", "head", "title", "template", "meta", "link", "object"))
_BLOCKS_TEXT = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption "
    "figure footer form header hr legend main nav ol option section summary table tbody tfoot "
    "thead tr ul li"
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_FRAMED = frozenset(("a", "td", "th", "tr", "blockquote"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?<![\w-])max-height\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\u034f\u200b\u2060\ufeff\u00ad]|\u200c(?=\s|$)")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u2000-\u200a\u202f]+")
_LINK = re.compile(r"(?:https?|ftp|tel|tg|mailto):", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_OPENED = re.compile(r"<(?!br|img|hr|meta|link|input|p[\s>]|li|td|tr|o:p)[a-z]", re.IGNORECASE)
_CLOSED = re.compile(r"</(?!p>|li|td|tr|o:p)[a-z]", re.IGNORECASE)
_MAX_OPEN = 3_000
_MAX_FRAMES = 40
_MAX_ROW = 600


def to_text(source: str) -> str:
    """The visible text of an HTML mail; quoted blocks get "> ", links are "text (url)"."""
    if source.count("<") > _MAX_OPEN and _left_open(source) > _MAX_OPEN:
        return _words_alone(source)
    body = LexborHTMLParser(source).body
    if body is None:
        return _words_alone(source)
    text = _tidy(_Writer(show_hidden=False).write(body))
    return text or _tidy(_Writer(show_hidden=True).write(body))


def _left_open(source: str) -> int:
    """How many elements stay open: nesting without end makes every HTML parser quadratic."""
    return len(_OPENED.findall(source)) - len(_CLOSED.findall(source))


def _words_alone(source: str) -> str:
    """The words without their form, for what no HTML parser should be given."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", html.unescape(_TAG.sub(" ", source)))).strip()


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


@dataclass(slots=True)
class _Frame:
    """Text being written inside a link, a cell, a row or a quotation."""

    tag: str
    out: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    newlines: int = 2
    picture: bool = False
    spaced: bool = True

    def text(self, words: str) -> None:
        """Add words; a space at either end counts once."""
        if words[0] == " " and self.spaced:
            words = words[1:]
        if words:
            self.out.append(words)
            self.newlines, self.spaced = 0, words[-1] == " "

    def raw(self, words: str) -> None:
        """Add preformatted or finished text."""
        if words:
            self.out.append(words)
            self.newlines = len(words) - len(words.rstrip("\n"))
            self.spaced = words[-1] in " \n"

    def newline(self, wanted: int) -> None:
        """Make sure that at least so many line ends stand here."""
        if self.newlines < wanted:
            self.out.append("\n" * (wanted - self.newlines))
            self.newlines = wanted
        self.spaced = True


class _Writer:
    """Walks the tree without recursion; every framed element collects its own text."""

    def __init__(self, *, show_hidden: bool) -> None:
        self.show_hidden = show_hidden
        self.frames = [_Frame("body")]
        self.unframed = 0
        self.pre = 0
        self.items: list[int] = []

    def write(self, body: LexborNode) -> str:
        path: list[LexborNode] = []
        node = body.child
        while True:
            if node is None:
                if not path:
                    break
                left = path.pop()
                self._leave(left)
                node = left.next
            elif self._enter(node):
                path.append(node)
                node = node.child
            else:
                node = node.next
        return "".join(self.frames[0].out)

    def _enter(self, node: LexborNode) -> bool:
        """Write what stands before an element's children; False: skip them."""
        frame = self.frames[-1]
        if node.is_text_node:
            self._words(frame, _INVISIBLE.sub("", node.text_content or ""))
            return False
        tag = node.tag or ""
        if not node.is_element_node or tag in _SKIPPED:
            return False
        attributes = node.attributes
        style = attributes.get("style")
        if style and not self.show_hidden and _HIDDEN.search(style):
            return False
        if tag == "br":
            frame.out.append("\n")
            frame.newlines, frame.spaced = frame.newlines + 1, True
        elif tag == "img":
            frame.picture = True
            if alt := (attributes.get("alt") or "").strip():
                frame.text(f"[{_SPACE.sub(' ', alt)}]")
        else:
            self._open(frame, node, tag)
        return True

    def _words(self, frame: _Frame, text: str) -> None:
        if self.pre:
            frame.raw(text.replace("\r\n", "\n").replace("\xa0", " "))
        elif words := _SPACE.sub(" ", text):
            frame.text(words)
            if words == " " and "\xa0" in text and frame.newlines == 1:
                frame.newline(2)  # editors write an empty line as a block with a hard space

    def _mark(self, node: LexborNode) -> str:
        """The number or bullet of a list's item."""
        parent = node.parent
        if parent is None or parent.tag != "ol" or not self.items:
            return "• "
        self.items[-1] += 1
        return f"{self.items[-1]}. "

    def _open(self, frame: _Frame, node: LexborNode, tag: str) -> None:
        if tag in _PARAGRAPHS:
            frame.newline(2)
            self.pre += tag == "pre"
        elif tag in _BLOCKS:
            frame.newline(1)
            if tag in {"ol", "ul"}:
                self.items.append(0)
            elif tag == "li":
                frame.text(self._mark(node))
                frame.newlines = 1
        if tag in _FRAMED:
            if len(self.frames) > _MAX_FRAMES:
                self.unframed += 1
            else:
                self.frames.append(_Frame(tag, spaced=tag != "a" or frame.spaced))

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _FRAMED:
            if self.unframed:
                self.unframed -= 1
            else:
                self._close(self.frames.pop(), node)
        if tag in _PARAGRAPHS:
            self.pre -= tag == "pre"
            self.frames[-1].newline(2)
        elif tag in _BLOCKS:
            self.frames[-1].newline(1)
            if tag in {"ol", "ul"} and self.items:
                self.items.pop()

    def _close(self, inner: _Frame, node: LexborNode) -> None:
        outer = self.frames[-1]
        text = "".join(inner.out)
        match inner.tag:
            case "a":
                link = _link(text, node.attributes.get("href") or "", picture=inner.picture)
                outer.raw(link)
                outer.picture = outer.picture or inner.picture
            case "blockquote":
                quoted = "\n".join(f"> {line}".rstrip() for line in _tidy(text).split("\n"))
                outer.raw(quoted)
            case "tr":
                outer.raw(_row(inner.cells) if inner.cells else text.strip("\n"))
            case _ if outer.tag == "tr":
                outer.cells.append(_tidy(text).strip())
            case _:
                outer.raw(text.strip("\n"))
                outer.newline(1)


def _row(cells: list[str]) -> str:
    """A row as "a | b | c" where that stays readable; a layout table's cells one below another."""
    filled = [cell for cell in cells if cell]
    short = sum(map(len, filled)) <= _MAX_ROW and all(cell.count("\n") <= 3 for cell in filled)
    if len(filled) > 1 and short and not any("> " in cell[:2] for cell in filled):
        return " | ".join(_SPACE.sub(" ", cell) for cell in filled)
    return "\n".join(filled)


def _link(text: str, href: str, *, picture: bool) -> str:
    url = _SPACE.sub("", href)
    label = text.strip()
    if not _LINK.match(url) or len(url) > 4_000:
        return text
    bare = url.split(":", 1)[1] if url.lower().startswith(("mailto:", "tel:")) else url
    shown = bare.split("?")[0] if bare is not url else bare
    if not label:
        return shown if picture else ""
    if _same(label, shown):
        return text
    end = text[len(text.rstrip()) :]
    return f"{text.rstrip()} ({shown}){end}"


def _same(label: str, url: str) -> bool:
    plain = [
        re.sub(r"^https?://(www\.)?|\s|[-()]|/$", "", word.casefold()) for word in (label, url)
    ]
    return plain[0] == plain[1]
