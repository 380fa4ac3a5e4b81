"""The block `waivers`: findings that are accepted for a while."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from judgegate.policy.block_fields import Difference, Direction, way
from judgegate.policy.condition_kinds import CODES, is_like
from judgegate.policy.oversight import FLOORED
from judgegate.policy.path_patterns import matches
from judgegate.policy.problems import Place, Problems
from judgegate.policy.reader import (
    Field,
    Shape,
    day,
    fields_schema,
    is_complete,
    list_of,
    matching,
    path_patterns,
    starred_text,
    table,
    whole_number,
    word,
)
from judgegate.policy.schema_shapes import TEXT, Schema
from judgegate.policy.yaml_document import Node

MOST_WAIVED = 1_000


def _read_rule_id(node: Node, problems: Problems) -> str | None:
    """The id of a rule that some layer, or a check, brings."""
    text = word(node, problems)
    # Which rules there are is known when all layers are read, so the id is only remembered.
    if text is not None:
        problems.mention(node.place, text)
    return text


_FINGERPRINTS = list_of(
    matching(re.compile(r"1:[0-9a-f]{16}"), "a fingerprint such as 1:0123456789abcdef"),
    "a list of fingerprints",
    alone=True,
)
_FIELDS = (
    Field(
        "rule",
        Shape(_read_rule_id, {"not": {"enum": sorted(FLOORED)}, **TEXT}),
        needed="say which rule's findings are accepted",
    ),
    Field(
        "owner", word, "Who will fix the finding.", needed="say who will fix the finding"
    ),
    Field(
        "reason",
        word,
        "Why the finding is accepted.",
        needed="say why the finding is accepted",
    ),
    Field(
        "expires",
        day,
        "The last day on which the waiver is valid, such as 2027-01-31.",
        needed="a waiver needs an expiry date such as 2027-01-31",
    ),
    Field(
        "max",
        whole_number(1, MOST_WAIVED),
        "How many findings at most; 1 if not given.",
        name="at_most",
    ),
    Field("paths", path_patterns),
    Field(
        "code", list_of(starred_text, "a list of codes", alone=True), CODES, name="codes"
    ),
    Field("fingerprint", _FINGERPRINTS.then(frozenset), name="fingerprints"),
)


class Waiver(Struct, frozen=True):
    """An accepted finding: it has an owner, a reason, and a day on which it expires.

    `expires` is the last day on which it is valid.

    `at_most`: how many findings it lifts. Where `paths`, `codes` or `fingerprints` is empty, it
    asks for nothing in particular.
    """

    rule: str
    place: Place
    reason: str
    owner: str
    expires: date
    at_most: int = 1
    paths: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    folder: str = ""

    def has_expired(self, today: date) -> bool:
        """Whether its last day has passed, so that it lifts nothing any more."""
        return self.expires < today

    @property
    def where(self) -> str:
        """What it names besides the rule, in one line."""
        return ", ".join((*self.paths, *self.codes, *sorted(self.fingerprints)))


def _read_waiver(node: Node, problems: Problems) -> Waiver | None:
    """An entry, or None where something that it needs is missing or wrong."""
    fields = table(node, problems, "a waiver")
    if fields is None:
        return None
    values = fields.take_all(_FIELDS)
    fields.close("a waiver")
    # A code alone would lift a kind of finding in every file, also in those that are not written yet.
    if not fields.has("paths", "fingerprint"):
        problems.add(
            node.place,
            "this would waive the rule everywhere: give it `paths` or a `fingerprint`",
        )
    rule = values.get("rule")
    if rule in FLOORED:
        problems.add(
            node.place, f"{rule} cannot be waived: no check has seen what it reports"
        )
    if not is_complete(values, _FIELDS):
        return None
    return Waiver(place=node.place, folder=problems.folder, **values)


waiver = Shape(_read_waiver, {"$ref": "#/$defs/waiver"})
"""An entry of `waivers`."""


def waiver_schema() -> Schema:
    """The schema `#/$defs/waiver`."""
    return fields_schema(
        _FIELDS, anyOf=[{"required": ["paths"]}, {"required": ["fingerprint"]}]
    )


class Waivable(Struct, frozen=True):
    """What a waiver is asked about: a finding."""

    rule: str
    path: str | None
    code: str | None
    fingerprint: str


def find_waiver(
    waivers: Iterable[Waiver], finding: Waivable, today: date, used: Mapping[Waiver, int]
) -> Waiver | None:
    """The first waiver that lifts the finding and has not expired.

    `used` is how many findings each has lifted so far: it must be fewer than the waiver allows.
    """
    for waiver in waivers:
        # A waiver that is used up makes room for the next one that is about the same findings.
        is_used_up = used.get(waiver, 0) >= waiver.at_most
        if not is_used_up and not waiver.has_expired(today) and lifts(waiver, finding):
            return waiver
    return None


def lifts(waiver: Waiver, finding: Waivable) -> bool:
    """Whether the waiver is about the finding, apart from when and how often."""
    return (
        waiver.rule == finding.rule
        and _is_there(waiver, finding.path)
        and _has_code(waiver, finding.code)
        and _has_fingerprint(waiver, finding.fingerprint)
    )


def _is_there(waiver: Waiver, path: str | None) -> bool:
    """Whether the finding is where the waiver is valid."""
    # What is found in the change as a whole has no path, so a waiver that names paths does not lift it.
    if path is None:
        return not waiver.paths and not waiver.folder
    if not path.startswith(waiver.folder):
        return False
    return not waiver.paths or matches(waiver.paths, path)


def _has_code(waiver: Waiver, code: str | None) -> bool:
    """Whether the finding has one of the waiver's codes; any will do where it names none."""
    if not waiver.codes:
        return True
    return code is not None and any(is_like(pattern, code) for pattern in waiver.codes)


