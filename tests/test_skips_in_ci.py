"""Where CI=true a skipped test fails the run; on a laptop it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPPING = "import pytest\n\ndef test_needs_a_server():\n    pytest.skip('no server here')\n"
PASSING = "def test_needs_nothing():\n    assert True\n"


@pytest.mark.parametrize(
    ("text", "environment", "status"),
    [
        (SKIPPING, {"CI": "true"}, pytest.ExitCode.TESTS_FAILED),
        (SKIPPING, {}, pytest.ExitCode.OK),
        (PASSING, {"CI": "true"}, pytest.ExitCode.OK),
    ],
)
def test_a_skip_fails_the_run_in_ci_alone(
    tmp_path: Path, text: str, environment: dict[str, str], status: pytest.ExitCode
):
    (tmp_path / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--import-mode=importlib"]
    done = subprocess.run(
        [*command, "-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", tmp_path],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("skipped in CI" in done.stdout) == (status != pytest.ExitCode.OK)
