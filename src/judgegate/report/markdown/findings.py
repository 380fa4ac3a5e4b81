"""What was found, what to question first, and what could not be checked, each with a link to where it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import Action, Origin, Outcome
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import FileState, Finding, JudgedFile, Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import code, prose
from judgegate.report.options import ReportOptions
from judgegate.report.selection import (
    UNANALYSED,
    deciding,
    existing_findings,
    listed_findings,
    not_waived,
    policy_paths,
    worst_first,
)
from judgegate.report.text.findings import (
    KINDS,
    advice_of,
    describe_actions,
    describe_obstacle,
    describe_traits,
    exempt_files,
    shorten_names,
    unread_files,
)
from judgegate.report.text.words import count

MOST_FINDINGS = 20
MOST_UNFOLDED = 3
"""Of those that block.

What must be fixed is not to be looked for, and the questions are to stay near the top of a phone.
"""
LONGEST_EXCERPT = 160
MOST_QUESTIONS = 5
MOST_PLACES = 3
MOST_BESIDES = 3
LONGEST_WHY = 200
MOST_OF_A_HUNK = 2
"""Questions of one hunk that may come before those of the next one."""
WEIGHTY = frozenset({Stake.FINDING, Stake.GUARD, Stake.UNREAD, Stake.CRITICAL})
MOST_FILES = 20
MOST_KINDS = 8


def render_blocking(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What has to be fixed before it can merge, where it is and how, open to the eye."""
    shown, others = _unfolded(verdict, options)
    if shown:
        items = tuple(_render_all(shown, verdict, options))
        yield Block("### To fix", items, others=others)


def _unfolded(verdict: Verdict, options: ReportOptions) -> tuple[Sequence[Finding], int]:
    """The findings that block, and how many more of them no list has."""
    if verdict.outcome is not Outcome.BLOCK:
        return (), 0
    # A file that a finding on the policy reports is not reported once more as unanalysed.
    reported = {(UNANALYSED, path) for path in policy_paths(verdict)}
    decisive = deciding(verdict, Action.BLOCK)
    live = [one for one in decisive if (one.rule, one.path) not in reported]
    blocking = sorted(live, key=worst_first)
    shown, _ = shortlist(blocking, MOST_UNFOLDED, options)
    listed = set(listed_findings(verdict))
    return shown, sum(one not in listed for one in blocking[len(shown) :])


