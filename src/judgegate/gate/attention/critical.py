"""Paths that are critical: because the policy asks for more there, or by their name."""

import re
from collections.abc import Iterable, Iterator

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.critical_names import CRITICAL, POLICY, Critical
from judgegate.gate.attention.questions import ASKED_MORE as WHY_MORE
from judgegate.gate.attention.weights import ASKED_MORE
from judgegate.model.attention import Concern, Stake
from judgegate.model.verdict import Standing
from judgegate.policy import ReviewTerms

LONGEST_PATH = 4096
"""Characters of a path that are looked at: longer than any path that a system opens."""

WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

PEOPLE = {"code_owners": "its code owners", "team": "a certain team", "user": "a certain person", "permission": "more permission"}
"""What a standing asks for, without naming anybody."""


POLICY_FILE = f"by its path it is about {POLICY.what}"
"""What is said of a file that decides how changes are judged."""


def critical_by_name(path: str) -> Iterator[Weighed]:
    """What the path's words and the file's name say that it is about: the weightiest alone."""
    found = next((row for row in sorted(CRITICAL, key=lambda row: -row.weight) if _names(row, path)), None)
    if found is not None:
        yield Weighed(Concern(Stake.CRITICAL, f"by its path it is about {found.what}", found.question, generic=True), found.weight)


def _names(row: Critical, path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    if name in row.names or path.startswith(row.folders) or any(name.startswith(one) and name.endswith(end) for one, end in row.affixes):
        return True
    return not row.words.isdisjoint(word.lower() for word in WORD.findall(path[:LONGEST_PATH])) if row.words else False


def critical_by_policy(asked: Iterable[ReviewTerms], usual: Iterable[ReviewTerms]) -> Iterator[Weighed]:
    """Where a path's terms of review ask for more than is usual: more approvals, or people whom the usual terms do not name."""
    known = tuple(usual)
    most = max((terms.approvals for terms in known), default=0)
    named = {standing for terms in known for standing in terms.standings}
    more = [terms for terms in asked if terms.approvals and (terms.approvals > most or not set(terms.standings) <= named)]
    if more:
        what = f"the policy asks for more here: {describe_terms(max(more, key=lambda terms: (terms.approvals, describe_terms(terms))))}"
        yield Weighed(Concern(Stake.CRITICAL, what, WHY_MORE), ASKED_MORE)


def describe_terms(terms: ReviewTerms) -> str:
    """Such as: 2 approvals, from its code owners."""
    approvals = "1 approval" if terms.approvals == 1 else f"{terms.approvals} approvals"
    return f"{approvals}, from {' or '.join(dict.fromkeys(map(_describe, terms.standings)))}"


def _describe(standing: Standing) -> str:
    return f"people with {standing.value} permission" if standing.kind == "permission" else PEOPLE[standing.kind]
