"""Known markers: what a catalogue's row, or a row that a policy adds, says."""

from dataclasses import dataclass
from enum import Enum

from judgegate.model.scales import Certainty, Role


class SignalKind(Enum):
    """Where a marker stands, and so what its pattern is compared with. Upper and lower case are the same.

    A pattern is one or more literals or a regular expression. It must equal the whole text, with these exceptions: a branch's literal
    is a prefix; a fragment is searched for in a line; a bot's literal is the account's name without `[bot]`.
    """

    EMAIL = "email"  # the address of an author or co-author; of a committer alone it is weak
    CO_AUTHOR_EMAIL = "co_author_email"
    AUTHOR_NAME = "author_name"
    CO_AUTHOR_NAME = "co_author_name"  # asked only where the address beside it says nothing
    BOT = "bot"  # an app of the forge: its no-reply address, whatever the number before it, and its login
    LOGIN = "login"
    BOT_LOGIN = "bot_login"  # a login that counts only if the forge says that the account is no person's
    TRAILER_KEY = "trailer_key"
    TRAILER = "trailer"  # `key: value`
    FOOTER = "footer"  # one line
    SUBJECT = "subject"
    FRAGMENT = "fragment"
    COMMENT = "comment"  # one HTML comment, from `<!--` to `-->`
    CHECKBOX = "checkbox"  # the text beside a box that is ticked
    BRANCH = "branch"
    LABEL = "label"
    NOTE = "note"  # the ref that holds the notes
    TRACE = "trace"  # the path of the file


@dataclass(frozen=True, slots=True)
class Signal:
    """A marker that says that an AI took part.

    `id` is `tool/name`, unique and stable. Exactly one of `literals` and `regex` is given. `hint` is a piece of text without which the
    pattern cannot match, for a quick search before the slow one; empty if there is none. `source` says where the fact comes from.
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
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class NotAi:
    """An account, address or branch that looks like an AI's or a machine's and says nothing about who wrote the change."""

    id: str
    kind: SignalKind
    reason: str
    literals: tuple[str, ...] = ()
    regex: str | None = None
