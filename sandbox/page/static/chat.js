// A Telegram chat of one person: with the studio's bot, in a group, or in somebody's own account.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { arrange, h, iconButton } from "./dom.js";
import { ChatHead } from "./head.js";
import { openMenu } from "./menu.js";
import { bubble, serviceRow } from "./message.js";
import { alertBox, copy, failure, toast } from "./notices.js";
import { albums, authorOf, jump, menuOf, quieted, startOf } from "./rows.js";
import { day, sameDay } from "./time.js";
import { TopicBar } from "./topics.js";
import { example, spoken, t } from "./words.js";

const NEAR = 80;

/**
 * `room` is one of the person's. `place` tells {bot, studio, empty, hints, onUnread, onDeed};
 * `hints` are texts a newcomer may start with.
 */
export class ChatPane {
  constructor(person, room, place) {
    this.person = person;
    this.room = room;
    this.seat = { person: person.id, room: room.key };
    this.place = place;
    this.all = [];
    this.topics = [];
    this.thread = null;
    this.rows = new Map();
    this.seen = null;
    this.seenIn = new Map();
    this.visible = false;
    this.forced = 0;
    this.#build();
  }

  get unread() {
    return this.#unreadIn(null);
  }

  /** Takes what /api/chat/{person} gave. */
  update({ messages, room }) {
    const atEnd = this.#nearEnd();
    this.all = messages;
    this.topics = room.topics ?? [];
    this.blocked = room.standing === "blocked";
    this.room = { ...this.room, ...room };
    this.composer.commands = room.commands ?? [];
    this.seen ??= this.all.at(-1)?.message_id ?? 0;
    this.#draw();
    this.#serveMarkup();
    if (atEnd || this.messages.at(-1)?.out) this.#toEnd();
    this.#look();
  }

  /** Draws again: another day has come, and "Today" is yesterday. */
  redraw() {
    this.#draw();
  }

  show(visible) {
    this.visible = visible;
    this.element.hidden = !visible;
    if (visible) {
      this.#toEnd();
      this.#look();
    }
  }

  /** What is in sight: all but the renaming of topics, or one topic's messages. */
  get messages() {
    if (this.thread === null)
      return this.all.filter(({ service }) => service?.kind !== "forum_topic_edited");
    return this.all.filter(({ message_thread_id: thread }) => thread === this.thread);
  }

  #build() {
    const { bot } = this.place;
    this.head = new ChatHead(this.place, {
      block: () => this.#try(() => api.block(this.seat, !this.blocked)),
      connect: () => this.#try(() => api.connect(this.seat, !this.room.connected)),
      removeTopic: () => this.#try(() => api.topic(this.seat, { delete: this.thread })),
    });
    this.bar = new TopicBar({
      choose: (thread) => this.#choose(thread),
      make: () => this.composer.askTopic(),
    });
    this.list = h("div", { class: "messages" });
    this.scroller = h("div", { class: "wall", tabindex: "0" }, this.list);
    this.scroller.addEventListener("scroll", () => this.#look());
    new ResizeObserver(() => this.stuck && this.#toEnd()).observe(this.list);
    this.downButton = iconButton("down", t("down"), () => this.#toEnd(true), "to-end");
    this.composer = new Composer(bot.username, {
      say: (text, replyTo) => this.#try(() => api.say(this.seat, text, replyTo, this.thread)),
      send: (files, caption, replyTo) =>
        this.#try(() => api.send(this.seat, files, caption, replyTo, this.thread)),
      edit: (id, text) => this.#try(() => api.edit(this.seat, id, text)),
      editLast: () => this.#editLast(),
      example: (kind) => this.#try(() => api.kind(this.seat, kind, example(kind), this.thread)),
      topic: (name) => this.#makeTopic(name),
      share: (asked) => this.#share(asked),
      ask: (query, offset) => this.#ask(query, offset),
      choose: (id, replyTo) =>
        this.#try(() => api.choose(this.seat, id, replyTo, this.thread)),
    });
    const body = h(
      "div",
      { class: "chat-body" },
      this.bar.element,
      this.scroller,
      this.downButton,
    );
    this.element = h(
      "section",
      { class: "chat", hidden: true, data: { person: this.person.id, room: this.room.kind } },
      this.head.element,
      body,
      this.composer.element,
    );
    this.composer.tray.receiveFrom(this.element, this.composer.field);
    this.acts = {
      reply: (message) => this.composer.replyTo(message),
      more: (messages, anchor) => this.#menuOf(messages, anchor),
      press: (message, data) => this.#press(message, data),
      askInline: (query) => this.composer.askInline(query),
      jump: (id) => jump(this.list, id),
      follow: (target) => this.#follow(target),
      authorOf: (message) => this.#authorOf(message),
      named: this.room.kind === "group",
      copyText: (text) => copy(text, this.element),
    };
  }

  #draw() {
    const nodes = this.messages.length ? this.#rows() : [this.#empty()];
    if (this.blocked) nodes.push(serviceRow(t("blocked")));
    this.head.update(this.room, this.topics.find(({ id }) => id === this.thread) ?? null);
    arrange(this.list, nodes);
  }

  #rows() {
    const groups = albums(quieted(this.messages));
    const rows = new Map();
    const nodes = [];
    groups.forEach((group, index) => {
      const at = group[0].date * 1000;
      const before = groups[index - 1]?.[0];
      if (!before || !sameDay(before.date * 1000, at))
        nodes.push(
          this.#kept(rows, `day ${group[0].message_id}`, day(at), () => serviceRow(day(at))),
        );
      const last = authorOf(groups[index + 1]) !== authorOf(group);
      const first = authorOf(groups[index - 1]) !== authorOf(group);
      const key = group[0].message_id;
      const print = JSON.stringify([group, first, last, spoken()]);
      const make = () => bubble(group, { first, last, acts: this.acts });
      nodes.push(this.#kept(rows, key, print, make));
    });
    this.rows = rows;
    return nodes;
  }

  #kept(rows, key, print, make) {
    const old = this.rows.get(key);
    const row = old?.print === print ? old : { print, node: make() };
    if (!old && this.seen !== null && this.rows.size) row.node.classList.add("fresh");
    rows.set(key, row);
    return row.node;
  }

