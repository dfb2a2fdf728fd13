"""HTML as mail clients write it, as plain text."""

from __future__ import annotations

import pytest

from connectors.email.html_text import to_text
from connectors.email.quotes import split
from tests.connectors.email.mails import mail, message

PAGES = {
    "lists": (
        "<ol><li>Раз</li><li>Два<ul><li>внутри</li></ul></li></ol><p>конец</p>",
        "1. Раз\n2. Два\n• внутри\n\nконец",
    ),
    "preformatted": ("<pre>a\n  b\n</pre>x", "a\n  b\n\nx"),
    "inline": ("<span>a</span><span>b</span> <b>c</b>\n<i>d</i>", "ab c d"),
    "blank lines": ("<div>a</div><div><br></div><div>b</div><div>c</div>", "a\n\nb\nc"),
    "outlook's blank line": (
        "<p class=MsoNormal>A<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p>B</p>",
        "A\n\nB",
    ),
    "table": (
        (
            "<table><tr><th>Имя</th><th>Цена</th></tr><tr><td><p>Сайт</p></td><td>10</td></tr>"
            "<tr><td colspan=2>Итого: 10</td></tr></table>после"
        ),
        "Имя | Цена\nСайт | 10\nИтого: 10\nпосле",
    ),
    "layout table": (
        (
            "<table><tr><td><table><tr><td>Шапка</td></tr><tr><td><p>Один</p><p>Два</p></td></tr>"
            "</table></td></tr></table>"
        ),
        "Шапка\nОдин\n\nДва",
    ),
    "link": (
        '<a href="https://x.ru/a?b=1&amp;c=2">Договор</a>.',
        "Договор (https://x.ru/a?b=1&c=2).",
    ),
    "link that is its own text": ('<a href="https://x.ru/">x.ru</a>', "x.ru"),
    "link that lies": (
        '<a href="https://evil.example/login">https://bank.ru</a>',
        "https://bank.ru (https://evil.example/login)",
    ),
    "links to write and call": (
        '<a href="mailto:a@b.ru?subject=x">пишите</a> <a href="tel:+7900">+7 900</a>',
        "пишите (a@b.ru) +7 900",
    ),
    "link around a picture": (
        '<a href="https://x.ru/a"><img src=z alt="Купить"></a> <a href="https://x.ru/b"><img></a>',
        "[Купить] (https://x.ru/a) https://x.ru/b",
    ),
    "no link": ('<a href="javascript:alert(1)">js</a> <a name=q>якорь</a>', "js якорь"),
    "embedded picture": (
        '<p>a</p><img src="cid:1@x" alt="Схема  проезда">',
        "a\n\n[Схема проезда]",
    ),
    "nested quotations": (
        "<blockquote>a<blockquote>b</blockquote>c</blockquote>",
        "> a\n> > b\n> c",
    ),
    "unclosed": ("<p>a<p>b<table><td>c<td>d</table><b>e", "a\n\nb\nc | d\ne"),
    "no tags": ("просто текст<br>вторая &lt;b&gt;", "просто текст\nвторая <b>"),
    "what is no text": (
        (
            "<head><title>t</title><style>s</style></head><script>x</script>ok<!--"
            " c --><!--[if mso]>m<![endif]-->"
        ),
        "ok",
    ),
    "invisible fillers": ("a&#8203;b&shy;c &zwnj;&nbsp;&zwnj;&nbsp;d", "abc d"),
    "a family of emoji": ("👨&zwj;👩&zwj;👧", "👨\u200d👩\u200d👧"),
}
HIDING = ("display:none", "DISPLAY : NONE", "visibility: hidden", "mso-hide:all", "max-height:0px")
SHOWING = ("font-size:0", "max-height:0.5em", "max-height:100px", "opacity:0", "color:#fff")


@pytest.mark.parametrize("name", PAGES)
def test_html_as_text(name: str) -> None:
    source, text = PAGES[name]
    assert to_text(source) == text


@pytest.mark.parametrize("style", HIDING)
def test_what_is_surely_hidden_is_left_out(style: str) -> None:
    assert to_text(f"<p>да</p><div style='{style};color:red'>нет</div>") == "да"


@pytest.mark.parametrize("style", SHOWING)
def test_what_may_be_seen_is_shown(style: str) -> None:
    assert to_text(f"<p>да</p><div style='{style}'><b>и это</b></div>") == "да\n\nи это"


def test_a_page_that_hides_all_is_shown() -> None:
    assert to_text('<div style="display:none">только это</div>') == "только это"


def test_nesting_without_end_still_gives_the_words() -> None:
    assert to_text("<div>" * 50_000 + "слово &amp; дело") == "слово & дело"


def test_html_history_is_folded_by_the_same_rules() -> None:
    gmail = (
        '<div dir="ltr">Да</div><br><div class="gmail_quote"><div class="gmail_attr">пн, 11 мар. '
        '2024 г. в 17:02, Студия &lt;<a href="mailto:info@studio.ru">info@studio.ru</a>&gt;:<br>'
        "</div><blockquote><div>Вопрос?<div><br></div><div>Ещё</div></div></blockquote></div>"
    )
    assert split(to_text(gmail)) == (
        "Да",
        "пн, 11 мар. 2024 г. в 17:02, Студия <info@studio.ru>:\n> Вопрос?\n>\n> Ещё",
    )
    outlook = (
        "<div>Ок</div><hr><div><b>От:</b> С &lt;a@x.ru&gt;<br><b>Отправлено:</b> 11 марта 2024 г."
        "<br><b>Кому:</b> Иван<br><b>Тема:</b> Вопрос<div>&nbsp;</div></div><div>Вопрос?</div>"
    )
    assert split(to_text(outlook))[0] == "Ок"


def alternatives(plain: str, rich: str) -> bytes:
    """A mail that says the same as text and as HTML."""
    kind = "Content-Type: text/{}; charset=utf-8\n\n{}\n"
    parts = [kind.format("plain", plain), kind.format("html", rich)]
    body = "".join(f"--b\n{part}" for part in parts) + "--b--\n"
    return mail(body, "Content-Type: multipart/alternative; boundary=b")


def test_plain_text_is_preferred_unless_it_is_a_stub() -> None:
    rich = "<p>Скидки недели: минус двадцать на всё для дома, сада, дачи, кухни и огорода</p>"
    words = "Скидки недели: минус двадцать на всё для дома, сада, дачи, кухни и огорода"
    assert (
        message(alternatives("Да, согласен", "<p>Да, <b>согласен</b></p>")).text == "Да, согласен"
    )
    assert message(alternatives(" \n", "<p>Да</p>")).text == "Да"
    assert message(alternatives("Откройте в браузере", rich)).text == words
    assert message(alternatives("<html><body>x</body></html>", "<p>Да</p>")).text == "Да"
    assert message(alternatives("Один простой текст", "")).text == "Один простой текст"


def test_a_charset_named_only_inside_the_html_is_used() -> None:
    head = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<meta charset=iso-8859-7><p>"
    assert message(head + "Καλημέρα".encode("iso-8859-7")).text == "Καλημέρα"
