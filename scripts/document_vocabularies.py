"""Writes docs/vocabularies.md, every term with its identifiers, from the vocabularies themselves.

document_vocabularies.py            write it
document_vocabularies.py --check    fail if it is not what the vocabularies say
"""

import sys
from collections import defaultdict
from collections.abc import Iterable

from made_page import write_or_check

from lims_msc.domain.records.vocabularies import Term, Vocabulary, vocabulary_of

HEAD = """# The vocabularies

Made from the lists by `python scripts/document_vocabularies.py`; a test compares both.

Diseases, tissues and cells are closed lists. What is stored is the key: for a disease its MONDO
identifier, for a tissue its short code, for cells their name. A field of a form or a cell of a
workbook takes any name, synonym, identifier or code of the tables below; case, spaces, hyphens,
accents and British or American spelling make no difference, and names of ontologies may be
written `MONDO:0005301`, `MONDO_0005301` or as an address.

Words are taken for a term only where they mean one thing:

- An abbreviation of two letters is never taken for a disease or for cells, nor is one that may
  mean several things; both are listed under each table. The codes of tissues are the exception:
  they are what is stored.
- `MS?`, `V.a. MS` or `suspected MS` is a doubt, and `SLE, APS` is two diseases.
- A code of ICD-10 counts with its system and version. A code marked *not exact* stands for a wider
  group and leads to the term without meaning it.
- Words that are nearly a name are answered with that name, and not changed.

Mappings of MONDO are those of its files of 2026-08-04; the Cell Ontology is that of 2026-08-19. A
code marked *confirm before publication* is in none of these files.
"""

INTRODUCTIONS = {
    "disease": "The key is the MONDO identifier. Graft-versus-host disease is alloimmune and "
    "listed because donors have it.",
    "tissue": "The key is the code. The column of codes has the Cell Ontology's term for the MSC "
    "of the tissue.",
    "cell": "MSC are shown as stromal cells; the ontology's label still says stem cells.",
}


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with what the vocabularies say."""
    return write_or_check(
        arguments, script="document_vocabularies.py", page="vocabularies.md", text=page
    )


def page() -> str:
    """Return the page."""
    return HEAD + "".join(section(vocabulary_of(key)) for key in INTRODUCTIONS)


def section(vocabulary: Vocabulary) -> str:
    """Return the terms of one vocabulary, and what its words do not mean alone."""
    lines = "".join(line(term) for term in vocabulary.terms)
    asked = "".join(
        f"- `{words}`: {', '.join(labels)}{f'; {others}' if others else ''}\n"
        for words, labels, others in confused(vocabulary)
    )
    return (
        f"\n## {vocabulary.title}\n\n{INTRODUCTIONS[vocabulary.key]}\n\n"
        "| key | name | identifier | abbreviations | synonyms | codes | to know |\n"
        f"| --- | --- | --- | --- | --- | --- | --- |\n{lines}\n"
        f"Never taken for a term without a person saying so:\n\n{asked}"
    )


def line(term: Term) -> str:
    """Return the line of one term."""
    to_know = term.warning
    if not term.is_choosable:
        to_know += f" Cannot be chosen; instead: {', '.join(term.replaced_by)}."
    cells = (
        f"`{term.key}`",
        term.label,
        term.identifier or "–",
        ", ".join(term.abbreviations) or "–",
        "; ".join(term.synonyms) or "–",
        "; ".join(code.text for code in term.codes) or "–",
        to_know or "–",
    )
    return f"| {' | '.join(cells)} |\n"


def confused(vocabulary: Vocabulary) -> Iterable[tuple[str, list[str], str]]:
    """Yield names and abbreviations that resolve to no term, what they may mean, and what else."""
    written: dict[str, str] = defaultdict(str)
    for confusion in vocabulary.confusions:
        written[confusion.abbreviation.casefold()] = confusion.abbreviation
    for term in vocabulary.terms:
        for words in (*term.abbreviations, *term.names):
            written[words.casefold()] = written[words.casefold()] or words
    others = {c.abbreviation.casefold(): c.others for c in vocabulary.confusions}
    for folded, words in sorted(written.items()):
        found = vocabulary.resolve(words)
        if found.term is None:
            yield words, [term.label for term in found.candidates], others.get(folded, "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
