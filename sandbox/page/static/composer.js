// Where one writes: text, files by button, drop or paste, the message replied to or edited.

import { arrange, h, icon, iconButton } from "./dom.js";
import { InlineOffers } from "./inline.js";
import { summary } from "./media.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

const TALLEST = 160;
const EXAMPLES = ["location", "contact", "poll", "checklist", "rich_message", "paid_media", "dice"];

/** Files chosen for a message, as chips that can be taken away. */
export class FileTray {
  constructor(onChange = () => {}) {
    this.files = [];
    this.onChange = onChange;
    this.element = h("div", { class: "tray", hidden: true });
    this.input = h("input", {
      type: "file",
      multiple: true,
      class: "offscreen",
      tabindex: "-1",
      "aria-hidden": "true",
    });
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
  }

  button() {
    return iconButton("clip", t("attach"), () => this.input.click());
  }

  add(files) {
    this.files.push(...files);
    this.#draw();
  }

  clear() {
    this.files = [];
    this.#draw();
  }

  /** Takes files dropped on `zone` and pasted into `field`. */
  receiveFrom(zone, field) {
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    zone.dataset.drop = t("drop");
    zone.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      zone.classList.add("dropping");
    });
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
    });
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("dropping");
      if (!carries(event)) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
    field.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add([...event.clipboardData.files]);
    });
  }

  #draw() {
    for (const image of this.element.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.element.hidden = this.files.length === 0;
    this.element.replaceChildren(...this.files.map((file) => this.#chip(file)));
    this.onChange();
  }

  #chip(file) {
    const picture = file.type.startsWith("image/");
    const look = picture ? h("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file");
    const remove = iconButton("close", t("cancel"), () => {
      this.files = this.files.filter((each) => each !== file);
      this.#draw();
    });
    return h(
      "span",
      { class: "chip" },
      look,
      h("span", { class: "chip-name" }, file.name),
      remove,
    );
  }
}

/** A textarea as high as its text. */
export function growing(placeholder, rows = 1) {
  const field = h("textarea", { rows: String(rows), placeholder, "aria-label": placeholder });
  field.addEventListener("input", () => fit(field));
  return field;
}

export function fit(field) {
  field.style.height = "auto";
  if (field.scrollHeight) field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
}

/**
 * The foot of a Telegram chat with, or beside, the bot of this username. `deeds`: say(text,
 * replyTo), send(files, caption, replyTo), edit(id, text), example(kind), topic(name), share(key
 * of a reply keyboard, its button), ask(query, offset), choose(result id, replyTo).
 */
