"""A site on a loopback port, and Chromium to look at it; every request and console line is kept."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from lims_msc import create_app

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
CHROMIUM = next(
    (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Site:
    """The address of the running site, and what the browser did with it."""

    origin: str
    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def sign_in(self, login: str, password: str) -> None:
        self.open("/sign-in")
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Sign out").wait_for()

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("heading", name="Sign in").wait_for()

    def check_access(self) -> None:
        """Run axe over the page as it stands and refuse every finding."""
        # Evaluated by the debugger, the page's own policy stays as strict as it is.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("axe.run(document)")
        problems = [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert not problems, f"{self.page.url}\n" + "\n".join(problems)
        self.looked_at.append(self.page.url)

    def picture(self, name: str, folder: Path, *, full_page: bool = True) -> None:
        """Keep a picture of the page; in docs/ where pictures are being renewed."""
        target = PICTURES if os.environ.get("RENEW_PICTURES") else folder
        self.page.screenshot(path=target / f"{name}.png", full_page=full_page)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is missing; the test runner leaves this group out by its marker"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def app(database_file: Path) -> Flask:
    return create_app(
        {"LIMS_MSC_DATABASE_URL": f"sqlite:///{database_file}", "SECRET_KEY": "only for tests"}
    )


@pytest.fixture
def site(app: Flask, browser: Browser) -> Iterator[Site]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(
        viewport={"width": 1360, "height": 900}, accept_downloads=True, locale="de-DE"
    )
    page = context.new_page()
    site = Site(f"http://127.0.0.1:{server.server_port}", context, page)
    context.on("request", lambda request: site.requests.append(request.url))
    page.on("console", lambda line: site.console.append(f"{line.type}: {line.text}"))
    page.on("pageerror", lambda problem: site.console.append(f"error: {problem}"))
    yield site
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["lims_msc"].database.engine.dispose()
