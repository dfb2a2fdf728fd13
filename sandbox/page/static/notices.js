// What pops up: short notices over a column, alerts to confirm, a picture in full size.

import { h, iconButton } from "./dom.js";
import { t } from "./words.js";

const STAYS = 3200;

/** A short notice at the foot of `place`, gone by itself. */
export function toast(place, text) {
  place.querySelector(":scope > .toast")?.remove();
  const note = h("div", { class: "toast", role: "status" }, text);
  place.append(note);
  setTimeout(() => note.remove(), STAYS);
}

/** Tells in `place` that something did not work, and why. */
export function failure(place, error) {
  toast(place, `${t("failed")}: ${error.message}`);
}

/** An alert of the bot: stays until confirmed. */
export function alertBox(text) {
  const dialog = h("dialog", { class: "alert" }, h("p", {}, text));
  dialog.append(
    h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("ok")),
  );
  open(dialog);
}

/** A picture in full size. */
export function lightbox(url, caption) {
  const picture = h("img", { src: url, alt: caption || t("photo") });
  const dialog = h("dialog", { class: "lightbox" }, picture);
  dialog.append(iconButton("close", t("close"), () => dialog.close(), "lightbox-close"));
  dialog.addEventListener("click", () => dialog.close());
  open(dialog);
}

function open(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Puts the text into the clipboard, also where the page has no right to the modern way. */
export async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h("textarea", { class: "offscreen" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(place, t("copied"));
}
