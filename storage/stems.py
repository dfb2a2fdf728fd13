"""Words without their endings, Russian and English ones: "договорами" and "Договор" are the same.

Snowball's stemmers (https://snowballstem.org), and what they leave apart: vowels that come and go
("кнопок", "кнопка"), л behind б, в, м, п ("исправлю", "исправить"), nouns made of verbs
("удаление", "удалить"), and some words that follow no rule. "ё" is "е"; accents and soft hyphens
are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

LONGEST_TEXT = 200_000  # characters of a text that are read
LONGEST_WORD = 64  # characters; what is longer is no word
MOST = 5_000  # different stems of a text
CACHED = 4_096

_WORD = re.compile(r"[^\W_]+")
_NOT_SEEN = dict.fromkeys(map(ord, "\u00ad\u0301\u200b\u200c\u200d\u2060\ufeff"))
_SAME = str.maketrans("ё", "е")
_CYRILLIC = re.compile(r"[а-я]+")
_LATIN = re.compile(r"[a-z]+")
_VERBAL_NOUN = re.compile(r"ени(?:е|я|ю|ем|и|й|ям|ями|ях)")
_FLEETING = re.compile(r"(?<=..[бвгджзклмнпрстфхцчшщ])[ое](?=[кц]$)|(?<=.[аеоуы])е(?=к$)")
_russian = Stemmer.Stemmer("russian", 0)
_english = Stemmer.Stemmer("english", 0)

# What the rules do not bring together, or what they take for something else.
_FAMILIES = """
день дня дню днем дне дни дней дням днями днях
человек человека человеку человеком человеке люди людей людям людьми людях
год года году годом годе годы годов лет годам годами годах
деньги денег деньгам деньгами деньгах
письмо письма письму письмом письме писем письмам письмами письмах
окно окна окну окном окне окон окнам окнами окнах
домен домена домену доменом домене домены доменов доменам доменами доменах
почти
отзыв отзыва отзыву отзывом отзыве отзывы отзывов отзывам отзывами отзывах
реклама рекламы рекламе рекламу рекламой реклам рекламам рекламами рекламах
обмен обмена обмену обменом обмене обмены обменов
число числа числу числом числе чисел числам числами числах
ребенок ребенка ребенку ребенком дети детей детям детьми детях
запись записи записью записей записям записями записях
печать печати печатью печатей печатям печатями печатях
часть части частью частей частям частями частях
сеть сети сетью сетей сетям сетями сетях
область области областью областей областям областями областях
прислать прислал прислала прислали пришлю пришлет пришлем пришлете пришлют пришлите присланный
найти нашел нашла нашло нашли найду найдет найдем найдете найдут найден найдено
идти шел шла шло шли иду идет идем идете идут
хотеть хочу хочет хочешь хотим хотите хотят хотел хотела хотели
писать пишу пишет пишем пишете пишут писал писала писали пишите
платить плачу платит платим платите платят платил платила платили
мочь могу может можем можете могут мог могла могли
pay pays paying paid
send sends sending sent
write writes writing wrote written
buy buys buying bought
sell sells selling sold
make makes making made
take takes taking took taken
give gives giving gave given
get gets getting got gotten
find finds finding found
tell tells telling told
say says saying said
see sees seeing saw seen
know knows knowing knew known
think thinks thinking thought
bring brings bringing brought
keep keeps keeping kept
leave leaves leaving left
lose loses losing lost
meet meets meeting met
build builds building built
spend spends spending spent
choose chooses choosing chose chosen
speak speaks speaking spoke spoken
break breaks breaking broke broken
begin begins beginning began begun
come comes coming came
go goes going went gone
man men
woman women
child children
person people
"""
_IRREGULAR = {
    form: family[0] for family in map(str.split, _FAMILIES.split("\n")) for form in family
}


def words(text: str) -> Iterator[str]:
    """The words of a text in small letters, as they stand."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT].translate(_NOT_SEEN))
    for found in _WORD.finditer(text.casefold().translate(_SAME)):
        yield found[0][:LONGEST_WORD]


def stems(text: str, most: int = MOST) -> tuple[str, ...]:
    """The different stems of a text in their order, `most` at most."""
    found: dict[str, None] = {}
    for word in words(text):
        found[stem(word)] = None
        if len(found) >= most:
            break
    return tuple(found)


def stem_of(word: str) -> str:
    """The stem of a single word as it stands in a text."""
    return next((stem(one) for one in words(word)), "")


@lru_cache(CACHED)
def stem(word: str) -> str:
    """What all forms of the word have in common; numbers and other alphabets stay as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if _CYRILLIC.fullmatch(word):
        return _russian_stem(word)
    if _LATIN.fullmatch(word):
        return str(_english.stemWord(word))
    return word


def _russian_stem(word: str) -> str:
    found = str(_russian.stemWord(word))
    if _VERBAL_NOUN.search(word) and found.endswith("ен") and len(found) > 5:
        found = found[:-2]
    if len(found) > 4 and found[-1] == "л" and found[-2] in "бвмп":
        found = found[:-1]
    return _FLEETING.sub("", found)
