// What a message may carry beside files: places, contacts, polls, lists, rich text, stories ...

import { avatar, h, icon } from "./dom.js";
import { t } from "./words.js";

const DRAWN = {
  venue: (venue) => place(venue.location, venue),
  location: (point) => place(point, null),
  contact,
  poll,
  checklist,
  rich_message: richMessage,
  dice: ({ emoji, value }) => h("div", { class: "big-emoji" }, `${emoji} ${value}`),
  story: ({ chat }) => named("story", chat.title ?? chat.first_name ?? ""),
  paid_media: ({ star_count: stars }) => named("paid_media", `⭐ ${stars}`),
  game: ({ title, description }) => named("game", title, description),
  gift: () => named("gift", ""),
  invoice: ({ title, total_amount: total, currency }) =>
    named("invoice", title, `${total / 100} ${currency}`),
  giveaway: () => named("giveaway", ""),
  giveaway_winners: () => named("giveaway", ""),
};

/** The kind of thing, or undefined. */
export const otherKind = (message) => Object.keys(DRAWN).find((kind) => message[kind]);

/** It drawn, or null. */
export function other(message) {
  const kind = otherKind(message);
  return kind ? DRAWN[kind](message[kind]) : null;
}

/** One line for it. */
export function otherWords(message) {
  const kind = otherKind(message);
  if (kind === "poll") return `${t("poll")}: ${message.poll.question ?? ""}`;
  return kind ? (t(kind) ?? t("message")) : t("message");
}

function named(kind, title, more = "") {
  return h(
    "div",
    { class: "thing" },
    h("span", { class: "thing-kind" }, t(kind)),
    title ? h("strong", {}, title) : null,
    more ? h("span", {}, more) : null,
  );
}

function poll({ question, options, total_voter_count: votes }) {
  const lines = options.map(({ text, voter_count: count }) =>
    h("li", {}, h("span", {}, text), h("b", {}, votes ? String(count) : "")),
  );
  return h(
    "div",
    { class: "thing" },
    h("strong", {}, question),
    h("span", { class: "thing-kind" }, t("poll")),
    h("ul", { class: "poll" }, lines),
  );
}

function checklist({ title, tasks }) {
  const lines = tasks.map(({ text, completion_date: done }) =>
    h("li", { class: done ? "done" : "" }, h("span", {}, done ? "☑\uFE0E" : "☐"), text),
  );
  return h(
    "div",
    { class: "thing" },
    h("strong", {}, title),
    h("span", { class: "thing-kind" }, t("checklist")),
    h("ul", { class: "tasks" }, lines),
  );
}

function richMessage({ blocks }) {
  const drawn = blocks.map((block) => {
    if (block.type === "heading") return h("h4", {}, spans(block.text));
    if (block.text) return h("p", {}, spans(block.text));
    return h("p", { class: "quiet" }, `[${block.type}]`);
  });
  return h("div", { class: "rich-blocks" }, drawn);
}

/** A rich text is a string, a list, or a piece with a text of its own. */
function spans(text) {
  if (typeof text === "string") return [text];
  if (Array.isArray(text)) return text.flatMap(spans);
  return [h(text.type === "bold" ? "strong" : "span", {}, spans(text.text ?? ""))];
}

function place({ latitude, longitude }, venue) {
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const url = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  const words = venue
    ? [h("strong", {}, venue.title), h("span", {}, venue.address)]
    : [h("span", {}, point)];
  const map = h("div", { class: "map" }, icon("pin"));
  const props = { class: "place", href: url, target: "_blank", rel: "noopener noreferrer" };
  return h("a", props, map, h("div", { class: "place-words" }, words));
}

function contact({ first_name: first, last_name: last, phone_number: phone }) {
  const name = [first, last].filter(Boolean).join(" ");
  const words = h(
    "div",
    { class: "file-words" },
    h("span", { class: "file-name" }, name),
    h("a", { href: `tel:${phone}` }, phone),
  );
  return h("div", { class: "contact" }, avatar(name), words);
}