def render_findings(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What the change introduced; at the end what was there before, in code that it edits.

    What is unfolded above is not repeated.
    """
    unfolded = frozenset(_unfolded(verdict, options)[0])
    candidates = sorted(listed_findings(verdict), key=worst_first)
    listed = [finding for finding in candidates if finding not in unfolded]
    existing = existing_findings(verdict, show_all=options.show_all)
    shown, others = shortlist([*listed, *existing], MOST_FINDINGS, options)
    if shown:
        summary = _summarise(listed, len(existing))
        yield foldable(summary, _render_all(shown, verdict, options), others)


def _summarise(listed: list[Finding], existing: int) -> str:
    """How many findings there are of each sort."""
    live = not_waived(listed)
    parts = [describe_actions(Counter(finding.action for finding in live))]
    waived = len(listed) - len(live)
    if waived:
        parts.append(f"{waived} waived")
    if existing:
        parts.append(f"{existing} existing")
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
        news = [advice for advice in _advice(finding) if advice not in reported]
        reported.update(news)
        traits = describe_traits(finding, verdict.provenance)
        yield _render_finding(finding, traits, options, news)


def _advice(finding: Finding) -> list[tuple[str, str]]:
    """What to do about the finding; where it is waived, until when and why."""
    if finding.waiver is not None:
        return [("Waived", finding.waiver)]
    return advice_of(finding)


def _render_finding(
    finding: Finding, traits: str, options: ReportOptions, advice: Iterable[tuple[str, str]]
) -> str:
    """The finding, with what is to be said about it."""
    waived = "" if finding.waiver is None else ", waived"
    excerpt = finding.excerpt.strip()
    return entry(
        f"**{finding.action.value}{waived}** {render_place(finding, options)}",
        prose(finding.message),
        code(excerpt, LONGEST_EXCERPT) if excerpt else "",
        *(f"{title}: {prose(text)}" for title, text in advice),
        f"{code(finding.rule)} ({prose(traits)})",
    )


def _render_old(finding: Finding, options: ReportOptions) -> str:
    """A finding that was there before, on two lines: there is nothing to do about it now."""
    place = render_place(finding, options)
    return entry(
        f"existing, does not affect the verdict: {place} {prose(finding.message)}",
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
    # What is asked in a pass that only lacks tests is not worth the top of the comment.
    stakes = {concern.stake for hunk in verdict.hunks for concern in hunk.concerns}
    if verdict.outcome is Outcome.PASS and stakes == {Stake.UNTESTED}:
        untested = f"no test touches {count(len(verdict.hunks), 'hunk')}"
        yield foldable(f"<b>To question</b>: {untested}", items, others)
    elif items:
        yield Block("### Question first", items, others=others)


def _group_by_question(hunks: Sequence[Hunk]) -> list[list[RaisedConcern]]:
    """What raises the same question, in the order of what weighs most."""
    # A large hunk must not hide the others, so most of its questions come after theirs.
    early: list[RaisedConcern] = []
    late: list[RaisedConcern] = []
    for hunk in hunks:
        for number, raised in enumerate(_concerns_of(hunk)):
            most = MOST_OF_A_HUNK if raised.concern.stake in WEIGHTY else 1
            (early if number < most else late).append(raised)
    groups: dict[str, list[RaisedConcern]] = defaultdict(list)
    for raised in early + late:
        groups[raised.concern.question].append(raised)
    return list(groups.values())


def _concerns_of(hunk: Hunk) -> Iterator[RaisedConcern]:
    """The hunk's questions.

    Generic ones are put beside its weightiest: they would point at the same lines once more.
    """
    generic = [concern for concern in hunk.concerns if concern.generic]
    specific = [concern for concern in hunk.concerns if not concern.generic]
    if not specific:
        specific, generic = generic[:1], generic[1:]
    for number, concern in enumerate(specific):
        besides = () if number else tuple(generic)
        yield RaisedConcern(hunk, concern, besides)


def _render_question(
    number: int, raised: Sequence[RaisedConcern], options: ReportOptions
) -> str:
    """One question, with the places that raise it and what is at stake there."""
    question = raised[0].concern.question
    places = _places_of(raised, options)
    shown = list(places.items())[:MOST_PLACES]
    more = f"and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    whys = {_render_why(one.concern) for one in raised}
    if len(whys) == 1:
        # Said once, because it is the same in all the places.
        listed = ", ".join(place for place, _ in shown)
        lines = [f"{listed} {more}".strip(), _sentence(*whys)]
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
        place = render_spot(spot_of(one.hunk, one.concern), options)
        if one.hunk.alike:
            place = f"{place} and {one.hunk.alike} more like it in this file"
        places.setdefault(place, _render_why(one.concern))
    return places


def _render_why(concern: Concern) -> str:
    """What is at stake, as a clause; the change's own words in it can be long."""
    return prose(concern.what, LONGEST_WHY)


def _sentence(clause: str) -> str:
    """The clause with a capital in front."""
    return clause[:1].upper() + clause[1:]


def _besides(raised: Sequence[RaisedConcern]) -> Iterator[str]:
    """What else is to be asked there: the question, and why if that is the same in all the places."""
    questions: dict[str, set[str]] = defaultdict(set)
    for concern in chain.from_iterable(one.besides for one in raised):
        questions[concern.question].add(_render_why(concern))
    asked = [question for question in questions if question.strip()]
    for question in asked[:MOST_BESIDES]:
        why, *others = questions[question]
        reason = f" ({why})" if why and not others else ""
        yield f"Also: {prose(question)}{reason}"


def render_coverage(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Files that could not be checked, one by one, and beside them those that the policy exempts."""
    unread = unread_files(verdict)
    exempt = verdict.count(FileState.EXEMPT)
    if not unread and not exempt:
        return
    shown, others = shortlist(unread, MOST_FILES, options)
    items = [
        *_render_exempt(verdict, options),
        *(_render_unread(file, options) for file in shown),
    ]
    summary = f"<b>Not checked</b>: {_count_unchecked(len(unread), exempt)}"
    yield foldable(summary, items, others)


def _count_unchecked(unread: int, exempt: int) -> str:
    """How many files were not checked, and how many of them need no check."""
    if not unread:
        return count(exempt, "exempt file")
    if not exempt:
        return count(unread, "file")
    return f"{count(unread, 'file')}, and {exempt} exempt"


def _render_exempt(verdict: Verdict, options: ReportOptions) -> Iterator[str]:
    """An item for the files that nothing read, and one for those that only patterns did."""
    for clause, kinds in exempt_files(verdict):
        described = []
        for kind, paths in list(kinds.items())[:MOST_KINDS]:
            names = shorten_names(list(map(code, paths)), options)
            described.append(f"{prose(KINDS.get(kind, kind))} ({names})")
        yield entry(f"{clause}: {', '.join(described)}")


def _render_unread(file: JudgedFile, options: ReportOptions) -> str:
    """An item for a file that could not be checked, and why."""
    place = _link_to_file(file.change.path, options)
    return entry(f"{place}: {prose(describe_obstacle(file))}")


class LinkedLines(Struct, frozen=True):
    """Lines of a file: of the head, or, where they are gone, of the merge base.

    None: the file as a whole.
    """

    path: str
    lines: LineRange | None
    gone: bool


def spot_of(hunk: Hunk, concern: Concern) -> LinkedLines:
    """Where the concern is: its own line if it has one, else the hunk.

    What is gone is shown where it was.
    """
    if hunk.removed is not None and (hunk.added is None or concern.stake is Stake.GUARD):
        return LinkedLines(hunk.path, _narrow(hunk.removed, concern.line), gone=True)
    return LinkedLines(hunk.path, _narrow(hunk.added, concern.line), gone=False)


def render_spot(spot: LinkedLines, options: ReportOptions) -> str:
    """Such as `app.py:3-9`, with a link."""
    removed = " (removed)" if spot.gone else ""
    if spot.lines is None:
        return f"{_link_to_file(spot.path, options)}{removed}"
    place = _link_to_lines(spot.path, spot.lines, options, gone=spot.gone)
    return f"{place}{removed}"


def render_place(finding: Finding, options: ReportOptions) -> str:
    """Where the finding is."""
    if finding.path is None:
        return "the whole change"
    if finding.line is None:
        return _link_to_file(finding.path, options)
    lines = LineRange(finding.line, max(finding.line, finding.end_line or 0))
    return _link_to_lines(finding.path, lines, options, gone=False)


def _link_to_file(path: str, options: ReportOptions) -> str:
    """The path, with a link to the file among those of the pull request."""
    url = options.links.to_diff(path) if options.links else None
    return render_link(path, url)


def _link_to_lines(
    path: str, lines: LineRange, options: ReportOptions, *, gone: bool
) -> str:
    """The path and the lines, with a link to them: in the merge base if they are gone."""
    place = f"{path}:{lines.start}"
    if len(lines) > 1:
        place = f"{place}-{lines.end}"
    if options.links is None:
        return render_link(place, None)
    to_lines = options.links.to_removed if gone else options.links.to_added
    return render_link(place, to_lines(path, lines))


def render_link(text: str, url: str | None) -> str:
    """The text as code, as a link if it has a target.

    The target is ours: percent-encoded, but for what the forge itself needs.
    """
    if not url:
        return code(text)
    return f"[{code(text)}]({url})"


def _narrow(lines: LineRange | None, line: int | None) -> LineRange | None:
    """The line alone, if it is one of the lines."""
    if lines is None or line is None or line not in lines:
        return lines
    return LineRange(line, line)
