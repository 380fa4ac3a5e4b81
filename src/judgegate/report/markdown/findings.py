"""What was found, what to question first, and what could not be checked, each with a link to where it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import Action, Authorship, Origin, Outcome
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import (
    FileState,
    Finding,
    JudgedFile,
    ProvenanceVerdict,
    Verdict,
)
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import code, prose
from judgegate.report.options import ReportOptions
from judgegate.report.selection import (
    UNANALYSED,
    deciding,
    listed_findings,
    policy_paths,
    shown_findings,
    worst_first,
)
from judgegate.report.text.findings import (
    KINDS,
    describe_actions,
    exempt_files,
    shorten_names,
    unread_files,
)
from judgegate.report.text.provenance import describe_assistance
from judgegate.report.text.words import count

MOST_FINDINGS = 20
MOST_UNFOLDED = 3
"""Of those that block: what must be mended is not to be looked for, and the questions are to stay near the top of a phone.
"""
LONGEST_EXCERPT = 160
MOST_QUESTIONS = 5
MOST_PLACES = 3
MOST_BESIDES = 3
LONGEST_WHY = 200
MOST_OF_A_HUNK = 2
"""Questions of one hunk that may stand before those of the next one."""
WEIGHTY = frozenset({Stake.FINDING, Stake.GUARD, Stake.UNREAD, Stake.CRITICAL})
MOST_FILES = 20
MOST_KINDS = 8


def render_blocking(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What has to be mended before it can merge, where it is and how, open to the eye."""
    shown, others = _unfolded(verdict, options)
    if shown:
        yield Block(
            "### To fix", tuple(_render_all(shown, verdict, options)), others=others
        )


def _unfolded(verdict: Verdict, options: ReportOptions) -> tuple[Sequence[Finding], int]:
    """The findings that block, and how many more of them no list has."""
    if verdict.outcome is not Outcome.BLOCK:
        return (), 0
    reported = policy_paths(verdict)
    live = (
        one
        for one in deciding(verdict, Action.BLOCK)
        if one.rule != UNANALYSED or one.path not in reported
    )
    blocking = sorted(live, key=worst_first)
    shown, _ = shortlist(blocking, MOST_UNFOLDED, options)
    listed = set(listed_findings(verdict))
    return shown, sum(one not in listed for one in blocking[len(shown) :])


