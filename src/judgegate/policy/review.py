"""The block `review`: what a human review is, and from whom it comes.

A rule or a case may have one of its own.

A new term is a row of `REVIEW_TERMS`, a field of `ReviewBlock` and `ReviewTerms`, and what acts on
it in the room `review`.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from judgegate.model.levels import Scale
from judgegate.model.verdict import Standing
from judgegate.policy.block_fields import (
    AspectDifference,
    LayeredBlock,
    Term,
    block_shape,
    compare_terms,
    set_fields,
    single_fields,
    tightened,
)
from judgegate.policy.problems import Placed, Problems, nearest
from judgegate.policy.reader import (
    Field,
    Shape,
    list_of,
    matching,
    one_of,
    one_word,
    refuse,
    refuse_word,
    table,
    whole_number,
)
from judgegate.policy.schema_shapes import Schema, some, table_schema
from judgegate.policy.yaml_document import Node, Scalar

MOST_APPROVALS = 10


class Stale(Scale):
    """Whether an approval must be of the change's head (`head`), or never grows stale.

    In each scale the laxer word is first.
    """

    NEVER = "never"
    HEAD = "head"


class ContributorTerm(Scale):
    """Which contributors of the change may approve it: all but its author, or none."""

    NOT_AUTHOR = "not_author"
    NEVER = "never"


class AuthorApproval(Scale):
    """Whether the author may attest the change alone."""

    ATTEST = "attest"
    NEVER = "never"


_FORMS = "{permission: write}, {team: org/team}, {user: login} or code_owners"
_LOGIN = r"@?[A-Za-z0-9][A-Za-z0-9-]{0,98}"
_STANDING = (
    Field("permission", one_word(("write", "maintain", "admin"))),
    Field(
        "team",
        matching(re.compile(_LOGIN + r"/[A-Za-z0-9_.-]{1,100}"), "a team such as org/team"),
    ),
    Field("user", matching(re.compile(_LOGIN), "a login")),
)


def _read_standing(node: Node, problems: Problems) -> Standing | None:
    """One entry of `from`: a mapping with a single key, or `code_owners`."""
    if isinstance(node, Scalar):
        if node.text == "code_owners":
            return Standing("code_owners")
        return refuse_word(node, problems, _FORMS, nearest(node.text, ["code_owners"]))
    forms = table(node, problems, _FORMS)
    if forms is None:
        return None
    taken = forms.take_all(_STANDING)
    forms.close("from")
    if len(forms.node.entries) != 1:
        return refuse(node, problems, f"exactly one of {_FORMS} in each entry")
    return next(
        (Standing(kind, value.removeprefix("@")) for kind, value in taken.items()), None
    )


standings = Shape(
    list_of(_read_standing, f"a list of {_FORMS}").read, {"$ref": "#/$defs/standings"}
)
"""Who may give the review."""


def standings_schema(*, owners: bool) -> Schema:
    """The schema `#/$defs/standings`; with `owners`, code owners are among them."""
    forms: list[Schema] = [
        *([{"const": "code_owners"}] if owners else []),
        *(table_schema({row.key: row.schema}, [row.key]) for row in _STANDING),
    ]
    return {"description": "From any of these.", **some({"anyOf": forms})}


def describe_standings(standings: Iterable[Standing]) -> str:
    """Whom a review is accepted from, as it is written: `[{permission: write}, code_owners]`."""
    written = (
        one.kind if one.value is None else f"{{{one.kind}: {one.value}}}"
        for one in standings
    )
    return f"[{', '.join(written)}]"


def _narrowed(
    standings: tuple[Standing, ...], later: tuple[Standing, ...]
) -> tuple[Standing, ...]:
    """The later standings where they are a part of these, else these."""
    # Of two lists that only overlap neither is the stricter one, so the first one stays.
    return later if set(later) <= set(standings) else standings


REVIEW_TERMS = (
    Term("approvals", whole_number(1, MOST_APPROVALS), "How many approvals are required."),
    Term(
        "from",
        standings,
        name="standings",
        stricter=_narrowed,
        describe=lambda standings: " or ".join(sorted(map(str, standings))),
    ),
    Term("stale", one_of(Stale), "head: only approvals of the newest commit count."),
    Term(
        "contributors",
        one_of(ContributorTerm),
        "Whether co-authors and committers may approve.",
    ),
    Term(
        "author",
        one_of(AuthorApproval),
        "attest: the author may vouch for the change; for a maintainer who works alone.",
    ),
)


class ReviewBlock(Struct, frozen=True):
    """Review terms, as far as they are set."""

    approvals: Placed[int] | None = None
    standings: Placed[tuple[Standing, ...]] | None = None
    stale: Placed[Stale] | None = None
    contributors: Placed[ContributorTerm] | None = None
    author: Placed[AuthorApproval] | None = None


NO_REVIEW = ReviewBlock()


class ReviewTerms(Struct, frozen=True):
    """What a human review is: how many approvals, from any of whom."""

    approvals: int = 1
    standings: tuple[Standing, ...] = (Standing("permission", "write"),)
    stale: Stale = Stale.HEAD
    contributors: ContributorTerm = ContributorTerm.NEVER
    author: AuthorApproval = AuthorApproval.NEVER

    def tightened(self, later: "ReviewTerms") -> "ReviewTerms":
        """These terms, and of later ones what is stricter."""
        return tightened(REVIEW_TERMS, self, later)


_block = block_shape(
    ReviewBlock,
    REVIEW_TERMS,
    "review settings",
    "review",
    description="The requirements for a human review.",
)
review_schema = _block.schema
"""The schema `#/$defs/review`."""
review_block = Shape(_block.read, {"$ref": "#/$defs/review"})

REVIEW = LayeredBlock(ReviewTerms(), single_fields, set_fields)


def compare_reviews(old: ReviewTerms, new: ReviewTerms) -> Iterator[AspectDifference]:
    """The aspects of a review that differ."""
    return compare_terms("review", REVIEW_TERMS, old, new)
