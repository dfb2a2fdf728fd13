"""Updates as Telegram sends them, by scenario, and what each is taken to say.

tests/fixtures/telegram/*.json hold the updates, tests/fixtures/telegram/expected/*.json what
comes of them, to be read by people. After a wanted change write the latter anew, and read the
difference: python -m tests.connectors.telegram.scenarios
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.telegram.parse import connection_of, parse_updates
from connectors.telegram.source import raw_message
from inbox.errors import Unreadable
from inbox.model import Attachment, Entity, Handle, Happening, InboundMessage, RawMessage

FOLDER = Path(__file__).parents[2] / "fixtures" / "telegram"
EXPECTED = FOLDER / "expected"
BOT, OWNER = 7000000001, 7001
CAME_AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
STRANGE = frozenset({"future", "damaged"})  # of no Bot API there is


@dataclass(frozen=True, slots=True)
class Scenario:
    """One message or event: an update, of an album several."""

    theme: str
    name: str
    updates: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.theme}: {self.name}"

    @property
    def raws(self) -> list[RawMessage]:
        """As the source stores them."""
        return [raw_message(update, CAME_AT) for update in self.updates]

    def parsed(self) -> InboundMessage | Happening | str:
        """What the connector makes of it. Raises Unreadable."""
        owner = OWNER if connection_of(self.raws) else None
        return parse_updates(self.raws, "telegram", BOT, owner)


def themes() -> list[str]:
    """The names of the files."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def scenarios(*wanted: str) -> Iterator[Scenario]:
    """All, or those of some themes."""
    for theme in wanted or themes():
        for name, updates in json.loads((FOLDER / f"{theme}.json").read_text("utf-8")).items():
            yield Scenario(theme, name, tuple(updates))


def scenario(theme: str, name: str) -> Scenario:
    """One of them."""
    return next(one for one in scenarios(theme) if one.name == name)


def outcome(one: Scenario) -> Any:
    """In JSON for people: of every value only what is not as usual."""
    try:
        said = one.parsed()
    except Unreadable as error:
        return f"unreadable: {error}"
    return said if isinstance(said, str) else {"is": type(said).__name__} | plain(said)


def plain(value: Any) -> Any:
    """A value as JSON that is short to read."""
    match value:
        case Handle():
            return f"{value.kind} {value.address}"
        case Entity():
            more = [one for one in (value.url, value.language, value.custom_emoji_id) if one]
            return " ".join([f"{value.kind} {value.offset}+{value.length}", *more])
        case Attachment():
            size = "" if value.size is None else f" {value.size}"
            line = f"{value.media}: {value.name} {value.media_type}{size} {value.ref}".strip()
            return [line, dict(value.facts)] if value.facts else line
        case datetime():
            return value.isoformat()
        case Mapping():
            return {key: plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    if is_dataclass(value):
        return {
            one.name: plain(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != _usual(one) and one.name != "channel_id"
        }
    return value


def _usual(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def expected(theme: str) -> dict[str, Any]:
    """What is written down for one theme."""
    return dict(json.loads((EXPECTED / f"{theme}.json").read_text("utf-8")))


def write_down() -> None:
    """Take what comes now for what is wanted."""
    EXPECTED.mkdir(exist_ok=True)
    for theme in themes():
        found = {one.name: outcome(one) for one in scenarios(theme)}
        lines = [f"{_json(name)}: {_on_lines(what)}" for name, what in found.items()]
        whole = "{\n" + ",\n\n".join(lines) + "\n}\n"
        (EXPECTED / f"{theme}.json").write_text(whole, "utf-8")


def _on_lines(what: Any) -> str:
    if not isinstance(what, dict):
        return _json(what)
    return "{\n  " + ",\n  ".join(f"{_json(key)}: {_json(one)}" for key, one in what.items()) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    write_down()
