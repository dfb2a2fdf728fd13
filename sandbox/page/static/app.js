// The page of the demo: all sides of the studio beside each other, kept up to date by events.

import { api, coalesced, listen } from "./api.js";
import { ChatPane } from "./chat.js";
import { badge, h } from "./dom.js";
import { MailPane } from "./mailbox.js";
import { failure } from "./notices.js";
import { Side, setBadge } from "./people.js";
import { longDate, now, setClock } from "./time.js";
import { TopBar, memory } from "./topbar.js";
import { speak, spoken, t } from "./words.js";

const LANGUAGE = "okno.language";
const SIDES = ["client", "manager", "head"];
const TICK = 200;

class Page {
  constructor(state) {
    this.state = state;
    this.chats = new Map();
    this.mails = new Map();
    this.done = new Set();
    this.refreshChat = coalesced((seat) => this.#loadChat(seat));
    this.refreshMail = coalesced((address) => this.#loadMail(address));
    this.refreshClock = coalesced(() => this.#loadClock());
  }

  /** Draws everything in the spoken language; what was loaded is shown again. */
  build() {
    document.title = t("title");
    this.panes = { chats: new Map(), mails: new Map() };
    this.top = new TopBar(this.state.studio, {
      onLanguage: () => this.#otherLanguage(),
      onSped: () => this.#step(3),
    });
    this.top.take(this.state.clock);
    for (const number of this.done) this.top.hints.done(number);
    this.#switcher();
    this.sides = SIDES.map(
      (role) =>
        new Side(
          role,
          this.#people(role),
          (person) => this.#panes(role, person),
          () => this.#count(),
        ),
    );
    this.lost = h("div", { class: "lost", hidden: true, role: "alert" }, t("lost"));
    const main = h(
      "main",
      { class: "sides" },
      this.sides.map((side) => side.element),
    );
    document.body.replaceChildren(
      this.top.element,
      this.top.hints.element,
      this.lost,
      main,
      this.switcher,
    );
    this.show(this.shown ?? "client");
    for (const [seat, chat] of this.chats) this.panes.chats.get(seat).update(chat);
    for (const [address, box] of this.mails) this.panes.mails.get(address).update(box);
  }

  async refresh() {
    const chats = [...this.panes.chats.keys()].map((seat) => this.refreshChat(seat));
    const mails = [...this.panes.mails.keys()].map((address) => this.refreshMail(address));
    await Promise.all([...chats, ...mails, this.refreshClock()]);
  }

  /** On a narrow page one side is in sight at a time. */
  show(role) {
    this.shown = role;
    document.body.dataset.shown = role;
    for (const button of this.switcher.children)
      button.setAttribute("aria-selected", String(button.dataset.side === role));
    for (const side of this.sides) side.look();
  }

  tick() {
    this.top.tick();
    const today = longDate(now());
    if (this.today && this.today !== today) {
      for (const kind of Object.values(this.panes))
        for (const pane of kind.values()) pane.redraw();
    }
    this.today = today;
  }

  hear(event) {
    if (event.what === "chat") {
      for (const [seat, pane] of this.panes.chats)
        if (pane.seat.room === event.room) this.#told(this.refreshChat(seat));
    } else if (event.what === "mail" && this.panes.mails.has(event.address))
      this.#told(this.refreshMail(event.address));
    else if (event.what === "clock") this.#told(this.refreshClock());
  }

  #told = (work) => work.catch((error) => failure(document.body, error));

  #people(role) {
    const { clients, staff } = this.state.people;
    const people =
      role === "client"
        ? clients
        : staff.filter((one) => (role === "manager") === (one.role === "manager"));
    return people.map((one) => ({ ...one, id: one.person_id }));
  }

  #panes(role, person) {
    const client = role === "client";
    const place = {
      bot: this.state.bot,
      studio: this.state.studio,
      onUnread: () => this.sides && this.#count(),
    };
    place.onDeed = () => this.#step(client ? 1 : 2);
    const panes = {};
    for (const room of person.rooms) {
      const mode = modeOf(room, panes);
      panes[mode] = new ChatPane(person, room, { ...place, ...greeting(role, room) });
      panes[mode].called = room.title;
      this.panes.chats.set(`${person.id} ${room.key}`, panes[mode]);
    }
    if (!client) return panes;
    panes.mail = new MailPane(person, place);
    this.panes.mails.set(person.email, panes.mail);
    return panes;
  }

  #switcher() {
    this.marks = SIDES.map(() => badge(0));
    const buttons = SIDES.map((role, index) =>
      h(
        "button",
        { type: "button", role: "tab", data: { side: role }, onclick: () => this.show(role) },
        t(role),
        this.marks[index],
      ),
    );
    this.switcher = h(
      "nav",
      { class: "switcher", role: "tablist", "aria-label": t("column") },
      buttons,
    );
  }

  #count() {
    if (this.counting) return;
    this.counting = true;
    this.sides?.forEach((side, index) => {
      side.count();
      setBadge(this.marks[index], side.unread);
    });
    this.counting = false;
  }

  #step(number) {
    this.done.add(number);
    this.top.hints.done(number);
  }

  #otherLanguage() {
    speak(spoken() === "ru" ? "en" : "ru");
    memory.set(LANGUAGE, spoken());
    this.build();
  }

  async #loadChat(seat) {
    const chat = await api.chat(this.panes.chats.get(seat).seat);
    this.chats.set(seat, chat);
    this.panes.chats.get(seat).update(chat);
  }

  async #loadMail(address) {
    const box = await api.mail(address);
    this.mails.set(address, box);
    this.panes.mails.get(address).update(box);
  }

  async #loadClock() {
    const { clock } = await api.state();
    this.state.clock = clock;
    this.top.take(clock);
  }
}

/** The tab of a room; a person's second group or account gets a number. */
function modeOf({ kind, mine }, taken) {
  const name = { bot: "telegram", group: "group", account: mine ? "own" : "account" }[kind];
  const number = Object.keys(taken).filter((mode) => mode.startsWith(name)).length;
  return number ? `${name}${number + 1}` : name;
}

/** What an empty chat says, and texts one may start with. */
function greeting(role, { kind, mine }) {
  const samples = [t("sample1"), t("sample2"), t("sample3")];
  if (kind === "group") return { empty: t("emptyGroup"), hints: role === "client" ? samples : [] };
  if (kind === "account")
    return { empty: t(mine ? "emptyOwn" : "emptyAccount"), hints: mine ? [] : samples };
  if (role === "client") return { empty: t("emptyClient"), hints: samples };
  return { empty: t(role === "head" ? "emptyHead" : "emptyStaff"), hints: ["/start"] };
}

async function start() {
  const state = await api.state();
  speak(memory.get(LANGUAGE) ?? state.studio.language);
  setClock(state.clock);
  const page = new Page(state);
  page.build();
  await page.refresh();
  listen(
    (event) => page.hear(event),
    (up) => {
      page.lost.hidden = up;
      if (up) page.refresh().catch((error) => failure(document.body, error));
    },
  );
  setInterval(() => page.tick(), TICK);
  addEventListener("resize", () => page.sides.forEach((side) => side.look()));
}

start().catch((error) => {
  document.body.replaceChildren(h("p", { class: "lost" }, error.message));
});
