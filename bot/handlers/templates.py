"""/templates: the texts that are written often, read by all, added by all, changed by whose they
are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot import templates
from bot.access import Visit, answer
from bot.cards import CardView
from bot.handlers.kept_lists import dropped_view, standing
from bot.handlers.lists_in import ask_for_file, hand_out
from bot.lists_csv import templates_out
from bot.menu import with_back
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich, joined
from bot.template_buttons import ListDeed, TemplateButton, TemplateLanguageButton
from bot.texts import LANGUAGES, Say
from inbox import routing
from inbox.actions import UNDO
from inbox.phrases import Phrase
from inbox.work_records import Template


def setup() -> Router:
    """/templates and the buttons of its screens."""
    router = Router(name="templates")
    router.message.register(show_all, Command("templates"))
    deeds = {
        ListDeed.LIST: turn,
        ListDeed.SHOW: show,
        ListDeed.NEW: ask_for_one,
        ListDeed.EDIT: edit,
        ListDeed.DROP: drop,
        ListDeed.RESTORE: restore,
        ListDeed.OUT: out,
        ListDeed.IN: ask_for_list,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, TemplateButton.filter(F.deed == deed))
    router.callback_query.register(set_language, TemplateLanguageButton.filter())
    return router


async def show_all(message: Message, visit: Visit) -> None:
    """The first page."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit, offset: int = 0) -> CardView:
    """A page of the list."""
    async with visit.inbox.store.begin() as t:
        known = templates.in_order(await t.templates(), visit.me.language)
    me = await visit.bot.me()
    return templates.list_view(visit.say, known, offset, f"@{me.username}")


