"""The table of permissions, of replies: commands at a card, and answers to questions."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.prompts import Asked, Prompt
from inbox.model import Manager
from tests.bot.desk_world import CLIENT
from tests.bot.permission_people import (
    ANOTHERS,
    ENTITLED,
    LEADERS,
    MAYA,
    MEMBERS,
    NO_ABSENCE,
    NO_CALENDAR,
    OWNERS,
    words,
)
from tests.bot.studio import OLGA

NOT_SENT = words("Not sent.")
NOT_KEPT = words("The note was not kept.")
NOT_OURS = words("only who added it, a head or an administrator may change it")
NONE_FOUND = words("Nothing is found among what you see.")
NO_SUCH_CLIENT = words("Among your clients nobody is called “{words}”.", words="Анна")
NO_CLIENT_SO = words("No client of yours is called that: {words}", words="Анна")

# As an answer to the client's card; none of them reaches the client.
REPLIED = {
    "/noreply": ("Здесь никто не ждёт ответа.", "Nothing waits here."),
    "/phone": ("Здесь никто не ждёт ответа.", "Nothing waits here."),
    "/promise": ("к какому сроку обещаете ответ", "By when will"),
    "/takeback": ("Удалить у клиента", "Delete at"),
    "/handover": ("Кому передать", "over to whom?"),
    "/take": ("Клиент ваш.", "Здесь никто не ждёт ответа.", "Nothing waits here."),
    "/task": ("Когда?", "When?"),
    "/tasks": ("Счёт",),
    "/templates": ("Какой шаблон", "Which template"),
    "/prices": ("Что предложить", "What is offered"),
    "/client": ("Анна",),
    "/report": ("Отчёт за какую неделю", "The report of which week"),
}
NOT_FOR_STAND_INS = {"/report"}  # figures are the holder's and the heads'
ALLOWED_TO_ALL = {"/why", "/nothing"}  # whoever was shown the card may ask why


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that stands in somebody's chat, what is answered, who may, what others hear."""

    prompt: Prompt
    text: str
    allowed: frozenset[Manager] = ENTITLED
    refused: frozenset[str] = ANOTHERS


TO_CLIENT = json.dumps(
    {"kind": "telegram", "address": str(CLIENT), "channel_id": "telegram", "subject": ""}
)
# In a forum a colleague may answer another's question; in the own chat whoever lost the client.
ANSWERS = (
    Answer(Prompt(Asked.PHONE, 1), "Договорились"),
    Answer(Prompt(Asked.HAND_OVER, 1, str(OLGA.id)), "Позвони ей"),
    Answer(Prompt(Asked.PROMISE, 1), "когда-нибудь"),
    Answer(Prompt(Asked.AWAY, 1), "Мая 25.12", LEADERS | {MAYA}, NO_ABSENCE),
    Answer(Prompt(Asked.DAY_OFF, 1), "чепуха", LEADERS, NO_CALENDAR),
    Answer(Prompt(Asked.GROUP, -500), "Анна", MEMBERS, frozenset()),
    Answer(Prompt(Asked.NOTE, 1), "платит вовремя", refused=NOT_KEPT),
    Answer(Prompt(Asked.CLIENT, 1), "Анна", refused=NO_SUCH_CLIENT),
    Answer(Prompt(Asked.FIND, 1), "открывается", refused=NONE_FOUND),
    Answer(Prompt(Asked.SUBJECT, 1, TO_CLIENT), "Сайт"),
    Answer(Prompt(Asked.LETTER, 1, TO_CLIENT), "Здравствуйте", refused=NOT_SENT),
    Answer(Prompt(Asked.TASK_OF_MESSAGE, 1), "Счёт"),
    Answer(Prompt(Asked.TASK_OF_CLIENT, 1), "Счёт"),
    Answer(Prompt(Asked.TASK_TITLE, 1), "Счёт"),
    Answer(Prompt(Asked.TASK_DUE, 1), "когда-нибудь"),
    Answer(Prompt(Asked.TASK_DONE, 1), "Готово"),
    Answer(Prompt(Asked.TEMPLATE, 1), "Привет\nДобрый день", OWNERS, NOT_OURS),
    Answer(Prompt(Asked.TEMPLATE, 0), "без текста", MEMBERS, frozenset()),
    Answer(Prompt(Asked.TEMPLATES_FILE, 0), "без файла", MEMBERS, frozenset()),
    Answer(Prompt(Asked.PRICES, 1), "Шапка: 700 ₽, 2 часа", OWNERS, NOT_OURS),
    Answer(Prompt(Asked.PRICES, 0), "без цены", MEMBERS, frozenset()),
    Answer(Prompt(Asked.PRICES_FILE, 0), "без файла", MEMBERS, frozenset()),
    Answer(
        Prompt(Asked.QUOTE, 1, json.dumps({"message": 1, "words": None})),
        "Иначе",
        refused=NOT_SENT,
    ),
)
