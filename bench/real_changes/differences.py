"""What differs between two verdicts on the same change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from bench.real_changes.plain_text import one_line
from bench.real_changes.problems import Problem
from bench.real_changes.verdicts import KeptVerdict

Finding = Mapping[str, Any]

COMPARED = (
    "action",
    "origin",
    "severity",
    "confidence",
    "provenance",
    "line",
    "end_line",
    "subject",
    "message",
    "measure",
    "waiver",
    "fingerprint",
)
"""What can change in a finding that stays the same."""

_SAME = ("rule", "code", "path")
_KEYS = (COMPARED, ("line", "end_line", "subject"), ("fingerprint",), ("subject",))
_APART = {"findings", "outcome", "tool"}
"""The parts of a report that are compared in their own way, or say which version it was."""


class Difference(Struct, frozen=True, order=True):
    """One difference between two verdicts on a change.

    `kind` is `gained`, `lost` or `changed` for a finding, `outcome`, `exit`, `state` of a file, or
    `other`; `field` is what changed, from `old` to `new`. `line` is the finding's in the head, the
    new one's if it has one. `reason` is the finding's message, or what a rule says of the outcome.
    """

    change: str
    kind: str
    rule: str = ""
    code: str = ""
    path: str = ""
    line: int = 0
    field: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""

    @property
    def topic(self) -> str:
        """What differences are counted by, beside their kind."""
        if self.kind in {"gained", "lost", "changed"}:
            return " ".join(filter(None, (self.rule, self.code, self.field)))
        return " ".join(filter(None, (self.field, f"{self.old} -> {self.new}")))

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        what = " ".join(filter(None, (self.kind, self.rule, self.code, place, self.field)))
        values = f": {self.old} -> {self.new}" if self.old or self.new else ""
        return what + values + (f" ({self.reason})" if self.reason else "")


def write_table(differences: Iterable[Difference]) -> str:
    """The differences as lines of tabs, under the names of their fields."""
    rows = [Difference.__struct_fields__, *map(astuple, differences)]
    return "".join("\t".join(map(one_line, row)) + "\n" for row in rows)


def read_table(path: Path) -> list[Difference]:
    """The differences that `write_table` wrote into a file.

    Raises:
        Problem: it cannot be read, or is no such table.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    if not lines or lines[0].split("\t") != list(Difference.__struct_fields__):
        raise Problem(f"{path} is no table of differences: use compare --table {path}")
    try:
        return [_read_row(line.split("\t")) for line in lines[1:]]
    except (TypeError, ValueError) as error:
        raise Problem(f"{path} has a line that compare did not write: {error}") from error


def _read_row(fields: Sequence[str]) -> Difference:
    values: dict[str, Any] = dict(zip(Difference.__struct_fields__, fields, strict=True))
    return Difference(**values | {"line": int(values["line"])})


def find_differences(old: KeptVerdict, new: KeptVerdict) -> Iterator[Difference]:
    """All that differs between two verdicts on the same change, in no particular order."""
    name = old.name
    if old.exit_code != new.exit_code:
        yield Difference(name, "exit", old=old.exit_code, new=new.exit_code)
    if old.outcome != new.outcome:
        reason = _compare_reasons(old, new)
        yield Difference(name, "outcome", old=old.outcome, new=new.outcome, reason=reason)
    yield from _compare_states(old, new)
    yield from _compare_findings(old, new)
    yield from _compare_rest(old, new)


def _compare_reasons(old: KeptVerdict, new: KeptVerdict) -> str:
    """The rules that have become, or are no longer, a reason."""
    before, after = (
        {reason["rule"] for reason in verdict.report.get("reasons", ())}
        for verdict in (old, new)
    )
    come = [f"+ {rule}" for rule in sorted(after - before)]
    gone = [f"- {rule}" for rule in sorted(before - after)]
    return ", ".join(come + gone)


def _compare_states(old: KeptVerdict, new: KeptVerdict) -> Iterator[Difference]:
    """The files that are in another state, or in the same one for another reason."""
    before, after = (
        {file["path"]: (file["state"], file["reason"]) for file in verdict.files}
        for verdict in (old, new)
    )
    for path in before.keys() | after.keys():
        (was, why_then), (now, why_now) = (
            side.get(path, ("not there", None)) for side in (before, after)
        )
        if (was, why_then) != (now, why_now):
            yield Difference(
                old.name,
                "state",
                path=one_line(path),
                old=" ".join(filter(None, (was, one_line(why_then)))),
                new=" ".join(filter(None, (now, one_line(why_now)))),
            )


def _compare_findings(old: KeptVerdict, new: KeptVerdict) -> Iterator[Difference]:
    pairs, lost, gained = pair_findings(old.findings, new.findings)
    for kind, findings in (("lost", lost), ("gained", gained)):
        for finding in findings:
            yield _about(old.name, kind, finding, "")
    for was, now in pairs:
        for field in COMPARED:
            values = one_line(was.get(field)), one_line(now.get(field))
            if values[0] != values[1]:
                yield replace(
                    _about(old.name, "changed", now, field), old=values[0], new=values[1]
                )


def pair_findings(
    old: Sequence[Finding], new: Sequence[Finding]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """The findings that both have, those that only the old one has, and those that only the new one has.

    A pair is of one rule, code and path. Findings that are the same in every way are paired first,
    then those with more and more of it changed.
    """
    pairs: list[tuple[Finding, Finding]] = []
    lost, gained = list(old), list(new)
    for key in _KEYS:
        places: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for finding in gained:
            places[_key(finding, key)].append(finding)
        left = []
        for finding in lost:
            if partners := places[_key(finding, key)]:
                pairs.append((finding, partners.pop(0)))
            else:
                left.append(finding)
        lost, gained = left, [one for partners in places.values() for one in partners]
    return pairs, lost, gained


def _key(finding: Finding, fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(finding.get(field)) for field in (*_SAME, *fields))


def _about(change: str, kind: str, finding: Finding, field: str) -> Difference:
    """A difference in a finding; for one that is gained or lost, what it leads to is the value."""
    leads_to = "" if field else f"{finding['action']}, {finding['origin']}"
    return Difference(
        change,
        kind,
        rule=finding["rule"],
        code=one_line(finding["code"]),
        path=one_line(finding["path"]),
        line=finding["line"] or 0,
        field=field,
        old=leads_to if kind == "lost" else "",
        new=leads_to if kind == "gained" else "",
        reason=one_line(finding["message"]),
    )


def _compare_rest(old: KeptVerdict, new: KeptVerdict) -> Iterator[Difference]:
    """The parts of the report that nothing above compares: which of them differ, not how."""
    if old.errors != new.errors:
        yield Difference(
            old.name,
            "other",
            field="stderr",
            old=one_line(old.errors),
            new=one_line(new.errors),
        )
    for part in sorted((old.report.keys() | new.report.keys()) - _APART):
        if _part(old, part) != _part(new, part):
            yield Difference(old.name, "other", field=part)


def _part(verdict: KeptVerdict, part: str) -> object:
    """A part of the report; of the change without its files, whose states are compared one by one."""
    value = verdict.report.get(part)
    if part != "change" or value is None:
        return value
    return {key: value[key] for key in value.keys() - {"files", "counts"}}
