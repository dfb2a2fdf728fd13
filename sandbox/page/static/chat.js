// The Telegram chat of one person with the studio's bot.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { arrange, avatar, h, iconButton } from "./dom.js";
import { bubble, serviceRow } from "./message.js";
import { alertBox, copy, failure, toast } from "./notices.js";
import { day, sameDay } from "./time.js";
import { spoken, t } from "./words.js";

const NEAR = 80;

/** `place` tells {bot, studio, hints, onUnread}; `hints` are texts a newcomer may start with. */
export class ChatPane {
  constructor(person, place) {
    this.person = person;
    this.place = place;
    this.messages = [];
    this.rows = new Map();
    this.seen = null;
    this.visible = false;
    this.forced = 0;
    this.#build();
  }

  get unread() {
    if (this.seen === null) return 0;
    return this.messages.filter((message) => !message.out && message.message_id > this.seen)
      .length;
  }

  /** Takes what /api/chat/{person} gave. */
  update({ messages, standing, commands = [] }) {
    const atEnd = this.#nearEnd();
    this.messages = messages;
    this.blocked = standing === "blocked";
    this.composer.commands = commands;
    this.seen ??= this.#newest();
    this.#draw();
    this.#serveMarkup();
    if (atEnd || messages.at(-1)?.out) this.#toEnd();
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

  #build() {
    const { bot, studio } = this.place;
    this.blockButton = iconButton("block", t("block"), () => this.#block());
    const names = h(
      "div",
      { class: "chat-names" },
      h("strong", {}, bot.name),
      h("span", {}, `@${bot.username} · ${t("bot")}`),
    );
    const head = h(
      "header",
      { class: "chat-head" },
      avatar(studio.name.replace(/[«»"]|Студия /g, "")),
      names,
      this.blockButton,
    );
    this.list = h("div", { class: "messages" });
    this.scroller = h("div", { class: "wall", tabindex: "0" }, this.list);
    this.scroller.addEventListener("scroll", () => this.#look());
    new ResizeObserver(() => this.stuck && this.#toEnd()).observe(this.list);
    this.downButton = iconButton("down", t("down"), () => this.#toEnd(true), "to-end");
    this.composer = new Composer({
      say: (text, replyTo) => this.#try(() => api.say(this.person.id, text, replyTo)),
      send: (files, caption, replyTo) =>
        this.#try(() => api.send(this.person.id, files, caption, replyTo)),
      edit: (id, text) => this.#try(() => api.edit(this.person.id, id, text)),
      editLast: () => this.#editLast(),
    });
    const body = h("div", { class: "chat-body" }, this.scroller, this.downButton);
    this.element = h(
      "section",
      { class: "chat", hidden: true, data: { person: this.person.id } },
      head,
      body,
      this.composer.element,
    );
    this.composer.tray.receiveFrom(this.element, this.composer.field);
    this.acts = {
      reply: (message) => this.composer.replyTo(message),
      edit: (message) => this.composer.edit(message),
      press: (message, data) => this.#press(message, data),
      jump: (id) => this.#jump(id),
      follow: (target) => this.#follow(target),
      authorOf: (id) =>
        this.messages.find((each) => each.message_id === id)?.out ? t("you") : bot.name,
      copyText: (text) => copy(text, this.element),
    };
  }

  #draw() {
    const nodes = this.messages.length ? this.#rows() : [this.#empty()];
    if (this.blocked) nodes.push(serviceRow(t("blocked")));
    const words = this.blocked ? t("unblock") : t("block");
    this.blockButton.title = words;
    this.blockButton.setAttribute("aria-label", words);
    this.blockButton.classList.toggle("on", this.blocked);
    arrange(this.list, nodes);
  }

  #rows() {
    const groups = albums(this.messages);
    const rows = new Map();
    const nodes = [];
    groups.forEach((group, index) => {
      const at = group[0].date * 1000;
      const before = groups[index - 1]?.[0];
      if (!before || !sameDay(before.date * 1000, at))
        nodes.push(
          this.#kept(rows, `day ${group[0].message_id}`, day(at), () => serviceRow(day(at))),
        );
      const last = groups[index + 1]?.[0].out !== group[0].out;
      const key = group[0].message_id;
      const print = JSON.stringify([group, last, spoken()]);
      nodes.push(this.#kept(rows, key, print, () => bubble(group, { last, acts: this.acts })));
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
    this.composer.showKeys(markup.keyboard);
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
      const { text, show_alert: alert } = await api.press(
        this.person.id,
        message.message_id,
        data,
      );
      if (text && alert) alertBox(text);
      else if (text) toast(this.element, text);
    } catch (error) {
      failure(this.element, error);
    }
  }

  #editLast() {
    const mine = this.messages
      .filter((message) => message.out && (message.text || message.caption))
      .at(-1);
    if (mine) this.composer.edit(mine);
  }

  #block() {
    this.#try(() => api.block(this.person.id, !this.blocked));
  }

  /** A command is sent; a deep link to this very bot opens here, as in Telegram. */
  #follow({ command, url, event }) {
    if (command) {
      this.#try(() => api.say(this.person.id, command, null));
      return;
    }
    const link = new URL(url);
    const start = link.searchParams.get("start");
    if (
      !/^(t|telegram)\.me$/.test(link.hostname) ||
      link.pathname.slice(1) !== this.place.bot.username
    )
      return;
    event.preventDefault();
    this.#try(() => api.say(this.person.id, `/start ${start ?? ""}`.trim(), null));
  }

  #jump(id) {
    const row = [...this.list.children].find((node) =>
      node.dataset.ids?.split(" ").includes(String(id)),
    );
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    row.classList.remove("flash");
    requestAnimationFrame(() => row.classList.add("flash"));
  }

  #newest = () => this.messages.at(-1)?.message_id ?? 0;

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
    if (this.visible && this.stuck && this.element.offsetParent) this.seen = this.#newest();
    this.downButton.dataset.unread = this.unread || "";
    this.place.onUnread();
  }
}

/** Messages as they are shown: those of one album together. */
function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const group = groups.at(-1);
    if (message.media_group_id && group?.[0].media_group_id === message.media_group_id)
      group.push(message);
    else groups.push([message]);
  }
  return groups;
}
