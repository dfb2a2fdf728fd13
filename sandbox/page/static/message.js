// One bubble of a Telegram chat: quote, media, text, reactions, keyboard.

import { h, icon, iconButton, safeUrl } from "./dom.js";
import { album, kindOf, media, summary } from "./media.js";
import { rich } from "./rich.js";
import { hours } from "./time.js";
import { t } from "./words.js";

const EMOJI_ALONE =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*){1,3}$/u;

/**
 * The row of a message, or of an album's messages.
 *
 * `acts` are what one can do with it: reply, more, press, askInline, jump, follow, copyText;
 * authorOf names, and `named` says whether authors are. `first` and `last` of a run by the same
 * author.
 */
export function bubble(messages, { first, last, acts }) {
  const message = messages[0];
  if (message.service) return serviceRow(serviceWords(message.service), message);
  const named = acts.named && first && !message.out;
  const body = h(
    "div",
    { class: bubbleClass(messages, last) },
    named ? author(message) : null,
    contents(messages, acts),
  );
  const target = messages.at(-1);
  body.addEventListener("click", (event) => {
    if (event.target.closest("a, button, video, audio, .spoiler, .open, .folds")) return;
    if (String(getSelection())) return;
    acts.reply(target);
  });
  body.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, img, video")) return;
    event.preventDefault();
    acts.more(messages, body);
  });
  body.append(deeds(messages, acts));
  const stack = h("div", { class: "stack" }, body, keyboard(target, acts));
  const row = h("div", { class: `row ${message.out ? "out" : "in"}${last ? " last" : ""}` });
  row.dataset.ids = messages.map((each) => each.message_id).join(" ");
  row.append(stack);
  return row;
}

function author({ author: { id, name } }) {
  return h("div", { class: `author hue-${Math.abs(id) % 7}` }, name);
}

/** What the chat says of itself. */
function serviceWords({ kind, name, message }) {
  if (kind === "pinned_message") return `${t("pinned")}: ${summary(message)}`;
  return [t(kind), name].filter(Boolean).join(": ");
}

function bubbleClass(messages, last) {
  const [message] = messages;
  const kind = kindOf(message);
  const bare = Boolean(
    kind === "sticker" || kind === "video_note" || message.dice || loneEmoji(message),
  );
  const words = messages.some((each) => each.text || each.caption);
  const pictured = ["photo", "video", "animation"].includes(kind);
  const full = pictured || Boolean(message.location);
  const kinds = [
    ["bare", bare],
    ["full", full],
    ["wordless", pictured && !words],
    ["tail", last && !bare && !messages.at(-1).reply_markup?.inline_keyboard],
  ];
  return ["bubble", ...kinds.filter(([, yes]) => yes).map(([name]) => name)].join(" ");
}

const loneEmoji = ({ text, reply_to_message: target }) => !target && EMOJI_ALONE.test(text ?? "");

function contents(messages, acts) {
  const [message] = messages;
  const spoken = messages.find((each) => each.text || each.caption) ?? message;
  return [
    forwarded(message),
    message.via_bot ? h("div", { class: "via-bot" }, `${t("viaBot")} @${message.via_bot}`) : null,
    message.external_reply ? outer(message) : null,
    message.reply_to_message ? quote(message, acts) : null,
    messages.length > 1 ? gathered(messages) : media(message),
    text(spoken, acts, messages),
    unknown(message) ? h("em", {}, t("unsupported")) : null,
    foot(messages),
  ];
}

function gathered(messages) {
  const isPicture = (each) => ["photo", "video"].includes(kindOf(each));
  const pictures = messages.filter(isPicture);
  const others = messages.filter((each) => !isPicture(each));
  return [pictures.length ? album(pictures) : null, ...others.map(media)];
}

function text(message, acts, messages) {
  const words = message.text ?? message.caption;
  if (!words) return null;
  if (loneEmoji(message)) return h("div", { class: "big-emoji" }, words);
  const entities = message.entities ?? message.caption_entities;
  return h(
    "div",
    { class: "text" },
    rich(words, entities, acts.follow),
    reacted(messages) ? null : room(messages),
  );
}

