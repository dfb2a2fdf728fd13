"""What the studio had in its books before the demo's day: texts, prices, tasks, and two weeks of
mail and messages. Everything is given in Russian and in English, as (ru, en)."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.work_records import Horizon, Unit
from sandbox.studio import ANNA, DMITRY, ELENA, IGOR, MARIA, PAVEL, Colleague, Outsider

Both = tuple[str, str]  # in Russian, in English
LANGUAGES = ("ru", "en")

CURRENCY = "₽"


@dataclass(frozen=True, slots=True)
class Text:
    """A template: in the studio's language, and where it is `common` in the other one too."""

    by: Colleague
    title: Both
    text: Both
    common: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """An item of the price list."""

    by: Colleague
    title: Both
    price: int
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class ToDo:
    """A client's task; due so many days from the shown day at this hour, where one is given."""

    client: Outsider
    title: Both
    horizon: Horizon
    due: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, so many days before the shown day, after so many minutes.

    By mail where there is a subject. `file`: the name of what was attached. `note`: what the
    manager wrote for the studio alone, after it.
    """

    client: Outsider
    days: int
    hour: int
    minute: int
    asked: Both
    minutes: int
    answered: Both
    subject: Both = ("", "")
    file: str = ""
    note: Both = ("", "")


TEMPLATES = (
    Text(
        ANNA,
        ("Взяли в работу", "We are on it"),
        (
            "{client}, взяли в работу. Напишу, как только будет готово.\n{manager}",
            "{client}, we are on it. I will write as soon as it is ready.\n{manager}",
        ),
        common=True,
    ),
    Text(
        ANNA,
        ("Ответим после открытия", "We answer when we open"),
        (
            "{client}, спасибо, получили! Ответим {opening}.",
            "Thank you, {client}, we have it! We answer {opening}.",
        ),
        common=True,
    ),
    Text(
        ANNA,
        ("Нужны материалы", "We need the materials"),
        (
            "{client}, чтобы начать, нужны тексты и фотографии от 1600 точек.\n{manager}",
            "{client}, to begin we need the texts and photos from 1600 pixels.\n{manager}",
        ),
    ),
    Text(
        DMITRY,
        ("Готово, проверьте", "Done, please check"),
        (
            "{client}, готово. Проверьте, пожалуйста, и напишите, всё ли так.\n{manager}",
            "{client}, it is done. Please check and tell us if all is well.\n{manager}",
        ),
    ),
    Text(
        DMITRY,
        ("Счёт за поддержку", "The invoice for support"),
        (
            "{client}, добрый день! Счёт за поддержку сайта отправим сегодня до 18:00.\n{manager}",
            "Good morning, {client}! We send the invoice for support by 18:00 today.\n{manager}",
        ),
    ),
)

PRICES = (
    Price(
        ANNA,
        ("Поменять телефон в шапке", "Change the phone in the header"),
        500,
        2,
        Unit.HOURS,
    ),
    Price(ANNA, ("Обновить меню и цены", "Update the menu and prices"), 1_500, 4, Unit.HOURS),
    Price(ANNA, ("Новая страница по макету", "A new page from a layout"), 9_000, 3, Unit.DAYS),
    Price(DMITRY, ("Баннер на главную", "A banner on the front page"), 2_500, 1, Unit.DAYS),
    Price(DMITRY, ("Форма заявки", "An order form"), 6_000, 2, Unit.DAYS),
    Price(DMITRY, ("Перенос на другой хостинг", "Move to another host"), 12_000, 5, Unit.DAYS),
)

TO_DO = (
    ToDo(
        MARIA,
        ("Поставить фото десертов", "Put up the photos of desserts"),
        Horizon.NOW,
        (0, 15),
    ),
    ToDo(
        MARIA,
        ("Показать варианты вывески", "Show the drafts of the sign"),
        Horizon.SOON,
        (2, 12),
    ),
    ToDo(MARIA, ("Сайт для второй кофейни", "A site for the second café"), Horizon.LATER),
    ToDo(
        IGOR,
        ("Прислать макет страницы врачей", "Send the layout of the doctors' page"),
        Horizon.NOW,
        (-1, 17),
    ),
    ToDo(IGOR, ("Онлайн-запись: оценить", "Online appointments: estimate"), Horizon.SOON, (3, 18)),
    ToDo(
        ELENA,
        ("Каталог: сверить артикулы", "Catalogue: check the numbers"),
        Horizon.NOW,
        (0, 17),
    ),
    ToDo(ELENA, ("Съёмка новой коллекции", "Photos of the new range"), Horizon.LATER),
    ToDo(
        PAVEL,
        ("Продлить домен mayak.test", "Renew the domain mayak.test"),
        Horizon.SOON,
        (1, 12),
    ),
)

PAST = (
    Exchange(
        MARIA,
        13,
        11,
        20,
        (
            "Добрый день! Хотим вывеску на вторую кофейню, в том же стиле.",
            "Good morning! We would like a sign for the second café, in the same style.",
        ),
        25,
        (
            "Мария, здравствуйте! Сделаем два варианта к среде. Размер проёма — 240 × 60?",
            "Hello, Maria! Two drafts by Wednesday. Is the opening 240 × 60?",
        ),
        ("Вывеска", "The sign"),
        "Фасад.pdf",
        (
            "Вывеску согласует не Мария, а владелец здания: заложить неделю.",
            "Not Maria but the owner of the building approves the sign: allow a week.",
        ),
    ),
    Exchange(
        MARIA,
        6,
        15,
        5,
        ("Какие фото десертов вам удобнее?", "Which photos of the desserts suit you best?"),
        14,
        (
            "Горизонтальные, от 1600 точек. Можно прямо с телефона.",
            "Landscape, from 1600 pixels. The phone is fine.",
        ),
        ("Фото десертов", "Photos of desserts"),
    ),
    Exchange(
        IGOR,
        8,
        10,
        40,
        (
            "Нужна страница «Наши врачи»: 12 человек, фото и расписание.",
            "We need a page “Our doctors”: 12 people, photos and hours.",
        ),
        48,
        (
            "Игорь, добрый день! Макет пришлём в понедельник.",
            "Good morning, Igor! You get the layout on Monday.",
        ),
        ("Страница врачей", "The doctors' page"),
        "Врачи.xlsx",
        (
            "Фотографии врачей — только с их письменного согласия, спросить у Игоря.",
            "Photos of doctors only with their written consent: ask Igor.",
        ),
    ),
    Exchange(
        ELENA,
        7,
        16,
        10,
        ("Каталог уходит в печать во вторник?", "Does the catalogue go to print on Tuesday?"),
        8,
        ("Да, во вторник после обеда.", "Yes, on Tuesday after lunch."),
    ),
    Exchange(
        ELENA,
        4,
        12,
        30,
        (
            "В каталоге сбились артикулы кресел, посмотрите, пожалуйста.",
            "The numbers of the armchairs are mixed up in the catalogue, please look.",
        ),
        71,
        ("Посмотрим и поправим до печати.", "We look and correct them before it is printed."),
        ("Артикулы", "Numbers"),
        "Артикулы.xlsx",
    ),
    Exchange(
        PAVEL,
        5,
        9,
        50,
        ("Сайт открывается медленно, это у всех?", "The site is slow, is it so for everybody?"),
        5,
        (
            "Павел, видим. Ускорили: страница открывается за секунду.",
            "We see it, Pavel. It is faster now: a page opens in a second.",
        ),
    ),
)
