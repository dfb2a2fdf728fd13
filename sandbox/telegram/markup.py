"""Text as the Bot API takes it: lengths in UTF-16 units, HTML to entities, keyboards."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from sandbox.telegram.refusal import bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_DATA_LIMIT = 64
BUTTONS_LIMIT = 100

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
ENTITY_TYPES = frozenset(
    {
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"),
        *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote"),
        *("expandable_blockquote", "code", "pre", "text_link", "text_mention"),
        *("custom_emoji", "date_time"),
    }
)
NOTABLE = (
    ("bot_command", re.compile(r"(?<![\w/])/[a-zA-Z0-9_]{1,32}(?:@\w+)?")),
    ("url", re.compile(r"https?://[^\s<>\"]+")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
)


def units(text: str) -> int:
    """Length in UTF-16 code units, Telegram's measure of offsets and limits."""
    return len(text.encode("utf-16-le")) // 2


def formatted(params: dict[str, Any], name: str, entities_name: str) -> tuple[str, list[Any]]:
    """Text and entities of a call, with its parse_mode applied."""
    text = str(params.get(name) or "")
    entities: list[dict[str, Any]] = params.get(entities_name) or []
    mode = params.get("parse_mode")
    if entities or not isinstance(mode, str) or not mode:
        check_entities(text, entities)
        return text, entities
    if mode.lower() != "html":
        raise bad_request(f"parse_mode {mode} is not played by the sandbox")
    return parse_html(text)


def check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    """Refuse entities that leave the text or cut a character outside the basic plane in two."""
    if not entities:
        return
    starts = _symbol_starts(text)
    for entity in entities:
        if entity["type"] not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        begin, end = int(entity["offset"]), int(entity["offset"]) + int(entity["length"])
        if begin < 0 or end > len(starts) - 1:
            raise bad_request(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text "
                f"at UTF-16 offset {end}"
            )
        for word, place in (("begins", begin), ("ends", end)):
            if not starts[place]:
                raise bad_request(
                    f"entity {word} in a middle of a UTF-16 symbol at UTF-16 offset {place}"
                )


def _symbol_starts(text: str) -> list[bool]:
    starts: list[bool] = []
    for character in text:
        starts += [True] if ord(character) < 0x10000 else [True, False]
    return [*starts, True]


def message_text(params: dict[str, Any]) -> dict[str, Any]:
    """`text` and `entities` of a message, within 4096 units and not blank."""
    text, entities = formatted(params, "text", "entities")
    if not text.strip():
        raise bad_request("message text is empty" if not text else "text must be non-empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def message_caption(params: dict[str, Any]) -> dict[str, Any]:
    """`caption` and `caption_entities`, within 1024 units; empty where there is no caption."""
    text, entities = formatted(params, "caption", "caption_entities")
    if units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def notable(text: str) -> list[dict[str, Any]]:
    """The entities Telegram finds by itself in what a person typed."""
    found = [
        {"type": kind, "offset": units(text[: hit.start()]), "length": units(hit.group())}
        for kind, pattern in NOTABLE
        for hit in pattern.finditer(text)
    ]
    return sorted(found, key=lambda entity: int(entity["offset"]))


def check_keyboard(markup: dict[str, Any] | None) -> None:
    """Refuse an inline keyboard Telegram refuses."""
    rows = (markup or {}).get("inline_keyboard")
    if not rows:
        return
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    for button in buttons:
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT:
            raise bad_request("BUTTON_DATA_INVALID")
        if not set(button) - {"text", "style", "icon_custom_emoji_id"}:
            raise bad_request(
                "can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            )


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of Telegram's HTML style (https://core.telegram.org/bots/api#html-style)."""
    reader = _Html()
    reader.feed(source)
    reader.close()
    if reader.open:
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag "
            f'"{reader.open[-1][0]}"'
        )
    entities = [entity for entity in reader.entities if entity["length"] > 0]
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return reader.text, entities


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[dict[str, Any]] = []
        self.open: list[tuple[str, dict[str, Any]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        given = dict(attrs)
        entity: dict[str, Any] = {"type": TAGS[tag], "offset": units(self.text)}
        if tag == "blockquote" and "expandable" in given:
            entity["type"] = "expandable_blockquote"
        if tag == "a":
            entity["url"] = given.get("href") or ""
        if tag == "tg-emoji":
            entity["custom_emoji_id"] = given.get("emoji-id") or ""
        self.open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        _, entity = self.open.pop()
        entity["length"] = units(self.text) - entity["offset"]
        self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data
