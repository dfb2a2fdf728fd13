// Files inside a message: pictures, players, documents; and one line for any message.

import { h, icon } from "./dom.js";
import { lightbox } from "./notices.js";
import { other, otherWords } from "./others.js";
import { duration, size, t } from "./words.js";

const WIDEST = 320;
const HIGHEST = 300;

const KINDS = {
  photo: (file, message) => picture(file, message.caption),
  sticker: (file) => sticker(file),
  animation: (file) => film(file, { loop: true, muted: true, autoplay: true }),
  video: (file) => film(file, { controls: true }),
  video_note: (file) =>
    h("div", { class: "video-note" }, player("video", file, { controls: true })),
  voice: (file) => sound(file, t("voice"), true),
  audio: (file) => sound(file, audioName(file), false),
  live_photo: (file) => film(file, { controls: true }),
  document: (file) => document(file),
};

/** The kind of file the message carries, or undefined. */
export const kindOf = (message) => message.files?.[0]?.kind;

/** What the message carries beside its text, or null. */
export function media(message) {
  const [file] = message.files ?? [];
  if (file) return KINDS[file.kind](file, message);
  return other(message);
}

/** One line for what a message is, for quotes and previews. */
export function summary(message) {
  const words = message.text ?? message.caption;
  if (words) return words.replace(/\s+/g, " ").slice(0, 160);
  const kind = kindOf(message);
  if (kind === "document") return message.files[0].name || t("document");
  if (kind) return t(kind);
  return otherWords(message);
}

/** Pictures and films of one album, side by side. */
export function album(messages) {
  const tiles = messages.map(({ files: [file], caption }) =>
    file.kind === "photo"
      ? tile(file, caption)
      : h("div", { class: "tile" }, player("video", file, { controls: true })),
  );
  return h("div", { class: `album count-${Math.min(tiles.length, 10)}` }, tiles);
}

function tile(photo, caption) {
  const onclick = () => lightbox(photo.url, caption);
  const image = h("img", { src: photo.url, alt: caption || t("photo"), draggable: "false" });
  return h("button", { type: "button", class: "tile", onclick, "aria-label": t("photo") }, image);
}

function picture(photo, caption) {
  const [width, height] = [photo.width || 800, photo.height || 600];
  const scale = Math.min(WIDEST / width, HIGHEST / height, 1);
  const shown = {
    width: `${Math.max(90, Math.round(width * scale))}px`,
    aspectRatio: `${width} / ${height}`,
  };
  const image = h("img", {
    src: photo.url,
    alt: caption || t("photo"),
    style: shown,
    draggable: "false",
  });
  const onclick = () => lightbox(photo.url, caption);
  return h(
    "button",
    { type: "button", class: "picture", onclick, "aria-label": t("photo") },
    image,
  );
}

function sticker({ url, emoji }) {
  const image = h("img", { class: "sticker", src: url, alt: emoji ?? t("sticker") });
  image.addEventListener("error", () =>
    image.replaceWith(h("div", { class: "big-emoji" }, emoji ?? "🙂")),
  );
  return image;
}

function player(kind, { url }, options) {
  const element = h(kind, { src: url, preload: "metadata", playsinline: true, ...options });
  element.muted = Boolean(options.muted);
  return element;
}

function film(video, options) {
  const ratio = `${video.width || 4} / ${video.height || 3}`;
  return h(
    "div",
    { class: "film", style: { aspectRatio: ratio } },
    player("video", video, options),
  );
}

const audioName = ({ performer, title, name }) =>
  [performer, title].filter(Boolean).join(" — ") || name || t("audio");

function sound(source, name, voice) {
  const audio = h("audio", { src: source.url, preload: "none" });
  const done = h("span", { class: "sound-done" });
  const line = h("div", { class: voice ? "sound-line wave" : "sound-line" }, done);
  const time = h("span", {}, duration(source.duration));
  const button = h(
    "button",
    { type: "button", class: "sound-button", "aria-label": name },
    icon("play"),
  );
  button.addEventListener("click", () =>
    audio.paused ? audio.play().catch(() => {}) : audio.pause(),
  );
  const symbol = (what) => button.replaceChildren(icon(what));
  audio.addEventListener("play", () => symbol("pause"));
  audio.addEventListener("pause", () => symbol("play"));
  audio.addEventListener("timeupdate", () => {
    const whole = Number.isFinite(audio.duration) ? audio.duration : source.duration || 1;
    done.style.width = `${Math.min(100, (100 * audio.currentTime) / whole)}%`;
    time.textContent = duration(audio.ended ? source.duration : audio.currentTime);
  });
  const words = voice ? null : h("div", { class: "sound-name" }, name);
  const foot = h(
    "div",
    { class: "sound-foot" },
    time,
    source.size ? ` · ${size(source.size)}` : "",
  );
  return h(
    "div",
    { class: "sound" },
    button,
    h("div", { class: "sound-body" }, words, line, foot),
    audio,
  );
}

function document({ url, name, size: bytes }) {
  const title = name || t("document");
  const ending = title.includes(".") ? title.split(".").at(-1).slice(0, 4) : "";
  const words = h(
    "span",
    { class: "file-words" },
    h("span", { class: "file-name" }, title),
    h("span", { class: "file-size" }, bytes === undefined ? "" : size(bytes)),
  );
  const symbol = h("span", { class: "file-icon" }, ending ? ending.toUpperCase() : icon("file"));
  return h("a", { class: "file", href: url, download: title }, symbol, words);
}
