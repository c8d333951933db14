"""The running site as a browser sees it, with everything that the browser did."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).parent / "browser" / "vendor" / "axe.min.js"
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "images"


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
