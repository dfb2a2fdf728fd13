// The mailbox of one client: threads, the reading pane, writing and answering.

import { api } from "./api.js";
import { arrange, h, icon, iconButton } from "./dom.js";
import { FileTray, growing } from "./composer.js";
import { mailView, parted } from "./mail.js";
import { failure } from "./notices.js";
import { brief } from "./time.js";
import { spoken, t } from "./words.js";

/** `place` tells {studio, onUnread}. */
export class MailPane {
  constructor(client, place) {
    this.client = client;
    this.place = place;
    this.threads = [];
    this.seen = null;
    this.opened = null;
    this.writing = false;
    this.drawn = new Map();
    this.drafts = new Map();
    this.#build();
  }

  get unread() {
    return this.threads.filter((thread) => this.#isUnread(thread)).length;
  }

  /** Takes what /api/mail/{address} gave. */
  update({ threads }) {
    const followed = this.opened && this.opened.startsWith("new:");
    this.threads = [...threads].sort((one, other) => newest(other) - newest(one));
    this.seen ??= new Set(this.threads.flatMap((thread) => thread.mails.map(keyOf)));
    if (followed || !this.#thread())
      this.opened = this.threads[0] ? rootOf(this.threads[0]) : null;
    this.#draw();
  }

  /** Draws again: another day has come, and "Today" is yesterday. */
  redraw() {
    this.drawn.clear();
    this.#draw();
  }

  show(visible) {
    this.visible = visible;
    this.element.hidden = !visible;
    if (visible) this.#draw();
  }

  #build() {
    const write = h(
      "button",
      { type: "button", class: "primary", onclick: () => this.#startWriting() },
      icon("edit"),
      t("write"),
    );
    const head = h(
      "header",
      { class: "mail-head" },
      icon("mail"),
      h("strong", {}, this.client.email),
      write,
    );
    this.list = h("div", { class: "threads", role: "listbox" });
    this.pane = h("div", { class: "reading" });
    this.element = h(
      "section",
      { class: "mailbox", hidden: true, data: { address: this.client.email } },
      head,
      this.list,
      this.pane,
    );
  }

  #thread = () => this.threads.find((thread) => rootOf(thread) === this.opened);

  #isUnread = (thread) =>
    thread.mails.some((mail) => !this.#mine(mail) && !this.seen.has(keyOf(mail)));

  #mine = (mail) => mail.from.address === this.client.email;

  #draw() {
    const thread = this.#thread();
    if (this.visible && this.element.offsetParent && thread && !this.writing) {
      for (const mail of thread.mails) this.seen.add(keyOf(mail));
    }
    this.list.hidden = this.threads.length === 0;
    this.list.replaceChildren(...this.threads.map((each) => this.#line(each)));
    if (this.writing) arrange(this.pane, [this.form]);
    else arrange(this.pane, thread ? this.#reading(thread) : [this.#empty()]);
    this.place.onUnread();
  }

  #line(thread) {
    const mail = thread.mails.at(-1);
    const who = this.#mine(mail)
      ? `${t("me")} → ${mail.to.join(", ")}`
      : mail.from.name || mail.from.address;
    const number =
      thread.mails.length > 1
        ? h("span", { class: "thread-count" }, String(thread.mails.length))
        : null;
    const top = h(
      "span",
      { class: "thread-top" },
      h("span", { class: "thread-who" }, who),
      number,
      h("time", {}, brief(Date.parse(mail.sent_at))),
    );
    const subject = h("span", { class: "thread-subject" }, thread.subject || t("noSubject"));
    const words = h(
      "span",
      { class: "thread-words" },
      parted(mail.text).said.replace(/\s+/g, " ").slice(0, 120),
    );
    const clip = thread.mails.some((each) => each.files.length) ? icon("clip") : null;
    const opened = rootOf(thread) === this.opened && !this.writing;
    const look = `thread${opened ? " opened" : ""}${this.#isUnread(thread) ? " unread" : ""}`;
    const onclick = () => {
      this.opened = rootOf(thread);
      this.writing = false;
      this.#draw();
      this.pane.scrollTop = this.pane.scrollHeight;
    };
    return h(
      "button",
      { type: "button", class: look, role: "option", "aria-selected": String(opened), onclick },
      top,
      h("span", { class: "thread-line" }, subject, words, clip),
    );
  }

  #reading(thread) {
    const head = this.#kept(`head ${rootOf(thread)}`, () =>
      h("h3", {}, thread.subject || t("noSubject")),
    );
    const mails = thread.mails.map((mail) =>
      this.#kept(`${keyOf(mail)} ${spoken()}`, () =>
        mailView(mail, { address: this.client.email, mine: this.#mine(mail) }),
      ),
    );
    const last = thread.mails.at(-1);
    if (this.lastShown !== keyOf(last))
      requestAnimationFrame(() => this.pane.scrollTo({ top: this.pane.scrollHeight }));
    this.lastShown = keyOf(last);
    return [head, ...mails, this.#answer(thread)];
  }

  #kept(key, make) {
    if (!this.drawn.has(key)) this.drawn.set(key, make());
    return this.drawn.get(key);
  }

  #empty() {
    return h(
      "div",
      { class: "empty" },
      icon("mail"),
      h("p", {}, t("emptyMail")),
      h("p", { class: "quiet" }, t("emptyMailMore")),
    );
  }

  /** The answer's field under a thread; what is typed there stays when another thread is looked at. */
  #answer(thread) {
    const root = rootOf(thread);
    if (!this.drafts.has(root)) {
      const field = growing(t("replyMail"), 1);
      field.classList.add("answer-text");
      const tray = new FileTray();
      const send = () => {
        const last = this.#thread().mails.at(-1);
        const theirs = this.#thread()
          .mails.filter((mail) => !this.#mine(mail))
          .at(-1);
        const to = theirs?.from.address ?? last.to[0];
        return this.#send(
          { to, subject: "", text: field.value, in_reply_to: (theirs ?? last).id },
          field,
          tray,
        );
      };
      this.drafts.set(root, this.#sheet([], field, tray, send, "answer"));
    }
    return this.drafts.get(root);
  }

  #startWriting() {
    const to = h("input", {
      type: "email",
      value: this.place.studio.address,
      "aria-label": t("to"),
      name: "to",
    });
    const subject = h("input", {
      type: "text",
      "aria-label": t("subject"),
      placeholder: t("subject"),
      name: "subject",
    });
    const field = growing(t("text"), 7);
    const tray = new FileTray();
    const send = () =>
      this.#send({ to: to.value, subject: subject.value, text: field.value }, field, tray);
    const close = iconButton("close", t("cancel"), () => this.#stopWriting());
    const lines = [
      h("div", { class: "sheet-head" }, h("strong", {}, t("newMail")), close),
      h("label", {}, h("span", {}, t("to")), to),
      h("label", {}, h("span", {}, t("subject")), subject),
    ];
    this.form = this.#sheet(lines, field, tray, send, "letter");
    this.writing = true;
    this.#draw();
    subject.focus();
  }

  #stopWriting() {
    this.writing = false;
    this.#draw();
  }

  #sheet(lines, field, tray, send, look) {
    const button = h("button", { type: "submit", class: "primary" }, icon("send"), t("sendMail"));
    const foot = h(
      "div",
      { class: "sheet-foot" },
      tray.button(),
      h("span", { class: "spring" }),
      button,
    );
    const sheet = h(
      "form",
      { class: `sheet ${look}` },
      lines,
      field,
      tray.element,
      foot,
      tray.input,
    );
    sheet.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      await send();
      button.disabled = false;
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sheet.requestSubmit();
    });
    tray.receiveFrom(sheet, field);
    return sheet;
  }

  async #send(fields, field, tray) {
    if (!fields.text.trim() && !tray.files.length) return field.focus();
    try {
      await api.write(this.client.email, fields, tray.files);
    } catch (error) {
      return failure(this.element, error);
    }
    field.value = "";
    tray.clear();
    if (this.writing) this.opened = "new:";
    this.writing = false;
    this.place.onDeed?.(this.client);
    this.update(await api.mail(this.client.email));
  }
}

const newest = (thread) => Date.parse(thread.mails.at(-1).sent_at);
const keyOf = (mail) => mail.id;
const rootOf = (thread) => keyOf(thread.mails[0]);
