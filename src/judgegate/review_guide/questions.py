"""The question to ask about a finding, as data: by bandit's code, by rule, by family. None names a person; each fits a line."""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.model.scales import Family

LONGEST = 120

SHELL = "Where does each part of the command come from, and can an outsider reach it?"
PROCESS = "Can an argument from outside be taken for an option, or for another program?"
SQL = "Which values reach this query from outside, and why are they not parameters?"
UNPICKLE = "Who can put data there? Whoever can, runs code here."
TLS = "Why is the other side not verified, and who sits in between?"
SECRET = "Is this secret real? Then it must be revoked: history keeps it."  # noqa: S105 - a question about one
HASH = "Does anything rely on this being hard to forge?"
CIPHER = "What does this protect, and from whom? Would the current standard do as well?"
TEMPORARY = "Who else can write there, and what if the path exists already?"
PERMISSIONS = "Who needs to read or write this besides its owner?"
EVAL = "Where does the text come from, and why must it be run rather than looked up?"
XML = "Who wrote this XML? A hostile one can read files or exhaust memory."
DEBUG = "Can this reach production? The debugger runs code for whoever asks."
NETWORK = "Who can connect to this, and who should?"
TIMEOUT = "What happens when the other side never answers?"
SWALLOWED = "Which error is expected here, and who learns of the others?"
MARKUP = "Can any part of this markup come from a user?"
RANDOM = "Would it matter if somebody guessed this value?"
ASSERTION = "What happens under `python -O`, where this line does not exist?"
URL = "Can an outsider choose this URL, `file:` included?"
PLAINTEXT = "Who can read along on the way?"
IMPORT = "What is it used for here, and does outside data reach it?"
ARCHIVE = "Can a path in the archive lead out of the folder?"
HIDDEN = "What does this line do when it is read as the machine reads it?"
MODEL = "Who publishes this file, and what keeps it from changing tomorrow?"

GROUPS: tuple[tuple[str, str], ...] = (
    (SHELL, "B601 B602 B604 B605 B609"),
    (PROCESS, "B603 B606 B607"),
    (SQL, "B608 B610 B611"),
    (UNPICKLE, "B301 B302 B506 B612"),
    (TLS, "B323 B501 B502 B503 B504 B507"),
    (SECRET, "B105 B106 B107"),
    (HASH, "B303 B324"),
    (CIPHER, "B304 B305 B413 B505"),
    (TEMPORARY, "B108 B306"),
    (PERMISSIONS, "B103"),
    (EVAL, "B102 B307"),
    (XML, "B313 B314 B315 B316 B317 B318 B319 B320 B405 B406 B407 B408 B409 B410"),
    (DEBUG, "B201"),
    (NETWORK, "B104 B415"),
    (TIMEOUT, "B113"),
    (SWALLOWED, "B110 B112"),
    (MARKUP, "B308 B701 B702 B703 B704"),
    (RANDOM, "B311"),
    (ASSERTION, "B101"),
    (URL, "B310"),
    (PLAINTEXT, "B312 B321 B401 B402 B411 B412 B508 B509"),
    (IMPORT, "B403 B404"),
    (ARCHIVE, "B202"),
    (HIDDEN, "B613"),
    (MODEL, "B614 B615"),
)
CODES: Mapping[str, str] = MappingProxyType(
    {code: question for question, codes in GROUPS for code in codes.split()}
)

BY_CODE = "security/insecure-code"
"""The rule whose codes are bandit's."""

RULES: Mapping[str, str] = MappingProxyType(
    {
        "architecture/complex-function": "Which of these paths does a test reach, and could they be told apart by name?",
        "architecture/star-import": "Which names does this bring in, and does one of them hide another?",
        "oversight/ai-assisted": "Does it do what was asked, and only that?",
        "oversight/policy-change": "What becomes weaker by this, and does the team want that?",
        "oversight/unanalysed": "What is in it, and how was that made sure of?",
        "reliability/bare-except": SWALLOWED,
        "reliability/breakpoint": "Is this meant to stop in production?",
        "reliability/call-without-timeout": TIMEOUT,
        "reliability/console-log": "Does anybody read this, and may they read what it prints?",
        "reliability/debug-print": "Does anybody read this, and may they read what it prints?",
        "reliability/debugger-statement": "Is this meant to stop in production?",
        "reliability/mutable-default": "Do two calls mean to share this value?",
        "reliability/swallowed-exception": SWALLOWED,
        "security/insecure-code": "What of this can an outsider reach?",
        "security/raw-html": MARKUP,
        "security/script-eval": EVAL,
    }
)

FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        Family.SECURITY: "What could an outsider do with this?",
        Family.ARCHITECTURE: "Would this still be built this way without the deadline?",
        Family.RELIABILITY: "What happens when this fails, and who notices?",
        Family.OVERSIGHT: "Who has looked at this, and at what exactly?",
    }
)

ASSISTED_QUESTION = RULES["oversight/ai-assisted"]
UNTESTED_QUESTION = "How do we know that it works?"
WHY_MORE = "Why is this place guarded more than others, and does the change respect that?"
GROWN_QUESTION = "What is the new path for, and which test takes it?"

UNREAD_QUESTION = RULES["oversight/unanalysed"]
SUBMODULE = "What does the other repository bring between these two commits?"
LINK = "Where does it lead, and may whoever follows it go there?"
PROGRAM = "What does it do when it runs, and who lets it?"
INSTRUCTIONS = "Who or what follows this, and what will it do now?"

EXCEPTION = "What speaks for an exception here?"


def question_about(rule: str, code: str | None, why: str) -> str:
    """The question about a finding. A rule of the team's own asks after its own reason (`why`), where that fits."""
    if rule == BY_CODE and code is not None and code in CODES:
        return CODES[code]
    if rule in RULES:
        return RULES[rule]
    own = f"{why.removesuffix('.')}. {EXCEPTION}"
    if why and len(own) < LONGEST and why.isprintable():
        return own
    return FAMILIES[Family(rule.partition("/")[0])]
