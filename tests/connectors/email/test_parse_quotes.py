"""Where history begins: as mail clients write it, and where nothing may be cut."""

from __future__ import annotations

import pytest

from connectors.email.quotes import split

OUTLOOK = (
    "От: Студия <info@studio.ru>\nОтправлено: понедельник, 11 марта 2024 г. 17:02\nКому: Иван"
)
CUT = {
    "gmail ru": "пн, 11 мар. 2024 г. в 17:02, Студия <info@studio.ru>:\n\n> Вопрос?",
    "gmail ru wrapped": "пн, 11 мар. 2024 г. в 17:02, Студия <\ninfo@studio.ru>:\n\n> Вопрос?",
    "gmail en": "On Mon, Mar 11, 2024 at 5:02 PM Studio <info@studio.ru> wrote:\n> Q?\n>> old",
    "attribution alone": "пн, 11 мар. 2024 г. в 17:02, Студия <info@studio.ru>:",
    "yandex": '11.03.2024, 17:02, "Студия" <info@studio.ru>:\n> Вопрос?',
    "yandex mobile": "-- \nОтправлено из мобильного приложения Яндекс Почты\n\n"
    "17:02, 11 марта 2024 г., Студия <info@studio.ru>:\n\nВопрос?",
    "mail.ru": "--\nОльга\n\nПонедельник, 11 марта 2024, 18:42 +03:00 от С <a@studio.ru>:\n> Q?",
    "mail.ru, header within": ">Понедельник, 11 марта 2024, 18:42 от С <a@studio.ru>:\n> \n>Q?",
    "rambler": '11.03.2024, 18:00, "Студия" <info@studio.ru>\n> Вопрос',
    "thunderbird ru": "11.03.2024 17:02, Студия пишет:\n> Вопрос?\n> ещё",
    "thunderbird en": "On 3/11/24 17:02, Studio wrote:\n> Q?",
    "apple ru": "Отправлено с iPhone\n\n> 11 марта 2024 г., в 12:41, С <a@x.ru> написал(а):\n> Q",
    "the bat": "Вы писали 11 марта 2024 г., 17:02:00:\n\n> Вопрос?\n\n-- \nС уважением,\n Иван",
    "roundcube": "Студия писал 2024-03-11 18:00:\n> Вопрос",
    "outlook ru": OUTLOOK + "\nТема: Вопрос\n\nВопрос?",
    "outlook ru, no subject": OUTLOOK + "\n\nВопрос?",
    "outlook mobile": "Получить Outlook для iOS<https://aka.ms/o0ukef>\n_________________\n"
    + OUTLOOK
    + "\nТема: Вопрос\n\nВопрос?",
    "outlook en": "-----Original Message-----\nFrom: Studio <info@studio.ru> \n"
    "Sent: Monday, March 11, 2024 5:02 PM\nTo: x\nSubject: y\n\nQ",
    "outlook en, bold": "*From:* S <a@x.ru>\n*Sent:* Monday, March 11, 2024\n*To:* x\n\nQ",
    "outlook de": "Von: S <a@x.ru>\nGesendet: Montag, 11. März 2024\nAn: X\nBetreff: Y\n\nFrage",
    "bare tail": "> Вопрос?\n> ещё",
    "signature": "-- \nJohn Smith\nCEO\n\nOn Mon, Mar 11, 2024 Studio <a@x.ru> wrote:\n> q",
    "signature below": '11.03.2024, 17:02, "С" <a@x.ru>:\n> Вопрос?\n\n--\nИван Петров\nООО "Х"',
}
KEPT = {
    "answer below": "On 11.03.2024 18:00, Studio <info@studio.ru> wrote:\n> Budget?\n\n100 000",
    "answers between": "> Цвет?\nСиний.\n> Когда?\nВ пятницу.",
    "answers between, more quoted": "> Цвет?\nСиний.\n> Когда?",
    "moscow to tver": "Заберите груз.\nFrom: Moscow\nTo: Tver\nSubject: boxes\nСпасибо",
    "от и кому без даты": "От: склад\nКому: магазин\nТема: перемещение\nМашина в 12",
    "a list after an address": "12.03.2024 мы послали файлы на info@x.ru:\n- договор\n- акт",
    "a date and a name": "Договор от 11.03.2024, Иван Петров:\nпункт 1",
    "answer on the attribution's line": "да\nнет--- On Wed, Apr 4, 2012, me@x.ru wrote:",
    "a date in a sentence": "Ок\nСогласно письму от 11.03.2024 Студия <a@x.ru> написала:",
    "own citation": "Вот что сказал директор 12.03.2024:\n> не платить\n\nКак быть?",
    "only a quotation": "> Вопрос?",
    "only history": "On 11.03.2024 18:00, Studio <info@studio.ru> wrote:\n> hi",
    "only an outlook block": OUTLOOK + "\nТема: Вопрос\n\nВопрос?",
    "signature without a cut": "Спасибо!\n-- \nИван",
    "sent from without a cut": "Спасибо!\n\nОтправлено с iPhone",
    "forward, gmail": "См. ниже\n---------- Forwarded message ---------\n" + OUTLOOK + "\n\nQ",
    "forward, apple": "См.\nНачало переадресованного сообщения:\n\n> От: Банк <b@b.ru>\n> Текст",
    "forward, yandex": "См.\n\n-------- Пересылаемое сообщение --------\n11.03.2024, 17:02, "
    '"Б" <b@b.ru>:\n\nТекст\n-------- Конец пересылаемого сообщения --------',
    "nothing to cut": "Добрый день!\n\nСчёт оплатили.",
}


@pytest.mark.parametrize("name", CUT)
def test_history_is_told_apart(name: str) -> None:
    assert split(f"Добрый день!\n\nДа.\n\n{CUT[name]}\n\n") == ("Добрый день!\n\nДа.", CUT[name])


@pytest.mark.parametrize("name", KEPT)
def test_nothing_is_cut_in_doubt(name: str) -> None:
    assert split(KEPT[name] + "\n") == (KEPT[name], "")


@pytest.mark.parametrize("name", ["answer on the attribution's line", "a date in a sentence"])
def test_words_before_an_attribution_are_not_cut_with_it(name: str) -> None:
    assert split(f"{KEPT[name]}\n> Вопрос?") == (KEPT[name], "> Вопрос?")


@pytest.mark.parametrize("subject", ["Fwd: x", "FW: x", "fw:x", "Пересл: x", "WG: x"])
def test_a_forward_by_its_subject_is_content(subject: str) -> None:
    text = f"Посмотрите\n\n{CUT['outlook ru']}"
    assert split(text, subject) == (text, "")
    assert split(text, f"Re: {subject}") == ("Посмотрите", CUT["outlook ru"])


def test_a_mail_that_is_only_a_signature_above_history_keeps_it() -> None:
    history = "On Mon, Mar 11, 2024 Studio <a@x.ru> wrote:\n> q"
    assert split(f"Sent from my iPhone\n\n{history}") == ("Sent from my iPhone", history)
    assert split(f"-- \nIvan\n\n{history}") == ("-- \nIvan", history)


def test_a_reply_below_answers_between_the_lines_keeps_them() -> None:
    history = "On 11.03.2024 18:00, Studio <info@studio.ru> wrote:\n> all\n> of it"
    assert split(f"> q1\na1\n\n{history}") == ("> q1\na1", history)
