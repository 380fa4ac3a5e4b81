"""A rule as a row: what it is called, what it means, what can be tuned."""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from judgegate.model.levels import Family, Severity


class Stricter(Enum):
    """Which way an option tightens its rule."""

    SMALLER = "smaller"
    LARGER = "larger"
    INCOMPARABLE = "incomparable"


class Option(Struct, frozen=True):
    """A number that a policy can set under `with`.

    `limits_measure`: an observation of this rule is a finding only if its measure is larger than the option's value.
    """

    name: str
    summary: str
    default: int
    minimum: int
    maximum: int
    stricter: Stricter
    limits_measure: bool = False


class RulePage(Struct, frozen=True):
    """A rule's documentation. Plain Markdown; each part may hold several paragraphs, `before` and `after` are code."""

    what: str
    why: str
    mend: str
    tune: str
    before: str = ""
    after: str = ""
    language: str = "python"


class RuleSpec(Struct, frozen=True):
    """A rule's row. It stands beside the check that observes for it.

    `remedy` is one line for a report: what to do about a finding. `question` is one for reviewers: what to ask about it. A policy's own
    rules have none, and are asked about in the words of the policy.
    """

    id: str
    summary: str
    severity: Severity
    remedy: str
    page: RulePage
    options: tuple[Option, ...] = ()
    remedies: Mapping[str, str] | None = None
    """Remedies for single codes, where the rule's own is too general."""
    question: str = ""
    questions: Mapping[str, str] | None = None
    """Questions about single codes, in the same way."""

    @property
    def family(self) -> Family:
        return Family(self.id.partition("/")[0])

    def remedy_for(self, code: str) -> str:
        """What to do about a finding with this code, in one line."""
        return (self.remedies or {}).get(code, self.remedy)

    def question_about(self, code: str | None) -> str:
        """What to ask about a finding with this code, in one line; empty where the rule says nothing."""
        return (self.questions or {}).get(code or "", self.question)
