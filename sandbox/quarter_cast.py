"""Who is in the demonstration's quarter: the studio's members, and forty clients.

Names are given in Russian and in English. Weeks are numbered from 0; WEEKS - 1 is the last one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.workbook import Both

WEEKS = 13
LAST = WEEKS - 1
BAD = 9  # the week in which everything came at once


@dataclass(frozen=True, slots=True)
class Member:
    """Of the studio. `role` as `okno team add` takes it.

    `median`: minutes of business time to half of the answers; `forgets`: the share of questions
    that are left lying for hours; `evenings`: of questions off hours, the share answered at once.
    """

    number: int
    name: Both
    role: str = "manager"
    median: float = 20
    forgets: float = 0.03
    evenings: float = 0.1


@dataclass(frozen=True, slots=True)
class Firm:
    """A client. `mail` and `chat`: how often it writes there in a week.

    It wrote for the first time in week `since`; after week `until` no more.
    """

    name: Both
    person: Both
    house: str
    manager: Member | None = None
    mail: float = 0
    chat: float = 0
    tier: str | None = None
    since: int = -1
    until: int = WEEKS

    @property
    def address(self) -> str:
        """Of its mail."""
        return f"office@{self.house}.test"


OLGA = Member(1001, ("Ольга Ветрова", "Olga Vetrova"), "head")
ANNA = Member(1002, ("Анна Климова", "Anna Klimova"), median=14, forgets=0.02)
DMITRY = Member(1003, ("Дмитрий Соколов", "Dmitry Sokolov"), median=36, forgets=0.05)
VERA = Member(1004, ("Вера Лунина", "Vera Lunina"), median=10, forgets=0.01, evenings=0.2)
TIMUR = Member(1005, ("Тимур Ахметов", "Timur Akhmetov"), median=30, forgets=0.12)
POLINA = Member(1006, ("Полина Жук", "Polina Zhuk"), median=21, forgets=0.04)
ROMAN = Member(1007, ("Роман Белый", "Roman Bely"), median=24, forgets=0.05, evenings=0.7)
MEMBERS = (OLGA, ANNA, DMITRY, VERA, TIMUR, POLINA, ROMAN)

IMPROVES, IMPROVED = DMITRY, 15.0  # minutes of the median in the last week
ON_HOLIDAY, STANDS_IN = POLINA, VERA
HOLIDAY = (6, 7)  # the first and the last week
