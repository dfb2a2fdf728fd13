"""What people say in README's pictures, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`..._asks` is the client's, `..._says` the studio's."""

    print_asks: str
    menu_asks: str
    menu_says: str
    contract: str
    contract_asks: str
    contract_says: str
    bakery_asks: str
    group_asks: str
    group_more: str
    group_says: str
    own_asks: str
    own_says: str
    own_more: str
    own_edited: str
    topic_asks: str
    topic_says: str
    topic_more: str


RU = Words(
    print_asks="Добрый день! Каталог должен сегодня уйти в печать. Успеваем?",
    menu_asks="Прислала новые цены, обновите, пожалуйста, меню на сайте",
    menu_says="Мария, спасибо! Обновим сегодня до 15:00.",
    contract="Договор на поддержку сайта",
    contract_asks=(
        "Добрый день! Договор с нашими правками во вложении.\nСможем подписать до пятницы?"
    ),
    contract_says="Игорь, добрый день! Правки принимаем. Подписанный договор пришлю завтра.",
    bakery_asks="Здравствуйте! Сколько стоит сайт для небольшой пекарни?",
    group_asks="Анна, добрый день! Когда на сайте появится осеннее меню?",
    group_more="И фото новых десертов пришлём сегодня, поставите?",
    group_says="Мария, меню — сегодня к пяти. Фото ждём, поставим сразу.",
    own_asks="Дмитрий, привет! Каталог уже в печати?",
    own_says="Елена, да, ушёл сегодня утром. Тираж будет в четверг.",
    own_more="Отлично! Тогда счёт можно на Север-Мебель?",
    own_edited="Отлично! Тогда счёт можно на ООО «Север»?",
    topic_asks="Нужен баннер на склад, три на два метра. За сколько успеете?",
    topic_says="Павел, макет покажу завтра, печать — два дня.",
    topic_more="Подходит! Логотип возьмите с сайта.",
)

EN = Words(
    print_asks="Good morning! The catalogue has to go to print today. Will it be ready?",
    menu_asks="I sent the new prices, please update the menu on the site",
    menu_says="Thank you, Maria! We will update it by 15:00 today.",
    contract="Support contract for the site",
    contract_asks=(
        "Good morning! The contract with our changes is attached.\nCan we sign it before Friday?"
    ),
    contract_says="Good morning, Igor! The changes are fine. The signed contract comes tomorrow.",
    bakery_asks="Hello! How much is a site for a small bakery?",
    group_asks="Anna, good morning! When will the autumn menu be on the site?",
    group_more="We will send photos of the new desserts today, can you add them?",
    group_says="Maria, the menu by five today. Send the photos, they go up at once.",
    own_asks="Hi Dmitry! Is the catalogue at the printer's?",
    own_says="Elena, yes, it went this morning. The copies come on Thursday.",
    own_more="Great! Can the invoice be for Sever Furniture?",
    own_edited="Great! Can the invoice be for Sever Ltd?",
    topic_asks="We need a banner for the warehouse, three by two metres. How soon?",
    topic_says="Pavel, I show the layout tomorrow, printing takes two days.",
    topic_more="Fine! Take the logo from the site.",
)

WORDS = {"ru": RU, "en": EN}


@dataclass(frozen=True, slots=True)
class Day:
    """What is said and pressed on the phones; of labels what makes them unmistakable."""

    late: str
    phone_asks: str
    photos_asks: str
    sign_asks: str
    note_says: str
    firm: str
    template: str
    prices: str
    item: str
    send: str
    agreed: str
    told: str
    note: str
    task: str
    now: str


DAYS = {
    "ru": Day(
        late="Добрый день! Каталог напечатали?",
        phone_asks="Анна, на сайте старый телефон. Поменяете?",
        photos_asks="Фото десертов пришлю вечером. Их можно сразу на главную?",
        sign_asks="Добавьте на страницу врачей кнопку «Записаться»",
        note_says="@Дмитрий, на главной фото 16:9? Проверь, пожалуйста.",
        firm="Зерно",
        template="Шаблон",
        prices="Прайс",
        item="телефон",
        send="Отправить",
        agreed="Согласен",
        told="Согласие получено",
        note="Заметка",
        task="Задача",
        now="Сейчас",
    ),
    "en": Day(
        late="Good morning! Is the catalogue printed?",
        phone_asks="Anna, the phone on the site is the old one. Can you change it?",
        photos_asks="I send the photos of the desserts tonight. Can they go on the front page?",
        sign_asks="Please add a button “Book” to the doctors' page",
        note_says="@Дмитрий, are photos on the front page 16:9? Please check.",
        firm="Зерно",
        template="Template",
        prices="Price list",
        item="phone",
        send="Send",
        agreed="Agreed",
        told="agreed",
        note="Note",
        task="Task",
        now="Now",
    ),
}
