"""Whatever the change says, a brief stays the brief that we wrote."""

import unicodedata

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.github.publish.thread import GitHubLinks
from judgegate.model.verdict import Verdict
from judgegate.report.comment_record import RECORD, read_record, record_of
from judgegate.report.formats import render_report
from judgegate.report.markdown.report import (
    COMMENT,
    MARKER,
    SUMMARY,
    render_brief,
    render_summary,
)
from judgegate.report.options import Failure, Posted, Record, ReportOptions
from tests.report.hostile import FAILURES, OPTIONS, TEXT, verdicts
from tests.report.rendering import render
from tests.report.test_hostile_text import NOT_SHOWN
from tests.report.test_markdown_escaping import MEANS_SOMETHING
from tests.report.verdicts import BASE, HEAD, a_verdict

OURS = {
    "p",
    "strong",
    "br",
    "ul",
    "ol",
    "li",
    "code",
    "a",
    "details",
    "summary",
    "b",
    "h3",
    "pre",
}
LINKS = GitHubLinks("https://github.com", "acme/shop", HEAD, BASE, 12)
TOLD = st.builds(
    replace,
    OPTIONS,
    links=st.none() | st.just(LINKS),
    posted=st.none() | st.builds(Posted, TEXT, TEXT, TEXT),
)


@given(verdicts() | FAILURES, TOLD)
def test_nothing_in_a_brief_is_markup_but_ours(
    rendered: Verdict | Failure, options: ReportOptions
) -> None:
    brief = render_brief(rendered, options)
    for comment in (True, False):
        page = render(brief, comment=comment)
        assert set(page.tags) <= OURS
        assert page.attributes <= {("a", "href"), ("pre", "lang"), ("ol", "start")}
        assert all(link.startswith("https://github.com/acme/shop/") for link in page.links)
        assert not page.links or options.links is not None
        assert not MEANS_SOMETHING.search("\0".join(page.plain))


@given(verdicts() | FAILURES, TOLD)
def test_every_fold_is_closed_and_has_one_summary(
    rendered: Verdict | Failure, options: ReportOptions
) -> None:
    tags = render(render_brief(rendered, options)).tags
    folds = [number for number, tag in enumerate(tags) if tag == "details"]
    assert [tags[number + 1] for number in folds] == ["summary"] * len(folds)
    assert tags.count("summary") == len(folds)


@given(verdicts() | FAILURES, TOLD)
def test_the_marker_and_the_record_stand_there_once(
    rendered: Verdict | Failure, options: ReportOptions
) -> None:
    brief = render_brief(rendered, options)
    assert brief.count(MARKER) == brief.splitlines().count(MARKER) == 1
    comments = render(brief).comments
    assert comments[0] == " judgegate:brief "
    assert comments[1:] == [
        match.group().removeprefix("<!--").removesuffix("-->")
        for match in RECORD.finditer(brief)
    ]
    assert len(comments) == (2 if isinstance(rendered, Verdict) else 1)


@given(verdicts(), TOLD)
def test_a_brief_remembers_all_evidence(verdict: Verdict, options: ReportOptions) -> None:
    record = read_record(render_brief(verdict, options))
    assert record is not None
    known = {
        (piece.tool, piece.signal, piece.role, piece.confidence, piece.quote)
        for piece in record.evidence
    }
    assert known == {
        (piece.tool, piece.signal, piece.role, piece.confidence, piece.quote)
        for piece in verdict.provenance.evidence
    }
    assert record.posted == options.posted


@given(verdicts() | FAILURES, TOLD)
def test_a_brief_holds_only_what_can_be_seen_and_nothing_that_a_runner_obeys(
    rendered: Verdict | Failure, options: ReportOptions
) -> None:
    brief = render_report("markdown", rendered, options)
    assert brief.endswith("\n")
    assert not {
        character for character in brief if unicodedata.category(character) in NOT_SHOWN
    } - {"\n"}
    assert "##[" not in brief
    assert not [line for line in brief.split("\n") if line.lstrip().startswith("::")]


@settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(verdicts(), st.sampled_from((1, 30, 300)), TEXT)
def test_however_much_there_is_to_say_it_fits(
    verdict: Verdict, times: int, text: str
) -> None:
    many = replace(
        verdict,
        hunks=tuple(
            replace(hunk, path=f"{hunk.path}{n}")
            for n in range(times)
            for hunk in verdict.hunks
        ),
        findings=tuple(
            replace(one, message=f"{n}{text * 99}{one.message}")
            for n in range(times)
            for one in verdict.findings
        ),
        files=tuple(
            replace(one, reason=f"{n}{text * 99}")
            for n in range(times)
            for one in verdict.files
        ),
        notices=verdict.notices * times,
        errors=tuple(
            replace(one, message=f"{text * 99}\n{one.message}\n" * times)
            for one in verdict.errors
        ),
    )
    options = ReportOptions(show_all=True, links=LINKS)
    brief, summary = render_brief(many, options), render_summary(many, options)
    assert len(brief) <= COMMENT
    assert len(brief.encode()) <= 262_144
    assert len(summary) <= SUMMARY
    assert len(summary.encode()) <= 1_000_000
    assert set(render(brief).tags) <= OURS
    assert read_record(brief) is not None


def test_a_failure_keeps_what_the_brief_before_it_remembered() -> None:
    record = Record(HEAD, record_of(a_verdict()).outcome)
    brief = render_brief(Failure(()), ReportOptions(record=record))
    assert read_record(brief) == record