function unknown(message) {
  return media(message) === null && !message.text && !message.caption;
}

function forwarded({ forward_origin: origin }) {
  if (!origin) return null;
  const from =
    origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.chat?.title ?? "";
  return h("div", { class: "forwarded" }, `${t("forwarded")} ${from}`);
}

function quote(message, acts) {
  const target = message.reply_to_message;
  const lines = [
    h("span", { class: "quote-author" }, acts.authorOf(target)),
    h("span", { class: "quote-said" }, message.quote?.text ?? summary(target)),
  ];
  const onclick = () => acts.jump(target.message_id);
  return h(
    "button",
    { type: "button", class: "reply-quote", onclick },
    thumbnail(target),
    h("span", {}, lines),
  );
}

/** An answer to a message of another chat. */
function outer({ external_reply: reply, quote: words }) {
  const said = words?.text ?? reply.kinds.map((kind) => t(kind) ?? kind).join(", ");
  return h(
    "div",
    { class: "reply-quote" },
    h(
      "span",
      {},
      h("span", { class: "quote-author" }, reply.name),
      h("span", { class: "quote-said" }, said),
    ),
  );
}

function thumbnail({ files }) {
  return files?.[0]?.kind === "photo" ? h("img", { src: files[0].url, alt: "" }) : null;
}

function foot(messages) {
  const marks = messages.flatMap((each) => each.reactions).map((reaction) => reaction.emoji);
  const reactions = [...new Set(marks)].map((emoji) => h("span", { class: "reaction" }, emoji));
  return h(
    "div",
    { class: "foot" },
    reactions.length ? h("span", { class: "reactions" }, reactions) : null,
    stamp(messages),
  );
}

const reacted = (messages) => messages.some((each) => each.reactions.length);

/** A hidden stamp at the end of the text: it keeps room for the real one on the last line. */
function room(messages) {
  const element = stamp(messages);
  element.classList.add("room");
  return element;
}

function stamp(messages) {
  const message = messages.at(-1);
  const said = [
    message.via && message.out && t("via"),
    message.is_from_offline && t("offline"),
    messages.some((each) => each.edit_date) && t("edited"),
    hours(message.date * 1000),
  ];
  const element = h("span", { class: "stamp", data: { stamp: said.filter(Boolean).join(" ") } });
  if (message.out) element.append(icon("ticks"));
  return element;
}

function deeds(messages, acts) {
  const more = iconButton("more", t("more"), () => acts.more(messages, more));
  const reply = iconButton("reply", t("reply"), () => acts.reply(messages.at(-1)));
  return h("div", { class: "deeds" }, more, reply);
}

function keyboard(message, acts) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const drawn = rows.map((row) =>
    h(
      "div",
      { class: "key-row" },
      row.map((key) => keyOf(key, message, acts)),
    ),
  );
  return h("div", { class: "keyboard" }, drawn);
}

function keyOf(key, message, acts) {
  const look = `key ${["danger", "success", "primary"].includes(key.style) ? key.style : ""}`;
  const url = key.url ? safeUrl(key.url) : null;
  if (url) {
    const onclick = (event) => acts.follow({ url, event });
    return h(
      "a",
      { class: look, href: url, target: "_blank", rel: "noopener noreferrer", onclick },
      key.text,
      icon("out"),
    );
  }
  const query = key.switch_inline_query_current_chat;
  const asks = query !== undefined;
  const button = h(
    "button",
    { type: "button", class: look, disabled: !key.callback_data && !key.copy_text && !asks },
    key.text,
  );
  if (key.copy_text) {
    button.append(icon("copy"));
    button.addEventListener("click", () => acts.copyText(key.copy_text.text));
  } else if (asks) {
    button.addEventListener("click", () => acts.askInline(query));
  } else {
    button.addEventListener("click", async () => {
      button.classList.add("busy");
      await acts.press(message, key.callback_data);
      button.classList.remove("busy");
    });
  }
  return button;
}

export function serviceRow(words, message) {
  const row = h("div", { class: "service" }, h("span", {}, words));
  if (message) row.dataset.ids = String(message.message_id);
  return row;
}
