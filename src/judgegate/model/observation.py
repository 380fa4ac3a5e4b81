"""What a check saw, before any policy has judged it."""

import hashlib
import hmac
from collections.abc import Sequence

from msgspec import Struct

from judgegate.model.evidence_context import EvidenceContext
from judgegate.model.levels import Confidence, Severity
from judgegate.model.ranges import LineRange


class Observation(Struct, frozen=True):
    """Something that a check saw.

    `subject` is the qualified name of the enclosing definition, empty at the top of a file.
    `severity` and `confidence` are the tool's own, None where it has none. `measure` is a whole
    number where the rule measures something (`metric` names it). `key` pairs the two sides of a
    change; it equals `fingerprint` except for a secret, and is never published. `body` is a digest
    of the normalised body of the function that it stands in, or of what stands around it: what
    moved to another file keeps it. `excerpt` is the first flagged line, a secret masked.
    """

    rule: str
    code: str
    lines: LineRange
    subject: str
    message: str
    fingerprint: str
    key: str
    excerpt: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    measure: int | None = None
    metric: str | None = None
    body: str | None = None
    definition: LineRange | None = None
    """The lines of the enclosing definition, None at the top of a file."""
    context: EvidenceContext | None = None
    """What its danger hangs on, None where nothing reads that, or where it could not be read."""

    @property
    def size(self) -> int:
        """The measure, for comparisons: 0 where the rule measures nothing."""
        return self.measure or 0

    @property
    def whole(self) -> LineRange:
        """The lines of the enclosing definition; at the top of a file, its own."""
        return self.definition or self.lines


def fingerprint(rule: str, code: str, subject: str, lines: Sequence[str]) -> str:
    """A name for a finding that survives moves and re-indents: `1:` and 16 hexadecimal digits.

    The first 16 digits of SHA-256 over, joined by NUL: rule, code, qualified name of the enclosing
    definition, and `lines`, each stripped, blank ones dropped. For a measure, `lines` is the name
    of the metric alone.
    """
    # Indents and blank lines are dropped: code that a formatter moved is the same finding.
    kept = [stripped for line in lines if (stripped := line.strip())]
    text = "\0".join([rule, code, subject, *kept])
    # A line's odd bytes are lone surrogates, which plain UTF-8 refuses.
    return "1:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def secret_key(
    salt: bytes, rule: str, code: str, subject: str, lines: Sequence[str]
) -> str:
    """The inner key of a secret: like a fingerprint, but over the unmasked lines.

    It is of use only within one run, which chose the salt.
    """
    # A plain digest of the lines would let anybody who sees it test guesses of the secret.
    plain = fingerprint(rule, code, subject, lines)
    return "secret:" + hmac.new(salt, plain.encode(), hashlib.sha256).hexdigest()
