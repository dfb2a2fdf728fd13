"""`python -m bot` is `okno`."""

from bot.cli import main

if __name__ == "__main__":
    main()
