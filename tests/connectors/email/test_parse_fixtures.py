"""Mails as clients really write them: what the manager sees of each."""

from __future__ import annotations

import pytest

from inbox.model import DeliveryReport, Nature
from tests.connectors.email.mails import every_fixture, fixture, message, read
from tests.connectors.email.seen import DOC, FAILED, PHOTO, VOICE, Seen, compare
from tests.connectors.email.seen_contents import CONTENTS
from tests.connectors.email.seen_machines import MACHINES
from tests.connectors.email.seen_people import PEOPLE

MAILS = {
    "yandex_web_reply": Seen(
        "ivan.petrov@yandex.ru",
        "Иван Петров",
        "Re: Счёт № 118 на оплату",
        "Добрый день, Анна!\n\nСчёт оплатили, платёжка во вложении не прошла — пришлю позже.\n"
        "Ссылка на договор: на Диске (https://disk.yandex.ru/d/abc?x=1&y=2)",
        ('12.03.2024, 10:15, "Анна Смирнова" <info@studio.ru>:', "> Высылаю счёт № 118."),
        refers_to=("<171023.5512@studio.ru>", "<171020.1111@studio.ru>"),
    ),
    "mailru_web_reply": Seen(
        "olga_76@mail.ru",
        "Ольга Сергеева",
        "Re[2]: Макет",
        "Макет утверждаем, можно печатать.\nТираж 500 штук.",
        ("--\nОльга Сергеева", "Понедельник, 11 марта 2024, 18:42 +03:00 от Студия"),
        refers_to=("<mk-2@studio.ru>", "<mk-1@studio.ru>"),
    ),
    "gmail_reply": Seen(
        "john.smith@gmail.com",
        "John Smith",
        "Re: Offer for the website",
        "Hi Anna,\n\nLooks good to us. The brief is attached.\n\nJohn",
        ("On Mon, Mar 11, 2024 at 5:02 PM Studio <", "> Here is the offer."),
        ((DOC, "Brief 2024.pdf", 1033, "2"),),
        refers_to=("<off-1@studio.ru>", "<CAMid-0@mail.gmail.com>"),
    ),
    "outlook_2016_html_reply": Seen(
        "p.kuznetsov@zavod.ru",
        "Кузнецов Пётр",
        "RE: Предложение",
        "Добрый день!\n\nПрошу выставить счёт по таблице:\n\nУслуга | Кол-во | Цена\n"
        "Баннер | 2 | 15 000 ₽\n\n[Логотип]\n\nС уважением,\nПётр Кузнецов",
        ("From: Студия <info@studio.ru>\nSent: Monday", "Пётр, высылаем предложение."),
        ((PHOTO, "image002.jpg", 7003, "3"),),
        refers_to=("<off-7@studio.ru>",),
    ),
    "outlook_ru_plain_reply": Seen(
        "m.ivanova@torg.ru",
        "Мария Иванова",
        "RE: Вопрос по договору",
        "Анна, здравствуйте.\n\nПункт 4.2 согласован, подписываем.\n\n"
        "С уважением,\nМария Иванова\nЮрист",
        ("-----Original Message-----\nОт: Студия", "Мария, подскажите по пункту 4.2?"),
        refers_to=("<q-1@studio.ru>",),
    ),
    "outlook_en_forward": Seen(
        "kate.brown@acme.example",
        "Brown, Kate",
        "FW: Domain renewal",
        "Could you handle this, please?\n\nFrom: Registrar <support@registrar.example>\n"
        "Sent: Monday, March 11, 2024 8:00 AM\nTo: Brown, Kate <kate.brown@acme.example>\n"
        "Subject: Domain renewal\n\nYour domain expires in 30 days.",
    ),
    "forwarded_gmail": Seen(
        "kate@client.example",
        "Kate",
        "Re: request",
        "Please look.\n\n---------- Forwarded message ---------\n"
        "From: Registrar <support@registrar.example>\nDate: Mon, Mar 11, 2024 at 8:00 AM\n"
        "Subject: Domain\nTo: <kate@client.example>\n\nYour domain expires.",
    ),
    "apple_mail_reply_flowed": Seen(
        "dima@icloud.com",
        "Дмитрий",
        "Re: Встреча",
        "Да, в четверг в 15:00 удобно, давайте у вас.",
        ("Отправлено с iPhone", "> Дмитрий, когда встретимся?"),
        refers_to=("<ap-1@studio.ru>",),
    ),
    "thunderbird_interleaved": Seen(
        "orlov@tech.ru",
        "Сергей Орлов",
        "Re: Вопросы",
        "11.03.2024 18:00, Студия пишет:\n> Какой цвет выбираем?\nСиний.\n\n"
        "> Когда печатать?\nВ пятницу.",
        refers_to=("<th-1@studio.ru>",),
    ),
    "bottom_post": Seen(
        "lena@post.example",
        "Lena",
        "Re: Price",
        "Hello!\n\nOn 11.03.2024 18:00, Studio <info@studio.ru> wrote:\n"
        "> What is your budget?\n\nAbout 100 000 roubles.",
    ),
    "moscow_to_tver": Seen(
        "oleg@cargo.example",
        "Oleg",
        "Delivery",
        "Please deliver the stand.\n\nFrom: Moscow\nTo: Tver\nSubject: 2 boxes\n\n"
        "Call me on arrival.",
    ),
    "1c_invoice_undeclared_header_charset": Seen(
        "1c@romashka.ru",
        "ООО Ромашка",
        "Счет на оплату № 45 от 11.03.2024",
        "Уважаемый клиент!\nВысылаем счет на оплату.",
        files=((DOC, "Счет № 45.pdf", 13, "2"),),
    ),
    "site_form_own_domain": Seen(
        "pavel@client.example",
        "Павел",
        "Заявка с сайта",
        "Имя: Павел\nТелефон: +7 900 123-45-67\nСообщение: Нужен сайт",
    ),
    "site_form_tilda": Seen(
        "nina@client.example",
        "nina@client.example",
        "Новая заявка",
        "Name: Нина\nPhone: +79001112233",
    ),
    "bounce_postfix": Seen(
        "mailer-daemon@mx.studio.ru",
        "Mail Delivery System",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.studio.ru.\n\n"
        "<nobody@client.example>: host mx.client.example said: 550 5.1.1 User unknown",
        files=((DOC, "delivery-status.txt", 115, "2"), (DOC, "Hello.eml", 131, "3")),
        nature=Nature.BOUNCE,
        reason="Content-Type: message/delivery-status",
        refers_to=("<reply-42@studio.ru>",),
        delivery=DeliveryReport(
            FAILED,
            "nobody@client.example",
            "5.1.1",
            "<nobody@client.example>: host mx.client.example said: 550 5.1.1 User unknown",
            "<reply-42@studio.ru>",
        ),
    ),
    "out_of_office_exchange": Seen(
        "p.kuznetsov@zavod.ru",
        "Кузнецов Пётр",
        "Автоматический ответ: Предложение",
        "Я в отпуске до 25 марта.",
        nature=Nature.AUTOMATIC,
        reason="Auto-Submitted: auto-generated",
        refers_to=("<off-8@studio.ru>",),
    ),
    "newsletter": Seen(
        "news@shop.example",
        "Магазин",
        "Скидки недели",
        "[Магазин]\nСкидки недели\n\nТолько до пятницы: минус 20 % на всё для дома и сада, а при"
        " заказе от трёх тысяч рублей доставка бесплатная по всей стране.\n\n"
        "Смотреть (https://shop.example/sale?utm=1)",
        nature=Nature.NEWSLETTER,
        reason="List-Unsubscribe",
    ),
    "declared_latin1_is_windows1251": Seen(
        "info@torg.example",
        "info@torg.example",
        "hello",
        "Добрый день!\nПришлите прайс-лист на полиграфию.",
    ),
    "declared_latin1_is_german": Seen(
        "hans@firma.example",
        "hans@firma.example",
        "Grüße aus Köln",
        "Vielen Dank für die Angebote, schöne Grüße aus Köln",
    ),
    "undeclared_koi8": Seen(
        "sasha@unix.example",
        "sasha@unix.example",
        "Заказ визиток",
        "Здравствуйте! Нужны визитки, 200 штук, к пятнице.",
    ),
    "declared_utf8_is_cp866": Seen(
        "dos@bank.example",
        "dos@bank.example",
        "report",
        "Выписка по счету за март готова.",
    ),
    "nested_multipart_mixed_names": Seen(
        "vera@client.example",
        "Вера",
        "files",
        "Первая часть.\n\nВторая часть.",
        files=(
            (PHOTO, "Фото витрины.jpg", 503, "1.2"),
            (DOC, "Договор.doc", 8, "3"),
            (VOICE, "voice.ogg", 4, "4"),
        ),
    ),
    "forwarded_as_attachment": Seen(
        "boss@client.example",
        "Boss",
        "Fwd",
        "See attached.",
        files=((DOC, "Старый договор.eml", 372, "2"),),
    ),
    "broken_headers": Seen(
        "liza@client.example",
        "Unclosed name",
        "Приве\ufffd hello",
        "Body survives.",
        files=((DOC, "Приве\ufffd hello.eml", 453, "eml"),),
        refers_to=("<a@b>",),
        warnings=("incomplete",),
    ),
    "headers_only": Seen("empty@client.example", "Empty", "Nothing inside", ""),
    "not_mime_garbage": Seen(
        "e0a27acab79d7c16@okno.invalid",
        "e0a27acab79d7c16@okno.invalid",
        None,
        "Просто текст без всяких заголовков.\nВторая строка: с двоеточием\n\nИ абзац.",
        files=((DOC, "message.eml", 74, "eml"),),
        warnings=("incomplete",),
    ),
    "truncated_base64": Seen(
        "cut@client.example",
        "Cut",
        "Cut",
        "Before the cut.",
        files=((DOC, "a.zip", 31, "2"), (DOC, "Cut.eml", 388, "eml")),
        warnings=("incomplete",),
    ),
    "hostile_filename": Seen(
        "evil@client.example",
        "Evil",
        "names",
        "",
        files=(
            (DOC, "passwd", 1, "1"),
            (DOC, "cmd.exe", 1, "2"),
            (DOC, "invoicefdp.exe", 1, "3"),
            (DOC, "long" * 29 + ".pdf", 1, "4"),
            (DOC, "file-5.pdf", 1, "5"),
        ),
    ),
    "calendar_invite": Seen(
        "mia@client.example",
        "Mia",
        "Приглашение: Созвон",
        "Созвон в четверг.\n\n📅 Созвон",
        files=((DOC, "invite.ics", 94, "2"),),
    ),
    "smime_signed": Seen(
        "sec@bank.example", "Sec", "signed", "Подписанный текст.", warnings=("signed",)
    ),
    "own_address_from_mail_client": Seen(
        "info@studio.ru",
        "Studio",
        "Re: x",
        "Written in Thunderbird.",
        nature=Nature.OWN,
        reason="own address",
        refers_to=("<c1@client.example>",),
    ),
    "folded_id_of_python": Seen(
        "py@client.example",
        "Py",
        "long id",
        "hi",
        refers_to=(f"<{'a' * 55}{'b' * 31}@host.example>",),
    ),
}


EVERY = MAILS | PEOPLE | MACHINES | CONTENTS


def test_our_own_mail_that_comes_back_is_shown_to_nobody() -> None:
    assert read(fixture("own_echo")) == "our own mail came back"


def test_every_fixture_is_looked_at() -> None:
    assert set(every_fixture()) == {*EVERY, "own_echo"}


@pytest.mark.parametrize("name", EVERY)
def test_a_mail_as_a_client_really_writes_it(name: str) -> None:
    compare(message(fixture(name)), EVERY[name])
