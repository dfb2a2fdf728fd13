"""The price list: what is read as an item of it, and how items are said and shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.buttons import Button, pages
from bot.cards import CardView
from bot.rich import Rich, joined, one_line, units
from bot.template_buttons import ListDeed, PriceButton, TemplateButton
from bot.templates import as_title, may_change
from bot.texts import Say
from inbox.due_dates import MOST
from inbox.internal_notes import is_note
from inbox.model import Manager
from inbox.phrases import Phrase
from inbox.work_records import PriceItem, Unit, Within

TITLE_LIMIT = 120  # UTF-16 units, as all limits here
CURRENCY_LIMIT = 8
LABEL_LIMIT = 56
NAME_LIMIT = 80
PAGE = 8
MOST_PRICE = Decimal(10) ** 9
SIGN = "💰"

_HOURS = r"h|hrs?|hours?|ч|час|часа|часов"
_DAYS = r"d|days?|д|дн|день|дня|дней"
_WORKING = r"(?:(?:working|business|work|раб|рабочий|рабочего|рабочих|р)\.?\s*)?"
_WITHIN = re.compile(
    rf"(?P<amount>\d{{1,6}})\s*{_WORKING}(?:(?P<hours>{_HOURS})|(?P<days>{_DAYS}))\.?",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?P<before>(?:[$€£¥₽₸₴₺]|[A-Z]{2,3}\$?)?)\s*"
    r"(?P<number>\d[\d\s.,'\u00a0\u202f]*)\s*(?P<behind>[^\d\s,]{0,8})"
)
_LINE = re.compile(
    r"(?P<title>.*[^:\s])(?::|\s[-–—])\s*(?P<money>[^:]+?)[,;]\s*(?P<within>[^,;:]+)"
)
_SPACES = re.compile(r"[\s'\u00a0\u202f]+")


@dataclass(frozen=True, slots=True)
class Priced:
    """An item as somebody wrote it; `currency` "" where nothing was said of it."""

    title: str
    price: Decimal
    currency: str
    within: Within


Faults = tuple[Phrase, ...]


# --- what is taken as an item ----------------------------------------------------------------


def read_item(line: str) -> Priced | Faults:
    """ "Change the phone: 500 ₽, 2 working hours"; else what is wrong."""
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None:
        return (Phrase("the line is no “work: price, deadline”"),)
    return priced(found["title"], found["money"], "", found["within"])


def priced(title: str, money: str, currency: str, within: str) -> Priced | Faults:
    """An item from its parts; a currency of its own beats the one beside the price."""
    faults: list[Phrase] = []
    title = as_title(title)
    if not title:
        faults.append(Phrase("the title is missing"))
    elif units(title) > TITLE_LIMIT:
        faults.append(Phrase("the title is longer than {number} letters", number=TITLE_LIMIT))
    elif is_note(title):
        faults.append(Phrase("a text that begins with // would be an internal note"))
    price, beside = _money(money)
    if price is None:
        said = one_line(money, NAME_LIMIT)
        faults.append(Phrase("“{words}” is no price", words=said))
    currency = as_title(currency) or beside
    if units(currency) > CURRENCY_LIMIT:
        said = one_line(currency, NAME_LIMIT)
        faults.append(Phrase("“{words}” is no currency", words=said))
    time = read_within(within)
    if time is None:
        said = one_line(within, NAME_LIMIT)
        faults.append(Phrase("“{words}” is no deadline such as “2 hours” or “3 days”", words=said))
    if faults or price is None or time is None:
        return tuple(faults)
    return Priced(title, price, currency, time)


def read_within(words: str) -> Within | None:
    """ "2 working hours", "3 дня"; None for anything else, and for what is far too long."""
    found = _WITHIN.fullmatch(" ".join(words.split()))
    if found is None:
        return None
    unit = Unit.HOURS if found["hours"] else Unit.DAYS
    amount = int(found["amount"])
    return Within(amount, unit) if 0 < amount <= MOST[unit] else None


def _money(words: str) -> tuple[Decimal | None, str]:
    """The price, to the hundredth, and its currency; None where it is no price."""
    found = _MONEY.fullmatch(words.strip())
    if found is None or (found["before"] and found["behind"]):
        return None, ""
    number = _SPACES.sub("", found["number"]).rstrip(".,")
    try:
        price = Decimal(_with_point(number))
    except InvalidOperation:
        return None, ""
    if price > MOST_PRICE or price != round(price, 2):
        return None, ""
    return price, found["before"] or found["behind"]


def _with_point(number: str) -> str:
    """ "1.500,50", "1,500.50", "1500,5", "1,500" as Decimal reads them."""
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return number
    whole, rest = number[:last], number[last + 1 :]
    groups = re.fullmatch(r"\d{1,3}(?:([.,])\d{3})*", whole)
    if len(rest) == 3 and number.count(number[last]) == whole.count(number[last]) + 1:
        # Three digits behind the only kind of mark are thousands: nobody has a third decimal.
        other = "." if number[last] == "," else ","
        return number if other in whole or groups is None else re.sub("[.,]", "", number)
    if number.count(number[last]) > 1 or (groups is None and not whole.isdecimal()):
        return number
    return f"{re.sub('[.,]', '', whole)}.{rest}"


def usual_currency(items: Sequence[PriceItem], language: str) -> str:
    """What a price is in where nothing is said: as most are; in Russian else "₽"."""
    known = [one.currency for one in items]
    if known:
        return max(known, key=known.count)
    return "₽" if language == "ru" else ""


def same_item(items: Sequence[PriceItem], title: str) -> PriceItem | None:
    """The item that is called so, whatever the case."""
    wanted = title.casefold()
    return next((one for one in items if one.title.casefold() == wanted), None)


# --- said --------------------------------------------------------------------------------------


def money(say: Say, price: Decimal, currency: str) -> str:
    """ "1 500 ₽", "1,500.50 €": thousands and decimals as the language writes them."""
    whole = price == price.to_integral_value()
    number = f"{price:,.0f}" if whole else f"{price:,.2f}"
    if say.language == "ru":
        number = number.replace(",", "\u00a0").replace(".", ",")
    return f"{number}\u00a0{currency}" if currency else number


def within_words(say: Say, within: Within) -> str:
    """ "2 working hours", "3 working days"."""
    if within.unit is Unit.HOURS:
        return say.many("{number} working hour", "{number} working hours", within.amount)
    return say.many("{number} working day", "{number} working days", within.amount)


def terms(say: Say, item: PriceItem) -> str:
    """ "500 ₽, 2 working hours"."""
    return f"{money(say, item.price, item.currency)}, {within_words(say, item.within)}"


def line_of(say: Say, item: PriceItem) -> str:
    """The item in a line; as it is written by inline mode, and found again."""
    return f"{SIGN} {item.title}: {terms(say, item)}"


def item_meant(items: Sequence[PriceItem], text: str, say: Say) -> PriceItem | None:
    """The item of which this is the line in this language."""
    wanted = text.strip()
    return next((one for one in items if line_of(say, one) == wanted), None)


def matching(items: Sequence[PriceItem], words: str) -> tuple[PriceItem, ...]:
    """Those in whose title all of the words stand, whatever the case."""
    wanted = words.casefold().split()
    return tuple(one for one in items if all(word in one.title.casefold() for word in wanted))


# --- shown -------------------------------------------------------------------------------------


def label(say: Say, item: PriceItem) -> str:
    """What a button to it says: the price is seen whatever the title's length."""
    price = f" · {money(say, item.price, item.currency)}"
    return one_line(item.title, LABEL_LIMIT - units(price)) + price


