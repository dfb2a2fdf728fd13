"""Servers on this machine to try the product against, and a page to play all sides."""
