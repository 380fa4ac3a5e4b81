"""What is known of who wrote the change, and the signals by which it is recognised."""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from judgegate.model.intervals import Intervals
from judgegate.model.levels import Certainty, Role
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange


class Evidence(Struct, frozen=True):
    """A signal seen in a place.

    `tool` and `signal` name the catalogue's row, `source` the place ("author", "co-author",
    "trailer", "footer", "branch", "pull request body", "git note" ...), `commit` the commit's id or
    None for what belongs to the change as a whole, `quote` the marker as it stands there (at most
    200 characters, control characters as they came: escaping is the report's).
    """

    tool: str
    signal: str
    role: Role
    confidence: Certainty
    source: str
    commit: str | None
    quote: str


class LineEvidence(Struct, frozen=True):
    """Added lines of the head, and the evidence that speaks of them.

    `evidence` are indices into the record's evidence, none where nothing speaks of the lines.
    """

    path: str
    lines: LineRange
    evidence: tuple[int, ...]


class FileEvidence(Struct, frozen=True):
    """A file of the change, and the evidence of all commits of the change that touched it.

    `evidence` are indices into the record's evidence.
    """

    path: str
    evidence: tuple[int, ...]


class ProvenanceRecord(Struct, frozen=True):
    """All evidence that was found, of any strength; a policy says what it makes of it.

    `lines` holds every added line of the change once, marked or not: it shows whether a finding has
    an added line of its own. `whole`: indices of evidence that speaks of the change without saying
    which lines (a branch, a body, a squash): where such evidence gates, every line counts as
    AI-assisted, because a finer statement would be a guess.
    """

    evidence: tuple[Evidence, ...] = ()
    lines: tuple[LineEvidence, ...] = ()
    files: tuple[FileEvidence, ...] = ()
    whole: tuple[int, ...] = ()
    declared_none: tuple[str, ...] = ()
    """Statements that no AI took part. They are shown and never outweigh evidence."""
    notices: tuple[Notice, ...] = field(default=())


class SignalKind(Enum):
    """Where a marker is, and so what its pattern is compared with. Upper and lower case are the same.

    A pattern is one or more literals or a regular expression. It must equal the whole text, with
    these exceptions: a branch's literal is a prefix; a fragment is searched for in a line; a bot's
    literal is the account's name without `[bot]`.
    """

    # An author's or a co-author's address. A committer's alone is weak.
    EMAIL = "email"
    CO_AUTHOR_EMAIL = "co_author_email"
    AUTHOR_NAME = "author_name"
    CO_AUTHOR_NAME = "co_author_name"  # asked only where the address beside it says nothing
    # An app of the forge: its no-reply address, whatever the number before it, and its login.
    BOT = "bot"
    LOGIN = "login"
    # A login that counts only if the forge says that the account is no person's.
    BOT_LOGIN = "bot_login"
    TRAILER_KEY = "trailer_key"
    TRAILER = "trailer"  # `key: value`
    FOOTER = "footer"  # one line
    SUBJECT = "subject"
    FRAGMENT = "fragment"
    COMMENT = "comment"  # one HTML comment, from `<!--` to `-->`
    CHECKBOX = "checkbox"  # the text beside a box that is ticked
    BRANCH = "branch"
    LABEL = "label"
    NOTE = "note"  # the ref that has the notes
    TRACE = "trace"  # the path of the file


class Signal(Struct, frozen=True):
    """A marker that says that an AI took part.

    `id` is `tool/name`, unique and stable. Exactly one of `literals` and `regex` is given. `hint`
    is a piece of text without which the pattern cannot match, for a quick search before the slow
    one; empty if there is none. `source` says where the fact comes from.
    """

    id: str
    kind: SignalKind
    confidence: Certainty
    role: Role
    source: str
    literals: tuple[str, ...] = ()
    regex: str | None = None
    hint: str = ""
    note: str = ""

    @property
    def tool(self) -> str:
        """The tool that leaves this marker."""
        return self.id.partition("/")[0]


class NotAi(Struct, frozen=True):
    """A marker that looks like an AI's or a machine's, and says nothing about who wrote the change.

    It is an account, an address or a branch.
    """

    id: str
    kind: SignalKind
    reason: str
    literals: tuple[str, ...] = ()
    regex: str | None = None


LinesByEvidence = Mapping[int, Intervals]


class Claims(Struct, frozen=True):
    """What notes and traces say of lines, with the evidence that says it.

    `notes` goes by commit and path, the lines as that commit has them. `traces` goes by path, with
    those added lines of the head that are claimed. In both, the lines go by the evidence's place.
    """

    notes: Mapping[str, Mapping[str, LinesByEvidence]] = field(default_factory=dict)
    traces: Mapping[str, LinesByEvidence] = field(default_factory=dict)


class Attribution(Struct, frozen=True):
    """What speaks of each line and of each file.

    Every added line of the head is in exactly one entry of `lines`. `files` says for each file what
    touched it.
    """

    lines: tuple[LineEvidence, ...]
    files: tuple[FileEvidence, ...] = ()
