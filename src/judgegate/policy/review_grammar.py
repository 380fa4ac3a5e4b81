"""How it is written what a human review is, and from whom it comes."""

import re
from collections.abc import Iterable

from judgegate.model.verdict import Standing
from judgegate.policy.model import ReviewBlock
from judgegate.policy.problems import Problems, nearest
from judgegate.policy.reader import (
    FieldReader,
    Read,
    list_of,
    matching,
    one_of,
    one_word,
    refuse,
    refuse_word,
    table,
    whole_number,
)
from judgegate.policy.terms import AuthorApproval, ContributorTerm, Stale
from judgegate.policy.yaml_document import Node, Scalar

MOST_APPROVALS = 10
PERMISSIONS = ("write", "maintain", "admin")
_LOGIN = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9-]{0,98}")
_TEAM = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9-]{0,98}/[A-Za-z0-9_.-]{1,100}")
_FORMS = "{permission: write}, {team: org/team}, {user: login} or code_owners"


def review_block(node: Node, problems: Problems) -> ReviewBlock | None:
    """Review terms, as far as they are set."""
    terms = table(node, problems, "review terms")
    if terms is None:
        return None
    block = ReviewBlock(
        approvals=terms.placed("approvals", whole_number(1, MOST_APPROVALS)),
        standings=terms.placed("from", standings),
        stale=terms.placed("stale", one_of(Stale)),
        contributors=terms.placed("contributors", one_of(ContributorTerm)),
        author=terms.placed("author", one_of(AuthorApproval)),
    )
    terms.close("review")
    return block


def standing(node: Node, problems: Problems) -> Standing | None:
    """Whom a review is accepted from."""
    if isinstance(node, Scalar):
        if node.text == "code_owners":
            return Standing("code_owners")
        return refuse_word(node, problems, _FORMS, nearest(node.text, ["code_owners"]))
    forms = table(node, problems, _FORMS)
    if forms is None:
        return None
    readers = {
        "permission": one_word(PERMISSIONS),
        "team": matching(_TEAM, "a team as org/team"),
        "user": matching(_LOGIN, "a login"),
    }
    taken = {kind: forms.take(kind, read) for kind, read in readers.items()}
    forms.close("from")
    if len(forms.node.entries) != 1:
        return refuse(node, problems, f"exactly one of {_FORMS} in each entry")
    return next(
        (Standing(kind, value.removeprefix("@")) for kind, value in taken.items() if value is not None), None
    )


standings: Read[tuple[Standing, ...]] = list_of(standing, f"a list of {_FORMS}")


def review_of(terms: FieldReader) -> ReviewBlock:
    """The `review` of a rule or a case."""
    return terms.take("review", review_block) or ReviewBlock()


def describe_standings(standings: Iterable[Standing]) -> str:
    """Whom a review is accepted from, as it is written: `[{permission: write}, code_owners]`."""
    return f"[{', '.join(standing.kind if standing.value is None else f'{{{standing.kind}: {standing.value}}}' for standing in standings)}]"
