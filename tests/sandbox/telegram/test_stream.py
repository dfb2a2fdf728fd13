"""Rules that hold for any sequence of updates and any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.markup import check_entities, notable, parse_html, units
from sandbox.telegram.stream import Stream


@given(st.lists(st.one_of(st.just("push"), st.integers(1, 60)), max_size=60))
def test_an_update_is_delivered_until_an_offset_passes_it(steps: list[str | int]) -> None:
    stream, pushed = Stream(first_id=1), 0
    unconfirmed: list[int] = []
    for step in steps:
        if isinstance(step, int):
            stream.confirm(step)
            unconfirmed = [number for number in unconfirmed if number >= step]
        else:
            pushed += 1
            assert stream.push("message", {"n": pushed}) == pushed
            unconfirmed.append(pushed)
        assert [update["update_id"] for update in stream.head(100)] == unconfirmed


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30), st.integers(1, 10))
def test_a_negative_offset_keeps_that_many(ids: list[int], kept: int) -> None:
    stream = Stream(first_id=1)
    for number in ids:
        stream.push("message", {"n": number})
    stream.confirm(-kept)
    assert [update["message"]["n"] for update in stream.pending] == ids[-kept:]


@given(st.text(alphabet="🙂aя /:.@", max_size=20))
def test_found_entities_always_fit_the_text(before: str) -> None:
    text = f"{before} /start https://t.me/x anna@example.org"
    found = notable(text)
    check_entities(text, found)
    raw = text.encode("utf-16-le")
    words = {
        raw[entity["offset"] * 2 :][: entity["length"] * 2].decode("utf-16-le") for entity in found
    }
    assert "/start" in words
    assert {entity["type"] for entity in found} >= {"bot_command", "url", "email"}


@given(st.text(max_size=30), st.text(max_size=30))
def test_html_entities_always_fit_the_text(plain: str, bold: str) -> None:
    safe = [part.replace("&", "").replace("<", "").replace("\r", "") for part in (plain, bold)]
    text, entities = parse_html(f"{safe[0]}<b>{safe[1]}</b>")
    assert text == "".join(safe)
    check_entities(text, entities)
    assert sum(entity["length"] for entity in entities) == units(safe[1])
