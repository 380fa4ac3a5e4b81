"""How exceptions are written: files that need no check, and findings that are accepted for a while."""

import re

from judgegate.policy.model import Exemption, Waiver
from judgegate.policy.oversight import FLOORED
from judgegate.policy.path_patterns import path_patterns
from judgegate.policy.problems import Problems
from judgegate.policy.reader import Read, day, list_of, matching, table, truth, whole_number, word
from judgegate.policy.yaml_document import Node

MOST_WAIVED = 1_000
_SUFFIX = re.compile(r"\.[A-Za-z0-9_+-]{1,20}")
_FINGERPRINT = re.compile(r"1:[0-9a-f]{16}")
_CODE = re.compile(r"[^*]+\*?")


def exemption(folder: str) -> Read[Exemption]:
    """An entry of `exempt`."""

    def read(node: Node, problems: Problems) -> Exemption | None:
        fields = table(node, problems, "an exemption")
        if fields is None:
            return None
        name = fields.need("name", word, "a later layer replaces an exemption by its name")
        reason = fields.need("reason", word, "say why nobody needs to look at these files")
        paths = fields.take("paths", path_patterns) or ()
        suffixes = (
            fields.take(
                "suffixes", list_of(matching(_SUFFIX, "a suffix as .md"), "a list of suffixes", alone=True)
            )
            or ()
        )
        but_not = fields.take("except", path_patterns) or ()
        never = fields.take("never", truth) or False
        fields.close("an exemption")
        if not never and fields.node_of("paths") is None and fields.node_of("suffixes") is None:
            problems.add(node.place, "this exempts nothing: give it `paths` or `suffixes`")
        if name is None or reason is None:
            return None
        folded = frozenset(suffix.lower() for suffix in suffixes)
        return Exemption(name, node.place, reason, paths, folded, but_not, never, folder)

    return read


def waiver(folder: str) -> Read[Waiver]:
    """An entry of `waivers`."""

    def read(node: Node, problems: Problems) -> Waiver | None:
        fields = table(node, problems, "a waiver")
        if fields is None:
            return None
        rule = fields.need("rule", rule_id, "which rule's findings are accepted")
        owner = fields.need("owner", word, "who pays it back")
        reason = fields.need("reason", word, "why the finding is accepted")
        expires = fields.need("expires", day, "a waiver is a loan: say when it falls due, as 2027-01-31")
        at_most = fields.take("max", whole_number(1, MOST_WAIVED)) or 1
        paths = fields.take("paths", path_patterns) or ()
        codes = (
            fields.take(
                "code",
                list_of(
                    matching(_CODE, "a text with at most one *, at its end"), "a list of codes", alone=True
                ),
            )
            or ()
        )
        fingerprints = fields.take("fingerprint", _fingerprints) or ()
        fields.close("a waiver")
        if fields.node_of("paths") is None and fields.node_of("fingerprint") is None:
            problems.add(node.place, "this waives a rule everywhere: give it `paths` or a `fingerprint`")
        if rule in FLOORED:
            problems.add(node.place, f"{rule} cannot be waived: it stands for what no check has seen")
        if rule is None or owner is None or reason is None or expires is None:
            return None
        return Waiver(
            rule, node.place, reason, owner, expires, at_most, paths, codes, frozenset(fingerprints), folder
        )

    return read


_fingerprints = list_of(
    matching(_FINGERPRINT, "a fingerprint as 1:0123456789abcdef"), "a list of fingerprints", alone=True
)


def rule_id(node: Node, problems: Problems) -> str | None:
    """The id of a rule that some layer, or a check, brings: which ones there are is known when all layers are read."""
    text = word(node, problems)
    if text is not None:
        problems.mention(node.place, text)
    return text
