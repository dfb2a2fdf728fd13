// The head of a chat: whom it is with, and what one can do to the whole of it.

import { avatar, h, iconButton } from "./dom.js";
import { openMenu } from "./menu.js";
import { lettersOf, parted } from "./topics.js";
import { t } from "./words.js";

/** `place`: {bot, studio}; `acts`: block(), connect(), removeTopic(). */
export class ChatHead {
  constructor(place, acts) {
    this.place = place;
    this.acts = acts;
    this.picture = h("span", { class: "head-picture" });
    this.title = h("strong");
    this.about = h("span");
    this.more = iconButton("more", t("more"), () => this.#menu());
    this.element = h(
      "header",
      { class: "chat-head" },
      this.picture,
      h("div", { class: "chat-names" }, this.title, this.about),
      this.more,
    );
    this.room = { kind: "bot" };
    this.topic = null;
  }

  /** `topic` is the one that is shown, {id, name}, or null. */
  update(room, topic) {
    this.room = room;
    this.topic = topic;
    const { title, about, name } = this.#words();
    this.picture.replaceChildren(avatar(name));
    this.title.textContent = title;
    this.about.textContent = about;
    this.more.hidden = this.#items().length === 0;
    this.more.classList.toggle("on", this.#off());
  }

  #off = () => this.room.standing === "blocked" || this.room.connected === false;

  #words() {
    const { bot, studio } = this.place;
    const { kind, title } = this.room;
    if (this.topic) {
      const plain = parted(this.topic.name).name;
      return { title: this.topic.name, about: t("topicOf"), name: lettersOf(plain) };
    }
    if (kind === "group") {
      const who = [...(this.room.members ?? []), botWords(this.room)].filter(Boolean);
      return { title, about: who.join(", "), name: title };
    }
    if (kind === "account") {
      const about = this.room.mine
        ? t(this.room.connected ? "ownConnected" : "ownAlone")
        : t("ownOther");
      return { title, about, name: title };
    }
    const name = studio.name.replace(/[«»"]|Студия /g, "");
    return { title: bot.name, about: `@${bot.username} · ${t("bot")}`, name };
  }

  #items() {
    const { kind, mine, connected, standing } = this.room;
    if (this.topic)
      return [{ icon: "trash", words: t("deleteTopic"), act: this.acts.removeTopic, extra: "bad" }];
    if (kind === "bot")
      return [
        {
          icon: "block",
          words: t(standing === "blocked" ? "unblock" : "block"),
          act: this.acts.block,
        },
      ];
    if (kind === "account" && mine)
      return [
        { icon: "block", words: t(connected ? "disconnect" : "connect"), act: this.acts.connect },
      ];
    return [];
  }

  #menu() {
    openMenu(this.element.parentElement, this.more, this.#items());
  }
}

function botWords({ bot, privacy }) {
  if (bot === "administrator") return t("botAdmin");
  if (bot === "member") return t(privacy ? "botPrivate" : "botHere");
  return "";
}
