"""Whether a client's words only agree to what was offered: pure, and in doubt they do not."""

from __future__ import annotations

import re

from inbox.greetings import GREETINGS
from inbox.thanks import listed, plain_words, row_of

LONGEST_READ = 1000  # characters, a signature included

_AGREED = """
согласен согласна согласны согласовано согласовываю согласовываем согласую
да ага угу давайте давай договорились добро ок окей оке окэ окай хорошо ладно идет годится
подходит устраивает нас_устраивает меня_устраивает мне_подходит нам_подходит все_подходит
все_устраивает подтверждаю подтверждаем подтверждено утверждаю утверждаем утверждено одобряю
одобряем одобрено принимаю принимаем приступайте начинайте запускайте делайте сделайте
делаем запускаем начинаем приступаем поехали можно_делать можно_приступать можно_начинать
берем по_рукам плюс
agreed agree i_agree we_agree yes yep yeah yup sure ok oк оk okay okey deal approved approve
i_approve we_approve confirmed confirm i_confirm we_confirm accepted accept i_accept we_accept
go_ahead please_do please_go_ahead please_proceed proceed sounds_good fine good all_right alright
lets_do_it lets_go works_for_me works_for_us do_it it_suits_me suits_me suits_us
"""
_BESIDE = """
коллеги уважаемые_коллеги
отлично прекрасно замечательно супер все конечно тогда ну жду ждем будем_ждать
полностью я мы с_вами это
спасибо большое спасибо_большое благодарю благодарим пожалуйста вам вас тебе заранее
по_цене по_срокам по_сроку по_цене_и_сроку по_стоимости с_ценой с_ценой_и_сроком со_сроком
с_предложением с_вашим_предложением на_это на_все
great perfect excellent then
thanks thank_you thank you_very_much many_thanks very_much please of_course absolutely
with_the_price with_that with_this with_your_offer to_that to_this with_it to_it
"""
_AGREEING, _BESIDES = listed(_AGREED), listed(_BESIDE) | listed(GREETINGS)
# A mail's end: what stands below belongs to every letter of the sender.
_CLOSING = re.compile(
    r"^[ \t>]*(?:--[ \t\r]*$|с (?:уважением|наилучшими)|всего (?:доброго|хорошего)|хорошего дня"
    r"|(?:best|kind|warm) (?:regards|wishes)|regards\b|best,|sincerely|yours\b|cheers,"
    r"|отправлено (?:из|с)\b|sent (?:from|with|via)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_PLUS = re.compile(r"\s*\+\s*")


def agrees(text: str) -> bool:
    """Whether the message says that the client agrees, in Russian or English, and nothing else.

    Letter case, punctuation, a greeting, thanks, smileys and what stands below "Best regards" do
    not matter. A question mark, a digit, a negation or any word that is not on the list: False.
    """
    if len(text) > LONGEST_READ:
        return False
    said = _CLOSING.split(text, maxsplit=1)[0]
    if _PLUS.fullmatch(said):
        return True
    words = plain_words(said)
    return bool(words) and row_of(words or [], _AGREEING, _BESIDES)
