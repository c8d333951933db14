"""The page of the vocabularies says what the lists say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lims_msc.domain.records.vocabularies import vocabulary_of

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_vocabularies_is_what_the_lists_say() -> None:
    command = [sys.executable, ROOT / "scripts" / "document_vocabularies.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_term_has_a_line_with_its_identifier_and_codes() -> None:
    page = (ROOT / "docs" / "vocabularies.md").read_text(encoding="utf-8").splitlines()
    lines = {line.split("`")[1]: line for line in page if line.startswith("| `")}
    for key in ("disease", "tissue", "cell"):
        for term in vocabulary_of(key).terms:
            wanted = (term.label, term.identifier, *(code.text for code in term.codes))
            assert [text for text in wanted if text not in lines[term.key]] == []
    asked = "\n".join(page)
    assert "- `SSc`: systemic sclerosis, Sjögren syndrome" in asked
    assert "- `UC`: ulcerative colitis; also the tissue umbilical cord" in asked
