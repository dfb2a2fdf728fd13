"""Whether a name is a person's: pure, and in doubt it is not."""

from __future__ import annotations

import re

_PART = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
MOST_PARTS = 4
_LISTED = """
ооо оао зао пао ао ип нко тсж фирма компания студия магазин кофейня кафе ресторан клиника
салон школа агентство отдел группа завод центр сервис поддержка продажи бухгалтерия
администратор администрация менеджер секретарь приемная офис склад рассылка новости дизайн
заказы заявки реклама почта информация кафедра фонд банк
llc ltd inc corp gmbh company studio shop store cafe coffee restaurant clinic salon school
agency department group team center centre service support sales info admin administrator
office manager secretary noreply no-reply robot bot mail news newsletter design marketing
billing accounting contact hello
"""
_NOT_OF_PEOPLE = frozenset(_LISTED.split())


def is_of_a_person(name: str) -> bool:
    """Whether somebody can be greeted by it: one to four words of letters, the first with a
    capital where the letters have any, none of them a firm's, a department's or a machine's."""
    parts = name.split()
    if not 1 <= len(parts) <= MOST_PARTS:
        return False
    if any(not _PART.fullmatch(one) for one in parts) or parts[0][0].islower():
        return False
    said = {one.casefold().replace("ё", "е").rstrip(".") for one in parts}
    return not said & _NOT_OF_PEOPLE


def who_is_greeted(contact: str, client: str, sender: str) -> str:
    """The contact's name; where that is only the client's, as an import names it, the name of the
    person who wrote, if it is a person's. The client's where nothing else is known."""
    if contact.strip() and contact.casefold().split() != client.casefold().split():
        return contact
    return sender if is_of_a_person(sender) else contact.strip() or client
