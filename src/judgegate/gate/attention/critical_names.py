"""Names that mark a path as critical in most repositories, as data: a convention to start from, beside what the policy says itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Critical:
    """What such a path is about, what that weighs, and what to ask.

    `words` are looked for among the words of the path, `names` among the files' own names, both in lower case; `folders` are what the path
    starts with. `start` and `end` are those of a file's name, together.
    """

    what: str
    weight: int
    question: str
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    affixes: tuple[tuple[str, str], ...] = ()


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
        "Who gets in by this that did not before, and who is kept out?",
        words=_words(
            "auth authn authz authentication authorization authorisation login logout signin signup session sessions password passwords"
            " oauth oauth2 oidc saml sso jwt mfa totp permission permissions acl rbac csrf"
        ),
    ),
    Critical(
        "cryptography or secrets",
        4,
        "What does this protect, and what could be read or forged if it is wrong?",
        words=_words("crypto cryptography cipher encryption encrypt decrypt signing keystore secrets vault tls ssl certificates"),
    ),
    Critical(
        "money",
        4,
        "What if this runs twice, or stops half-way: who loses money?",
        words=_words("payment payments billing invoice invoices checkout payout payouts refund refunds ledger wallet"),
    ),
    Critical(
        "a migration",
        3,
        "Can it be undone, and does the version that runs now survive it?",
        words=_words("migration migrations alembic flyway liquibase"),
    ),
    Critical(
        "a pipeline",
        4,
        "What may this job touch, and can an outsider's change run it?",
        names=_words(".gitlab-ci.yml azure-pipelines.yml jenkinsfile .travis.yml bitbucket-pipelines.yml action.yml action.yaml"),
        folders=(".github/workflows/", ".github/actions/", ".circleci/", ".buildkite/", ".gitlab/"),
    ),
    Critical(
        "what is built and shipped",
        3,
        "What ends up in the image, and as whom does it run?",
        names=_words("containerfile docker-compose.yml docker-compose.yaml compose.yml compose.yaml"),
        affixes=(("dockerfile", ""), ("", ".dockerfile")),
    ),
    Critical(
        "dependencies",
        2,
        "Is each new dependency the one that is meant, from where it is meant, and needed?",
        names=_words(
            "pyproject.toml setup.py setup.cfg pipfile package.json go.mod cargo.toml gemfile pom.xml build.gradle build.gradle.kts"
            " composer.json package-lock.json yarn.lock pnpm-lock.yaml poetry.lock uv.lock pdm.lock pipfile.lock go.sum cargo.lock"
            " gemfile.lock composer.lock"
        ),
        affixes=(("requirements", ".txt"), ("requirements", ".in"), ("constraints", ".txt")),
    ),
)
