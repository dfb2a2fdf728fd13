// What the page says, in Russian and in English.

const RU = {
  title: "Окно — демонстрация",
  client: "Клиент", manager: "Менеджер", head: "Руководитель",
  telegram: "Telegram", mail: "Почта",
  step1: "Напишите от имени клиента", step1more: "в Telegram или письмом",
  step2: "Ответьте на карточку", step2more: "нажмите на неё у менеджера",
  step3: "Ускорьте время", step3more: "и оставьте сообщение без ответа",
  legendDelivered: "доставлено", legendDue: "ответить до", legendOver: "срок прошёл",
  legendAlert: "оповещение", hide: "Скрыть подсказки", show: "Подсказки",
  speed: "Скорость времени", jump: "Перевести часы вперёд", minutes15: "+15 мин", hour: "+1 ч",
  opening: "К открытию", openingMore: "К началу рабочего времени", language: "English",
  message: "Сообщение", send: "Отправить", attach: "Прикрепить файл", commands: "Команды",
  reply: "Ответить", edit: "Изменить", cancel: "Отменить", edited: "изменено", you: "Вы",
  replyTo: "В ответ", editing: "Изменение", copied: "Скопировано", copy: "Скопировать",
  bot: "бот", block: "Заблокировать бота", unblock: "Разблокировать бота",
  blocked: "Бот заблокирован этим человеком. Новое сообщение снимет блокировку.",
  start: "познакомиться с ботом", today: "Сегодня", yesterday: "Вчера",
  photo: "Фото", voice: "Голосовое сообщение", audio: "Аудио", video: "Видео",
  video_note: "Видеосообщение", animation: "Анимация", sticker: "Стикер", document: "Файл",
  location: "Место на карте", contact: "Контакт", pinned: "Закреплено сообщение",
  forwarded: "Переслано от", unsupported: "Сообщение этого вида здесь не показать",
  emptyClient: "Здесь клиент переписывается с ботом студии.",
  emptyStaff: "Сюда придут карточки клиентов. На карточку отвечают ответом.",
  emptyHead: "Сюда придут оповещения о клиентах, которых не услышали вовремя.",
  sample1: "Здравствуйте! Когда будет готов эскиз?",
  sample2: "Добрый день, можно перенести встречу на четверг?",
  sample3: "Спасибо, всё получили!",
  write: "Написать", newMail: "Новое письмо", to: "Кому", subject: "Тема", text: "Текст письма",
  sendMail: "Отправить", replyMail: "Ответить на письмо…", noSubject: "(без темы)",
  emptyMail: "Писем пока нет", emptyMailMore: "Напишите студии: ответ придёт сюда же, в эту ветку.",
  headers: "Заголовки", rawMail: "Исходник", quoted: "Цитата", formatted: "Оформление", plain: "Текст",
  drop: "Отпустите файлы здесь", close: "Закрыть", ok: "Понятно",
  brand: "Окно", officeOpen: "Рабочее время", officeClosed: "Студия закрыта",
  lost: "Связь с демонстрацией потеряна. Возможно, она остановлена.", down: "К последним сообщениям",
  failed: "Не получилось", bytes: "Б", kb: "КБ", mb: "МБ",
  me: "я", stranger: "студии не знаком", column: "Сторона",
};

const EN = {
  title: "Okno — demo",
  client: "Client", manager: "Manager", head: "Head",
  telegram: "Telegram", mail: "Mailbox",
  step1: "Write as a client", step1more: "in Telegram or by mail",
  step2: "Reply to the card", step2more: "click it on the manager's side",
  step3: "Speed up the clock", step3more: "and leave a message alone",
  legendDelivered: "delivered", legendDue: "answer by", legendOver: "overdue",
  legendAlert: "alert", hide: "Hide the hints", show: "Hints",
  speed: "Speed of time", jump: "Move the clock on", minutes15: "+15 min", hour: "+1 h",
  opening: "To opening", openingMore: "To the next opening", language: "Русский",
  message: "Message", send: "Send", attach: "Attach a file", commands: "Commands",
  reply: "Reply", edit: "Edit", cancel: "Cancel", edited: "edited", you: "You",
  replyTo: "Reply to", editing: "Editing", copied: "Copied", copy: "Copy",
  bot: "bot", block: "Block the bot", unblock: "Unblock the bot",
  blocked: "This person has blocked the bot. A new message unblocks it.",
  start: "meet the bot", today: "Today", yesterday: "Yesterday",
  photo: "Photo", voice: "Voice message", audio: "Audio", video: "Video",
  video_note: "Video message", animation: "Animation", sticker: "Sticker", document: "File",
  location: "Location", contact: "Contact", pinned: "Pinned a message",
  forwarded: "Forwarded from", unsupported: "This kind of message cannot be shown here",
  emptyClient: "Here the client talks to the studio's bot.",
  emptyStaff: "Clients' cards arrive here. Reply to a card to answer the client.",
  emptyHead: "Alerts arrive here when a client has waited too long.",
  sample1: "Hello! When will the sketch be ready?",
  sample2: "Good morning, can we move the meeting to Thursday?",
  sample3: "Thank you, we have everything!",
  write: "Write", newMail: "New mail", to: "To", subject: "Subject", text: "Text of the mail",
  sendMail: "Send", replyMail: "Reply to this mail…", noSubject: "(no subject)",
  emptyMail: "No mail yet", emptyMailMore: "Write to the studio: the answer comes back to this thread.",
  headers: "Headers", rawMail: "Source", quoted: "Quoted text", formatted: "Formatted", plain: "Text",
  drop: "Drop the files here", close: "Close", ok: "OK",
  brand: "Okno", officeOpen: "Working hours", officeClosed: "The studio is closed",
  lost: "The demo cannot be reached. Perhaps it was stopped.", down: "To the newest messages",
  failed: "That did not work", bytes: "B", kb: "kB", mb: "MB",
  me: "me", stranger: "unknown to the studio", column: "Side",
};

let language = "ru";

export function speak(wanted) {
  language = wanted === "en" ? "en" : "ru";
  document.documentElement.lang = language;
}

export const spoken = () => language;
export const t = (key) => (language === "ru" ? RU : EN)[key];

/** Bytes as a person reads them, thousands as Telegram counts. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} ${t("bytes")}`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} ${t("kb")}`;
  return `${(bytes / 1_000_000).toFixed(1)} ${t("mb")}`;
}

/** Seconds as 0:07. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
