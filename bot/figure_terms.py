"""What each figure of a report is called, and by which rule it is counted."""

from __future__ import annotations

from bot.report_terms import (
    channel_words,
    manager_name,
    share_words,
    tier_name,
)
from bot.texts import Say, mark
from inbox.report_figures import TIMES, Against, Figure, Sort, What, Whose
from inbox.report_records import Figures, Row
from inbox.report_told import Out

_TITLES = {
    What.MESSAGES: mark("Messages"),
    What.OPENED: mark("New waits"),
    What.WAITS: mark("All waits"),
    What.ANSWERED: mark("Answered"),
    What.PHONED: mark("By phone"),
    What.OFF_HOURS: mark("Answered off hours"),
    What.DISMISSED: mark("No reply needed"),
    What.CLOSED: mark("Closed without a reply"),
    What.WITHIN: mark("Answered in time"),
    What.LATE: mark("Answered late"),
    What.CLOSED_OVERDUE: mark("Closed overdue"),
    What.BREACHES: mark("Breaches"),
    What.SHARE: mark("In time"),
    What.OPEN: mark("Waits now"),
    What.OVERDUE: mark("Overdue now"),
    What.OLDEST: mark("Waits longest"),
    What.CAME: mark("When messages come"),
    What.CAME_LATE: mark("When breaches come"),
    What.NEW_CLIENTS: mark("New clients"),
    What.SILENT: mark("Silent clients"),
    What.WORST: mark("The worst wait"),
    What.IMPROVED: mark("Who became faster"),
}
_ANSWERS = {
    "both": mark("All responses: {stat}"),
    "first": mark("First response: {stat}"),
    "next": mark("Next response: {stat}"),
}
_STATS = {"median": mark("median"), "p90": mark("9 of 10"), "longest": mark("the longest")}
_SHORT = {
    What.MEDIAN: mark("Median: all"),
    What.P90: mark("9 of 10: all"),
    What.LONGEST: mark("Longest: all"),
    What.FIRST_MEDIAN: mark("Median: first"),
    What.FIRST_P90: mark("9 of 10: first"),
    What.FIRST_LONGEST: mark("Longest: first"),
    What.NEXT_MEDIAN: mark("Median: next"),
    What.NEXT_P90: mark("9 of 10: next"),
    What.NEXT_LONGEST: mark("Longest: next"),
    What.CLOSED: mark("No reply"),
}
_RULES = {
    What.MESSAGES: mark(
        "Messages that persons on the clients’ side sent in this time, by the sender’s clock; "
        "the same message by a second way counts once."
    ),
    What.OPENED: mark("Waits that began in this time: a client wrote, and nobody had been asked."),
    What.WAITS: mark("Waits that ended in this time or were open at its end, each once."),
    What.ANSWERED: mark(
        "Waits whose answer by a person of the studio was sent in this time, by whatever way; a "
        "telephone call that was noted is an answer."
    ),
    What.PHONED: mark("Of the answered waits those for which “answered by phone” was pressed."),
    What.OFF_HOURS: mark("Of the answered waits those whose answer was sent outside open hours."),
    What.DISMISSED: mark("Waits for which “no reply needed” was pressed: never a breach."),
    What.CLOSED: mark("Waits that were closed without a reply."),
    What.WITHIN: mark(
        "Answers that took no more business time than the target; exactly the target is in time."
    ),
    What.LATE: mark("Answers that took more business time than the target."),
    What.CLOSED_OVERDUE: mark("Waits that were closed without a reply when the target was over."),
    What.BREACHES: mark(
        "Late answers, and waits without an answer whose target is over. A breach is charged to "
        "who held the wait when it fell due, whoever answered."
    ),
    What.SHARE: mark(
        "Answers in time, divided by these and all breaches: late answers, and waits without an "
        "answer that are or were overdue."
    ),
    What.OPEN: mark("Waits without an answer at the end of this time, or now."),
    What.OVERDUE: mark("Of the waits without an answer those whose target is over."),
    What.OLDEST: mark("Of the waits without an answer the one that began first."),
    What.CAME: mark("Messages of clients by weekday and hour of the studio."),
    What.CAME_LATE: mark("Breaches by the weekday and hour of the studio when the client wrote."),
    What.NEW_CLIENTS: mark("Clients who wrote in this time and never before."),
    What.SILENT: mark("Clients with whom no word was exchanged, either way, for so many weeks."),
    What.WORST: mark(
        "A breach is worse than any wait in time; then the one of the most business time."
    ),
    What.IMPROVED: mark(
        "Whose median fell most against the time before, of those with five answers in both."
    ),
}
_STAT_RULES = {
    "median": mark(
        "Half of the answers took less: the middle one of all answers by length; of an even "
        "number, the mean of the middle two."
    ),
    "p90": mark(
        "Nine of ten answers took no longer: by length, the one whose number is nine tenths of "
        "all, rounded up. Of fewer than five answers there is none, and all are listed."
    ),
    "longest": mark("The answer that took the most time."),
}
_CLOCKS = {
    False: mark("Business time: only open hours count."),
    True: mark("Wall time: nights and days off count."),
}
_OWN = mark("A manager’s time begins when the manager got the wait.")
_BEFORE = {
    Against.LAST: mark("{title}, the time before"),
    Against.USUAL: mark("{title}, usually"),
}
_BEFORE_RULES = {
    Against.LAST: mark("The same figure of the week before; of other times, of as much time."),
    Against.USUAL: mark("The mean of the same figure over the eight weeks before."),
}
_OUT = {
    Out.WITHIN: mark("answered in time"),
    Out.LATE: mark("answered too late"),
    Out.DISMISSED: mark("“no reply needed” was pressed"),
    Out.CLOSED: mark("closed without a reply"),
    Out.OPEN: mark("not answered yet"),
    Out.CLOSED_IN_TIME: mark("closed without a reply before they were due"),
    Out.NOT_DUE: mark("not answered yet and not due"),
    Out.CHARGED_TO_OTHERS: mark("late, but charged to who held them when they fell due"),
    Out.ANSWERED_BY_OTHERS: mark("charged here, though somebody else answered"),
    Out.TAKEN_OVER: mark("taken over: counted from then on"),
    Out.AUTHOR_UNKNOWN: mark("answered outside the program: counted for who held the client"),
    Out.NO_WORKING_TIME: mark("without working time ahead: never a breach"),
    Out.AUTOMATIC: mark("messages that no person wrote"),
    Out.COPIES: mark("copies of the same message"),
    Out.THANKS: mark("messages of thanks that no answer was due to"),
    Out.BEFORE_OKNO: mark("weeks of which nothing is known"),
}
_OTHERS = {"first": mark("next responses"), "next": mark("first responses")}
_SORTS = {
    Sort.MANAGER: mark("By manager"),
    Sort.CLIENT: mark("By client"),
    Sort.CHANNEL: mark("By channel"),
    Sort.TIER: mark("By tier"),
}


