"""Sentences for people made where nobody knows who reads them: English now, said anew later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Self


class Phrase(str):
    """A text for people: in English as a string, with what is needed to say it in a language.

    `template` is the English text with its {fields}, the key of the catalogues; a field may be a
    phrase too. With `other`, the field {number} chooses between it and the template.
    """

    __slots__ = ("fields", "other", "template")

    template: str
    other: str | None
    fields: Mapping[str, object]

    def __new__(cls, template: str, /, **fields: object) -> Self:
        return cls._make(template, None, fields)

    @classmethod
    def many(cls, one: str, other: str, number: int, /, **fields: object) -> Self:
        """The form for `number`, which is also the field {number}."""
        return cls._make(one, other, {**fields, "number": number})

    @classmethod
    def joined(cls, separator: str, parts: Iterable[str]) -> Self:
        """The parts in a row; those that are phrases stay so."""
        named = {f"part{number}": part for number, part in enumerate(parts)}
        return cls._make(separator.join(f"{{{name}}}" for name in named), None, named)

    @classmethod
    def _make(cls, template: str, other: str | None, fields: Mapping[str, object]) -> Self:
        english = template if other is None or fields["number"] == 1 else other
        made = super().__new__(cls, english.format(**fields))
        made.template, made.other, made.fields = template, other, fields
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return self._make, (self.template, self.other, self.fields)

    def changed(self, change: Callable[[str], str]) -> Self:
        """The same with every text in its fields changed, however deep."""
        fields = {name: _changed(value, change) for name, value in self.fields.items()}
        return self._make(self.template, self.other, fields)


def _changed(value: object, change: Callable[[str], str]) -> object:
    match value:
        case Phrase():
            return value.changed(change)
        case str():
            return change(value)
        case _:
            return value
