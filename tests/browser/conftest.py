"""A browser without a network: Chromium, driven by Playwright; skipped with a reason where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra: test)")
    path = next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


class Opened:
    """A page that is open, with all that it tried and all that went wrong."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", lambda r: self._asked(r.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:", "about:")) and url.split("#")[0] != self.file:
            self.requests.append(url)

    file = ""

    def js(self, code: str) -> Any:
        """Value of a piece of JavaScript in the page."""
        return self.page.evaluate(code)

    def settle(self) -> None:
        """Wait until what was asked for is painted."""
        self.js("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def turn_to(self, path: Path, *, wait: bool = True) -> None:
        """Open another file in the same window; a page of ours is waited for until it is drawn."""
        self.file = path.as_uri()
        self.page.goto(self.file)
        if wait:
            self.page.wait_for_selector('[data-ready="1"]', timeout=15_000)
            self.settle()

    def drawn(self) -> dict[str, int]:
        """Features drawn, by group."""
        self.settle()
        return self.js("YRD.pages[0].drawn()")

    def check(self) -> None:
        """No request, no error, no dialog so far."""
        assert (self.requests, self.errors, self.dialogs) == ([], [], [])


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file in a browser that is cut off from any network; everything it asks for is counted."""
    contexts = []

    def open_file(
        path: Path, *, width: int = 1400, height: int = 900, address: str = "", wait: bool = True
    ) -> Opened:
        phone = width < 700
        context = chromium.new_context(
            viewport={"width": width, "height": height}, offline=True, is_mobile=phone, has_touch=phone
        )
        contexts.append(context)
        context.route("http*://**", lambda route: route.abort())
        opened = Opened(context.new_page())
        opened.file = path.as_uri()
        opened.page.goto(path.as_uri() + (f"#{address}" if address else ""))
        if wait:
            opened.page.wait_for_selector('[data-ready="1"]', timeout=15_000)
            opened.settle()
        return opened

    yield open_file
    for context in contexts:
        context.close()
