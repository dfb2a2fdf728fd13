"""What becomes of lines that are taken in, of a file or of a message: added, changed, the same,
refused; pure. Taken in twice they change nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.lists_csv import Read, TemplateLine, Wrong
from bot.price_lists import Priced, same_item, usual_currency
from bot.rich import Rich, joined
from bot.templates import may_change, same_title
from bot.texts import Say
from inbox.model import Manager
from inbox.phrases import Phrase
from inbox.work_records import PriceItem, Template

MOST_SAID = 20  # lines that are wrong
Line = TypeVar("Line")
One = TypeVar("One", bound=Template | PriceItem)


@dataclass(frozen=True, slots=True)
class Plan(Generic[One]):
    """What is to be stored of the lines; `same`: so many stand there already."""

    new: tuple[One, ...]
    changed: tuple[One, ...]
    same: int
    wrong: tuple[Wrong, ...]

    @property
    def to_save(self) -> tuple[One, ...]:
        """All that is not stored yet."""
        return self.new + self.changed


def plan_templates(
    read: Read[TemplateLine], known: Sequence[Template], me: Manager, now: datetime
) -> Plan[Template]:
    """By title and language, whatever the title's case."""

    def made(line: TemplateLine) -> tuple[Hashable, Template | None, Template]:
        before = same_title(known, line.title, line.language)
        if before is None:
            one = Template(line.title, line.text, line.language, me.id, now)
        else:
            one = replace(before, title=line.title, text=line.text)
        return (line.title.casefold(), line.language), before, one

    return _plan(read, made, me, now)


def plan_prices(
    read: Read[Priced], known: Sequence[PriceItem], me: Manager, now: datetime
) -> Plan[PriceItem]:
    """By title, whatever its case; where no currency is said, the usual one."""
    usual = usual_currency(known, me.language)

    def made(line: Priced) -> tuple[Hashable, PriceItem | None, PriceItem]:
        before = same_item(known, line.title)
        currency = line.currency or (before.currency if before is not None else usual)
        if before is None:
            one = PriceItem(line.title, line.price, currency, line.within, me.id, now)
        else:
            one = replace(
                before,
                title=line.title,
                price=line.price,
                currency=currency,
                within=line.within,
            )
        return line.title.casefold(), before, one

    return _plan(read, made, me, now)


def _plan(
    read: Read[Line],
    made: Callable[[Line], tuple[Hashable, One | None, One]],
    me: Manager,
    now: datetime,
) -> Plan[One]:
    new: list[One] = []
    changed: list[One] = []
    same, wrong = 0, list(read.wrong)
    told: dict[Hashable, int] = {}
    for number, line in read.lines:
        key, before, one = made(line)
        earlier = told.setdefault(key, number)
        if earlier != number:
            fault = Phrase("line {number} has this title too", number=earlier)
            wrong.append(Wrong(number, (fault,)))
        elif isinstance(one, PriceItem) and not one.currency:
            wrong.append(Wrong(number, (Phrase("no currency is named"),)))
        elif before is None:
            new.append(one)
        elif before == one:
            same += 1
        elif not may_change(me, before.by_id):
            fault = Phrase("only who added it, a head or an administrator may change it")
            wrong.append(Wrong(number, (fault,)))
        else:
            changed.append(replace(one, changed_at=now))
    ordered = sorted(wrong, key=lambda each: each.number)
    return Plan(tuple(new), tuple(changed), same, tuple(ordered))


def in_words(say: Say, plan: Plan[Template] | Plan[PriceItem]) -> Rich:
    """How many of what, and each line that is not taken with the reason."""
    counts = [
        (say("New: {number}", number=len(plan.new)), len(plan.new)),
        (say("changed: {number}", number=len(plan.changed)), len(plan.changed)),
        (say("there already: {number}", number=plan.same), plan.same),
        (say("not taken: {number}", number=len(plan.wrong)), len(plan.wrong)),
    ]
    said = " · ".join(words for words, number in counts if number)
    lines = [Rich(said[:1].upper() + said[1:]).styled("bold")]
    lines += [_wrong(say, one) for one in plan.wrong[:MOST_SAID]]
    if more := len(plan.wrong) - MOST_SAID:
        lines += [Rich(say("… and {number} more", number=more))] if more > 0 else []
    return joined(lines)


def _wrong(say: Say, one: Wrong) -> Rich:
    faults = "; ".join(say.said(fault) for fault in one.faults)
    return Rich(say("Line {number}: {faults}", number=one.number, faults=faults))
