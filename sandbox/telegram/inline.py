"""The method that answers an inline query, with the refusals of what Telegram refuses.

https://core.telegram.org/bots/api#answerinlinequery
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.markup import message_caption, message_text
from sandbox.telegram.offers import Offered
from sandbox.telegram.refusal import bad_request

RESULTS_LIMIT = 50
ID_LIMIT = 64
CACHED_FOR = 300
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
CACHED_KINDS = frozenset({"photo", "document", "video", "audio", "voice"})


def answer_inline_query(call: Call) -> bool:
    """Remembered for `cache_time` seconds, 300 where none is said, and for all people alike
    unless `is_personal` is true."""
    offers, params = call.world.offers, call.params
    asking = offers.waiting.get(params["inline_query_id"])
    if asking is None or asking.bot_id != call.bot.id:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    offered = _offered(call)
    lasts = params.get("cache_time")
    until = call.world.now().timestamp() + (CACHED_FOR if lasts is None else lasts)
    offers.keep(asking, offered, until, personal=params.get("is_personal") is True)
    if not asking.answer.done():
        asking.answer.set_result(offered)
    return True


def _offered(call: Call) -> Offered:
    results: list[dict[str, Any]] = call.params["results"]
    if len(results) > RESULTS_LIMIT:
        raise bad_request("RESULTS_TOO_MUCH")
    contents: dict[str, dict[str, Any]] = {}
    for result in results:
        result_id = str(result.get("id") or "")
        if not 1 <= len(result_id.encode()) <= ID_LIMIT:
            raise bad_request("RESULT_ID_INVALID")
        if result_id in contents:
            raise bad_request("RESULT_ID_DUPLICATE")
        contents[result_id] = _content(call, result)
    next_offset = str(call.params.get("next_offset") or "")
    if len(next_offset.encode()) > ID_LIMIT:
        raise bad_request("NEXT_OFFSET_INVALID")
    shown = {"results": results, "next_offset": next_offset, "button": _button(call)}
    return Offered(shown, contents)


def _content(call: Call, result: dict[str, Any]) -> dict[str, Any]:
    """The Message fields the result is sent with."""
    kind = str(result["type"])
    if result.get("reply_markup"):
        raise bad_request("inline results with buttons are not played by the sandbox")
    text = result.get("input_message_content")
    if text is not None:
        if "message_text" not in text:
            raise bad_request("this input_message_content is not played by the sandbox")
        return message_text(text | {"text": text["message_text"]})
    if kind == "article":
        raise bad_request('can\'t parse inline query result: Field "message_text" not found')
    file_id = result.get(f"{kind}_file_id")
    if kind not in CACHED_KINDS or file_id is None:
        raise bad_request(f"inline results of type {kind} by URL are not played by the sandbox")
    return call.media(kind, file_id, result) | message_caption(result)


def _button(call: Call) -> dict[str, Any] | None:
    button: dict[str, Any] | None = call.params.get("button")
    if not button or button.get("web_app"):
        return button
    if not START_PARAMETER.fullmatch(str(button.get("start_parameter") or "")):
        raise bad_request("SWITCH_PM_PARAM_INVALID")
    return button
