// The page's only door to the sandbox's HTTP API.

/** What the API said when it refused. */
export class Refused extends Error {}

async function call(path, options = {}) {
  const answer = await fetch(path, options);
  const text = await answer.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { error: text };
  }
  if (!answer.ok) throw new Refused(body.error ?? `${answer.status} ${answer.statusText}`);
  return body;
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

function form(fields, files) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== "") data.append(name, String(value));
  }
  for (const file of files) data.append("files", file, file.name);
  return { method: "POST", body: data };
}

/** The address of a seat's chat: `seat` tells {person, room}. */
const chat = ({ person, room }, deed = "") =>
  `/api/chat/${person}${deed && `/${deed}`}?room=${encodeURIComponent(room)}`;
const mailbox = (address) => `/api/mail/${encodeURIComponent(address)}`;

export const api = {
  state: () => call("/api/state"),
  chat: (seat) => call(chat(seat)),
  say: (seat, text, replyTo, thread) =>
    post(chat(seat, "say"), { text, reply_to: replyTo, thread }),
  send: (seat, files, caption, replyTo, thread) =>
    call(chat(seat, "send"), form({ caption, reply_to: replyTo, thread }, files)),
  kind: (seat, kind, details, thread) => post(chat(seat, "kind"), { kind, details, thread }),
  press: (seat, messageId, data) => post(chat(seat, "press"), { message_id: messageId, data }),
  inline: (seat, query, offset) => post(chat(seat, "inline"), { query, offset }),
  choose: (seat, resultId, replyTo, thread) =>
    post(chat(seat, "choose"), { result_id: resultId, reply_to: replyTo, thread }),
  edit: (seat, messageId, text) => post(chat(seat, "edit"), { message_id: messageId, text }),
  remove: (seat, messageIds) => post(chat(seat, "delete"), { message_ids: messageIds }),
  react: (seat, messageId, emoji) => post(chat(seat, "react"), { message_id: messageId, emoji }),
  forward: (seat, messageIds, to) => post(chat(seat, "forward"), { message_ids: messageIds, to }),
  block: (seat, blocked) => post(chat(seat, "block"), { blocked }),
  connect: (seat, connected) => post(chat(seat, "connect"), { connected }),
  share: (seat, what) => post(chat(seat, "share"), what),
  topic: (seat, what) => post(chat(seat, "topic"), what),
  mail: (address) => call(mailbox(address)),
  write: (address, fields, files) => call(mailbox(address), form(fields, files)),
  raw: (address, id) => `${mailbox(address)}/raw/${encodeURIComponent(id)}`,
  clock: (turn) => post("/api/clock", turn),
};

/** Hands every event to `onEvent`; `onState(true|false)` says whether the line is up. */
export function listen(onEvent, onState) {
  const source = new EventSource("/api/events");
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
}

/** Runs `load` for a key at once, and once more if it is asked for meanwhile. */
export function coalesced(load) {
  const running = new Map();
  return async function run(key) {
    if (running.has(key)) {
      running.set(key, true);
      return;
    }
    do {
      running.set(key, false);
      try {
        await load(key);
      } catch (error) {
        running.delete(key);
        throw error;
      }
    } while (running.get(key));
    running.delete(key);
  };
}
