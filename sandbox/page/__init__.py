"""One web page to play all sides: chats, mailboxes and the clock, over a small JSON API."""
