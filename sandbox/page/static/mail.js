// One mail as it is read: who, when, text with the quote folded, files, headers of threading.

import { api } from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { rich } from "./rich.js";
import { full } from "./time.js";
import { size, t } from "./words.js";

const INTRODUCTION = /(:|пишет|написала?|wrote)\s*$/iu;
const LOCKED =
  "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";
const LETTER =
  "<style>body{font:14px/1.45 sans-serif;margin:12px;color:#17212b;background:#fff;overflow-wrap:anywhere}</style>";

/** The mail on its sheet; `mine`: the reader wrote it. */
export function mailView(mail, { address, mine }) {
  const from = mail.from.name || mail.from.address;
  const names = h(
    "div",
    { class: "mail-names" },
    h("strong", {}, from),
    h("span", {}, `${t("to").toLowerCase()}: ${mail.to.join(", ")}`),
  );
  const head = h(
    "div",
    { class: "mail-top" },
    avatar(from),
    names,
    h("time", {}, full(Date.parse(mail.sent_at))),
  );
  const body = h("div", { class: "mail-body" }, words(mail.text));
  const files = mail.files.map(attachment);
  const foot = h(
    "div",
    { class: "mail-foot" },
    mail.html ? look(mail, body) : null,
    headers(mail, address),
  );
  const filed = files.length ? h("div", { class: "mail-files" }, files) : null;
  return h(
    "article",
    { class: `mail${mine ? " mine" : ""}`, data: { mail: mail.id } },
    head,
    body,
    filed,
    foot,
  );
}

function words(text) {
  const { said, quoted } = parted(text);
  const nodes = [h("div", { class: "mail-text" }, rich(said))];
  if (quoted) {
    nodes.push(
      h(
        "details",
        { class: "mail-quote" },
        h("summary", { title: t("quoted") }, "•••"),
        h("div", { class: "mail-text" }, quoted),
      ),
    );
  }
  return nodes;
}

/** The text, and the quote at its foot with the line that introduces it. */
export function parted(text) {
  const lines = text.replace(/\s+$/, "").split("\n");
  let at = lines.length;
  while (
    at > 0 &&
    (lines[at - 1].startsWith(">") || (lines[at - 1].trim() === "" && at < lines.length))
  )
    at -= 1;
  if (at === lines.length) return { said: text.trim(), quoted: "" };
  if (at > 0 && INTRODUCTION.test(lines[at - 1])) at -= 1;
  return { said: lines.slice(0, at).join("\n").trim(), quoted: lines.slice(at).join("\n").trim() };
}

/** Turns between the text and the HTML, which runs nothing and loads nothing. */
function look(mail, body) {
  const frame = h("iframe", {
    class: "mail-html",
    sandbox: "",
    referrerpolicy: "no-referrer",
    title: t("formatted"),
  });
  const text = [...body.childNodes];
  const button = h("button", { type: "button", class: "link" });
  const show = (formatted) => {
    if (formatted) frame.srcdoc = LOCKED + LETTER + mail.html;
    body.replaceChildren(...(formatted ? [frame] : text));
    button.textContent = formatted ? t("plain") : t("formatted");
  };
  button.addEventListener("click", () => show(!body.contains(frame)));
  show(mail.text === mail.html);
  return button;
}

function headers(mail, address) {
  const rows = [
    ["Message-ID", mail.message_id],
    ["In-Reply-To", mail.in_reply_to],
    ["References", mail.references.join("\n")],
  ];
  const list = rows
    .filter(([, value]) => value)
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  const raw = h(
    "a",
    { href: api.raw(address, mail.id), target: "_blank", rel: "noopener" },
    t("rawMail"),
  );
  return h(
    "details",
    { class: "mail-headers" },
    h("summary", {}, t("headers")),
    h("dl", {}, list),
    raw,
  );
}

function attachment({ name, size: bytes, url }) {
  const text = h(
    "span",
    { class: "file-words" },
    h("span", { class: "file-name" }, name),
    h("span", { class: "file-size" }, size(bytes)),
  );
  return h(
    "a",
    { class: "file", href: url, download: name },
    h("span", { class: "file-icon" }, icon("file")),
    text,
  );
}
