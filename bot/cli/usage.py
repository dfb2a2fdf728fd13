"""The words that typer itself says: its help's headings, and what is wrong with a command line.

typer has no catalogues. Its help is formatted with our texts and its few own words are replaced;
its faults are told from their class, and where a value is wrong from pydantic's kind of fault.
"""

from __future__ import annotations

import re
from typing import Any

from bot.settings_words import choices, words_of
from bot.texts import Say, mark
from inbox.phrases import Phrase

_OWN_WORDS = {
    r"^Usage: ": mark("Usage: "),
    r"^Arguments:$": mark("Arguments:"),
    r"^Options:$": mark("Options:"),
    r"^Commands:$": mark("Commands:"),
    r"\[OPTIONS\]": mark("[OPTIONS]"),
    r"COMMAND \[ARGS\]\.\.\.": mark("COMMAND [ARGS]..."),
    r"\[default: ": mark("[default: "),
    r"\[env var: ": mark("[env var: "),
    r"(?<=[\[ ])required\]": mark("required]"),
}
_HELP = mark("Show this message and exit.")
_NO_COMMAND = re.compile(r"No such command '(.*?)'")
_EXTRA = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)")
_ONE_OF = re.compile(r"is not one of (.+?)\.?$")


def retell(command: Any, ctx: Any, say: Say) -> None:
    """Put a command's help, that of its options and of its commands, into a language."""
    for one in (command, *getattr(command, "commands", {}).values()):
        one.help = one.help and say(one.help)
        one.short_help = one.short_help and say(one.short_help)
    for param in command.get_params(ctx):
        text = getattr(param, "help", None)
        param.help = text and say(text)


def help_in(say: Say, text: str) -> str:
    """A help's text with typer's own words in a language."""
    for pattern, word in _OWN_WORDS.items():
        text = re.sub(pattern, say(word).replace("\\", r"\\"), text, flags=re.MULTILINE)
    return text


def usage_fault(error: Any) -> Phrase | None:
    """What is wrong with the command line, and where help is; None where it is no such fault."""
    ctx = getattr(error, "ctx", None)
    fault = _fault(error, ctx)
    if fault is None or ctx is None:
        return fault
    return Phrase("{fault} Help: {command} --help", fault=fault, command=ctx.command_path)


def _fault(error: Any, ctx: Any) -> Phrase | None:
    said = str(getattr(error, "message", ""))
    match type(error).__name__:
        case "MissingParameter":
            return Phrase("{name} is missing.", name=_named(error))
        case "BadParameter":
            return Phrase("{name} {fault}.", name=_named(error), fault=_wrong(error, said))
        case "NoSuchOption":
            return _no_option(error)
        case "BadOptionUsage" if "not take a value" in said:
            return Phrase("{name} takes no value.", name=error.option_name)
        case "BadOptionUsage":
            return Phrase("{name} needs a value.", name=error.option_name)
        case "UsageError" if found := _NO_COMMAND.match(said):
            names = ", ".join(ctx.command.commands)
            return Phrase(
                "There is no command {name} (there is: {names}).", name=found[1], names=names
            )
        case "UsageError" if found := _EXTRA.match(said):
            return Phrase("{words} is too much.", words=found[1])
        case "UsageError" | "BadArgumentUsage":
            return Phrase("The command is not complete.")
        case _:
            return None


def _named(error: Any) -> str:
    return str(error.param.get_error_hint()).replace("'", "") if error.param else "?"


def _no_option(error: Any) -> Phrase:
    if not error.possibilities:
        return Phrase("There is no option {name}.", name=error.option_name)
    names = ", ".join(sorted(error.possibilities))
    return Phrase(
        "There is no option {name}. Perhaps: {names}.", name=error.option_name, names=names
    )


def _wrong(error: Any, said: str) -> str:
    if found := _ONE_OF.search(said):
        return Phrase("must be {choices}", choices=choices(found[1]))
    cause = getattr(error.__cause__, "errors", None)
    if cause is None:
        return Phrase("is not written as it must be")
    return words_of(cause(include_input=False, include_url=False)[0])
