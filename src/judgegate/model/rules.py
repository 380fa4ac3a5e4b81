"""A rule as a row: what it is called, what it means, what can be tuned."""

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct

from judgegate.model.levels import Family, Severity


class Stricter(Enum):
    """Which way an option tightens its rule."""

    SMALLER = "smaller"
    LARGER = "larger"
    INCOMPARABLE = "incomparable"


class Option(Struct, frozen=True):
    """A number that a policy can set under `with`.

    `limits_measure`: an observation of this rule is a finding only if its measure is larger than
    the option's value.
    """

    name: str
    summary: str
    default: int
    minimum: int
    maximum: int
    stricter: Stricter
    limits_measure: bool = False


class RulePage(Struct, frozen=True):
    """A rule's documentation.

    Plain Markdown; each part may have several paragraphs, `before` and `after` are code.
    """

    what: str
    why: str
    fix: str
    tune: str
    before: str = ""
    after: str = ""
    language: str = "python"


PAGES = Path(__file__).resolve().parents[1] / "pages"
"""The pages of the rules that come without a policy, each in the Markdown file of its id."""

_CODE = re.compile(r"```(?P<language>\w+)\n(?P<code>.*)```", re.DOTALL)


def read_page(rule: str) -> RulePage:
    """The page that comes with judgegate.

    Raises:
        OSError: there is none for this rule.
        KeyError: a section is missing.
    """
    sections = _sections((PAGES / f"{rule}.md").read_text("utf-8"))
    _, before = _code_in(sections.get("Before", ""))
    language, after = _code_in(sections.get("After", ""))
    return RulePage(
        what=sections["What it looks for"],
        why=sections["Why"],
        fix=sections["How to fix it"],
        tune=sections["How to tune it"],
        before=before,
        after=after,
        language=language,
    )


def _sections(text: str) -> Mapping[str, str]:
    """The text below each heading, by the heading."""
    # A heading starts a line. The first one has no line break before it to be found by.
    parts = (part.partition("\n") for part in text.removeprefix("## ").split("\n## "))
    return {title: body.strip() for title, _, body in parts}


def _code_in(section: str) -> tuple[str, str]:
    """The language and the code of a section that is a fenced block, else two empty texts."""
    block = _CODE.fullmatch(section)
    if block is None:
        return "", ""
    return block["language"], block["code"]


class RuleSpec(Struct, frozen=True):
    """A rule's row. It is beside the check that observes for it.

    `remedy` is one line for a report: what to do about a finding. `question` is one for reviewers:
    what to ask about it. A policy's own rules have none, and are asked about in the words of the
    policy.
    """

    id: str
    summary: str
    severity: Severity
    remedy: str
    own_page: RulePage | None = None
    """The page of a rule that a policy brings."""
    options: tuple[Option, ...] = ()
    remedies: Mapping[str, str] | None = None
    """Remedies for single codes, where the rule's own is too general."""
    question: str = ""
    questions: Mapping[str, str] | None = None
    """Questions about single codes, in the same way."""

    @property
    def page(self) -> RulePage:
        """The documentation.

        Raises:
            OSError: the rule brings no page, and none comes with judgegate.
        """
        # Read only when it is asked for: few runs show any page.
        return self.own_page or read_page(self.id)

    @property
    def family(self) -> Family:
        """The family of rules that it belongs to: what its id starts with."""
        return Family(self.id.partition("/")[0])

    def remedy_for(self, code: str) -> str:
        """What to do about a finding with this code, in one line."""
        # A rule that wraps a tool has one code for each of the tool's tests.
        return (self.remedies or {}).get(code, self.remedy)

    def question_about(self, code: str | None) -> str:
        """What to ask about a finding with this code, in one line.

        It is empty where the rule says nothing.
        """
        if code is None or self.questions is None:
            return self.question
        return self.questions.get(code, self.question)