  #empty() {
    const box = h("div", { class: "empty" }, h("p", {}, this.place.empty));
    const hints = this.place.hints.map((text) =>
      h(
        "button",
        { type: "button", class: "hint-text", onclick: () => this.composer.fill(text) },
        text,
      ),
    );
    box.append(...hints);
    return box;
  }

  /** Force-reply and reply keyboards of the bot's newest message. */
  #serveMarkup() {
    const newest = this.messages.filter((message) => !message.out).at(-1);
    const markup = newest?.reply_markup ?? {};
    const marked = this.all.filter(({ reply_markup: keys }) => keys && !keys.inline_keyboard);
    this.composer.showKeys(marked.at(-1)?.reply_markup.keyboard);
    if (markup.force_reply && newest === this.messages.at(-1) && newest.message_id > this.forced) {
      this.forced = newest.message_id;
      this.composer.replyTo(newest, markup.input_field_placeholder);
    }
  }

  async #try(deed) {
    try {
      await deed();
      this.place.onDeed?.(this.person);
      return true;
    } catch (error) {
      failure(this.element, error);
      return false;
    }
  }

  async #press(message, data) {
    try {
      const { text, show_alert: alert } = await api.press(this.seat, message.message_id, data);
      if (text && alert) alertBox(text);
      else if (text) toast(this.element, text);
    } catch (error) {
      failure(this.element, error);
    }
  }

  /** What the bot offers; null where it says nothing, as to strangers. */
  async #ask(query, offset) {
    try {
      return await api.inline(this.seat, query, offset);
    } catch {
      return null;
    }
  }

  #editLast() {
    const mine = this.messages
      .filter((message) => message.out && (message.text || message.caption))
      .at(-1);
    if (mine) this.composer.edit(mine);
  }

  #menuOf(messages, anchor) {
    const items = menuOf(messages, this.person, this.room, {
      react: (id, emoji) => this.#try(() => api.react(this.seat, id, emoji)),
      reply: (message) => this.composer.replyTo(message),
      edit: (message) => this.composer.edit(message),
      forward: (ids, to) => this.#try(() => api.forward(this.seat, ids, to)),
      remove: (ids) => this.#try(() => api.remove(this.seat, ids)),
    });
    openMenu(this.element, anchor, items);
  }

  #choose(thread) {
    this.thread = thread;
    this.#draw();
    this.composer.release();
    this.#toEnd();
    this.#look();
  }

  async #makeTopic(name) {
    try {
      const { thread } = await api.topic(this.seat, { name });
      this.topics = [...this.topics, { id: thread, name }];
      this.bar.choose(thread);
      return true;
    } catch (error) {
      failure(this.element, error);
      return false;
    }
  }

  /** A button of the reply keyboard asks for a group or for the own contact. */
  #share({ request_chat: asked }, anchor) {
    const groups = this.person.rooms.filter(({ kind }) => kind === "group");
    if (!asked) {
      this.#try(() => api.share(this.seat, {}));
      return;
    }
    openMenu(
      this.element,
      anchor,
      groups.map(({ key, title }) => ({
        icon: "all",
        words: title,
        act: () =>
          this.#try(() =>
            api.share(this.seat, {
              chat_id: Number(key.slice("group:".length)),
              request_id: asked.request_id,
            }),
          ),
      })),
    );
  }

  #authorOf({ message_id: id, author }) {
    const known = this.all.find((each) => each.message_id === id);
    if (known?.out) return t("you");
    return known?.author.name ?? author?.name ?? this.place.bot.name;
  }

  /** A command is sent; a deep link to this very bot opens here, as in Telegram. */
  #follow({ command, url, event }) {
    if (command) {
      this.#try(() => api.say(this.seat, command, null, this.thread));
      return;
    }
    const start = startOf(url, this.place.bot.username);
    if (start === null) return;
    event.preventDefault();
    this.#try(() => api.say(this.seat, `/start ${start}`.trim(), null));
  }

  #unreadIn(thread) {
    if (this.seen === null) return 0;
    const fresh = (message) =>
      !message.out &&
      !message.service &&
      message.message_id >
        Math.max(this.seen, this.seenIn.get(message.message_thread_id ?? 0) ?? 0);
    return this.all.filter(
      (message) =>
        fresh(message) && (thread === null || (message.message_thread_id ?? 0) === thread),
    ).length;
  }

  /** What is in sight was read: all of it, or that of one topic. */
  #markRead() {
    const newest = this.messages.at(-1)?.message_id ?? 0;
    if (this.thread === null) this.seen = newest;
    else this.seenIn.set(this.thread, newest);
  }

  #nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd(smooth = false) {
    this.stuck = true;
    this.scroller.scrollTo({
      top: this.scroller.scrollHeight,
      behavior: smooth ? "smooth" : "instant",
    });
  }

  /** What is in sight is read. */
  #look() {
    this.stuck = this.#nearEnd();
    this.downButton.hidden = this.stuck;
    if (this.visible && this.stuck && this.element.offsetParent) this.#markRead();
    this.downButton.dataset.unread = this.#unreadIn(this.thread) || "";
    this.bar.update(this.topics, (thread) => this.#unreadIn(thread));
    this.place.onUnread();
  }
}
