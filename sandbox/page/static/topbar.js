// The top of the page: the clock with its speeds and jumps, the hints for a first visit.

import { api } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { failure } from "./notices.js";
import { hours, longDate, now, seconds, setClock, speed, weekday } from "./time.js";
import { t } from "./words.js";

const SPEEDS = [1, 60, 180]; // faster, alerts would come a minute late: the product looks each 0.25 s
const JUMPS = [
  ["minutes15", { jump_seconds: 900 }],
  ["hour", { jump_seconds: 3600 }],
  ["closing", { to: "before_closing" }],
  ["morning", { to: "next_morning" }],
];
const HIDDEN = "okno.hints.hidden";

/** What the visitor's browser remembers; nothing, where it may not. */
export const memory = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Private windows may refuse: then the page forgets.
    }
  },
};

/** The head of the page; `onLanguage` is called for the other language. */
export class TopBar {
  constructor(studio, { onLanguage, onSped }) {
    this.onSped = onSped;
    this.date = h("div", { class: "clock-date" });
    this.time = h("div", { class: "clock-time" });
    this.state = h("div", { class: "clock-state" });
    this.speeds = SPEEDS.map((factor) =>
      h(
        "button",
        { type: "button", data: { speed: factor }, onclick: () => this.#turn({ speed: factor }) },
        `${factor}×`,
      ),
    );
    const jumps = JUMPS.map(([name, turn]) => {
      const props = {
        type: "button",
        data: { jump: name },
        title: { closing: t("closingMore"), morning: t("morningMore") }[name] ?? t("jump"),
      };
      return h("button", { ...props, onclick: () => this.#turn(turn) }, t(name));
    });
    const clock = h(
      "div",
      { class: "clock" },
      this.time,
      h("div", { class: "clock-words" }, this.date, this.state),
    );
    const turns = h(
      "div",
      { class: "turns" },
      h("div", { class: "switch speeds", role: "group", "aria-label": t("speed") }, this.speeds),
      h("div", { class: "jumps", role: "group", "aria-label": t("jump") }, jumps),
    );
    const name = h(
      "div",
      { class: "brand" },
      icon("okno"),
      h("div", {}, h("strong", {}, t("brand")), h("span", {}, studio.name)),
    );
    const more = h(
      "div",
      { class: "more" },
      h("button", { type: "button", class: "link language", onclick: onLanguage }, t("language")),
      iconButton("help", t("show"), () => this.hints.toggle(), "help"),
    );
    this.hints = new Hints();
    this.element = h("header", { class: "top" }, name, clock, turns, more);
    this.tick();
  }

  /** Draws the running time. */
  tick() {
    const instant = now();
    this.time.replaceChildren(hours(instant), h("small", {}, seconds(instant)));
    const [first, ...rest] = weekday(instant);
    this.date.textContent = `${first.toUpperCase()}${rest.join("")}, ${longDate(instant)}`;
    for (const button of this.speeds)
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed()));
  }

  /** Takes the clock as the sandbox tells it. */
  take(clock) {
    setClock(clock);
    this.state.textContent = clock.open ? t("officeOpen") : t("officeClosed");
    this.state.classList.toggle("closed", !clock.open);
    this.tick();
  }

  async #turn(turn) {
    try {
      this.take(await api.clock(turn));
      this.onSped();
    } catch (error) {
      failure(document.body, error);
    }
  }
}

/** Three steps that tick themselves off, and what the marks mean. */
class Hints {
  constructor() {
    this.steps = [1, 2, 3].map((number) => {
      const words = h(
        "span",
        {},
        h("strong", {}, t(`step${number}`)),
        h("span", {}, t(`step${number}more`)),
      );
      return h(
        "li",
        { class: "step" },
        h("span", { class: "step-number" }, String(number)),
        words,
      );
    });
    const marks = [
      ["👌", "legendDelivered"],
      ["⏳", "legendDue"],
      ["❗", "legendOver"],
      ["⏰", "legendAlert"],
    ];
    const legend = marks.map(([mark, words]) => h("span", {}, h("b", {}, mark), t(words)));
    this.element = h(
      "div",
      { class: "hints", hidden: memory.get(HIDDEN) === "yes" },
      h("ol", { class: "steps" }, this.steps),
      h("div", { class: "legend" }, legend),
      iconButton("close", t("hide"), () => this.toggle()),
    );
  }

  done(number) {
    const step = this.steps[number - 1];
    step.classList.add("done");
    step.firstChild.replaceChildren(icon("check"));
  }

  toggle() {
    this.element.hidden = !this.element.hidden;
    memory.set(HIDDEN, this.element.hidden ? "yes" : "no");
  }
}
