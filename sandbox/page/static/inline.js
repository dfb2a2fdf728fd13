// Inline mode: what the bot offers somebody who types its name and a word.

import { h } from "./dom.js";
import { t } from "./words.js";

const PAUSE = 250;
const NEAR = 60;

/**
 * The list above a composer. `deeds`: ask(query, offset) gives {results, next_offset, button},
 * choose(result id), start(parameter of a deep link).
 */
export class InlineOffers {
  constructor(username, deeds) {
    this.start = `@${username} `.toLowerCase();
    this.deeds = deeds;
    this.query = null;
    this.asked = 0;
    this.element = h("div", { class: "inline-offers", role: "listbox", hidden: true });
    this.element.addEventListener("scroll", () => this.#further());
  }

  /** Whether the text asks the bot: it is no message then. */
  get heeding() {
    return this.query !== null;
  }

  /** Takes what is in the field. */
  heed(text) {
    const query = text.toLowerCase().startsWith(this.start)
      ? text.slice(this.start.length).trim()
      : null;
    if (query === this.query) return;
    this.query = query;
    this.asked += 1;
    clearTimeout(this.waiting);
    if (query === null) this.#show([], null);
    else this.waiting = setTimeout(() => this.#ask(""), PAUSE);
  }

  /** Chooses what is marked, as Enter does. */
  chooseMarked() {
    this.element.querySelector("[aria-selected=true]")?.click();
  }

  /** Marks the next, or the one before. */
  move(step) {
    const offers = [...this.element.querySelectorAll("[role=option]")];
    if (!offers.length) return;
    const at = offers.findIndex((offer) => offer.ariaSelected === "true");
    const next = offers[(at + step + offers.length) % offers.length];
    this.#mark(next);
    next.scrollIntoView({ block: "nearest" });
  }

  async #ask(offset) {
    const asked = (this.asked += 1);
    const offered = await this.deeds.ask(this.query, offset);
    if (asked !== this.asked) return;
    this.next = offered?.next_offset ?? "";
    if (!offered) this.#show([], null);
    else if (offset) this.#add(offered.results);
    else this.#show(offered.results, offered.button);
  }

  #further() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    if (!this.next || scrollHeight - scrollTop - clientHeight > NEAR) return;
    const offset = this.next;
    this.next = "";
    this.#ask(offset);
  }

  #show(results, button) {
    this.element.replaceChildren();
    if (button)
      this.element.append(
        h(
          "button",
          {
            type: "button",
            class: "inline-start",
            onclick: () => this.deeds.start(button.start_parameter),
          },
          button.text,
        ),
      );
    this.#add(results);
    if (this.heeding && !results.length)
      this.element.append(h("p", { class: "inline-none" }, t("nothing")));
    this.element.hidden = !this.heeding;
    this.element.scrollTop = 0;
  }

  #add(results) {
    this.element.append(...results.map((result) => this.#offer(result)));
    const first = this.element.querySelector("[role=option]");
    if (first && !this.element.querySelector("[aria-selected=true]")) this.#mark(first);
  }

  #offer({ id, title, description, caption }) {
    const props = {
      type: "button",
      role: "option",
      class: "inline-offer",
      onclick: () => this.deeds.choose(id),
    };
    return h(
      "button",
      props,
      h("strong", {}, title ?? caption ?? ""),
      description ? h("span", {}, description) : null,
    );
  }

  #mark(offer) {
    for (const one of this.element.querySelectorAll("[role=option]"))
      one.ariaSelected = String(one === offer);
  }
}
