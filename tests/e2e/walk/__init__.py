"""The scripted walk through Telegram; one stage for all its files."""
