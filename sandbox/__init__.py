"""Servers on this machine to try the product against: a Telegram Bot API, a mail server, a page."""
