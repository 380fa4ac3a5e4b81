"""What to ask a reviewer. A rule's own question stands in its row; here is how it is found, and what belongs to no rule."""

from collections.abc import Mapping
from types import MappingProxyType

from judgegate.checks.pack_patterns import QUESTIONS as PATTERN_QUESTIONS
from judgegate.checks.registry import RULEBOOK
from judgegate.model.scales import Family

LONGEST = 120
"""Characters of a question, at most: it must fit a line."""

FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        Family.SECURITY: "What could an outsider do with this?",
        Family.ARCHITECTURE: "Would this still be built this way without the deadline?",
        Family.RELIABILITY: "What happens when this fails, and who notices?",
        Family.OVERSIGHT: "Who has looked at this, and at what exactly?",
    }
)
"""About a rule of the team's own that gives no reason."""

EXCEPTION = "What speaks for an exception here?"

UNTESTED_QUESTION = "How do we know that it works?"
WHY_MORE = "Why is this place guarded more than others, and does the change respect that?"
GROWN_QUESTION = "What is the new path for, and which test takes it?"

SUBMODULE = "What does the other repository bring between these two commits?"
LINK = "Where does it lead, and may whoever follows it go there?"
PROGRAM = "What does it do when it runs, and who lets it?"
INSTRUCTIONS = "Who or what follows this, and what will it do now?"


def question_about(rule: str, code: str | None, why: str) -> str:
    """The question about a finding. A rule of the team's own asks after its own reason (`why`), where that fits."""
    shipped = RULEBOOK[rule].question_about(code) if rule in RULEBOOK else PATTERN_QUESTIONS.get(rule)
    if shipped:
        return shipped
    own = f"{why.removesuffix('.')}. {EXCEPTION}"
    if why and len(own) < LONGEST and why.isprintable():
        return own
    return FAMILIES[Family(rule.partition("/")[0])]
