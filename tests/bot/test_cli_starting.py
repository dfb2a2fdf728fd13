"""What a running Okno has in memory, looked at in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS = """
import sys
import bot.cli.commands
from bot.cli.starting import importing

with importing():
    import bot.app
print("structlog" in sys.modules, "rich" in sys.modules)
import rich
print(rich.__name__)
"""


def test_what_draws_tracebacks_is_not_loaded_and_can_be_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["True False", "rich"]
