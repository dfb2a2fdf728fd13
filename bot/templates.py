"""Texts that are written often: their placeholders, what is taken as one, how they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.buttons import Button, Keyboard, in_rows, pages
from bot.cards import CardView
from bot.menu import is_head
from bot.placeholders import PLACEHOLDER, unknown_placeholders
from bot.rich import Rich, joined, one_line, units
from bot.template_buttons import ListDeed, PriceButton, TemplateButton, TemplateLanguageButton
from bot.texts import LANGUAGES, Say, mark
from inbox.internal_notes import is_note
from inbox.model import Manager
from inbox.phrases import Phrase
from inbox.work_records import Template

TITLE_LIMIT = 80  # UTF-16 units, as all limits here
TEXT_LIMIT = 3000  # with its placeholders filled it is one message yet
LABEL_LIMIT = 48
NAME_LIMIT = 80
MOST_SHOWN = 1500
PAGE = 8
ALL = "a"  # what the button says that is for clients of all languages

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_LANGUAGES = {"ru": mark("Russian"), "en": mark("English")}
_FOR_WHOM = {
    "": mark("For all clients"),
    "ru": mark("For clients who write Russian"),
    "en": mark("For clients who write English"),
}


# --- what is taken as a template -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """A template as somebody wrote it."""

    title: str
    text: str


def read_template(words: str) -> Written | tuple[Phrase, ...]:
    """The first line is the title, the text is below it; else what is wrong."""
    title, _, text = words.strip().partition("\n")
    title, text = as_title(title), text.strip()
    return faults_of(title, text) or Written(title, text)


def as_title(words: str) -> str:
    """On one line, without what nobody sees; however long."""
    return one_line(words, len(words) * 2 + 1)


def faults_of(title: str, text: str) -> tuple[Phrase, ...]:
    """Why this is no template; empty where it is one."""
    faults: list[Phrase] = []
    if not title:
        faults.append(Phrase("the title is missing"))
    elif units(title) > TITLE_LIMIT:
        faults.append(Phrase("the title is longer than {number} letters", number=TITLE_LIMIT))
    if not text:
        faults.append(Phrase("the text below the title is missing"))
    elif units(text) > TEXT_LIMIT:
        faults.append(Phrase("the text is longer than {number} letters", number=TEXT_LIMIT))
    elif is_note(text):
        faults.append(Phrase("a text that begins with // would be an internal note"))
    if unknown := unknown_placeholders(text):
        listed = ", ".join(f"{{{one}}}" for one in unknown)
        faults.append(Phrase("there is no placeholder {names}", names=listed))
    return tuple(faults)


def language_of(text: str) -> str:
    """ "ru" or "en" by the letters, "" where they do not tell."""
    words = PLACEHOLDER.sub("", text)
    cyrillic, latin = len(_CYRILLIC.findall(words)), len(_LATIN.findall(words))
    if cyrillic == latin:
        return ""
    return "ru" if cyrillic > latin else "en"


def same_title(templates: Sequence[Template], title: str, language: str) -> Template | None:
    """The template that is called so, whatever the case, for clients of the same language."""
    wanted = title.casefold()
    return next(
        (one for one in templates if one.title.casefold() == wanted and one.language == language),
        None,
    )


def may_change(me: Manager, by_id: int) -> bool:
    """Whether the member may change or delete what this one added."""
    return me.id == by_id or is_head(me)


# --- shown -------------------------------------------------------------------------------------


def in_order(templates: Sequence[Template], language: str) -> tuple[Template, ...]:
    """Those of the client's language first, then those for all, then the others."""
    order = {language: 0, "": 1}
    return tuple(sorted(templates, key=lambda one: order.get(one.language, 2)))


def matching(templates: Sequence[Template], words: str) -> tuple[Template, ...]:
    """Those in which all of the words stand, whatever the case; of the title before the text."""
    wanted = words.casefold().split()

    def holds(text: str) -> bool:
        return all(one in text.casefold() for one in wanted)

    titled = [one for one in templates if holds(one.title)]
    others = [one for one in templates if one not in titled and holds(f"{one.title} {one.text}")]
    return (*titled, *others)


def label(one: Template) -> str:
    """What a button to it says."""
    flag = f"{one.language.upper()} · " if one.language else ""
    return one_line(f"{flag}{one.title}", LABEL_LIMIT)


def use_view(
    say: Say, name: str, templates: Sequence[Template], message_id: int, offset: int
) -> CardView:
    """Which of them is sent to the client; and the way to the price list."""
    shown = templates[offset : offset + PAGE]

    def to(deed: ListDeed, template_id: int = 0, at: int = offset) -> TemplateButton:
        return TemplateButton(deed=deed, template_id=template_id, message_id=message_id, offset=at)

    rows = tuple((Button(label(one), to(ListDeed.CHOOSE, one.id)),) for one in shown)
    more = len(templates) > offset + PAGE
    turning = pages(offset, PAGE, more=more, to=lambda at: to(ListDeed.USE, at=at))
    prices = PriceButton(deed=ListDeed.USE, message_id=message_id)
    ending = (
        Button(say("💰 Price list"), prices),
        Button(say("Cancel"), to(ListDeed.CANCEL)),
    )
    head = say("Which template for {client}?", client=name)
    if not templates:
        head = say("There is no template yet: /templates adds one.")
    how = say("Or reply to this message with your own text.")
    keyboard = (*rows, *((turning,) if turning else ()), ending)
    return CardView(joined([Rich(head).styled("bold"), Rich(how)]), keyboard)