async def turn(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """Another page in the same message."""
    await answer(query)
    await _to_list(query, visit, callback_data.offset)


async def _to_list(query: CallbackQuery, visit: Visit, offset: int) -> None:
    await visit.edit(query, with_back(visit.say, await view(visit, offset)))


async def show(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """One of them."""
    found = await _found(query, visit, callback_data.template_id)
    if found is not None:
        await answer(query)
        await visit.edit(query, await _one(visit, found, callback_data.offset))


async def _one(visit: Visit, template: Template, offset: int = 0) -> CardView:
    async with visit.inbox.store.begin() as t:
        author = routing.member(await t.staff(), template.by_id)
    return templates.template_view(visit.say, template, author, visit.me, offset)


async def _found(query: CallbackQuery, visit: Visit, template_id: int) -> Template | None:
    """The template, if it stands; else the press is answered that it does not."""
    async with visit.inbox.store.begin() as t:
        template = standing(await t.template(template_id))
    if template is None:
        await answer(query, visit.say("This template is no longer there."), alert=True)
    return template


async def _own(query: CallbackQuery, visit: Visit, template_id: int) -> Template | None:
    """The same, if the member may change it; else the press is answered who may."""
    template = await _found(query, visit, template_id)
    if template is None or templates.may_change(visit.me, template.by_id):
        return template
    await answer(query, not_yours(visit.say), alert=True)
    return None


def not_yours(say: Say) -> str:
    """Why a template or an item is not changed."""
    return say("Only who added it, a head or an administrator may change it.")


def not_taken(say: Say, faults: Sequence[Phrase], how: str) -> Rich:
    """What is wrong with an answer, and how it is written."""
    lines = [Rich(say("This was not taken:")).styled("bold")]
    lines += [Rich(f"• {say.said(one)}") for one in faults]
    return joined([joined(lines), Rich(how)], "\n\n")


def brought_back(dropped_at: datetime | None, now: datetime) -> bool:
    """Whether what was deleted then can still be brought back."""
    return dropped_at is not None and now - dropped_at <= UNDO


# --- added and changed -------------------------------------------------------------------------


async def ask_for_one(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """The question; its answer makes a template."""
    await answer(query)
    words = Rich(templates.how_to_write(visit.say))
    await ask(visit, words, Prompt(Asked.TEMPLATE, 0), reply_to=visit.below(query))


async def edit(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """The same, with what stands there to be copied."""
    template = await _own(query, visit, callback_data.template_id)
    if template is not None:
        await answer(query)
        text = Rich(f"{template.title}\n{template.text}").styled("code")
        words = joined([Rich(templates.how_to_write(visit.say)), text], "\n\n")
        prompt = Prompt(Asked.TEMPLATE, template.id)
        await ask(visit, words, prompt, reply_to=visit.below(query))


async def keep_words(visit: Visit, template_id: int, text: str, below: int) -> None:
    """The answer to the question: a new template (0), or what one says from now on; where it
    cannot be taken, why, and it can be sent anew."""
    kept = await _kept(visit, template_id, text)
    if isinstance(kept, Template):
        await visit.send(await _one(visit, kept), reply_to=below)
        return
    words = not_taken(visit.say, kept, templates.how_to_write(visit.say))
    await ask(visit, words, Prompt(Asked.TEMPLATE, template_id), reply_to=below)


async def _kept(visit: Visit, template_id: int, words: str) -> Template | tuple[Phrase, ...]:
    read, now = templates.read_template(words), visit.inbox.clock.now()
    if isinstance(read, tuple):
        return read
    async with visit.inbox.store.begin() as t:
        before = standing(await t.template(template_id)) if template_id else None
        if before is None:
            language = templates.language_of(read.text)
            made = Template(read.title, read.text, language, visit.me.id, now)
        elif templates.may_change(visit.me, before.by_id):
            made = replace(before, title=read.title, text=read.text, changed_at=now)
        else:
            return (Phrase("only who added it, a head or an administrator may change it"),)
        namesake = templates.same_title(await t.templates(), made.title, made.language)
        if namesake is None or namesake.id == made.id:
            return await t.save_template(made)
    # The answer may have been read before: then it stands there as it was written.
    if (namesake.text, namesake.by_id) == (made.text, visit.me.id):
        return namesake
    return (Phrase("there is a template with this title already"),)


async def set_language(
    query: CallbackQuery, callback_data: TemplateLanguageButton, visit: Visit
) -> None:
    """For clients of which language it is."""
    code = callback_data.language
    template = await _own(query, visit, callback_data.template_id)
    if template is None:
        return
    if code not in {*LANGUAGES, templates.ALL}:
        await answer(query, visit.say("This button no longer works."))
        return
    language = "" if code == templates.ALL else code
    async with visit.inbox.store.begin() as t:
        namesake = templates.same_title(await t.templates(), template.title, language)
        if namesake is None or namesake.id == template.id:
            now = visit.inbox.clock.now()
            template = await t.save_template(replace(template, language=language, changed_at=now))
            namesake = None
    if namesake is not None:
        words = visit.say("There is a template with this title in this language already.")
        await answer(query, words, alert=True)
        return
    await answer(query)
    await visit.edit(query, await _one(visit, template))


async def drop(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """It is gone; for a minute it can be brought back."""
    template = await _own(query, visit, callback_data.template_id)
    if template is None:
        return
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        await t.save_template(replace(template, dropped_at=now))
    await answer(query)
    await visit.edit(query, dropped_view(visit, template.title, callback_data))


async def restore(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """It is there again."""
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        template = await t.template(callback_data.template_id)
        mine = template is not None and templates.may_change(visit.me, template.by_id)
        if template is not None and mine and brought_back(template.dropped_at, now):
            template = await t.save_template(replace(template, dropped_at=None))
    if template is None:
        await answer(query, visit.say("This button no longer works."))
    elif not mine:
        await answer(query, not_yours(visit.say), alert=True)
    elif template.dropped_at is not None:
        await answer(query, visit.say("It is too late to undo this."), alert=True)
        await _to_list(query, visit, callback_data.offset)
    else:
        await answer(query)
        await visit.edit(query, await _one(visit, template, callback_data.offset))


# --- files -------------------------------------------------------------------------------------


async def out(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """All of them as a file."""
    await answer(query)
    async with visit.inbox.store.begin() as t:
        known = await t.templates()
    content = templates_out(known, visit.say.language)
    await hand_out(visit, content, "templates.csv", visit.below(query))


async def ask_for_list(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """The question for a file."""
    await answer(query)
    await ask_for_file(visit, Asked.TEMPLATES_FILE, visit.below(query))
