"""A site on a loopback port, and Chromium to look at it; every request and console line is kept."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Site
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from lims_msc import create_app

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
