"""What is known of the change as git trailers, for the message of a squash: what it disclosed must not go with its commits."""

from collections.abc import Iterator

from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.escape import escape

LONGEST = 100
UNNAMED = "any"
"""What the catalogue calls the tool of a marker that names none."""


def render_trailers(verdict: Verdict) -> str:
    """One trailer a line, `Key: value`. What is declared here counts as evidence when the squash is judged."""
    return "".join(f"{key}: {_clean(value)}\n" for key, value in dict.fromkeys(_trailers(verdict)))


def _trailers(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield from (("Assisted-by", value) for value in _assistants(verdict.provenance))
    for approval in verdict.review.counted:
        yield "Reviewed-by" if approval.attested is None else "Attested-by", f"@{approval.who}"
    if verdict.change.head:
        yield "Judgegate-Head", verdict.change.head.oid
    yield "Judgegate-Outcome", verdict.outcome.value


def _assistants(provenance: ProvenanceVerdict) -> Iterator[str]:
    """Words that say what they are: some names do not show whether they are a tool's or a person's."""
    tools = sorted({piece.tool for piece in provenance.gating})
    # With an `@` it would be taken for a person's address.
    yield from (f"AI tool {tool.replace('@', ' at ')}" for tool in tools if tool != UNNAMED)
    stated = provenance.assumed is not None and provenance.gate_on is not None
    if tools == [UNNAMED] or (stated and not tools):
        yield "AI"


def _clean(value: str) -> str:
    """On one line, with nothing that cannot be seen, and without what would make a name an address."""
    words = " ".join(escape(value).split())
    return words.replace("<", "(").replace(">", ")")[:LONGEST]
