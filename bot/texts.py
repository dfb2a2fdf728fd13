"""Texts for people from the gettext catalogues in locales/; keys are the English sentences."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from inbox.phrases import Phrase

LOCALES = Path(__file__).with_name("locales")
LANGUAGES = ("ru", "en")
DOMAIN = "okno"


class Say:
    """Says things in one language. `say("Waits for {name}", name=...)` fills the fields."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, text: str, /, **fields: object) -> str:
        """The translated text with its fields filled; the fields' values are never formats."""
        return self.template(text).format(**fields)

    def template(self, text: str) -> str:
        """The translated text, its fields unfilled."""
        return self._catalogue.gettext(text)

    def many(self, one: str, other: str, number: int, /, **fields: object) -> str:
        """The plural form for `number`, which is also the field {number}."""
        text = self._catalogue.ngettext(one, other, number)
        return text.format(number=number, **fields)

    def said(self, text: str) -> str:
        """A phrase, made where the language was not known; any other text as it is."""
        if not isinstance(text, Phrase):
            return text
        fields = {
            name: self.said(value) if isinstance(value, str) else value
            for name, value in text.fields.items()
        }
        if text.other is None:
            return self(text.template, **fields)
        number = int(str(fields.pop("number")))
        return self.many(text.template, text.other, number, **fields)

    def fault(self, error: Exception) -> str:
        """The sentences that an error of ours was made with."""
        return "\n".join(
            self.said(one) if isinstance(one, str) else str(one) for one in error.args
        )


@cache
def speaker(language: str) -> Say:
    """The texts in `language` ("ru", "ru-RU", "en"); English where there is no such catalogue."""
    known = known_language(language) or "en"
    return Say(known, gettext.translation(DOMAIN, LOCALES, [known]))


def known_language(code: str | None) -> str | None:
    """The catalogue for a Telegram `language_code` (IETF tag), None where there is none."""
    short = (code or "").replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else None


def mark(text: str) -> str:
    """Marks a text for the catalogues that is said elsewhere, by way of a table."""
    return text
