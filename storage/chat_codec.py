"""What chats have of their own as JSON and rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inbox.chat_records import Greeting, Suggestion, SuggestionState, Topic
from inbox.model import Account, Handle, InboundMessage, Reference, ReferenceKind
from inbox.records import Answering, ReplyState

Cells = Sequence[Any]


def place_json(one: InboundMessage) -> dict[str, Any]:
    """Only what there is: most messages have none of it."""
    refers = one.refers
    found = {
        "peer": one.peer and [one.peer.kind, one.peer.address],
        "peer_name": one.peer_name,
        "place": one.place and [one.place.kind, one.place.address],
        "passed_on": one.passed_on,
        "refers": refers
        and [refers.kind.value, refers.author, refers.text, refers.quote, refers.external_id],
        "opens": one.opens,
    }
    return {name: value for name, value in found.items() if value}


def place_of(extra: dict[str, Any]) -> dict[str, Any]:
    """Fields of an InboundMessage; older versions stored none of them."""
    peer, place, refers = extra.get("peer"), extra.get("place"), extra.get("refers")
    return {
        "peer": Handle(*peer) if peer else None,
        "peer_name": extra.get("peer_name", ""),
        "place": Handle(*place) if place else None,
        "passed_on": extra.get("passed_on", ""),
        "refers": Reference(ReferenceKind(refers[0]), *refers[1:]) if refers else None,
        "opens": extra.get("opens", ""),
    }


def account_row(one: Account) -> dict[str, Any]:
    return {
        "owner_id": one.owner_id,
        "connection_id": one.connection_id,
        "enabled": one.enabled,
        "can_reply": one.can_reply,
        "at": one.at,
    }


def greeting_row(one: Greeting) -> dict[str, Any]:
    return {
        "message_id": one.message_id,
        "state": one.state.value,
        "text": one.text,
        "at": one.at,
    }


def greeting_of(cells: Cells) -> Greeting:
    """From all columns of the table."""
    message_id, state, text, at = cells
    return Greeting(message_id, ReplyState(state), text, at)


def pair_of(one_id: int, other_id: int) -> str:
    return f"{min(one_id, other_id)}:{max(one_id, other_id)}"


def suggestion_row(one: Suggestion) -> dict[str, Any]:
    """All but the id."""
    return {
        "pair": pair_of(one.contact_id, one.other_id),
        "contact_id": one.contact_id,
        "other_id": one.other_id,
        "reason": one.reason,
        "value": one.value,
        "at": one.at,
        "state": one.state.value,
    }


def suggestion_of(cells: Cells) -> Suggestion:
    """From all columns of the table."""
    id_, _, contact_id, other_id, reason, value, at, state = cells
    return Suggestion(contact_id, other_id, reason, value, at, SuggestionState(state), id_)


def topic_row(one: Topic) -> dict[str, Any]:
    return {
        "account": one.account,
        "chat_id": one.chat_id,
        "client_id": one.client_id,
        "thread_id": one.thread_id,
        "title": one.title,
    }


def topic_of(cells: Cells) -> Topic:
    """From all columns of the table."""
    account, chat_id, client_id, thread_id, title = cells
    return Topic(account, chat_id, thread_id, client_id, title)


def answering_of(cells: Cells) -> Answering | None:
    """None where a left join found nobody."""
    manager_id, name, since = cells
    return None if manager_id is None else Answering(manager_id, name, since)
