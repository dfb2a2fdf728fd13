"""The rules of the house that a machine can check: sizes, words, first lines."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
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


def faults(files: list[Path], found_in: Callable[[Path], Iterable[str]]) -> list[str]:
    """What is found, file by file: a test for each file would be thousands of them."""
    return [f"{name_of(file)}: {fault}" for file in files for fault in found_in(file)]


def too_long(file: Path) -> Iterator[str]:
    text = file.read_text()
    if (lines := len(text.splitlines())) > MOST_LINES:
        yield f"{lines} lines"
    yield from (f"{name} is long" for name in long_functions(ast.parse(text)))


def without_first_line(file: Path) -> Iterator[str]:
    text = file.read_text()
    if not text.strip() or "migrations/versions" in name_of(file):
        return
    first = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    if not first:
        yield "no docstring"
    elif not text.lstrip().startswith(('"""' + first[0], 'r"""' + first[0])):
        yield "not in the first line"


def other_words(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    yield from forbidden_words(part.removesuffix(".py") for part in name_of(file).split("/"))
    yield from forbidden_words(names_given(tree))
    yield from manager_classes(tree)


def marks_of_later(file: Path) -> list[str]:
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "raise NotImplemented" + "Error"))
    return re.findall(rf"\b({marks})\b", file.read_text())


def machines_named(file: Path) -> list[str]:
    if not file.is_file() or file.suffix in {".png", ".webp", ".mo"}:
        return []
    hosts = "|".join(("pythonhosted" + r"\.org", "pypi" + r"\.org/simple", "/wo" + "rk/"))
    return re.findall(hosts, file.read_text(errors="replace"))


def test_a_file_is_readable_in_one_sitting():
    assert faults(SOURCES, too_long) == []


def test_a_module_says_what_it_is_about():
    assert faults(SOURCES, without_first_line) == []


def test_the_words_are_those_of_the_glossary():
    assert faults(IN_ROOMS, other_words) == []


def test_nothing_is_left_for_later():
    assert faults(SOURCES, marks_of_later) == []


def test_no_path_of_a_machine_and_no_mirror_is_named():
    assert faults(committed("*"), machines_named) == []


def test_each_rule_finds_what_breaks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / "helper.py"
    long = "def f():\n" + "    x = 1\n" * 400
    file.write_text(f"{long}# TO" + "DO: /wo" + "rk/ is ours\n")
    assert faults([file], too_long) == ["helper.py: 402 lines", "helper.py: f is long"]
    assert faults([file], without_first_line) == ["helper.py: no docstring"]
    assert len(faults([file], other_words)) == 1
    assert faults([file], marks_of_later) == ["helper.py: TO" + "DO"]
    assert faults([file], machines_named) == ["helper.py: /wo" + "rk/"]
    file.write_text('# first\n"""Then this."""\n')
    assert faults([file], without_first_line) == ["helper.py: not in the first line"]


def test_the_checks_can_fail():
    tree = ast.parse("class TicketManager:\n    def helper(self, agent): self.alarm_at = 1\n")
    assert len(forbidden_words(names_given(tree))) == 4
    assert manager_classes(tree) == ["TicketManager"]
    assert manager_classes(ast.parse("class Manager: pass")) == []
    assert long_functions(ast.parse("def f():\n" + "    x = 1\n" * 60)) == ["f"]
    assert words("nextAgentID_value") == ["next", "agent", "id", "value"]
