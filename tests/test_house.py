"""The rules of the house that a machine can check: sizes, words, first lines."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("inbox", "connectors", "storage", "bot", "sandbox")
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 60

# The column "not" of the glossary. "customer", "user" and the like name other people's things in
# what we call (user=... of a library), so that only names we give are looked at.
FORBIDDEN = {
    "ticket": "conversation",
    "tickets": "conversations",
    "agent": "manager",
    "agents": "managers",
    "operator": "manager",
    "operators": "managers",
    "customer": "client",
    "customers": "clients",
    "adapter": "connector",
    "adapters": "connectors",
    "alarm": "alert",
    "alarms": "alerts",
    "boss": "head",
    "utils": "a name that says what it does",
    "util": "a name that says what it does",
    "helper": "a name that says what it does",
    "helpers": "a name that says what it does",
}


def committed(*patterns: str) -> list[Path]:
    """Files that git knows or would add: nothing ignored, nothing generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(ROOT / name for name in set(listed.stdout.split("\0")) if name)


SOURCES = [file for file in committed("*.py") if file.exists()]
IN_ROOMS = [file for file in SOURCES if file.relative_to(ROOT).parts[0] in ROOMS]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def names_given(tree: ast.AST) -> Iterator[str]:
    """Names that a module gives: classes, functions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def words(identifier: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word.lower() for word in spaced.split("_") if word]


def forbidden_words(identifiers: Iterator[str]) -> list[str]:
    return [
        f"{identifier}: say {FORBIDDEN[word]}, not {word}"
        for identifier in identifiers
        for word in words(identifier)
        if word in FORBIDDEN
    ]


def manager_classes(tree: ast.AST) -> list[str]:
    """Classes named ...Manager; Manager itself is our person."""
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [name for name in classes if name.endswith("Manager") and name != "Manager"]


def long_functions(tree: ast.AST) -> list[str]:
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_file_is_readable_in_one_sitting(file: Path):
    assert len(file.read_text().splitlines()) <= MOST_LINES
    assert long_functions(ast.parse(file.read_text())) == []


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_module_says_what_it_is_about(file: Path):
    text = file.read_text()
    if not text.strip() or "migrations/versions" in name_of(file):
        return
    first = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert first, "no docstring"
    assert text.lstrip().startswith(('"""' + first[0], 'r"""' + first[0])), "not in the first line"


@pytest.mark.parametrize("file", IN_ROOMS, ids=name_of)
def test_the_words_are_those_of_the_glossary(file: Path):
    tree = ast.parse(file.read_text())
    path = (part.removesuffix(".py") for part in file.relative_to(ROOT).parts)
    assert forbidden_words(path) == []
    assert forbidden_words(names_given(tree)) == []
    assert manager_classes(tree) == []


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_nothing_is_left_for_later(file: Path):
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "raise NotImplemented" + "Error"))
    assert re.findall(rf"\b({marks})\b", file.read_text()) == []


@pytest.mark.parametrize("file", committed("*"), ids=name_of)
def test_no_path_of_a_machine_and_no_mirror_is_named(file: Path):
    if not file.is_file() or file.suffix in {".png", ".webp", ".mo"}:
        return
    hosts = "|".join(("pythonhosted" + r"\.org", "pypi" + r"\.org/simple", "/wo" + "rk/"))
    assert re.findall(hosts, file.read_text(errors="replace")) == []


def test_the_checks_can_fail():
    tree = ast.parse("class TicketManager:\n    def helper(self, agent): self.alarm_at = 1\n")
    assert len(forbidden_words(names_given(tree))) == 4
    assert manager_classes(tree) == ["TicketManager"]
    assert manager_classes(ast.parse("class Manager: pass")) == []
    assert long_functions(ast.parse("def f():\n" + "    x = 1\n" * 60)) == ["f"]
    assert words("nextAgentID_value") == ["next", "agent", "id", "value"]
