"""Cyrillic in whatever charset, declared rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from connectors.email.charset import decode
from tests.connectors.email.mails import message

CHARSETS = ("utf-8", "windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic")
PHRASES = (
    "Добрый день!", "Счёт на оплату", "СРОЧНО", "Срочно!", "Договор", "Заказ № 15",
    "Иван Петров", 'ООО "Ромашка"', "Привет, как дела?", "Спасибо", "Да", "Нет, не получится",
    "Коммерческое предложение", "ПРАЙС-ЛИСТ НА МАРТ", "Акт сверки", "Вложение.pdf", "Счет.pdf",
    "Реквизиты.docx", "Здравствуйте! Подскажите, пожалуйста, стоимость логотипа.", "Юлия",
    "Заявка с сайта", "Щербаков Эдуард", "Фото объекта", 'ЖК "Южный"', "Объём работ и цены",
    "Re: Встреча в четверг", "Макет визитки", "Эскиз", "Ёлка", "Цех №3", "Жду ответа",
    "ГОСТ 12345", "ИП Шишкин", "Москва", "Санкт-Петербург", "Хорошо, оплатим завтра", "Тендер",
    "УПД 45 от 11.03", "ПИСЬМО", "Отчёт за 1 квартал", "Ок", "Вот файл", "Чертежи", "Ольга",
    "Доброе утро, коллеги. Высылаю ТЗ на доработку сайта: поправить шапку и подвал.", "Мария",
    "Анна, здравствуйте! Пункт 4.2 согласован.", "Сергей", "Дмитрий", "Алексей", "Возврат",
    "Наталья Юрьевна", "ВАЖНО: изменение цен", "Перезвоните мне", "Не могу открыть файл",
    "Где мой заказ?", "Претензия", "Добавьте баннер",
)  # fmt: skip


def encoded() -> list[tuple[str, str, bytes]]:
    """Every phrase in every charset that can write it."""
    found = []
    for phrase in PHRASES:
        for charset in CHARSETS:
            try:
                found.append((phrase, charset, phrase.encode(charset)))
            except UnicodeEncodeError:
                continue
    return found


def test_a_right_declaration_is_always_kept() -> None:
    wrong = [(p, c) for p, c, data in encoded() if decode(data, c) != p]
    assert wrong == []


def test_a_raw_subject_is_in_the_charset_of_the_other_fields() -> None:
    head = b"From: =?ISO-2022-JP?B?g2OBW4OLIEVYQU1QTEU=?= <a@b.example>\r\nSubject: "
    got = message(head + "ツール".encode("cp932") + b"\r\n\r\nhi")
    assert (got.subject, got.sender_name) == ("ツール", "ツール EXAMPLE")


@pytest.mark.parametrize("declared", [None, "us-ascii", "utf-8", "x-unknown", ""])
def test_without_a_useful_declaration_97_of_100_are_read(declared: str | None) -> None:
    cases = encoded()
    wrong = [(p, c) for p, c, data in cases if decode(data, declared) != p]
    assert len(wrong) <= 0.03 * len(cases), wrong


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252"])
def test_a_declared_latin_charset_gives_way_to_whole_cyrillic_words(declared: str) -> None:
    cases = [case for case in encoded() if len(case[0]) > 3]
    wrong = [(p, c) for p, c, data in cases if decode(data, declared) != p]
    assert len(wrong) <= 0.03 * len(cases), wrong


@pytest.mark.parametrize("real", CHARSETS)
@pytest.mark.parametrize("declared", CHARSETS[:5])
def test_a_text_in_another_cyrillic_charset_than_declared_is_read(
    real: str, declared: str
) -> None:
    text = "Здравствуйте! Подскажите, пожалуйста, сколько стоит доработка нашего сайта?\n" * 2
    if {real, declared} != {"mac-cyrillic", "windows-1251"}:
        assert decode(text.encode(real), declared) == text


@pytest.mark.parametrize(
    "text",
    ["für", "été", "Grüße", "Ça va", "naïve café", "señor", "Über", "Straße", "Prix: 30€", "À"],
)
@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", None])
def test_a_latin_text_stays_latin(text: str, declared: str | None) -> None:
    assert decode(text.encode("cp1252"), declared) == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("日本語のメール", "iso-2022-jp"),
        ("中文邮件", "gb2312"),
        ("Καλημέρα", "iso-8859-7"),
        ("Zażółć gęślą", "iso-8859-2"),
        ("Привет", "utf-16"),
        ("Привет", "utf-7"),
    ],
)
def test_other_charsets_are_believed(text: str, charset: str) -> None:
    assert decode(text.encode(charset), charset) == text


def test_a_cut_utf8_character_does_not_change_the_charset() -> None:
    data = "Привет, это длинное письмо".encode()[:-1]
    assert decode(data, "utf-8") == "Привет, это длинное письм\ufffd"
