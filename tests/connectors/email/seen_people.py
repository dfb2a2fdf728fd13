"""Mails of people and of sites' forms, as their programs write them: what is read of each."""

from __future__ import annotations

from tests.connectors.email.seen import DOC, PHOTO, Seen

PEOPLE = {
    "1c_html_act": Seen(
        "noreply@romashka.ru",
        "1C",
        "Акт № 12",
        "Направляем акт выполненных работ.\n\nАкт | 12\nСумма | 45 000,00",
        files=((DOC, "Акт № 12.pdf", 12, "2"),),
    ),
    "1c_raw_windows1251_file_name": Seen(
        "1c@romashka.ru",
        "ООО Ромашка",
        "Счет № 46",
        "Высылаем счет.",
        files=((DOC, "Счет № 46 от 12.03.2024.xls", 90, "2"),),
    ),
    "apple_mail_ru_text_between_photos": Seen(
        "d.orlov@icloud.com",
        "Дмитрий Орлов",
        "Фото с объекта",
        "Вход:\n\nИ лестница, её тоже оформляем.",
        files=((PHOTO, "Вход..jpeg", 5211, "2"),),
    ),
    "gmail_mobile_photo": Seen(
        "oleg.sidorov@gmail.com",
        "Oleg",
        "Витрина",
        "Вот витрина, нужно оклеить.\n[image: IMG_1024.jpg]",
        files=((PHOTO, "IMG_1024.jpg", 6011, "2"),),
    ),
    "gmail_ru_forward": Seen(
        "maria.belova@gmail.com",
        "Мария Белова",
        "Fwd: Требования типографии",
        (
            "Посмотрите, пожалуйста, подойдёт ли макет.\n\n---------- Forwarded message "
            "---------\nОт: Типография <print@typo.example>\nDate: пн, 11 мар. 2024 г. в "
            "10:00\nSubject: Требования типографии\nTo: Мария Белова "
            "<maria.belova@gmail.com>\n\n\nВылеты 3 мм, CMYK, шрифты в кривых."
        ),
    ),
    "gmail_ru_reply": Seen(
        "maria.belova@gmail.com",
        "Мария Белова",
        "Re: Логотип: три варианта",
        "Нам ближе второй вариант, но цвет потеплее.",
        quoted=(
            "пн, 11 мар. 2024 г. в 17:02, Студия <info@studio.ru>:",
            ">",
        ),
        refers_to=("<log-1@studio.ru>",),
    ),
    "iphone_short_reply": Seen(
        "a.guseva@me.com",
        "Анна Гусева",
        "Re: Счёт",
        "Оплатила)",
        quoted=(
            "Отправлено с iPhone",
            "> Анна, выставили счёт.",
        ),
        refers_to=("<inv-9@studio.ru>",),
    ),
    "mailru_html_only_photo_beside": Seen(
        "sveta-shop@bk.ru",
        "Светлана",
        "Фото фасада",
        "Фасад во вложении.\n\nС уважением,\nСветлана",
        files=((PHOTO, "Фасад 1.jpg", 911, "2"),),
    ),
    "mailru_mobile_reply": Seen(
        "sveta-shop@mail.ru",
        "Светлана",
        "Re: Вывеска",
        "Размер 3 на 1 метр.",
        quoted=(
            "--",
            ">Светлана, какой размер вывески?",
        ),
        refers_to=("<vyv-1@studio.ru>",),
    ),
    "microsoft_365_long_message_ids": Seen(
        "a.weber@bau.example",
        "Anna Weber",
        "AW: Termin",
        "Donnerstag passt uns, schöne Grüße\nAnna",
        refers_to=(
            "<AM0PR0402MB3908E9F2C1D3A4B5C6D7E8F9A0B1C2D3E4F5@AM0PR0402MB3908.eurprd04.prod.outlook.example.com>",
            "<ter-1@studio.ru>",
        ),
    ),
    "outlook_2003_windows1251_8bit": Seen(
        "buh@zavod.ru",
        "Бухгалтерия",
        "Акт сверки",
        "Добрый день.\nПришлите, пожалуйста, акт сверки за февраль.\nГлавный бухгалтер",
    ),
    "outlook_en_html_table": Seen(
        "priya@retail.example",
        "Priya Shah",
        "Order 4711",
        ("Please quote for:\n\nItem | Qty\nCafé menu | 40\nPoster A1 | 5\n\nPrices in £ please."),
    ),
    "outlook_en_plain_reply": Seen(
        "tom.obrien@acme.example",
        "O'Brien, Tom",
        "RE: Contract draft",
        (
            "Hi Anna,\n\nLegal is happy with clause 7. Please send the final version for "
            "signature.\n\nBest regards,\nTom"
        ),
        quoted=(
            "-----Original Message-----",
            "Tom, please find the draft attached.",
        ),
        refers_to=("<con-1@studio.ru>",),
    ),
    "outlook_mobile_reply": Seen(
        "e.krylova@torg.ru",
        "Елена Крылова",
        "Re: Доставка образцов",
        "Завтра до обеда подойдёт, спасибо!",
        quoted=(
            "Получить Outlook для iOS<https://aka.ms/o0ukef>",
            "Елена, когда удобно принять курьера?",
        ),
        refers_to=("<obr-1@studio.ru>",),
    ),
    "outlook_ru_html_reply": Seen(
        "i.vasiliev@stroitel.ru",
        "Игорь Васильев",
        "RE: Смета на стенд",
        (
            "Добрый день, Анна!\n\nСмету согласовали. Когда начнёте монтаж?\n\nС "
            "уважением,\nИгорь Васильев\nООО «Строитель»"
        ),
        quoted=(
            "From: Студия <info@studio.ru> ",
            "Игорь, высылаем смету.",
        ),
        refers_to=("<smeta-3@studio.ru>",),
    ),
    "rambler_webmail": Seen(
        "tamara55@rambler.ru",
        "Тамара",
        "Приглашения на юбилей",
        "Здравствуйте!\nНужны приглашения, 30 штук.",
    ),
    "site_form_bitrix": Seen(
        "petr@client.example",
        "petr@client.example",
        "studio.ru: Сообщение из формы обратной связи",
        (
            "Информационное сообщение сайта studio.ru\n"
            "------------------------------------------\n\nВам было отправлено сообщение "
            "через форму обратной связи\n\nАвтор: Пётр\nE-mail автора: "
            "petr@client.example\n\nТекст сообщения:\nСколько стоит брендбук?\n\nСообщение "
            "сгенерировано автоматически."
        ),
    ),
    "site_form_tilda_html_own_mailbox": Seen(
        "olga@shop.example",
        "Ольга",
        "Request from: studio.ru",
        (
            "Request details:\n\nName: Ольга\nEmail: olga@shop.example\nTextarea: Нужна "
            "упаковка\n\nAdditional information:\nTransaction ID: 123:456"
        ),
    ),
    "site_form_wordpress": Seen(
        "kate@client.example",
        "kate@client.example",
        'Studio "Price for a logo"',
        (
            "From: Kate <kate@client.example>\nSubject: Price for a logo\n\nMessage Body:\n"
            "How much is a logo?\n\n-- \nThis e-mail was sent from a contact form on "
            "Studio (https://studio.ru)"
        ),
    ),
    "the_bat_koi8_reply": Seen(
        "np@uni.ru",
        "Николай Петров",
        "Re: Буклет конференции",
        "Здравствуйте, Студия.\n\nТираж увеличиваем до 300.",
        quoted=(
            "Вы писали 11 марта 2024 г., 17:02:00:",
            " Николай                          mailto:np@uni.ru",
        ),
        refers_to=("<buk-1@studio.ru>",),
    ),
    "thunderbird_ru_signature": Seen(
        "orlov@tech.ru",
        "Сергей Орлов",
        "Re: ТЗ",
        "Добрый день! Прочитал техническое задание, замечаний нет, можно приступать.",
        quoted=(
            "-- ",
            "> Сергей, техническое задание во вложении.",
        ),
        refers_to=("<tz-1@studio.ru>",),
    ),
    "yandex_forward_with_files": Seen(
        "pavelkim@yandex.ru",
        "Павел Ким",
        "Fwd: Реквизиты",
        (
            "Реквизиты от бухгалтера.\n-------- Пересылаемое сообщение --------\n"
            '11.03.2024, 09:30, "Бухгалтер" <buh@kim.example>:\nКарточка во вложении.\n'
            "-------- Конец пересылаемого сообщения --------"
        ),
        files=((DOC, "Карточка предприятия.docx", 302, "2"),),
    ),
    "yandex_mobile_reply": Seen(
        "pavelkim@yandex.ru",
        "Павел Ким",
        "Re: Правки по сайту",
        "Всё верно, публикуйте.",
        quoted=(
            "--",
            "> Павел, правки внесены.",
        ),
        refers_to=("<wp-1@studio.ru>",),
    ),
}
