"""The managers' side in Telegram, and the place where everything is wired together."""