export class Composer {
  constructor(username, deeds) {
    this.deeds = deeds;
    this.username = username;
    this.target = null;
    this.editing = false;
    this.field = growing(t("message"));
    this.bar = h("div", { class: "target-bar", hidden: true });
    this.menu = h("div", { class: "command-menu", hidden: true });
    this.keys = h("div", { class: "reply-keys", hidden: true });
    this.offers = new InlineOffers(username, {
      ask: deeds.ask,
      choose: (id) => this.#done(deeds.choose(id, this.target?.message_id ?? null)),
      start: (parameter) => this.#done(deeds.say(`/start ${parameter}`, null)),
    });
    this.naming = false;
    this.tray = new FileTray(() => this.#refresh());
    this.clipButton = iconButton("clip", t("attach"), () => this.#attach());
    this.sendButton = iconButton("send", t("send"), () => this.submit(), "send");
    this.menuButton = h(
      "button",
      { type: "button", class: "slash", title: t("commands"), "aria-label": t("commands") },
      "/",
    );
    this.menuButton.addEventListener("click", () => this.#toggleMenu());
    const line = h(
      "div",
      { class: "composer-line" },
      this.clipButton,
      this.field,
      this.menuButton,
      this.sendButton,
    );
    this.element = h(
      "div",
      { class: "composer" },
      this.menu,
      this.offers.element,
      this.bar,
      this.tray.element,
      line,
      this.keys,
      this.tray.input,
    );
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#refresh());
    this.commands = [];
    this.#refresh();
  }

  /** Shows whom the next message replies to. */
  replyTo(message, placeholder) {
    this.#aim(message, false);
    this.field.placeholder = placeholder || t("message");
    this.field.focus({ preventScroll: true });
  }

  edit(message) {
    this.#aim(message, true);
    this.fill(message.text ?? message.caption ?? "");
  }

  fill(text) {
    this.field.value = text;
    fit(this.field);
    this.#refresh();
    this.field.focus({ preventScroll: true });
  }

  /** Buttons of a reply keyboard: each sends its text. */
  showKeys(rows) {
    this.keys.hidden = !rows?.length;
    const keyOf = (key) => {
      const text = typeof key === "string" ? key : key.text;
      const asks = key.request_chat || key.request_contact;
      const onclick = (event) =>
        asks ? this.deeds.share(key, event.currentTarget) : this.deeds.say(text, null);
      return h("button", { type: "button", class: "key", onclick }, text);
    };
    this.keys.replaceChildren(
      ...(rows ?? []).map((row) => h("div", { class: "key-row" }, row.map(keyOf))),
    );
  }

  async submit() {
    const text = this.field.value.trim();
    const files = this.tray.files;
    if (!text && !files.length) return;
    await this.#done(this.#carry(text, files));
  }

  /** What was written is gone from here, once it is sent. */
  async #done(deed) {
    if (!(await deed)) return;
    this.field.value = "";
    fit(this.field);
    this.tray.clear();
    this.release();
  }

  /** The bot is asked inline, as by a button that says so. */
  askInline(query) {
    this.fill(`@${this.username} ${query}`);
  }

  /** The next line names a new topic. */
  askTopic() {
    this.release();
    this.naming = true;
    this.#showBar("all", t("newTopic"), t("topicName"));
    this.field.placeholder = t("topicName");
    this.field.focus({ preventScroll: true });
  }

  #carry(text, files) {
    const replyTo = this.target?.message_id ?? null;
    if (this.naming) return this.deeds.topic(text);
    if (this.editing) return this.deeds.edit(replyTo, text);
    if (files.length) return this.deeds.send(files, text, replyTo);
    return this.deeds.say(text, replyTo);
  }

  /** A file, or an example of what else Telegram's apps send. */
  #attach() {
    const place = this.element.parentElement;
    const examples = EXAMPLES.map((kind) => ({
      words: t(kind),
      act: () => this.deeds.example(kind),
    }));
    const file = { icon: "file", words: t("files"), act: () => this.tray.input.click() };
    openMenu(place, this.clipButton, [file, ...examples]);
  }

  release() {
    this.naming = false;
    this.target = null;
    this.editing = false;
    this.bar.hidden = true;
    this.field.placeholder = t("message");
    this.#refresh();
  }

  #aim(message, editing) {
    this.naming = false;
    this.target = message;
    this.editing = editing;
    const head = editing ? t("editing") : t("replyTo");
    this.#showBar(editing ? "edit" : "reply", head, summary(message));
  }

  #showBar(symbol, head, more) {
    const words = h(
      "div",
      { class: "target-words" },
      h("strong", {}, head),
      h("span", {}, more),
    );
    const cancel = () => {
      if (this.editing) this.fill("");
      this.release();
    };
    arrange(this.bar, [icon(symbol), words, iconButton("close", t("cancel"), cancel)]);
    this.bar.hidden = false;
  }

  #key(event) {
    if (event.key === "Escape") {
      if (this.editing || this.offers.heeding) this.fill("");
      this.release();
      this.menu.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (this.offers.heeding) this.offers.chooseMarked();
      else this.submit();
    } else if (this.offers.heeding && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      this.offers.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "ArrowUp" && !this.field.value && !this.target) {
      this.deeds.editLast();
    }
  }

  #refresh() {
    const full = this.field.value.trim() !== "" || this.tray.files.length > 0;
    this.offers.heed(this.editing ? "" : this.field.value);
    this.sendButton.disabled = !full || this.offers.heeding;
    this.menuButton.hidden = full;
    if (full) this.menu.hidden = true;
  }

  #toggleMenu() {
    this.menu.hidden = !this.menu.hidden;
    const known = this.commands.length
      ? this.commands
      : [{ command: "start", description: t("start") }];
    const items = known.map(({ command, description }) => {
      const onclick = () => {
        this.menu.hidden = true;
        this.deeds.say(`/${command}`, null);
      };
      return h(
        "button",
        { type: "button", onclick },
        h("strong", {}, `/${command}`),
        h("span", {}, description),
      );
    });
    this.menu.replaceChildren(...items);
  }
}
