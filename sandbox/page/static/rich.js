// A Telegram text with its entities. Offsets are UTF-16 units, as in JavaScript's own strings.

import { h, icon, safeUrl } from "./dom.js";

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const LINKS = new Set(["url", "text_link", "email", "phone_number", "bot_command"]);
const NOTABLE =
  /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])|((?<![\w/])\/[a-z0-9_]{1,32}(?![\w/]))/giu;

const folding = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.classList.contains("open") || target.clientHeight === 0) continue;
    const words = target.firstChild;
    target.classList.toggle("folds", words.scrollHeight > words.clientHeight + 1);
  }
});

/** Nodes of the text; `act({command} | {url})` is told of clicks on commands and links. */
export function rich(text, entities = [], act = () => {}) {
  const blocks = entities
    .filter((entity) => BLOCKS.has(entity.type))
    .sort((a, b) => a.offset - b.offset);
  const inline = entities.filter((entity) => !BLOCKS.has(entity.type));
  const nodes = [];
  let at = 0;
  for (const block of blocks) {
    if (block.offset < at) continue;
    nodes.push(...spans(text, at, trimmedEnd(text, at, block.offset), inline, act));
    nodes.push(
      blockOf(block, spans(text, block.offset, block.offset + block.length, inline, act)),
    );
    at = trimmedStart(text, block.offset + block.length);
  }
  nodes.push(...spans(text, at, text.length, inline, act));
  return nodes;
}

/** A block stands apart by its margin: up to two line ends beside it are left out. */
function trimmedEnd(text, start, end) {
  let at = end;
  while (at > start && end - at < 2 && text[at - 1] === "\n") at -= 1;
  return at;
}

function trimmedStart(text, start) {
  let at = start;
  while (at - start < 2 && text[at] === "\n") at += 1;
  return at;
}

function blockOf(block, children) {
  if (block.type === "pre") return h("pre", { class: "code-block" }, children);
  if (block.type === "blockquote") return h("blockquote", {}, children);
  const quote = h(
    "blockquote",
    { class: "expandable" },
    h("div", { class: "quote-words" }, children),
    icon("down"),
  );
  quote.addEventListener("click", (event) => {
    if (event.target.closest("a") || !quote.matches(".folds, .open")) return;
    event.stopPropagation();
    quote.classList.toggle("open");
  });
  folding.observe(quote);
  return quote;
}

function spans(text, start, end, entities, act) {
  if (start >= end) return [];
  const edges = new Set([start, end]);
  const here = entities.filter(
    (entity) => entity.offset < end && entity.offset + entity.length > start,
  );
  for (const { offset, length } of here) {
    if (offset > start) edges.add(offset);
    if (offset + length < end) edges.add(offset + length);
  }
  const places = [...edges].sort((a, b) => a - b);
  return places.slice(0, -1).flatMap((from, index) => {
    const to = places[index + 1];
    const over = here.filter(
      (entity) => entity.offset <= from && entity.offset + entity.length >= to,
    );
    return span(text, from, to, over, act);
  });
}

function span(text, from, to, over, act) {
  const words = text.slice(from, to);
  const linked = over.find((entity) => LINKS.has(entity.type));
  const literal = over.some((entity) => entity.type === "code");
  let nodes = linked || literal ? [words] : noticed(words, act);
  if (linked) nodes = [link(linked, whole(text, linked), words, act)];
  for (const entity of over) {
    if (entity.type === "spoiler") nodes = [spoiler(nodes)];
    else if (TAGS[entity.type]) nodes = [h(TAGS[entity.type], {}, nodes)];
    else if (["mention", "hashtag", "text_mention"].includes(entity.type))
      nodes = [h("span", { class: "mention" }, nodes)];
  }
  return nodes;
}

const whole = (text, { offset, length }) => text.slice(offset, offset + length);

/** Links and commands that nobody marked, as Telegram finds them by itself. */
function noticed(words, act) {
  const nodes = [];
  let at = 0;
  for (const hit of words.matchAll(NOTABLE)) {
    nodes.push(words.slice(at, hit.index));
    nodes.push(link({ type: hit[1] ? "url" : "bot_command" }, hit[0], hit[0], act));
    at = hit.index + hit[0].length;
  }
  nodes.push(words.slice(at));
  return nodes.filter((node) => node !== "");
}

function link(entity, target, words, act) {
  if (entity.type === "bot_command") {
    const onclick = () => act({ command: target });
    const onkeydown = (event) => event.key === "Enter" && onclick();
    return h("a", { class: "command", role: "button", tabindex: "0", onclick, onkeydown }, words);
  }
  const raw = { text_link: entity.url, email: `mailto:${target}`, phone_number: `tel:${target}` }[
    entity.type
  ];
  const url = safeUrl(raw ?? (target.includes("://") ? target : `https://${target}`));
  if (url === null) return words;
  const onclick = (event) => act({ url, event });
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick }, words);
}

function spoiler(nodes) {
  const element = h("span", { class: "spoiler" }, nodes);
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    element.classList.toggle("shown");
  });
  return element;
}
