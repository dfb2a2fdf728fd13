"""One folder per kind of channel; they do not know each other."""