def title(say: Say, figure: Figure) -> str:
    """What it is called."""
    found = name_of(say, figure.what)
    if figure.wall:
        return say("{title}, by the wall clock", title=found)
    return say(_BEFORE[figure.against], title=found) if figure.against is not None else found


def name_of(say: Say, what: What) -> str:
    """The same without what it is compared with."""
    if what in TIMES:
        which, stat = TIMES[what]
        return say(_ANSWERS[which], stat=say(_STATS[stat]))
    return say(_TITLES[what])


def short_name(say: Say, what: What) -> str:
    """The same for a button beside two others."""
    return say(_SHORT[what]) if what in _SHORT else name_of(say, what)


def rule(say: Say, figure: Figure) -> str:
    """How it is counted."""
    if figure.against is not None:
        return say(_BEFORE_RULES[figure.against])
    if figure.what not in TIMES:
        return say(_RULES[figure.what])
    stat = TIMES[figure.what][1]
    parts = [say(_STAT_RULES[stat]), say(_CLOCKS[figure.wall])]
    if figure.whose.sort is Sort.MANAGER:
        parts.append(say(_OWN))
    return " ".join(parts)


def out_words(say: Say, why: Out, figure: Figure) -> str:
    """What a wait or message is."""
    if why is Out.OTHER_ANSWERS:
        return say(_OTHERS[TIMES[figure.what][0]])
    return say(_OUT[why])


def sort_words(say: Say, sort: Sort) -> str:
    """What leads to the rows of the sort."""
    return say(_SORTS[sort])


def whose_words(say: Say, whose: Whose) -> str:
    """What a row is called; "" of the whole."""
    row = Row(whose.id, whose.name, Figures())
    match whose.sort:
        case Sort.MANAGER:
            return manager_name(say, row)
        case Sort.CHANNEL:
            return channel_words(say, whose.name)
        case Sort.TIER:
            return tier_name(say, row)
        case _:
            return whose.name


def row_name(say: Say, whose: Whose, figures: Figures) -> str:
    """ "Anna · 92% of 25"."""
    name = whose_words(say, whose)
    if figures.share is None:
        return say("{name} · waits: {number}", name=name, number=figures.waits)
    share = share_words(say, figures.share)
    return say("{name} · {share} of {number}", name=name, share=share, number=figures.counted)
