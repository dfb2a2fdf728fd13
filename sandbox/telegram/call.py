"""One call of the API in the hands of a method: who, what, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.files import MEDIA_KINDS, StoredFile, Upload, attachment, check_upload
from sandbox.telegram.markup import check_keyboard
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.rights import account_to_change, account_to_write
from sandbox.telegram.threads import thread_to_write
from sandbox.telegram.world import Bot, Chat, Entry, Message, World

CONTENT = frozenset(
    {
        *("text", "entities", "link_preview_options", "caption", "caption_entities"),
        *("location", "venue", "contact", "dice", "poll", "story", "game", "checklist"),
        *("rich_message", "paid_media", "giveaway", "giveaway_winners", "invoice"),
        *MEDIA_KINDS,
    }
)


@dataclass(slots=True, frozen=True)
class Incoming:
    """A request as it came: raw parameters, and the monotonic second it was received at."""

    bot: Bot
    method: str
    given: dict[str, Any]
    uploads: dict[str, Upload]
    at: float

    @property
    def chat_id(self) -> int | None:
        value = self.given.get("chat_id")
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        return value if isinstance(value, int) else None

    @property
    def thread_id(self) -> int | None:
        value = str(self.given.get("message_thread_id") or "")
        return int(value) if value.isdigit() else None

    @property
    def business(self) -> str:
        """The connection it is for, empty for the bot's own chats."""
        return str(self.given.get("business_connection_id") or "")


@dataclass(slots=True)
class Call:
    """`params` are decoded and checked; `uploads` are the file parts of a multipart form."""

    world: World
    bot: Bot
    params: dict[str, Any]
    uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def business(self) -> str:
        """The connection it is for, empty for the bot's own chats."""
        return str(self.params.get("business_connection_id") or "")

    def room(self) -> Chat:
        """The chat of chat_id, to read."""
        return self.world.room(self.bot, self.params["chat_id"])

    def room_to_write(self) -> Chat:
        """The chat of chat_id, or the refusal that forbids writing there."""
        if self.business:
            return account_to_write(self.world, self.bot, self.business, self.params["chat_id"])
        return self.world.room_to_write(self.bot, self.params["chat_id"])

    def room_to_change(self) -> Chat:
        """The chat of chat_id, to change what is there: in an account not bound to 24 hours."""
        if self.business:
            return account_to_change(self.world, self.bot, self.business, self.params["chat_id"])
        return self.world.room_to_write(self.bot, self.params["chat_id"])

    def keyboard(self) -> dict[str, Any] | None:
        markup: dict[str, Any] | None = self.params.get("reply_markup")
        check_keyboard(markup)
        return markup

    def file(self, kind: str, value: Any) -> StoredFile:
        """The file a parameter stands for: an upload (attach://) or an id the bot has seen."""
        text = str(value or "")
        if text.startswith("attach://"):
            upload = self.uploads.get(text.removeprefix("attach://"))
            if upload is None:
                raise bad_request("there is no file in the request to attach")
            check_upload(kind, upload)
            return self.world.files.keep(kind, upload.content, upload.name, upload.mime)
        if text.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self.world.files.find(self.bot.id, text)
        if file.kind != kind:
            raise bad_request(
                f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}"
            )
        return file

    def media(self, kind: str, value: Any, details: dict[str, Any]) -> dict[str, Any]:
        """The message fields of an attachment of this kind."""
        body = attachment(self.file(kind, value), self.bot.id, details)
        if kind == "animation":
            plain = {k: v for k, v in body.items() if k not in ("width", "height", "duration")}
            return {kind: body, "document": plain}
        return {kind: body}

    def send(self, content: dict[str, Any]) -> Message:
        """Post a message of the bot with the thread, reply and keyboard the call asks for.

        In somebody's account it is the owner's message, and comes back to the bot as an update.
        """
        chat = self.room_to_write()
        thread = thread_to_write(self.bot, chat, self.params.get("message_thread_id"))
        reply_to, extra = self._reply(chat)
        markup = self.keyboard()
        if self.params.get("protect_content") is True:
            extra["has_protected_content"] = True
        author, by = self.bot.as_user(), 0
        if chat.owner:
            extra["sender_business_bot"] = author
            author, by = self.world.people[chat.owner].as_user(), self.bot.id
        posted = self.world.post(
            chat,
            author,
            content | extra,
            reply_to=reply_to,
            thread_id=thread,
            markup=markup,
            by=by,
        )
        if chat.owner:
            self.world.publish(chat, "message", posted.message)
        return self.answered(chat, posted.message)

    def answered(self, chat: Chat, message: Message) -> Message:
        """The message as the method returns it."""
        return message | {"business_connection_id": self.business} if chat.owner else message

    def _reply(self, chat: Chat) -> tuple[Entry | None, dict[str, Any]]:
        params = self.params
        given = params.get("reply_parameters")
        if given is None and params.get("reply_to_message_id") is not None:
            given = {
                "message_id": params["reply_to_message_id"],
                "allow_sending_without_reply": params.get("allow_sending_without_reply"),
            }
        if not given:
            return None, {}
        if str(given.get("chat_id") or chat.id) != str(chat.id):
            raise bad_request("replies across chats are not played by the sandbox")
        entry = chat.entries.get(int(given.get("message_id") or 0))
        if entry is None:
            if given.get("allow_sending_without_reply") is True:
                return None, {}
            raise bad_request("message to be replied not found")
        return entry, _quote(entry, given.get("quote"))


def _quote(entry: Entry, quote: str | None) -> dict[str, Any]:
    if not quote:
        return {}
    body = str(entry.message.get("text") or entry.message.get("caption") or "")
    if quote not in body:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": body.index(quote), "is_manual": True}}
