"""The kinds of guards, as data.

What a line of each looks like in any language, what to say of one that is gone, and what to ask.

A pattern is searched in single lines that are cut at `lines.LONGEST` characters; where it repeats,
it does so possessively or within a bound, so that no line is dear. Its group `name` is an
identifier or a keyword of the code, never a literal: it is shown, and a literal may be a secret.
`unless` is searched in the same line: then it is no guard, or one that was switched off.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from msgspec import Struct


class Where(Enum):
    """In which files a kind of guard is searched."""

    CODE = "code"
    TESTS = "tests"
    PIPELINES = "pipelines"


class GuardKind(Struct, frozen=True):
    """A kind of guard.

    `what` says of a line of it that it is gone, as a clause with `{name}`; `weight` is what that
    weighs.

    `conditional`: a line is a guard only below a condition. `stays`: its loss counts even if the
    definition around it is gone as well.
    """

    key: str
    weight: int
    what: str
    question: str
    pattern: str
    unless: str | None = None
    places: frozenset[Where] = frozenset({Where.CODE})
    conditional: bool = False
    stays: bool = False


AUTHORISATION = GuardKind(
    key="authorisation",
    weight=9,
    what="`{name}`, which decides who may do this, is removed",
    question="Who can reach this now that could not before?",
    pattern=(
        r"\b(?P<name>(?:login|permission|auth|admin|staff_member|superuser)_required\b"
        r"|permission_classes|authentication_classes|user_passes_test|PreAuthorize"
        r"|RolesAllowed|Secured|Authorize\b"
        r"|require_?(?:[Aa]uth|[Ll]ogin|[Pp]ermission|[Rr]ole|[Aa]dmin|[Ss]cope|[Uu]ser)\w*+"
        r"|requires_(?:auth|login|permission|role|admin|scope)\w*+"
        r"|(?:is|has|check|ensure|assert|verify)_?(?:[Aa]uthenticated|[Aa]uthori[sz]"
        r"|[Pp]erm|[Rr]oles?\b|[Aa]dmin|[Ss]taff|[Ss]uperuser"
        r"|[Oo]wner|[Ll]ogged_?[Ii]n|[Aa]ccess)\w*+"
        r"|can_(?:access|edit|delete|view|manage)\w*+|current_user_can"
        r"|authori[sz]e(?:_\w++|[A-Z]\w*+|!)?(?=\s*+[(:!])|authenticate(?:_\w++|[A-Z]\w*+)?(?=\s*+[(:!])"
        r"|IsAuthenticated|IsAdminUser|(?:csrf|CSRF|Csrf|xsrf)\w*+)"
    ),
    unless=r"exempt|(?:csrf|verify)\w{0,30}\s{0,3}[=:]\s{0,3}(?:False|false|None|null)\b",
)
VERIFICATION = GuardKind(
    key="verification",
    weight=8,
    what="`{name}`, which verifies something, is removed",
    question="What verifies now that this is genuine?",
    pattern=(
        r"\b(?P<name>(?:verify|verifies)\w*+(?=\s*+[(=!])|compare_digest"
        r"|constant_time_compare|timingSafeEqual|ConstantTimeCompare"
        r"|check_hostname|CERT_REQUIRED|rejectUnauthorized"
        r"|check_?(?:[Ss]ignature|[Cc]hecksum|[Dd]igest|[Hh]ash|[Tt]oken|[Pp]assword)\w*+)"
    ),
    unless=r"[=:]\s{0,3}(?:False|false|0)\b",
)
VALIDATION = GuardKind(
    key="validation",
    weight=6,
    what="`{name}`, which checks or cleans input, is removed",
    question="What rejects bad input now, and where?",
    pattern=(
        r"\b(?P<name>(?:\w{0,30}_)?"
        r"(?:validate|sanitize|sanitise|escape|is_valid|full_clean)(?:_\w++|d)?(?=\s*+[(!])"
        r"|(?:isValid|validate|sanitize|escape)(?:[A-Z]\w*+)?(?=\s*+\()|shlex\.quote"
        r"|bleach\.clean|DOMPurify|autoescape)"
    ),
    unless=r"\bre\.escape|autoescape\s{0,3}=\s{0,3}False",
)
LOCK = GuardKind(
    key="lock",
    weight=6,
    what="`{name}`, which stopped others from running at the same time, is removed",
    question="What happens now if two of these run at the same time, or one stops half-way?",
    pattern=(
        r"\b(?P<name>(?:async\s{1,3})?with\s{1,3}[\w.]{0,60}"
        r"(?:lock|mutex|semaphore|Lock|Mutex|Semaphore)\b|synchronized(?=\s*+\()"
        r"|[\w.]{0,60}(?:lock|Lock|mutex|mu|sem|semaphore)\.(?:acquire|lock|Lock|RLock|read|write)(?=\()"
        r"|transaction\.atomic|select_for_update|Transactional|begin_nested"
        r"|BEGIN\s{1,3}(?:TRANSACTION|IMMEDIATE))"
    ),
)
LIMIT = GuardKind(
    key="limit",
    weight=5,
    what="`{name}`, a limit, is removed",
    question="What prevents this now from running forever, or from using all resources?",
    pattern=(
        r"\b(?P<name>(?:\w{1,30}_)?timeout(?:_\w++)?(?=\s{0,3}(?:=(?!=)|[:(]))"
        r"|\w{0,30}Timeout(?=\()|timeout-minutes"
        r"|rate_?limit\w*+|RateLimit\w*+|throttle(?:_\w++)?(?=\s{0,3}[=:(])|throttle_classes"
        r"|max_(?:retries|attempts|length|size|bytes|depth|body|upload|content|redirects)\w*+(?=\s{0,3}[=:(])"
        r"|MAX_(?:RETRIES|ATTEMPTS|LENGTH|SIZE|BYTES|DEPTH|BODY|UPLOAD|CONTENT)\w*+(?=\s{0,3}=))"
    ),
    unless=(
        r"\b(?:set|clear)Timeout\b|\btimeout\s{0,3}=\s{0,3}(?:None|0)\b"
        r"|:\s{0,3}(?:int|float|str|number|None)\b"
    ),
    places=frozenset({Where.CODE, Where.PIPELINES}),
)
REFUSAL = GuardKind(
    key="refusal",
    weight=5,
    what="a check that ends in `{name}` is removed",
    question="What happens now in the case that this used to reject?",
    pattern=(
        r"(?:^|[\s{;)])(?:(?:raise|throw(?:\s{1,3}new)?)\s{1,3}"
        r"(?P<raised>(?:[a-z_]\w{0,40}\.){0,3}[A-Z]\w{0,80})"
        r"|(?P<name>HttpResponseForbidden|abort(?=\s{0,3}\(?\s{0,3}\d)|bail!|panic!?(?=\()"
        r"|return\s{1,3}Err(?=\()|sys\.exit|process\.exit"
        r"|log\.Fatalf?|errors\.New|fmt\.Errorf|exit\s{1,3}[1-9]"
        r"|(?:res|response)\.(?:sendStatus|status)(?=\(4)"
        r"|return\s{1,3}(?:\w{1,30},\s{0,3})?Err[A-Z]\w{1,40}))"
    ),
    unless=r"NotImplemented|Stop(?:Async)?Iteration|not implemented|unreachable|Errorf\(.{0,200}%w",
    conditional=True,
)
HANDLER = GuardKind(
    key="handler",
    weight=3,
    what="the handler `{name}` is removed",
    question="Where is this error handled now?",
    pattern=(
        r"^\s*+(?:\}\s{0,3})?(?P<name>except\s{1,3}\(?[\w.]{1,60}|except(?=\s{0,3}:)"
        r"|catch(?=\s{0,3}[({])|rescue\b(?:\s{1,3}[\w:]{1,60})?"
        r"|recover(?=\(\)))"
    ),
    unless=r"ImportError|ModuleNotFoundError",
)
ASSERTION = GuardKind(
    key="assertion",
    weight=4,
    what="the assertion `{name}` is removed",
    question="Is what this asserted still true, and who would notice if it is not?",
    pattern=(
        r"^\s*+(?P<name>assert(?=[\s(])|(?:debug_)?assert(?:_\w{1,20})?!|invariant(?=\()"
        r"|Preconditions\.\w{1,40}|console\.assert|ensure!)"
    ),
    unless=r"\bassert_never|\bis not None\b|isinstance\(",
)
EXPECTATION = GuardKind(
    key="expectation",
    weight=4,
    what="`{name}` is removed from the tests",
    question="Which behaviour is no longer tested, and is that intended?",
    pattern=(
        r"^\s*+(?:await\s{1,3})?(?P<name>assert(?=[\s(])|self\.(?:assert|fail)\w{0,40}"
        r"|(?:with\s{1,3})?pytest\.raises|expect(?=\()"
        r"|t\.(?:Error|Fatal|Fail)\w{0,10}|(?:require|assert)\.\w{1,40}(?=\()"
        r"|(?:ASSERT|EXPECT)_\w{1,40}|assert\w{0,30}!?(?=\()"
        r"|should\b|XCTAssert\w{0,40}|refute\w{0,30})"
    ),
    places=frozenset({Where.TESTS}),
    stays=True,
)
STEP = GuardKind(
    key="step",
    weight=7,
    what="`{name}` is removed from the pipeline",
    question="What checks this now before it is merged or shipped?",
    pattern=(
        r"(?:(?<=[\s/\"'=-])|^)(?P<name>pytest|tox|nox|mypy|ruff|flake8|pylint|bandit"
        r"|pip-audit|pyright|eslint|jest|vitest|tsc|go\s{1,2}(?:test|vet)"
        r"|golangci-lint|staticcheck|govulncheck|cargo\s{1,2}(?:test|clippy|audit|deny)"
        r"|npm\s{1,2}(?:test|audit)"
        r"|(?:npm|pnpm|yarn)\s{1,2}(?:run\s{1,2})?(?:test|lint|typecheck)\w{0,20}"
        r"|make\s{1,2}(?:test|check|lint)\w{0,20}"
        r"|codeql-action|dependency-review-action|scorecard-action|trivy-action"
        r"|zizmor\w{0,20}|semgrep|gitleaks|judgegate|pre-commit"
        r"|gradlew?\s{1,2}(?:test|check)|mvn\s{1,2}(?:test|verify))(?![\w.]|-(?!\s))"
    ),
    unless=r"\b(?:install|uses: actions/cache)\b|^\s{0,40}deps\s{0,5}=|[=~<>]=|^\s{0,40}-?\s{0,3}name:",
    places=frozenset({Where.PIPELINES}),
    stays=True,
)
TERMS = GuardKind(
    key="terms",
    weight=5,
    what="`{name}:` is removed from the pipeline",
    question="What may this job do now, and what does it not wait for any more?",
    pattern=r"^\s*+(?P<name>permissions|needs|environment|persist-credentials)(?=:)",
    places=frozenset({Where.PIPELINES}),
    stays=True,
)

KINDS: Mapping[str, GuardKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            AUTHORISATION,
            VERIFICATION,
            VALIDATION,
            LOCK,
            LIMIT,
            EXPECTATION,
            ASSERTION,
            REFUSAL,
            HANDLER,
            STEP,
            TERMS,
        )
    }
)
"""By their keys, in the order in which they are tried: a line is the first kind that it looks like."""
