// Builds elements. Foreign text only ever becomes a text node; markup is never parsed.

const SVG = "http://www.w3.org/2000/svg";

/** An element. Props: class, on… handlers, data {}, style {}, anything else an attribute. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
  );
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "class") element.className = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "style") Object.assign(element.style, value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** A symbol of icons.svg. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, extra = "") {
  const props = { class: `icon-button ${extra}`.trim(), type: "button", title: label, onclick };
  return h("button", { ...props, "aria-label": label }, icon(name));
}

/** Only links that lead to a page, a mail program or a phone; others are no links. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Makes `children` the content of `parent`, leaving nodes that stay where they are alone. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child)
      parent.insertBefore(child, parent.childNodes[index] ?? null);
  });
}

/** A picture of a person: initials on a colour that belongs to the name. */
export function avatar(name, extra = "") {
  const letters = name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]);
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  return h(
    "span",
    { class: `avatar hue-${sum % 7} ${extra}`, "aria-hidden": "true" },
    letters.join("").toUpperCase(),
  );
}

export function badge(number) {
  return h("span", { class: "badge", hidden: number === 0 }, String(number));
}
