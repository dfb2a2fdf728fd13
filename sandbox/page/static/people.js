// Tabs of people: who is played on a side, and what they have not read.

import { avatar, badge, h } from "./dom.js";
import { t } from "./words.js";

/** One side of the page: `role` is client, manager or head; panes are made by `makePanes`. */
export class Side {
  constructor(role, people, makePanes, onUnread) {
    this.role = role;
    this.people = people;
    this.onUnread = onUnread;
    this.seats = people.map((person) => ({ person, panes: makePanes(person), badge: badge(0) }));
    this.mode = "telegram";
    this.#build();
    this.choose(people[0].id);
  }

  get unread() {
    return this.seats.reduce((sum, seat) => sum + unreadOf(seat), 0);
  }

  choose(id, mode = this.mode) {
    this.chosen = id;
    this.mode = mode;
    this.look();
  }

  /** Shows what is chosen if the side itself is in sight, and counts anew. */
  look() {
    if (!(this.mode in this.#seat().panes)) this.mode = "telegram";
    const inSight = this.element.offsetParent !== null;
    for (const { person, panes, tab, switch: modes } of this.seats) {
      const chosen = person.id === this.chosen;
      tab.setAttribute("aria-selected", String(chosen));
      if (chosen) this.name.textContent = fullName(person);
      if (modes) modes.hidden = !chosen;
      for (const [mode, pane] of Object.entries(panes)) {
        const visible = chosen && mode === this.mode;
        if (pane.element.hidden === visible || (visible && inSight && !pane.inSight))
          pane.show(visible);
        pane.inSight = visible && inSight;
      }
    }
    this.count();
  }

  count() {
    for (const seat of this.seats) setBadge(seat.badge, unreadOf(seat));
    const { panes, switches } = this.#seat();
    for (const [mode, { button, mark }] of Object.entries(switches)) {
      button.setAttribute("aria-pressed", String(mode === this.mode));
      setBadge(mark, panes[mode].unread);
    }
    this.onUnread();
  }

  #seat = () => this.seats.find((seat) => seat.person.id === this.chosen) ?? this.seats[0];

  #build() {
    for (const seat of this.seats) {
      seat.tab = this.#tab(seat);
      seat.switches = {};
      seat.switch = this.#switch(seat);
    }
    const tabs = h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": t(this.role) },
      this.seats.map((seat) => seat.tab),
    );
    this.name = h("span", { class: "side-name" });
    const top = h(
      "div",
      { class: "side-top" },
      h("h2", {}, t(this.role)),
      this.name,
      this.seats.map((seat) => seat.switch),
    );
    const panes = this.seats.flatMap((seat) =>
      Object.values(seat.panes).map((pane) => pane.element),
    );
    this.element = h(
      "section",
      { class: `side ${this.role}`, data: { side: this.role } },
      top,
      tabs,
      h("div", { class: "panes" }, panes),
    );
  }

  #tab({ person, badge: mark }) {
    const [first] = person.name.split(" ");
    const props = {
      type: "button",
      class: "tab",
      role: "tab",
      title: fullName(person),
      data: { person: person.id },
    };
    const onclick = () => this.choose(person.id);
    return h(
      "button",
      { ...props, onclick },
      avatar(person.name, "small"),
      h("strong", {}, first),
      mark,
    );
  }

  #switch({ panes, switches }) {
    const modes = Object.keys(panes);
    if (modes.length < 2) return null;
    const buttons = modes.map((mode) => {
      const mark = badge(0);
      const props = {
        type: "button",
        title: panes[mode].called ?? "",
        data: { mode },
        onclick: () => this.choose(this.chosen, mode),
      };
      const button = h("button", props, t(mode), mark);
      switches[mode] = { button, mark };
      return button;
    });
    return h("div", { class: "switch modes", role: "group", hidden: true }, buttons);
  }
}

/** A stranger is nobody's client yet. */
const fullName = (person) =>
  [person.name, person.company, person.known === false ? t("stranger") : ""]
    .filter(Boolean)
    .join(" · ");

const unreadOf = ({ panes }) => Object.values(panes).reduce((sum, pane) => sum + pane.unread, 0);

export function setBadge(mark, number) {
  mark.hidden = number === 0;
  mark.textContent = String(number);
}