def preview(
    say: Say, name: str, text: Rich, button: TemplateButton, *, changing: bool = False
) -> CardView:
    """The finished text; `changing`: how to send another one instead."""
    head = say("To {client}:", client=name)
    how = ""
    shown = text.styled("blockquote")
    if changing:
        how = say(
            "Tap the text to copy it, and reply to this message with your own: it goes to the "
            "client at once."
        )
        shown = Rich(text.text).styled("code")

    def to(words: str, deed: ListDeed, style: str | None = None) -> Button:
        return Button(words, button.model_copy(update={"deed": deed}), style)

    first = [to(say("Send"), ListDeed.SEND, "success")]
    if not changing:
        first.append(to(say("Change"), ListDeed.CHANGE))
    second = (to(say("← Back"), ListDeed.USE), to(say("Cancel"), ListDeed.CANCEL))
    body = joined([Rich(head).styled("bold"), shown, Rich(how)], "\n\n")
    return CardView(body, (tuple(first), second))


def list_view(say: Say, templates: Sequence[Template], offset: int, bot: str) -> CardView:
    """All of them, to be read and changed; `bot`: the name by which one is found in writing."""
    shown = templates[offset : offset + PAGE]

    def to(deed: ListDeed, template_id: int = 0, at: int = offset) -> TemplateButton:
        return TemplateButton(deed=deed, template_id=template_id, offset=at)

    rows = tuple((Button(label(one), to(ListDeed.SHOW, one.id)),) for one in shown)
    more = len(templates) > offset + PAGE
    turning = pages(offset, PAGE, more=more, to=lambda at: to(ListDeed.LIST, at=at))
    deeds = [Button(say("➕ New template"), to(ListDeed.NEW))]
    files = [Button(say("⬆ From a file"), to(ListDeed.IN))]
    if templates:
        files.insert(0, Button(say("⬇ As a file"), to(ListDeed.OUT)))
    number = len(templates)
    lines = [
        Rich(say("Templates")).styled("bold"),
        Rich(
            say.many("There is {number} template.", "There are {number} templates.", number)
            if templates
            else say("There is none yet.")
        ),
        Rich(
            say(
                "On a card: “Template”. While you write here: {bot} and a word finds one.",
                bot=bot,
            )
        ),
    ]
    return CardView(
        joined(lines), (*rows, *((turning,) if turning else ()), tuple(deeds), tuple(files))
    )


def template_view(
    say: Say, one: Template, author: Manager | None, me: Manager, offset: int
) -> CardView:
    """One as it is kept, with what this member may do."""
    for_whom = say(_FOR_WHOM.get(one.language, one.language))
    by = say("by {name}", name=one_line(author.name, NAME_LIMIT)) if author is not None else ""
    text, rest = Rich(one.text).cut(MOST_SHOWN)
    body = joined(
        [
            Rich(one_line(one.title, TITLE_LIMIT)).styled("bold"),
            (text + " …" if rest.text else text).styled("blockquote"),
            Rich(" · ".join(filter(None, (for_whom, by)))).styled("italic"),
        ],
        "\n\n",
    )

    def to(deed: ListDeed) -> TemplateButton:
        return TemplateButton(deed=deed, template_id=one.id, offset=offset)

    back = (Button(say("← Back"), to(ListDeed.LIST)),)
    if not may_change(me, one.by_id):
        return CardView(body, (back,))
    deeds = (
        Button(say("Change"), to(ListDeed.EDIT)),
        Button(say("Delete"), to(ListDeed.DROP), "danger"),
    )
    return CardView(body, (deeds, *_languages(say, one), back))


def _languages(say: Say, one: Template) -> Keyboard:
    """For clients of which language it may be as well."""
    buttons = [
        Button(
            say("For all") if code == ALL else say(_LANGUAGES[code]),
            TemplateLanguageButton(template_id=one.id, language=code),
        )
        for code in (ALL, *LANGUAGES)
        if code != (one.language or ALL)
    ]
    return in_rows(buttons, 2)


def how_to_write(say: Say) -> str:
    """What the answer to the question for a template looks like."""
    return say(
        "Reply to this message: the title on the first line, the text below it. In the text\n"
        "{client} stands for the client's name,\n"
        "{manager} for yours,\n"
        "{opening} for when you open next.",
        client="{client}",
        manager="{manager}",
        opening="{opening}",
    )
