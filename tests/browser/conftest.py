"""One Chromium, one demo a file, and a fresh page of it for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.playing import NoBrowser, Played, chromium, demo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as one:
            yield one
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def url(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    with demo() as address:
        yield address


@pytest.fixture
def played(browser: Browser, url: str, tmp_path: Path) -> Iterator[Played]:
    """A fresh page of the one demo; a fault in it, or a request elsewhere, fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    one = Played(page, url)
    yield one
    page.screenshot(path=tmp_path / "page.png")
    print(f"\nscreenshot: {tmp_path / 'page.png'}")
    page.close()
    assert one.faults == []
    assert one.foreign == []
