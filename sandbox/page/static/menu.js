// A small menu beside a button: things to do, or a row of reactions.

import { h, icon } from "./dom.js";

let closeOpen = () => {};

/**
 * Opens a menu at `anchor`, inside `place`. An item is {icon?, words, act} or {row: [[words, act]]};
 * choosing one closes it, as do Escape and a click elsewhere.
 */
export function openMenu(place, anchor, items) {
  closeOpen();
  const box = h("div", { class: "menu", role: "menu" });
  const close = () => {
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    closeOpen = () => {};
  };
  const outside = (event) => !box.contains(event.target) && close();
  const escape = (event) => event.key === "Escape" && close();
  const chosen = (act) => () => {
    close();
    act();
  };
  box.append(...items.filter(Boolean).map((item) => itemOf(item, chosen)));
  place.append(box);
  put(box, place, anchor);
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  closeOpen = close;
  box.querySelector("button")?.focus({ preventScroll: true });
}

function itemOf({ row, icon: symbol, words, act, extra = "" }, chosen) {
  if (row) {
    const buttons = row.map(([label, deed]) =>
      h("button", { type: "button", role: "menuitem", onclick: chosen(deed) }, label),
    );
    return h("div", { class: "menu-row" }, buttons);
  }
  return h(
    "button",
    { type: "button", role: "menuitem", class: `menu-item ${extra}`, onclick: chosen(act) },
    symbol ? icon(symbol) : null,
    words,
  );
}

/** Below or above the anchor, wherever there is room, and inside the place. */
function put(box, place, anchor) {
  const frame = place.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.min(Math.max(at.left - frame.left, 8), frame.width - width - 8);
  const below = at.bottom - frame.top + 4;
  const above = at.top - frame.top - height - 4;
  const top = below + height <= frame.height || above < 8 ? below : above;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(8, Math.min(top, frame.height - height - 8))}px`;
}
