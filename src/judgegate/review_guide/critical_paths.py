"""Paths that are critical: because the policy asks for more there, or by their name."""

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter

from msgspec import Struct

from judgegate.model.hunks import Concern, Stake
from judgegate.model.verdict import Standing
from judgegate.policy.review import ReviewTerms
from judgegate.review_guide.concerns import ASKED_MORE, WHY_MORE, Weighed


class Critical(Struct, frozen=True):
    """What such a path is about, what that weighs, and what to ask.

    `words` are searched among the words of the path, `names` among the files' own names, both in
    lower case; `folders` are what the path starts with. `affixes` are pairs of what a file's name
    starts and ends with.
    """

    what: str
    weight: int
    question: str
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    affixes: tuple[tuple[str, str], ...] = ()

    def is_about(self, path: str, words: frozenset[str]) -> bool:
        """Whether the path, which has these words in it, is one of them."""
        name = path.rpartition("/")[2].lower()
        if name in self.names or path.startswith(self.folders):
            return True
        for start, end in self.affixes:
            if name.startswith(start) and name.endswith(end):
                return True
        return not self.words.isdisjoint(words)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POLICY = Critical(
    "how changes are judged",
    5,
    "Who may change this, and have they agreed?",
    names=_words(".judgegate.yml codeowners"),
)
CRITICAL: tuple[Critical, ...] = (
    POLICY,
    Critical(
        "who may do what",
        4,
        "Who gets access by this who had none before, and who loses access?",
        words=_words(
            "auth authn authz authentication authorization authorisation"
            " login logout signin signup session sessions password passwords"
            " oauth oauth2 oidc saml sso jwt mfa totp permission permissions acl rbac csrf"
        ),
    ),
    Critical(
        "cryptography or secrets",
        4,
        "What does this protect, and what could be read or forged if it is wrong?",
        words=_words(
            "crypto cryptography cipher encryption encrypt decrypt signing keystore"
            " secrets vault tls ssl certificates"
        ),
    ),
    Critical(
        "money",
        4,
        "If this runs twice or stops half-way, who loses money?",
        words=_words(
            "payment payments billing invoice invoices checkout"
            " payout payouts refund refunds ledger wallet"
        ),
    ),
    Critical(
        "a migration",
        3,
        "Can it be undone, and does the version that runs now still work after it?",
        words=_words("migration migrations alembic flyway liquibase"),
    ),
    Critical(
        "a pipeline",
        4,
        "What can this job access, and can an outsider's change run it?",
        names=_words(
            ".gitlab-ci.yml azure-pipelines.yml jenkinsfile .travis.yml"
            " bitbucket-pipelines.yml action.yml action.yaml"
        ),
        folders=(
            ".github/workflows/",
            ".github/actions/",
            ".circleci/",
            ".buildkite/",
            ".gitlab/",
        ),
    ),
    Critical(
        "what is built and shipped",
        3,
        "What ends up in the image, and as which user does it run?",
        names=_words(
            "containerfile docker-compose.yml docker-compose.yaml compose.yml compose.yaml"
        ),
        affixes=(("dockerfile", ""), ("", ".dockerfile")),
    ),
    Critical(
        "dependencies",
        2,
        "Is each new dependency needed, the intended one, and from the intended source?",
        names=_words(
            "pyproject.toml setup.py setup.cfg pipfile package.json go.mod cargo.toml gemfile"
            " pom.xml build.gradle build.gradle.kts composer.json package-lock.json yarn.lock"
            " pnpm-lock.yaml poetry.lock uv.lock pdm.lock pipfile.lock go.sum cargo.lock"
            " gemfile.lock composer.lock"
        ),
        affixes=(
            ("requirements", ".txt"),
            ("requirements", ".in"),
            ("constraints", ".txt"),
        ),
    ),
)


LONGEST_PATH = 4096
"""Characters of a path that are searched: longer than any path that a system opens."""

WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

PEOPLE = {
    "code_owners": "its code owners",
    "team": "a certain team",
    "user": "a certain person",
    "permission": "more permission",
}


POLICY_FILE = f"its path suggests that it is about {POLICY.what}"
"""What is said of a file that decides how changes are judged."""


def critical_by_name(path: str) -> Iterator[Weighed]:
    """What the path's words and the file's name say that it is about: the weightiest alone."""
    words = frozenset(map(str.lower, WORD.findall(path[:LONGEST_PATH])))
    about = (row for row in CRITICAL if row.is_about(path, words))
    # Of rows that weigh the same the first one of the table.
    found = max(about, key=attrgetter("weight"), default=None)
    if found is None:
        return
    concern = Concern(
        stake=Stake.CRITICAL,
        what=f"its path suggests that it is about {found.what}",
        question=found.question,
        generic=True,
    )
    yield Weighed(concern, found.weight)


def critical_by_policy(
    asked: Iterable[ReviewTerms], usual: Iterable[ReviewTerms]
) -> Iterator[Weighed]:
    """Where a path's terms of review ask for more than is usual.

    More is: more approvals, or people whom the usual terms do not name.
    """
    known = tuple(usual)
    most = max((terms.approvals for terms in known), default=0)
    named = {standing for terms in known for standing in terms.standings}

    def is_more(terms: ReviewTerms) -> bool:
        # Terms without an approval ask for nothing, whomever they name.
        if not terms.approvals:
            return False
        return terms.approvals > most or not set(terms.standings) <= named

    more = [(terms.approvals, describe_terms(terms)) for terms in filter(is_more, asked)]
    if more:
        _, described = max(more)
        what = f"the policy requires more here: {described}"
        yield Weighed(Concern(Stake.CRITICAL, what, WHY_MORE), ASKED_MORE)


def describe_terms(terms: ReviewTerms) -> str:
    """Such as: 2 approvals, from its code owners."""
    approvals = "1 approval" if terms.approvals == 1 else f"{terms.approvals} approvals"
    # Two teams read the same here, since they are not named: say it once.
    standings = dict.fromkeys(map(_describe, terms.standings))
    return f"{approvals}, from {' or '.join(standings)}"


def _describe(standing: Standing) -> str:
    """Whom a standing asks for, without naming anybody."""
    if standing.kind == "permission":
        return f"people with {standing.value} permission"
    return PEOPLE[standing.kind]
