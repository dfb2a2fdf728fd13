"""What clients ask in the demonstration's quarter, and what they are told: (ru, en)."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.workbook import Both


@dataclass(frozen=True, slots=True)
class Question:
    """With the subject of a mail, and the answer."""

    subject: Both
    asked: Both
    answered: Both


QUESTIONS = (
    Question(
        ("Цены на сайте", "Prices on the site"),
        (
            "Добрый день! Поменяйте, пожалуйста, цены на сайте: новые в приложении.",
            "Good afternoon! Please change the prices on the site: the new ones are attached.",
        ),
        ("Поменяли, проверьте.", "Changed, please check."),
    ),
    Question(
        ("Не открывается форма", "The form does not open"),
        (
            "С утра не открывается форма заявки, люди жалуются. Посмотрите?",
            "The order form has not opened since the morning, people complain. Will you look?",
        ),
        (
            "Нашли: обновился сервис карт. Исправили, заявки приходят.",
            "Found it: the map service was updated. Mended, orders come in again.",
        ),
    ),
    Question(
        ("Баннер к акции", "A banner for the offer"),
        (
            "Нужен баннер к акции, размер как в прошлый раз. Успеете к пятнице?",
            "We need a banner for the offer, the size as last time. Can you do it by Friday?",
        ),
        ("Успеем. Макет пришлём в четверг.", "We can. The draft comes on Thursday."),
    ),
    Question(
        ("Фото команды", "Photos of the team"),
        (
            "Прислали новые фото команды, поставьте вместо старых.",
            "Here are new photos of the team, please put them in place of the old ones.",
        ),
        ("Поставили, старые убрали в архив.", "Done, the old ones are in the archive."),
    ),
    Question(
        ("Счёт за месяц", "This month's invoice"),
        (
            "Пришлите, пожалуйста, счёт за месяц, бухгалтерия просит.",
            "Please send this month's invoice, our accountants ask for it.",
        ),
        ("Счёт отправили, акт будет первого числа.", "The invoice is sent."),
    ),
    Question(
        ("Домен", "The domain"),
        (
            "Пришло письмо, что домен заканчивается. Это вы продлеваете или мы?",
            "A letter says that the domain runs out. Do you renew it or do we?",
        ),
        ("Продлеваем мы, уже оплачено на год.", "We do, it is paid for a year."),
    ),
    Question(
        ("Макет главной", "The draft of the front page"),
        (
            "Посмотрели макет главной: всё нравится, но просим крупнее телефон.",
            "We have seen the draft of the front page: fine, but the phone should be larger.",
        ),
        ("Сделали крупнее, ссылка та же.", "It is larger now, the link is the same."),
    ),
    Question(
        ("Не приходят письма", "No mails come"),
        (
            "Не приходят письма с сайта на наш адрес, проверьте, пожалуйста.",
            "Mails from the site do not come to our address, please check.",
        ),
        (
            "Письма попадали в спам, поправили подпись домена.",
            "They went to spam; the signature of the domain is mended.",
        ),
    ),
    Question(
        ("Новая страница", "A new page"),
        (
            "Хотим страницу про новое направление. Сколько это стоит и когда?",
            "We would like a page about a new line. What does it cost, and when?",
        ),
        ("Три рабочих дня. Смету прислали.", "Three working days. The estimate is sent."),
    ),
    Question(
        ("Опечатка", "A misprint"),
        (
            "В разделе «О нас» опечатка в фамилии директора, поправьте срочно.",
            "In “About us” the director's name is misspelt, please mend it at once.",
        ),
        ("Поправили, извините.", "Mended, our apologies."),
    ),
    Question(
        ("Статистика", "Statistics"),
        (
            "Сколько было заявок с сайта за прошлый месяц?",
            "How many orders came from the site last month?",
        ),
        ("Отчёт по заявкам прислали.", "The report of the orders is sent."),
    ),
    Question(
        ("Сайт медленный", "The site is slow"),
        (
            "Сайт грузится минуту, клиенты уходят. Что случилось?",
            "The site takes a minute to load, customers leave. What happened?",
        ),
        (
            "На сервере кончилось место, добавили. Теперь быстро.",
            "The server's disk was full, we added space. It is quick again.",
        ),
    ),
    Question(
        ("Доступ", "Access"),
        (
            "Дайте, пожалуйста, доступ к сайту нашему новому сотруднику.",
            "Please give our new colleague access to the site.",
        ),
        ("Доступ дали, приглашение в почте.", "Done, the invitation is in the mail."),
    ),
    Question(
        ("Реквизиты", "Company details"),
        (
            "У нас сменились реквизиты, обновите внизу сайта и в договоре.",
            "Our company details have changed, please update the footer and the contract.",
        ),
        ("Обновили в обоих местах.", "Updated in both places."),
    ),
    Question(
        ("Видео", "The video"),
        (
            "Можно ли вставить на главную видео вместо картинки?",
            "Can the front page have a video in place of the picture?",
        ),
        ("Можно, пришлите файл до минуты длиной.", "It can; send a file of up to a minute."),
    ),
    Question(
        ("Созвон", "A call"),
        (
            "Когда вам удобно созвониться по плану на квартал?",
            "When could we talk about the plan for the quarter?",
        ),
        ("Завтра в 11:00, ссылку прислали.", "Tomorrow at 11:00, the link is sent."),
    ),
)
MORE = (
    ("И ещё: посмотрите, пожалуйста, на телефоне.", "And please have a look on a phone."),
    ("Скриншот сейчас пришлю.", "I am sending a screenshot."),
    ("Это довольно срочно.", "It is rather urgent."),
)
THANKS = (
    ("Спасибо!", "Thank you!"),
    ("Отлично, спасибо", "Great, thanks"),
    ("Принято 👍", "Ok 👍"),
)
AWAY = (
    ("Автоответ: я в отпуске до понедельника.", "Automatic reply: I am away until Monday."),
    ("Автоответ", "Automatic reply"),
)
FIRST = (
    "Здравствуйте! Нам вас посоветовали. Возьмётесь за сайт?",
    "Hello! You were recommended to us. Could you take on our site?",
)
POWER_CUT = ("отключили электричество", "no electricity")
STUDIO = ("Студия «Форточка»", "Fortochka Studio")
