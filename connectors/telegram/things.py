"""What an update carries that has no bytes: polls, places, gifts ...; the facts of each.

Amounts of money are in the smallest unit of their currency, as the Bot API gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.telegram.people import chat_name, person_name
from connectors.telegram.values import mapping, objects, real, whole, words
from inbox.model import Attachment, Media


class Damaged(Exception):
    """A known kind without what makes it one."""


Thing = Callable[[Mapping[str, Any], str], Attachment]


def alone(read: Thing) -> Callable[[Any, str], list[Attachment]]:
    """The same reader for the table of all kinds, where a kind may give several attachments."""

    def several(about: Any, origin: str) -> list[Attachment]:
        return [read(mapping(about), origin)]

    return several


def unknown(kind: str, origin: str, **facts: Any) -> Attachment:
    """A kind that can only be named (the Bot API's word for it)."""
    return _thing(Media.UNKNOWN, "", origin, kind=kind, **facts)


def poll(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: question, options (texts), votes (of each), quiz, closed; correct (indexes),
    explanation, several where they are there. Its description is the message's text."""
    question = words(about.get("question"))
    options = objects(about.get("options"))
    if not question:
        raise Damaged
    return _thing(
        Media.POLL,
        question,
        origin,
        question=question,
        options=[words(one.get("text")) for one in options],
        votes=[whole(one.get("voter_count")) or 0 for one in options],
        quiz=about.get("type") == "quiz",
        closed=about.get("is_closed") is True,
        several=True if about.get("allows_multiple_answers") is True else None,
        correct=_correct(about),
        explanation=words(about.get("explanation")) or None,
    )


def _correct(about: Mapping[str, Any]) -> list[int] | None:
    given = about.get("correct_option_ids", [about.get("correct_option_id")])
    found = [whole(one) for one in given] if isinstance(given, list) else []
    return [one for one in found if one is not None] or None


def _location(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: latitude, longitude (degrees); live_period (seconds) of one that moves."""
    return _thing(Media.LOCATION, "", origin, **_point(about))


def _venue(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts of a location, and title, address."""
    title = words(about.get("title"))
    point = _point(mapping(about.get("location")))
    address = words(about.get("address"))
    return _thing(Media.LOCATION, title, origin, **point, title=title, address=address)


def _point(about: Mapping[str, Any]) -> dict[str, Any]:
    latitude, longitude = real(about.get("latitude"), 90), real(about.get("longitude"), 180)
    if latitude is None or longitude is None:
        raise Damaged
    facts = {"latitude": latitude, "longitude": longitude}
    live = whole(about.get("live_period"))
    return facts | ({"live_period": live} if live else {})


def _contact(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: phone_number, first_name, last_name; user_id where the person is on Telegram."""
    facts = {key: words(about.get(key)) for key in ("phone_number", "first_name", "last_name")}
    if not any(facts.values()):
        raise Damaged
    user_id = whole(about.get("user_id"))
    return _thing(Media.CONTACT, facts["first_name"], origin, **facts, user_id=user_id)


def _story(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: author; url where the author has a public name."""
    chat = mapping(about.get("chat"))
    author, number, name = chat_name(chat), whole(about.get("id")), words(chat.get("username"))
    url = f"https://t.me/{name}/s/{number}" if name and number is not None else None
    return _thing(Media.STORY, author, origin, author=author, url=url)


def _paid_media(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: stars, and kinds of what is behind ("photo", "video", "preview" ...)."""
    stars = whole(about.get("star_count"))
    kinds = [words(one.get("type")) or "unknown" for one in objects(about.get("paid_media"))]
    if stars is None and not kinds:
        raise Damaged
    return _thing(Media.PAID_MEDIA, "", origin, stars=stars or 0, kinds=kinds)


def _checklist(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: title, tasks ([text, done])."""
    title = words(about.get("title"))
    tasks = tasks_of(about)
    if not title and not tasks:
        raise Damaged
    return _thing(Media.CHECKLIST, title, origin, title=title, tasks=tasks)


def tasks_of(about: Mapping[str, Any]) -> list[list[Any]]:
    """A checklist's tasks, each with whether somebody did it."""
    return [
        [words(one.get("text")), bool(one.get("completion_date"))]
        for one in objects(about.get("tasks"))
    ]


def _added_tasks(about: Mapping[str, Any], origin: str) -> Attachment:
    """Tasks that somebody added to a checklist; its title where it is given back."""
    tasks = tasks_of(about)
    if not tasks:
        raise Damaged
    of = mapping(mapping(about.get("checklist_message")).get("checklist"))
    title = words(of.get("title"))
    return _thing(Media.CHECKLIST, title, origin, title=title, tasks=tasks, added=True)


def _dice(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: emoji, value."""
    emoji, value = words(about.get("emoji")), whole(about.get("value"))
    if not emoji or value is None:
        raise Damaged
    return _thing(Media.DICE, "", origin, emoji=emoji, value=value)


def _game(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: title, description."""
    return _titled(Media.GAME, about, origin)


def _invoice(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: title, description, currency, total_amount."""
    return _titled(Media.INVOICE, about, origin, **_money(about))


def _titled(media: Media, about: Mapping[str, Any], origin: str, **facts: Any) -> Attachment:
    title = words(about.get("title"))
    if not title:
        raise Damaged
    description = words(about.get("description"))
    return _thing(media, title, origin, title=title, description=description, **facts)


def _payment(kind: str) -> Thing:
    """Money that came or went back: named, with its sum."""

    def read(about: Mapping[str, Any], origin: str) -> Attachment:
        return unknown(kind, origin, **_money(about))

    return read


def _money(about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "currency": words(about.get("currency")),
        "total_amount": whole(about.get("total_amount")) or 0,
    }


def _gift(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: emoji, stars. The words that came with it are the message's text."""
    gift = mapping(about.get("gift"))
    emoji = words(mapping(gift.get("sticker")).get("emoji"))
    stars = whole(gift.get("star_count"))
    if not gift:
        raise Damaged
    name = " ".join(part for part in (emoji, _stars(stars)) if part)
    return _thing(Media.GIFT, name, origin, emoji=emoji or None, stars=stars)


def _unique_gift(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: title ("Plush Pepe #12"), emoji."""
    gift = mapping(about.get("gift"))
    name, number = words(gift.get("base_name")), whole(gift.get("number"))
    if not gift:
        raise Damaged
    title = f"{name} #{number}" if number is not None else name
    emoji = words(mapping(mapping(gift.get("model")).get("sticker")).get("emoji"))
    return _thing(Media.GIFT, title, origin, title=title, emoji=emoji or None)


def _giveaway(about: Mapping[str, Any], origin: str) -> Attachment:
    """Facts: winners (how many), and where there are any: prize, stars, months (of Premium),
    names (of who won), chats."""
    names = [person_name(one) for one in objects(about.get("winners"))]
    chats = [chat_name(one) for one in objects(about.get("chats"))]
    prize = words(about.get("prize_description"))
    stars, months = (
        whole(about.get(key)) for key in ("prize_star_count", "premium_subscription_month_count")
    )
    return _thing(
        Media.GIVEAWAY,
        prize or _stars(stars) or ("Telegram Premium" if months else ""),
        origin,
        winners=whole(about.get("winner_count")) or 0,
        prize=prize or None,
        stars=stars,
        months=months,
        names=names or None,
        chats=chats or None,
    )


def _stars(number: int | None) -> str:
    return f"{number} ⭐" if number else ""


def _sent_by_app(about: Mapping[str, Any], origin: str) -> Attachment:
    """What a Mini App sent for the person: the button's text; the data is the message's."""
    return unknown("web_app_data", origin, title=words(about.get("button_text")))


def _thing(media: Media, name: str, origin: str, **facts: Any) -> Attachment:
    known = {key: fact for key, fact in facts.items() if fact is not None}
    return Attachment(media, name, "", None, origin, "", known)


READERS: dict[str, Thing] = {
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "story": _story,
    "paid_media": _paid_media,
    "checklist": _checklist,
    "checklist_tasks_added": _added_tasks,
    "dice": _dice,
    "game": _game,
    "invoice": _invoice,
    "successful_payment": _payment("successful_payment"),
    "refunded_payment": _payment("refunded_payment"),
    "gift": _gift,
    "gift_upgrade_sent": _gift,
    "unique_gift": _unique_gift,
    "giveaway": _giveaway,
    "giveaway_winners": _giveaway,
    "giveaway_completed": _giveaway,
    "web_app_data": _sent_by_app,
}
