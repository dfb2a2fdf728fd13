"""`okno why` of a report's figure: which one is meant, and how it came, in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.frame import BAD_INPUT, FAILED, refuse, short_store
from bot.cli.report_asked import Typed, slice_named
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.texts import Say
    from inbox.report_figures import Figure

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def figure_text(
    say: Say,
    settings: Settings,
    typed: Typed,
    figure: Figure,
    names: tuple[str | None, str | None, str],
) -> str:
    """Why the figure is what it is. `names`: of a manager or client whose report it is, and of a
    row of it, "" for the whole. Raises Refusal."""
    from bot.clock import open_clock
    from bot.figure_asking import explanation_of
    from bot.figure_orders import Explaining, Question
    from bot.report_ground import ground_of
    from bot.report_making import ReportUnmade

    now, zone = open_clock(settings.clock.file).now(), settings.studio.zone
    manager, client, row = names
    async with short_store(settings) as store:
        whose = await slice_named(store, manager, client)
    period = typed.period(zone, now)
    question = Question(period, whose, say.language, zone.key, figure, named=row)
    try:
        found = await explanation_of(Explaining(ground_of(settings), question, now))
    except ReportUnmade as error:
        fault = str(error)
        refuse(Phrase("The figure could not be counted ({fault}).", fault=fault), FAILED)
    if not found.known:
        refuse(Phrase("The report has no row of that name: {name}.", name=row), BAD_INPUT)
    return found.words.text


def read_figure(typed: str) -> Figure:
    """ "median", "first-p90:wall", "share:usual", "came:mon:10". Raises Refusal."""
    from inbox.report_figures import Figure, What, is_figure

    name, *parts = typed.casefold().split(":")
    known = ", ".join(What)
    if name not in set(What):
        refuse(
            Phrase("There is no figure {name}. Known: {known}", name=name, known=known), BAD_INPUT
        )
    figure = Figure(What(name))
    for part in parts:
        figure = _narrowed(figure, part)
    if not is_figure(figure):
        words = Phrase("The figure {name} has no such side: {typed}", name=name, typed=typed)
        refuse(words, BAD_INPUT)
    return figure


def _narrowed(figure: Figure, part: str) -> Figure:
    from dataclasses import replace

    from inbox.report_figures import Against

    if part == "wall":
        return replace(figure, wall=True)
    if part in set(Against):
        return replace(figure, against=Against(part))
    if part in _DAYS:
        return replace(figure, day=_DAYS.index(part))
    if part.isdecimal() and len(part) <= len("23"):
        return replace(figure, hour=int(part))
    sides = "wall, last, usual, mon ... sun, 0 ... 23"
    return refuse(
        Phrase("{part} is no side of a figure. Known: {known}", part=part, known=sides), BAD_INPUT
    )