def use_view(
    say: Say, name: str, items: Sequence[PriceItem], message_id: int, offset: int
) -> CardView:
    """Which piece of work is offered to the client."""

    def to(deed: ListDeed, item_id: int = 0, at: int = offset) -> PriceButton:
        return PriceButton(deed=deed, item_id=item_id, message_id=message_id, offset=at)

    shown = items[offset : offset + PAGE]
    rows = tuple((Button(label(say, one), to(ListDeed.CHOOSE, one.id)),) for one in shown)
    more = len(items) > offset + PAGE
    turning = pages(offset, PAGE, more=more, to=lambda at: to(ListDeed.USE, at=at))
    back = TemplateButton(deed=ListDeed.USE, message_id=message_id)
    ending = (Button(say("← Back"), back), Button(say("Cancel"), to(ListDeed.CANCEL)))
    head = say("What is offered to {client}?", client=name)
    if not items:
        head = say("The price list is empty: /prices adds to it.")
    keyboard = (*rows, *((turning,) if turning else ()), ending)
    return CardView(Rich(head).styled("bold"), keyboard)


def list_view(say: Say, items: Sequence[PriceItem], offset: int) -> CardView:
    """All items, to be read and changed."""

    def to(deed: ListDeed, item_id: int = 0, at: int = offset) -> PriceButton:
        return PriceButton(deed=deed, item_id=item_id, offset=at)

    shown = items[offset : offset + PAGE]
    rows = tuple((Button(label(say, one), to(ListDeed.SHOW, one.id)),) for one in shown)
    more = len(items) > offset + PAGE
    turning = pages(offset, PAGE, more=more, to=lambda at: to(ListDeed.LIST, at=at))
    files = [Button(say("⬆ From a file"), to(ListDeed.IN))]
    if items:
        files.insert(0, Button(say("⬇ As a file"), to(ListDeed.OUT)))
    number = len(items)
    lines = [
        Rich(say("Price list")).styled("bold"),
        Rich(
            say.many("There is {number} item.", "There are {number} items.", number)
            if items
            else say("There is none yet.")
        ),
        Rich(say("On a card: “Template”, then “Price list”: price and date go to the client.")),
    ]
    new = (Button(say("➕ New item"), to(ListDeed.NEW)),)
    return CardView(joined(lines), (*rows, *((turning,) if turning else ()), new, tuple(files)))


def item_view(
    say: Say, item: PriceItem, author: Manager | None, me: Manager, offset: int
) -> CardView:
    """One as it is kept, with what this member may do."""
    by = say("by {name}", name=one_line(author.name, NAME_LIMIT)) if author is not None else ""
    body = joined(
        [
            Rich(one_line(item.title, TITLE_LIMIT)).styled("bold"),
            Rich(terms(say, item)),
            Rich(by).styled("italic"),
        ]
    )

    def to(deed: ListDeed) -> PriceButton:
        return PriceButton(deed=deed, item_id=item.id, offset=offset)

    back = (Button(say("← Back"), to(ListDeed.LIST)),)
    if not may_change(me, item.by_id):
        return CardView(body, (back,))
    deeds = (
        Button(say("Change"), to(ListDeed.EDIT)),
        Button(say("Delete"), to(ListDeed.DROP), "danger"),
    )
    return CardView(body, (deeds, back))


def how_to_write(say: Say) -> str:
    """What the answer to the question for items looks like."""
    return say(
        "Reply to this message: work, price and deadline in working hours or days, each item on "
        "a line of its own. For example:\nChange the phone in the header: 500 ₽, 2 hours"
    )


def seconds_of(at: datetime) -> int:
    """Since 1970, for a button."""
    return int(at.timestamp())