def render_findings(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What the change introduced; at the end what was there before, in code that it edits.

    What stands unfolded is not repeated.
    """
    unfolded = set(_unfolded(verdict, options)[0])
    listed = [
        finding
        for finding in sorted(listed_findings(verdict), key=worst_first)
        if finding not in unfolded
    ]
    existing = [
        finding
        for finding in shown_findings(verdict, show_all=options.show_all)
        if finding.origin is Origin.EXISTING
    ]
    shown, others = shortlist([*listed, *existing], MOST_FINDINGS, options)
    if shown:
        yield foldable(
            _summarise(listed, len(existing)), _render_all(shown, verdict, options), others
        )


def _summarise(listed: list[Finding], existing: int) -> str:
    waived = sum(finding.waiver is not None for finding in listed)
    actions = describe_actions(
        Counter(finding.action for finding in listed if finding.waiver is None)
    )
    parts = [
        actions,
        f"{waived} waived" if waived else "",
        f"{existing} existing" if existing else "",
    ]
    return f"<b>Findings</b>: {', '.join(filter(None, parts))}"


def _render_all(
    findings: Iterable[Finding], verdict: Verdict, options: ReportOptions
) -> Iterator[str]:
    """Each, and what to do about it where that was not reported yet."""
    reported: set[tuple[str, str]] = set()
    for finding in findings:
        if finding.origin is Origin.EXISTING:
            yield _render_old(finding, options)
            continue
        advice = [
            (title, text)
            for title, text in _advice(finding)
            if (title, text) not in reported
        ]
        reported.update(advice)
        yield _render_finding(
            finding, _traits(finding, verdict.provenance), options, advice
        )


def _advice(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.waiver is not None:
        yield "Waived", finding.waiver
        return
    yield from (
        (title, text)
        for title, text in (("Why", finding.why), ("Fix", finding.remedy))
        if text
    )


def _render_finding(
    finding: Finding, traits: str, options: ReportOptions, advice: Iterable[tuple[str, str]]
) -> str:
    action = (
        finding.action.value
        if finding.waiver is None
        else f"{finding.action.value}, waived"
    )
    excerpt = finding.excerpt.strip()
    return entry(
        f"**{action}** {render_place(finding, options)}",
        prose(finding.message),
        code(excerpt, LONGEST_EXCERPT) if excerpt else "",
        *(f"{title}: {prose(text)}" for title, text in advice),
        f"{code(finding.rule)} ({prose(traits)})",
    )


def _traits(finding: Finding, provenance: ProvenanceVerdict) -> str:
    traits = (
        finding.code,
        finding.severity.value,
        describe_assistance(provenance) if finding.provenance is Authorship.AI else None,
    )
    return ", ".join(filter(None, traits))


def _render_old(finding: Finding, options: ReportOptions) -> str:
    return entry(
        f"existing, does not affect the verdict: {render_place(finding, options)} {prose(finding.message)}",
        code(finding.rule),
    )


class RaisedConcern(Struct, frozen=True):
    """What one hunk asks, and what is true of the hunk besides, whatever it does."""

    hunk: Hunk
    concern: Concern
    besides: tuple[Concern, ...] = ()


def render_questions(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """As many as one asks at a sitting.

    Where all is well but that no test came along, they do not impose themselves.
    """
    groups = _group_by_question(verdict.hunks)
    shown, others = shortlist(groups, MOST_QUESTIONS, options)
    items = tuple(
        _render_question(number, raised, options) for number, raised in enumerate(shown, 1)
    )
    stakes = {concern.stake for hunk in verdict.hunks for concern in hunk.concerns}
    if verdict.outcome is Outcome.PASS and stakes == {Stake.UNTESTED}:
        yield foldable(
            f"<b>To question</b>: no test touches {count(len(verdict.hunks), 'hunk')}",
            items,
            others,
        )
    elif items:
        yield Block("### Question first", items, others=others)


def _group_by_question(hunks: Sequence[Hunk]) -> list[list[RaisedConcern]]:
    """What raises the same question, in the order of what weighs most: a large hunk must not hide the others."""
    first: list[RaisedConcern] = []
    rest: list[RaisedConcern] = []
    for hunk in hunks:
        for number, raised in enumerate(_concerns_of(hunk)):
            is_early = number == 0 or (
                number < MOST_OF_A_HUNK and raised.concern.stake in WEIGHTY
            )
            (first if is_early else rest).append(raised)
    groups: dict[str, list[RaisedConcern]] = {}
    for raised in first + rest:
        groups.setdefault(raised.concern.question, []).append(raised)
    return list(groups.values())


def _concerns_of(hunk: Hunk) -> Iterator[RaisedConcern]:
    """The hunk's questions.

    Generic ones stand beside its weightiest: they would point at the same lines once more.
    """
    generic = [concern for concern in hunk.concerns if concern.generic]
    specific = [concern for concern in hunk.concerns if not concern.generic] or generic[:1]
    for number, concern in enumerate(specific):
        yield RaisedConcern(
            hunk,
            concern,
            tuple(one for one in generic if one is not concern) if number == 0 else (),
        )


def _render_question(
    number: int, raised: Sequence[RaisedConcern], options: ReportOptions
) -> str:
    question = raised[0].concern.question
    places = _places_of(raised, options)
    more = f"and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    whys = {_render_why(one.concern) for one in raised}
    shown = list(places.items())[:MOST_PLACES]
    if len(whys) == 1:
        lines = [
            " ".join(filter(None, (", ".join(place for place, _ in shown), more))),
            _sentence(*whys),
        ]
    else:
        lines = [*(": ".join(filter(None, one)) for one in shown), more]
    return entry(
        f"**{prose(question)}**" if question.strip() else "",
        *lines,
        *_besides(raised),
        mark=f"{number}.",
    )


def _places_of(raised: Sequence[RaisedConcern], options: ReportOptions) -> dict[str, str]:
    """The places, each once and with the clause that is true of it."""
    places: dict[str, str] = {}
    for one in raised:
        alike = f" and {one.hunk.alike} more like it in this file" if one.hunk.alike else ""
        places.setdefault(
            render_spot(spot_of(one.hunk, one.concern), options) + alike,
            _render_why(one.concern),
        )
    return places


def _render_why(concern: Concern) -> str:
    return prose(concern.what, LONGEST_WHY)


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _besides(raised: Sequence[RaisedConcern]) -> Iterator[str]:
    """What else is to be asked there: the question, and why if that is the same in all the places."""
    questions: dict[str, dict[str, None]] = {}
    for concern in (
        concern for one in raised for concern in one.besides if concern.question.strip()
    ):
        questions.setdefault(concern.question, {})[_render_why(concern)] = None
    for question, whys in list(questions.items())[:MOST_BESIDES]:
        why = f" ({next(iter(whys))})" if len(whys) == 1 and next(iter(whys)) else ""
        yield f"Also: {prose(question)}{why}"


def render_coverage(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Files that could not be checked, one by one, and beside them those that the policy exempts."""
    unread = unread_files(verdict)
    exempt = verdict.count(FileState.EXEMPT)
    if unread or exempt:
        shown, others = shortlist(unread, MOST_FILES, options)
        yield foldable(
            f"<b>Not checked</b>: {_count_unchecked(len(unread), exempt)}",
            [
                *_render_exempt(verdict, options),
                *(_render_files(file, options) for file in shown),
            ],
            others,
        )


def _count_unchecked(unread: int, exempt: int) -> str:
    if not unread:
        return count(exempt, "exempt file")
    return count(unread, "file") + (f", and {exempt} exempt" if exempt else "")


def _render_exempt(verdict: Verdict, options: ReportOptions) -> Iterator[str]:
    for clause, kinds in exempt_files(verdict):
        described = ", ".join(
            f"{prose(KINDS.get(kind, kind))} ({shorten_names([code(path) for path in paths], options)})"
            for kind, paths in list(kinds.items())[:MOST_KINDS]
        )
        yield entry(f"{clause}: {described}")


def _render_files(file: JudgedFile, options: ReportOptions) -> str:
    path = file.change.path
    url = options.links.to_diff(path) if options.links else None
    return entry(f"{render_link(path, url)}: {prose(file.reason or 'no reason is known')}")


class LinkedLines(Struct, frozen=True):
    """Lines of a file: of the head, or, where they are gone, of the merge base. None: the file as a whole."""

    path: str
    lines: LineRange | None
    gone: bool


def spot_of(hunk: Hunk, concern: Concern) -> LinkedLines:
    """Where the concern is: its own line if it has one, else the hunk. What is gone is shown where it was."""
    gone = hunk.removed is not None and (hunk.added is None or concern.stake is Stake.GUARD)
    return LinkedLines(
        hunk.path, _narrow(hunk.removed if gone else hunk.added, concern.line), gone
    )


def render_spot(spot: LinkedLines, options: ReportOptions) -> str:
    """Such as `app.py:3-9`, with a link."""
    url = None
    if options.links:
        to_lines = options.links.to_removed if spot.gone else options.links.to_added
        url = (
            to_lines(spot.path, spot.lines)
            if spot.lines
            else options.links.to_diff(spot.path)
        )
    return render_link(_at(spot.path, spot.lines), url) + (
        " (removed)" if spot.gone else ""
    )


def render_place(finding: Finding, options: ReportOptions) -> str:
    """Where the finding is."""
    if finding.path is None:
        return "the whole change"
    if finding.line is None:
        return render_link(
            finding.path, options.links.to_diff(finding.path) if options.links else None
        )
    lines = LineRange(finding.line, max(finding.line, finding.end_line or 0))
    return render_link(
        _at(finding.path, lines),
        options.links.to_added(finding.path, lines) if options.links else None,
    )


def render_link(text: str, url: str | None) -> str:
    """The text as code, as a link if it has a target.

    The target is ours: percent-encoded, but for what the forge itself needs.
    """
    return f"[{code(text)}]({url})" if url else code(text)


def _narrow(lines: LineRange | None, line: int | None) -> LineRange | None:
    return (
        lines
        if lines is None or line is None or line not in lines
        else LineRange(line, line)
    )


def _at(path: str, lines: LineRange | None) -> str:
    if lines is None:
        return path
    return (
        f"{path}:{lines.start}" if len(lines) == 1 else f"{path}:{lines.start}-{lines.end}"
    )
