// How messages stand below each other, and what one can do to one of them.

import { t } from "./words.js";

const REACTIONS = ["👍", "❤", "🔥", "😁", "🙏"];

/** Messages as they are shown: those of one album together. */
export function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const group = groups.at(-1);
    if (message.media_group_id && group?.[0].media_group_id === message.media_group_id)
      group.push(message);
    else groups.push([message]);
  }
  return groups;
}

export const authorOf = (group) => group && !group[0].service && `${group[0].author.id} ${group[0].out}`;

/** A topic that was renamed several times in a row says its last name only. */
export function quieted(messages) {
  const renames = ({ service }) => service?.kind === "forum_topic_edited";
  return messages.filter(
    (message, index) =>
      !renames(message) ||
      !messages[index + 1] ||
      !renames(messages[index + 1]) ||
      messages[index + 1].message_thread_id !== message.message_thread_id,
  );
}

/**
 * The menu of a message, or of an album as one. `deeds`: react(id, emoji), reply(message),
 * edit(message), forward(ids, room key), remove(ids).
 */
export function menuOf(messages, person, room, deeds) {
  const ids = messages.map((each) => each.message_id);
  const [message] = messages;
  const spoken = messages.find((each) => each.text || each.caption);
  const mine = message.reactions.find(({ by }) => by === person.id)?.emoji;
  const react = (emoji) => deeds.react(ids.at(-1), emoji === mine ? "" : emoji);
  const others = person.rooms.filter(({ key }) => key !== room.key);
  return [
    { row: REACTIONS.map((emoji) => [emoji, () => react(emoji)]) },
    { icon: "reply", words: t("reply"), act: () => deeds.reply(messages.at(-1)) },
    message.out && spoken && { icon: "edit", words: t("edit"), act: () => deeds.edit(spoken) },
    ...others.map(({ key, title }) => ({
      icon: "forward",
      words: `${t("forwardTo")} ${title}`,
      act: () => deeds.forward(ids, key),
    })),
    (message.out || room.mine) && {
      icon: "trash",
      words: t("delete"),
      act: () => deeds.remove(ids),
      extra: "bad",
    },
  ];
}

/** Brings a message into sight and lights it up, where it stands in the list. */
export function jump(list, id) {
  const row = [...list.children].find((node) => node.dataset.ids?.split(" ").includes(String(id)));
  if (!row) return;
  row.scrollIntoView({ block: "center", behavior: "smooth" });
  row.classList.remove("flash");
  requestAnimationFrame(() => row.classList.add("flash"));
}

/** What a deep link to this bot starts it with; null for any other link. */
export function startOf(url, username) {
  const link = new URL(url);
  const here = /^(t|telegram)\.me$/.test(link.hostname) && link.pathname.slice(1) === username;
  return here ? (link.searchParams.get("start") ?? "") : null;
}
