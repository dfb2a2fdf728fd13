"""Methods about the bot itself and its chats: updates, webhook, commands, names, files."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.stream import LARGEST_BATCH, Update, webhook_from
from sandbox.telegram.world import Bot, Chat

COMMANDS_LIMIT = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
NAMED = {"name": 64, "description": 512, "short_description": 120}


def get_me(call: Call) -> dict[str, Any]:
    return call.bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.bot.privacy,
        "supports_inline_queries": call.bot.inline,
        "can_connect_to_business": True,
        "has_main_web_app": False,
        "has_topics_enabled": call.bot.topics,
        "allows_users_to_create_topics": call.bot.topics,
    }


async def get_updates(call: Call) -> list[Update]:
    params, stream = call.params, call.bot.stream
    stream.allow(params.get("allowed_updates"))
    return await stream.fetch(
        offset=params.get("offset") or 0,
        limit=params.get("limit") or LARGEST_BATCH,
        timeout=params.get("timeout") or 0,
    )


def set_webhook(call: Call) -> bool:
    params, stream = call.params, call.bot.stream
    stream.allow(params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        stream.pending.clear()
    url = params.get("url") or ""
    if not url:
        stream.set_webhook(None)
        return True
    secret, most = params.get("secret_token") or "", params.get("max_connections") or 40
    stream.set_webhook(webhook_from(url, secret, most))
    return True


def delete_webhook(call: Call) -> bool:
    if call.params.get("drop_pending_updates"):
        call.bot.stream.pending.clear()
    call.bot.stream.set_webhook(None)
    return True


def get_webhook_info(call: Call) -> dict[str, Any]:
    stream = call.bot.stream
    info: dict[str, Any] = {
        "url": stream.webhook.url if stream.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(stream.pending),
    }
    if stream.allowed is not None:
        info["allowed_updates"] = sorted(stream.allowed)
    if stream.webhook:
        info["max_connections"] = stream.webhook.max_connections
        if stream.webhook.last_error_at is not None:
            info["last_error_date"] = stream.webhook.last_error_at
            info["last_error_message"] = stream.webhook.last_error
    return info


def answer_callback_query(call: Call) -> bool:
    waiting = call.world.callbacks.get(call.params["callback_query_id"])
    if waiting is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.params.get("text") or "") > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if not waiting.done():
        names = ("text", "show_alert", "url")
        waiting.set_result({name: call.params.get(name) for name in names})
    return True


def get_file(call: Call) -> dict[str, Any]:
    return call.world.files.download(call.bot.id, call.params["file_id"])


def set_commands(call: Call) -> bool:
    commands: list[dict[str, str]] = call.params["commands"]
    if len(commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.settings["commands", *_scope(call)] = commands
    return True


def get_commands(call: Call) -> list[dict[str, Any]]:
    commands: list[dict[str, Any]] = call.bot.settings.get(("commands", *_scope(call)), [])
    return commands


def delete_commands(call: Call) -> bool:
    call.bot.settings.pop(("commands", *_scope(call)), None)
    return True


def set_named(call: Call, what: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription."""
    value = call.params.get(what) or ""
    if len(value) > NAMED[what]:
        raise bad_request(f"{what.replace('_', ' ')} is too long")
    call.bot.settings[what, call.params.get("language_code") or ""] = value
    return True


def get_named(call: Call, what: str) -> dict[str, str]:
    default = call.bot.name if what == "name" else ""
    in_general = call.bot.settings.get((what, ""), default)
    language = call.params.get("language_code") or ""
    return {what: call.bot.settings.get((what, language)) or in_general}


def set_menu_button(call: Call) -> bool:
    key = str(call.params.get("chat_id") or "")
    call.bot.settings["menu_button", key] = call.params.get("menu_button") or {"type": "default"}
    return True


def get_menu_button(call: Call) -> dict[str, Any]:
    settings, key = call.bot.settings, str(call.params.get("chat_id") or "")
    default = settings.get(("menu_button", ""), {"type": "commands"})
    button: dict[str, Any] = settings.get(("menu_button", key), default)
    return button


def done(_call: Call) -> bool:
    """close and logOut have nothing to do here."""
    return True


def commands_for(bot: Bot, chat: Chat, user_id: int, language: str) -> list[dict[str, Any]]:
    """What the menu of commands offers somebody in a chat, the narrowest list that is set.

    https://core.telegram.org/bots/api#determining-list-of-commands
    """
    here, admin = str(chat.id), user_id in chat.admins or user_id == chat.creator
    scopes = [("all_private_chats", "", "")]
    if not chat.private:
        scopes = [("chat_member", here, str(user_id))]
        scopes += [("chat_administrators", here, "")] if admin else []
        scopes += [("chat", here, "")]
        scopes += [("all_chat_administrators", "", "")] if admin else []
        scopes += [("all_group_chats", "", "")]
    else:
        scopes = [("chat", here, ""), *scopes]
    for scope in (*scopes, ("default", "", "")):
        for code in (language, ""):
            found: list[dict[str, Any]] | None = bot.settings.get(("commands", *scope, code))
            if found:
                return found
    return []


def _scope(call: Call) -> tuple[str, ...]:
    scope = call.params.get("scope") or {"type": "default"}
    parts = (str(scope.get(name) or "") for name in ("type", "chat_id", "user_id"))
    return (*parts, call.params.get("language_code") or "")
