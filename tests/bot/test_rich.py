"""Text with formatting stays sound, whatever a client writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line, units
from inbox.model import Entity

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)
KINDS = st.sampled_from(["bold", "italic", "text_link", "spoiler", "mention", "custom_emoji"])
ENTITIES = st.lists(
    st.builds(
        Entity,
        kind=KINDS,
        offset=st.integers(-5, 500),
        length=st.integers(-5, 500),
        url=st.sampled_from([None, "https://a.example", "javascript:alert(1)"]),
    ),
    max_size=120,
)


def is_sound(rich: Rich) -> bool:
    rich.text.encode("utf-16-le")
    return all(
        each.offset >= 0 and each.length > 0 and each.offset + each.length <= rich.units
        for each in rich.entities
    )


@given(ANY_TEXT, ENTITIES)
def test_foreign_text_becomes_sound_whatever_it_was(text: str, entities: list[Entity]) -> None:
    rich = Rich.foreign(text, entities)

    assert is_sound(rich)
    assert len(rich.entities) <= 100
    assert rich.text == rich.text.strip()
    links = [each.url for each in rich.entities if each.kind == "text_link"]
    assert set(links) <= {"https://a.example"}
    assert {each.kind for each in rich.entities} <= {"bold", "italic", "text_link", "spoiler"}


@given(ANY_TEXT, ENTITIES, st.integers(4, 300))
def test_pieces_hold_all_of_the_text_and_fit(
    text: str, entities: list[Entity], limit: int
) -> None:
    rich = Rich.foreign(text, entities)
    pieces = list(rich.pieces(limit))

    assert all(is_sound(piece) and piece.units <= limit for piece in pieces)
    assert "".join("".join(p.text for p in pieces).split()) == "".join(rich.text.split())


@given(ANY_TEXT, ANY_TEXT, ENTITIES)
def test_adding_keeps_what_an_entity_covers(before: str, after: str, many: list[Entity]) -> None:
    left, right = Rich.foreign(before), Rich.foreign(after, many)
    whole = left + right

    assert is_sound(whole)
    for one, moved in zip(right.entities, whole.entities, strict=True):
        covered = right.part(one.offset, one.offset + one.length).text
        assert whole.part(moved.offset, moved.offset + moved.length).text == covered


@given(ANY_TEXT, st.integers(2, 80))
def test_a_name_stays_on_one_line_and_turns_nothing_about(name: str, limit: int) -> None:
    line = one_line(name + "\u202e", limit)

    assert units(line) <= limit
    assert not set(line) & set("\n\r\t\x00\u202e\u2066")


def test_a_cut_comes_behind_a_word_and_leaves_the_formatting_on_both_sides() -> None:
    rich = Rich("первые слова вторые слова", (Entity("bold", 0, 25),))

    head, rest = rich.cut(18)

    assert (head.text, rest.text) == ("первые слова", "вторые слова")
    assert [each.length for each in (*head.entities, *rest.entities)] == [12, 12]


def test_a_pair_of_surrogates_is_never_torn() -> None:
    head, rest = Rich("😀" * 3).cut(3)

    assert (head.text, rest.text) == ("😀", "😀😀")


def test_empty_lines_are_left_out_when_joining() -> None:
    assert joined([Rich("a"), Rich(), Rich("b")]).text == "a\nb"
    assert MESSAGE_LIMIT == 4096
