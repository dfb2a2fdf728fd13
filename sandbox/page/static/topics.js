// The topics of a chat, beside it: all messages, or those of one topic.

import { avatar, h, icon, iconButton } from "./dom.js";
import { t } from "./words.js";

const STATE = /^(\p{Extended_Pictographic})\uFE0F?\s+/u;

/** A mark at the head of a topic's name says how things stand with it. */
export function parted(name) {
  const found = STATE.exec(name);
  return found ? { mark: found[1], name: name.slice(found[0].length) } : { mark: "", name };
}

export class TopicBar {
  /** `acts`: choose(thread or null), make(). */
  constructor(acts) {
    this.acts = acts;
    this.chosen = null;
    this.print = "";
    this.element = h("nav", { class: "topics", hidden: true, "aria-label": t("topics") });
  }

  /** `unread` tells how many are unread in a thread, null: in all. */
  update(topics, unread) {
    if (this.chosen !== null && !topics.some(({ id }) => id === this.chosen)) {
      this.chosen = null;
      this.acts.choose(null);
    }
    this.element.hidden = topics.length === 0;
    const lines = [
      { id: null, name: t("allMessages") },
      ...[...topics].sort((one, other) => other.id - one.id),
    ].map((topic) => ({ ...topic, unread: unread(topic.id) }));
    const print = JSON.stringify([lines, this.chosen]);
    if (print === this.print) return;
    this.print = print;
    this.element.replaceChildren(
      ...lines.map((line) => this.#line(line)),
      iconButton("plus", t("newTopic"), () => this.acts.make(), "topic-new"),
    );
  }

  choose(id) {
    this.chosen = id;
    this.acts.choose(id);
  }

  #line({ id, name, unread }) {
    const { mark, name: plain } = parted(name);
    const picture =
      id === null ? h("span", { class: "avatar all" }, icon("all")) : avatar(lettersOf(plain));
    if (mark) picture.append(h("span", { class: "topic-mark" }, mark));
    if (unread) picture.append(h("span", { class: "badge" }, String(unread)));
    return h(
      "button",
      {
        type: "button",
        class: "topic",
        title: name,
        "aria-pressed": String(id === this.chosen),
        data: { thread: id ?? "all" },
        onclick: () => this.choose(id),
      },
      picture,
      h("span", { class: "topic-name" }, plain),
    );
  }
}

/** Initials come from words, not from quotation marks. */
export const lettersOf = (name) => name.replace(/[«»"“”„]/g, "") || name;
