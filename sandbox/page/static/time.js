// Instants as the studio sees them: its zone, its clock, the reader's language.

import { spoken, t } from "./words.js";

const clock = { shown: Date.now(), speed: 1, at: performance.now(), zone: "UTC" };

/** Takes the clock of /api/state or of a turn. */
export function setClock({ shown, speed, zone }) {
  clock.shown = Date.parse(shown);
  clock.speed = speed;
  clock.at = performance.now();
  clock.zone = zone ?? clock.zone;
}

/** The shown instant in milliseconds. */
export const now = () => clock.shown + (performance.now() - clock.at) * clock.speed;
export const speed = () => clock.speed;

function format(instant, options) {
  const locale = spoken() === "ru" ? "ru-RU" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: clock.zone, ...options }).format(instant);
}

export const hours = (instant) => format(instant, { hour: "2-digit", minute: "2-digit" });
export const seconds = (instant) => format(instant, { second: "2-digit" }).padStart(2, "0");
export const weekday = (instant) => format(instant, { weekday: "long" });
export const longDate = (instant) => format(instant, { day: "numeric", month: "long" });

const dayKey = (instant) => format(instant, { year: "numeric", month: "2-digit", day: "2-digit" });

export const sameDay = (one, other) => dayKey(one) === dayKey(other);

/** "Today", "Yesterday" or a date. */
export function day(instant) {
  if (sameDay(instant, now())) return t("today");
  if (sameDay(instant, now() - 86_400_000)) return t("yesterday");
  return format(instant, { weekday: "short", day: "numeric", month: "long" });
}

/** The time of today, the date of another day: for lists. */
export function brief(instant) {
  if (sameDay(instant, now())) return hours(instant);
  return format(instant, { day: "numeric", month: "short" });
}

export const full = (instant) => `${day(instant)}, ${hours(instant)}`;