def _has_fingerprint(waiver: Waiver, fingerprint: str) -> bool:
    """Whether it is one of the waiver's findings; any will do where it names none."""
    return not waiver.fingerprints or fingerprint in waiver.fingerprints


def compare_waivers(old: Iterable[Waiver], new: Iterable[Waiver]) -> Iterator[Difference]:
    """What became of the waivers."""
    was = {_identity(waiver): waiver for waiver in old}
    now = {_identity(waiver): waiver for waiver in new}
    for key in sorted({*was, *now}, key=str):
        if key not in was:
            message = f"waivers now accept {_loan(now[key])}"
            yield Difference(Direction.WEAKER, "waivers", message)
        elif key not in now:
            message = f"waivers no longer accept {_loan(was[key])}"
            yield Difference(Direction.TIGHTER, "waivers", message)
        else:
            yield from _compare_waiver(was[key], now[key])


def _identity(waiver: Waiver) -> tuple[object, ...]:
    """What makes two waivers the same one: what they lift, and not for how long or how often."""
    return (
        waiver.rule,
        waiver.paths,
        waiver.codes,
        tuple(sorted(waiver.fingerprints)),
        waiver.folder,
    )


def _loan(waiver: Waiver) -> str:
    """A waiver in a difference: what it accepts, how much of it, until when, and whose it is."""
    until = f"until {waiver.expires.isoformat()} ({waiver.owner})"
    return f"{waiver.rule} in {waiver.where}, {waiver.at_most} at most, {until}"


def _compare_waiver(before: Waiver, after: Waiver) -> Iterator[Difference]:
    """What became of a waiver that both policies have."""
    if (before.expires, before.at_most) != (after.expires, after.at_most):
        detail = f"{before.at_most} until {before.expires.isoformat()}"
        message = f"waivers now accept {_loan(after)} instead of {detail}"
        yield Difference(_direction(before, after), "waivers", message)
    elif (before.owner, before.reason) != (after.owner, after.reason):
        message = (
            f"the waiver of {after.rule} has a different owner or reason: {after.owner}"
        )
        yield Difference(Direction.NEUTRAL, "waivers", message)


def _direction(before: Waiver, after: Waiver) -> Direction:
    """Unclear where one limit is laxer and the other one stricter."""
    laxer = after.expires >= before.expires and after.at_most >= before.at_most
    stricter = after.expires <= before.expires and after.at_most <= before.at_most
    return way(stricter=stricter, laxer=laxer)
