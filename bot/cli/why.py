"""`okno why`: the same explanation as under a card, or of a report's figure, in plain text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.figure import figure_text, read_figure
from bot.cli.frame import (
    BAD_INPUT,
    DATES,
    Config,
    load_settings,
    refuse,
    run,
    say_in,
    short_store,
    table,
)
from bot.cli.report_asked import First, Last, ManagerName, Typed, check_names
from bot.texts import Say, mark
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.model import Conversation

MOST_FOUND = 50
NEVER_CUT = 10**9  # UTF-16 units
LONGEST_NUMBER = 18  # digits; a database keeps no larger one


def why_command(
    ctx: typer.Context,
    *,
    conversation: Annotated[
        str,
        typer.Argument(
            help=mark(
                "A number, an address, an @name, or the beginning of a client's name; with days a "
                "figure of their report: share, median, first-p90:wall, breaches:usual, came:mon."
            )
        ),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help=mark("All waits and promises, not the newest alone."))
    ] = False,
    wait: Annotated[
        bool,
        typer.Option("--wait", help=mark("The number is a wait's, as in a report's table.")),
    ] = False,
    week: Annotated[
        datetime | None, typer.Option(formats=DATES, help=mark("A day of the report's week."))
    ] = None,
    first: First = None,
    last: Last = None,
    manager: ManagerName = None,
    client: Annotated[str | None, typer.Option(help=mark("Only this client."))] = None,
    row: Annotated[
        str,
        typer.Option(help=mark("A row of it: a manager, client, channel or tier by name.")),
    ] = "",
    config: Config = None,
) -> None:
    settings, say, typed = load_settings(ctx, config), say_in(ctx), Typed(week, first, last)
    typed.check()
    if not conversation:
        refuse(_what_is_missing(typed), BAD_INPUT)
    if typed.nothing:
        if manager is not None or client is not None or row:
            refuse(Phrase("Name a day of the --week, or both --from and --to."), BAD_INPUT)
        if wait:
            typer.echo(run(_of_wait(say, settings, conversation)))
        else:
            typer.echo(run(_explained(say, settings, conversation, everything=everything)))
        return
    check_names(manager, client)
    figure = read_figure(conversation)
    typer.echo(run(figure_text(say, settings, typed, figure, (manager, client, row))))


async def _of_wait(say: Say, settings: Settings, typed: str) -> str:
    from bot.clock import open_clock
    from bot.reader import Reader
    from bot.stories import story_of
    from bot.terms import calendars_of
    from bot.why import why_waits
    from inbox.errors import NoSuchRow

    number = typed.strip().lstrip("#№ ")
    now = open_clock(settings.clock.file).now().replace(microsecond=0)
    calendars = calendars_of(settings)
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        refuse(Phrase("{words} is no number of a wait.", words=typed), BAD_INPUT)
    async with short_store(settings) as store, store.begin() as t:
        calendars.learn(await t.special_days())
        try:
            talk, found = await t.wait(int(number))
        except NoSuchRow:
            refuse(Phrase("There is no wait № {number}.", number=number))
        story = await story_of(t, calendars, talk, found, now)
    return why_waits(story, Reader(say, settings.studio.zone, now), NEVER_CUT).text


def _what_is_missing(typed: Typed) -> Phrase:
    from inbox.report_figures import What

    if typed.nothing:
        return Phrase("Name a conversation, or with --week a figure: okno why --help")
    return Phrase("Name a figure. Known: {known}", known=", ".join(What))


async def _explained(say: Say, settings: Settings, words: str, *, everything: bool) -> str:
    from bot.clock import open_clock
    from bot.reader import Reader
    from bot.stories import stories_in, story_of
    from bot.terms import calendars_of
    from bot.why import why_waits

    now = open_clock(settings.clock.file).now().replace(microsecond=0)
    calendars = calendars_of(settings)
    async with short_store(settings) as store, store.begin() as t:
        found = await t.find_conversations(words, MOST_FOUND)
        talk = one_conversation(say, words, found)
        calendars.learn(await t.special_days())
        if everything:
            stories = await stories_in(t, calendars, talk, now)
        else:
            newest = (await t.waits_in(talk.id))[:1]
            stories = tuple([await story_of(t, calendars, talk, one, now) for one in newest])
    if not stories:
        return say("Nobody has ever waited in the conversation № {number}.", number=talk.id)
    reader = Reader(say, settings.studio.zone, now)
    parts = [why_waits(one, reader, NEVER_CUT).text for one in stories]
    others = ", ".join(f"№ {one.id}" for one in found if one.id != talk.id)
    if others:
        parts.append(say("Other conversations of this client: {numbers}", numbers=others))
    return "\n\n".join(parts)


def one_conversation(say: Say, words: str, found: tuple[Conversation, ...]) -> Conversation:
    """The newest of one client's conversations; of several clients' they are listed to choose
    from. Raises Refusal."""
    if not found:
        refuse(Phrase("No conversation is known for {words}.", words=words))
    number = words.strip().lstrip("#№ ")
    named = [one for one in found if str(one.id) == number]
    if named:
        return named[0]
    if len({one.client.id for one in found}) > 1:
        head = (say("NUMBER"), say("CLIENT"), say("CONTACT"), say("CHANNEL"))
        rows = [
            (f"№ {one.id}", one.client.name, one.contact.name, one.channel_id) for one in found
        ]
        typer.echo(table(head, rows), err=True)
        refuse(Phrase("Several clients are meant by {words}; name a number.", words=words))
    return found[0]
