"""Charsets, containers, calendars, signatures and forgeries: what is read of each."""

from __future__ import annotations

from tests.connectors.email.seen import DOC, Seen

CONTENTS = {
    "authentication_failed": Seen(
        "support@bank.example",
        "Bank",
        "Your account",
        "Log in here.",
        warnings=("dmarc_failed", "spf_failed", "dkim_failed"),
    ),
    "calendar_google_cancelled": Seen(
        "calendar-notification@google.com",
        "Google Calendar",
        "Canceled event: Call @ Fri 15 Mar 2024",
        ("This event has been canceled.\n\n❌ Call · 2024-03-15 12:00–12:30 UTC · Mia, ✅ Studio"),
        files=((DOC, "invite.ics", 534, "2"),),
    ),
    "calendar_outlook_request": Seen(
        "i.vasiliev@stroitel.ru",
        "Игорь Васильев",
        "Монтаж стенда, обсуждение",
        (
            "Прошу подтвердить.\n\n📅 Монтаж стенда, обсуждение · 2024-03-14 15:00–16:00 "
            "Russian Standard Time · Переговорная 3 · Игорь Васильев, info@studio.ru"
        ),
        files=((DOC, "invite.ics", 809, "2"),),
    ),
    "calendar_reply_declined": Seen(
        "oleg@client.example",
        "Oleg",
        "Declined: Call",
        "↩️ Call · 2024-03-18 · ❌ Oleg",
        files=((DOC, "invite.ics", 477, "0"),),
    ),
    "declared_koi8_is_windows1251": Seen(
        "olga@old.example",
        "Olga",
        "x",
        "Пришлите, пожалуйста, договор на подпись до конца недели.",
    ),
    "forwarded_by_a_manager": Seen(
        "anna@studio.ru",
        "Anna",
        "Fwd: Заказ",
        "Написали мне лично.",
        files=((DOC, "Заказ.eml", 196, "2"),),
    ),
    "look_alike_of_our_domain": Seen(
        "boss@studlo.ru",
        "Director",
        "Urgent payment",
        "Please pay the attached invoice today.",
        warnings=("look_alike_own:studio.ru",),
    ),
    "mac_cyrillic_declared": Seen(
        "mac@old.example",
        "mac@old.example",
        "mac",
        "Макет готов, шрифты приложены.",
    ),
    "name_shows_another_address": Seen(
        "ivan.client@freemail.example",
        "ivan@client.example",
        "New bank details",
        "Our account has changed.",
        warnings=("name_shows:ivan@client.example",),
    ),
    "only_in_copy": Seen(
        "ivan@client.example",
        "Ivan",
        "FYI",
        "For your information.",
        warnings=("cc_only",),
    ),
    "pgp_inline_signed": Seen(
        "s@client.example",
        "Signer",
        "Inline",
        "We accept.\n-- \nSigner",
        warnings=("signed",),
    ),
    "pgp_mime_encrypted": Seen(
        "p@client.example",
        "Paranoid",
        "...",
        "",
        files=(
            (DOC, "encrypted.asc", 78, "2"),
            (DOC, "message.eml", 649, "eml"),
        ),
        warnings=("encrypted",),
    ),
    "pgp_mime_signed": Seen(
        "s@client.example",
        "Signer",
        "Signed",
        "Signed words.",
        warnings=("signed",),
    ),
    "reply_to_differs": Seen(
        "ivan@client.example",
        "Ivan",
        "Invoice",
        "Send invoices to accounts.",
    ),
    "smime_encrypted": Seen(
        "sec@client.example",
        "Secure Client",
        "Договор",
        "",
        files=(
            (DOC, "smime.p7m", 749, "0"),
            (DOC, "Договор.eml", 1410, "eml"),
        ),
        warnings=("encrypted",),
    ),
    "smime_opaque_signed": Seen(
        "sec@client.example",
        "Secure Client",
        "Договор",
        "Договор подписан, скан внутри.",
        files=((DOC, "scan.pdf", 13, "0/2"),),
        warnings=("signed",),
    ),
    "subject_split_inside_a_letter": Seen(
        "x@odd.example",
        "x@odd.example",
        "Длинная тема",
        "x",
    ),
    "undeclared_cp866": Seen(
        "dos@bank.example",
        "dos@bank.example",
        "DOS",
        "Платежное поручение исполнено, остаток на счете прежний.",
    ),
    "undeclared_windows1251": Seen(
        "olga@old.example",
        "Olga",
        "Визитки срочно",
        "Здравствуйте, нужны визитки, 500 штук. Сколько будет стоить?",
    ),
    "unknown_charset_utf8_inside": Seen(
        "x@odd.example",
        "x@odd.example",
        "Привет",
        "Всё дойдёт.",
    ),
    "uuencoded_in_text": Seen(
        "unix@old.example",
        "unix@old.example",
        "logs",
        "The log is below.\n\nThanks.",
        files=((DOC, "build.log", 100, "0/2"),),
    ),
    "winmail_dat": Seen(
        "kotov@zavod.ru",
        "Пётр Котов",
        "Чертежи",
        "Чертежи во вложении.",
        files=(
            (DOC, "Чертежи стенда.pdf", 16, "2/2"),
            (DOC, "план.doc", 5, "2/3"),
        ),
    ),
    "winmail_dat_alone": Seen(
        "kotov@zavod.ru",
        "kotov@zavod.ru",
        "Only TNEF",
        "Текст внутри.\nВторая строка.",
        files=((DOC, "a.txt", 5, "0/2"),),
    ),
    "winmail_dat_broken": Seen(
        "kotov@zavod.ru",
        "kotov@zavod.ru",
        "Broken TNEF",
        "See attached.",
        files=((DOC, "winmail.dat", 60, "2"),),
    ),
}
