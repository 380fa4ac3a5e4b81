"""The ordered scales that thresholds compare, and the words that are not ordered."""

from enum import Enum
from typing import Self


class Scale(Enum):
    """An enum whose members are ordered as they are written, the weakest first."""

    rank: int
    """The member's place, from 0."""

    def __init__(self, _word: object) -> None:
        # The place is that of the definition: by their values, the words of policies and reports,
        # the members would be in the order of the alphabet. Those written before are there already.
        self.rank = len(type(self).__members__)

    def __lt__(self, other: Self) -> bool:
        return self.rank < other.rank

    def __le__(self, other: Self) -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: Self) -> bool:
        return self.rank > other.rank

    def __ge__(self, other: Self) -> bool:
        return self.rank >= other.rank

    @classmethod
    def parse(cls, word: str) -> Self:
        """The member that reports and policies call `word`, whatever its case.

        Raises:
            ValueError: no member has that name.
        """
        return cls(word.lower())


class Severity(Scale):
    """How bad it is if a finding is real."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(Scale):
    """How sure a check is that its observation is real."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Certainty(Scale):
    """How sure a signal is that an AI took part."""

    WEAK = "weak"
    STRONG = "strong"
    CERTAIN = "certain"


class Action(Scale):
    """What a finding leads to."""

    OFF = "off"
    WARN = "warn"
    REVIEW = "review"
    BLOCK = "block"


class Outcome(Scale):
    """What a verdict says of the change."""

    PASS = "pass"  # noqa: S105 - the outcome, not a password
    REVIEW = "review"
    BLOCK = "block"
    ERROR = "error"


class FailOn(Scale):
    """The mildest outcome that makes the exit code non-zero."""

    NEVER = "never"
    BLOCK = "block"
    REVIEW = "review"


class Authorship(Enum):
    """What is known of who wrote something. There is no `human`: the absence of a marker proves nothing."""

    AI = "ai"
    UNMARKED = "unmarked"


class Role(Enum):
    """What part the AI had, according to a signal."""

    AUTHORED = "authored"
    DECLARED = "declared"
    REVIEW_SUGGESTION = "review_suggestion"
    SUMMARY_ONLY = "summary_only"
    MESSAGE_ONLY = "message_only"


class Origin(Scale):
    """Whether the change brought a finding or found it there.

    `EDITED`: it was there, the change edited it, and it is proved to be no more dangerous.
    """

    EXISTING = "existing"
    EDITED = "edited"
    INTRODUCED = "introduced"


class EditedAs(Scale):
    """What an edited finding counts as: a warning at most, or one that the change introduced."""

    WARN = "warn"
    INTRODUCED = "introduced"


class Family(Enum):
    """The families of rules: three non-negotiables and human judgement."""

    SECURITY = "security"
    ARCHITECTURE = "architecture"
    RELIABILITY = "reliability"
    OVERSIGHT = "oversight"
