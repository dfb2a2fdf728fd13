"""Answering machines, mail servers and lists: what is read of each."""

from __future__ import annotations

from inbox.model import DeliveryReport, Nature
from tests.connectors.email.seen import DELAYED, DOC, FAILED, Seen

MACHINES = {
    "bounce_exchange_ru": Seen(
        "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@zavod.ru",
        "Microsoft Outlook",
        "Не удается доставить: Предложение",
        (
            "Сбой доставки следующим получателям или спискам рассылки:\n\n"
            "sidorov@zavod.ru\nАдрес электронной почты не найден."
        ),
        files=(
            (DOC, "delivery-status.txt", 238, "2"),
            (DOC, "Предложение.eml", 164, "3"),
        ),
        nature=Nature.BOUNCE,
        reason="Content-Type: message/delivery-status",
        refers_to=("<okno.0123456789abcdef0123456789abcdef@studio.ru>",),
        delivery=DeliveryReport(
            FAILED,
            "sidorov@zavod.ru",
            "5.1.10",
            (
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient sidorov@zavod.ru not "
                "found by SMTP address lookup"
            ),
            "<okno.0123456789abcdef0123456789abcdef@studio.ru>",
        ),
    ),
    "bounce_mailru_plain": Seen(
        "mailer-daemon@corp.mail.ru",
        "mailer-daemon@corp.mail.ru",
        "Mail failure.",
        (
            "This message was created automatically by mail delivery software.\n\nA "
            "message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "full@mail.ru\nuser is over quota, 552 5.2.2 mailbox is full\n\n------ This is "
            "a copy of your message, including all the headers. ------\n\nReceived: from "
            "smtp1.mail.ru\nMessage-ID: <okno.99998888777766665555444433332222@studio.ru>\n"
            "From: info@studio.ru\nTo: full@mail.ru\n\nOur own words."
        ),
        nature=Nature.BOUNCE,
        reason="X-Failed-Recipients",
        delivery=DeliveryReport(
            FAILED,
            "full@mail.ru",
            "5.2.2",
            "user is over quota, 552 5.2.2 mailbox is full",
            "<okno.99998888777766665555444433332222@studio.ru>",
        ),
    ),
    "bounce_qmail": Seen(
        "mailer-daemon@mx.old.example",
        "mailer-daemon@mx.old.example",
        "failure notice",
        (
            "Hi. This is the qmail-send program at mx.old.example.\nI'm afraid I wasn't "
            "able to deliver your message to the following addresses.\nThis is a permanent "
            "error; I've given up. Sorry it didn't work out.\n\n<gone@old.example>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a "
            "copy of the message.\n\nReturn-Path: <info@studio.ru>\nMessage-ID: "
            "<reply-88@studio.ru>\nFrom: info@studio.ru\nTo: gone@old.example\n\nOur own "
            "words."
        ),
        nature=Nature.BOUNCE,
        reason="From: mailer-daemon",
        delivery=DeliveryReport(
            FAILED,
            "gone@old.example",
            "5.1.1",
            "Sorry, no mailbox here by that name. (#5.1.1)",
            "<reply-88@studio.ru>",
        ),
    ),
    "bounce_yandex": Seen(
        "mailer-daemon@yandex.ru",
        "mailer-daemon@yandex.ru",
        "Недоставленное сообщение",
        (
            "Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы "
            "вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено "
            "одному или нескольким адресатам.\n\n<net@takogo.example>: Host or domain name "
            "not found. Name service error"
        ),
        files=(
            (DOC, "delivery-status.txt", 205, "2"),
            (DOC, "message.eml", 123, "3"),
        ),
        nature=Nature.BOUNCE,
        reason="Content-Type: message/delivery-status",
        refers_to=("<okno.11112222333344445555666677778888@studio.ru>",),
        delivery=DeliveryReport(
            FAILED,
            "net@takogo.example",
            "5.4.4",
            "Host or domain name not found. Name service error",
            "<okno.11112222333344445555666677778888@studio.ru>",
        ),
    ),
    "delayed_exim": Seen(
        "mailer-daemon@mx.exim.example",
        "Mail Delivery System",
        "Warning: message 1rjyyy-0001 delayed 24 hours",
        (
            "This message was created automatically by mail delivery software.\nA message "
            "that you sent has not yet been delivered to one or more of its\nrecipients "
            "after more than 24 hours on the queue on mx.exim.example.\n\nThe message "
            "identifier is:     1rjyyy-0001\nThe subject of the message is: Hello\n\nThe "
            "address to which the message has not yet been delivered is:\n\n  "
            "<slow@exim.example>\n    host mx2.exim.example [203.0.113.3]\n    451 4.7.1 "
            "Greylisted, try again later\n\nNo action is required on your part. Delivery "
            "attempts will continue."
        ),
        nature=Nature.BOUNCE,
        reason="From: mailer-daemon",
        delivery=DeliveryReport(
            DELAYED, "slow@exim.example", "4.7.1", "451 4.7.1 Greylisted, try again later", ""
        ),
    ),
    "delayed_postfix": Seen(
        "mailer-daemon@mx.studio.ru",
        "Mail Delivery System",
        "Delayed Mail (still being retried)",
        (
            "This is the mail system at host mx.studio.ru.\n\n"
            "####################################################################\n# THIS "
            "IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
            "####################################################################\n\nYour "
            "message could not be delivered for more than 4 hour(s).\nIt will be retried "
            "until it is 5 day(s) old."
        ),
        files=(
            (DOC, "delivery-status.txt", 346, "2"),
            (DOC, "headers.txt", 126, "3"),
        ),
        nature=Nature.BOUNCE,
        reason="Content-Type: message/delivery-status",
        refers_to=("<okno.fedcba9876543210fedcba9876543210@studio.ru>",),
        delivery=DeliveryReport(
            DELAYED,
            "slow@client.example",
            "4.4.1",
            "connect to mx.client.example[203.0.113.9]:25: Connection timed out",
            "<okno.fedcba9876543210fedcba9876543210@studio.ru>",
        ),
    ),
    "delivered_notice": Seen(
        "postmaster@mx.client.example",
        "postmaster@mx.client.example",
        "Relayed: Hello",
        "Your message was delivered.",
        files=(
            (DOC, "delivery-status.txt", 119, "2"),
            (DOC, "message.eml", 34, "3"),
        ),
        nature=Nature.AUTOMATIC,
        reason="delivered",
        refers_to=("<reply-77@studio.ru>",),
    ),
    "list_member_answers_us": Seen(
        "oleg@lists.example",
        "Oleg",
        "Re: Fonts",
        "Thanks, that one.",
        refers_to=("<okno.0123456789abcdef0123456789abcdef@studio.ru>",),
    ),
    "mailing_list_mailman": Seen(
        "designers@lists.example",
        "Ivan via designers",
        "[designers] Fonts",
        (
            "Which font would you take?\n\n"
            "_______________________________________________\ndesigners mailing list"
        ),
        nature=Nature.NEWSLETTER,
        reason="List-Id",
    ),
    "newsletter_unisender": Seen(
        "news@school.example",
        "Курсы маркетинга",
        "7 ошибок в рекламе",
        "7 ошибок\n\nЧитайте в блоге (https://school.example/7?utm_source=mail).",
        nature=Nature.NEWSLETTER,
        reason="List-Id",
    ),
    "out_of_office_exchange_en": Seen(
        "kate.brown@acme.example",
        "Brown, Kate",
        "Automatic reply: Domain renewal",
        "I am out of the office until 18 March. For urgent matters call Ann Lee.",
        nature=Nature.AUTOMATIC,
        reason="Auto-Submitted: auto-generated",
        refers_to=("<dom-1@studio.ru>",),
    ),
    "out_of_office_yandex": Seen(
        "pavelkim@yandex.ru",
        "Павел Ким",
        "Автоответ: Re: Правки по сайту",
        "Я в отпуске, отвечу 20 марта.",
        nature=Nature.AUTOMATIC,
        reason="X-Autoreply",
        refers_to=("<wp-2@studio.ru>",),
    ),
    "read_receipt": Seen(
        "i.vasiliev@stroitel.ru",
        "Игорь Васильев",
        "Прочтено: Смета на стенд",
        "Ваше сообщение было прочтено 12 марта 2024 г.",
        files=((DOC, "receipt.txt", 148, "2"),),
        nature=Nature.AUTOMATIC,
        reason="Content-Type: multipart/report",
        refers_to=("<smeta-3@studio.ru>",),
    ),
    "vacation_sieve": Seen(
        "lena@post.example",
        "lena@post.example",
        "Auto: Price",
        "Back on Monday.",
        nature=Nature.AUTOMATIC,
        reason="Auto-Submitted: auto-replied (vacation)",
        refers_to=("<pr-1@studio.ru>",),
    ),
}
