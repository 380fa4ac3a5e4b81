"""Findings beside their lines, and nothing of the change that the runner would obey: not there, and nowhere in the log."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.cli.app import _say
from judgegate.github.publish.step import annotate, command_message, command_property
from judgegate.model.levels import Action, Origin
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.escape import disarm, escape
from tests.github.fake.server import FakeGitHub
from tests.github.scenes import open_by_person
from tests.github.stage import Stage
from tests.report.verdicts import a_finding, a_verdict

COMMAND = re.compile(
    r"::(?P<name>[a-z-]+)(?: (?P<properties>[^:]*))?::(?P<message>.*)", re.DOTALL
)
"""As the runner reads a line: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

HOSTILE = "a\n::error::x\r##[add-mask]y\u2028::set-output name=x::y\x1b[31m%0A,title=z"
INSECURE = (
    "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n"
)


def obeys(line: str) -> str | None:
    """The command that the runner takes the line for."""
    found = COMMAND.match(line.strip())
    old = re.search(r"##\[([^\]]*)\]", line)
    return found["name"] if found else old[1] if old else None


def decode(text: str, signs: dict[str, str]) -> str:
    for encoded, sign in signs.items():
        text = text.replace(encoded, sign)
    return text.replace("%25", "%")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """The name, the properties and the message of a command, decoded as the runner does."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line
    message = {"%0D": "\r", "%0A": "\n"}
    pairs = (pair.split("=", 1) for pair in (found["properties"] or "").split(",") if pair)
    properties = {
        key: decode(value, {**message, "%3A": ":", "%2C": ","}) for key, value in pairs
    }
    return found["name"], properties, decode(found["message"], message)


def judged(*findings: Finding) -> Verdict:
    return replace(a_verdict(), findings=findings)


def finding(
    path: str | None = "app.py", action: Action = Action.BLOCK, **more: object
) -> Finding:
    return replace(a_finding(), path=path, action=action, origin=Origin.INTRODUCED, **more)


def test_a_finding_stands_at_its_lines() -> None:
    [line] = annotate(
        [
            judged(
                finding(
                    line=3,
                    end_line=5,
                    rule="security/insecure-code",
                    message="Bad: 100 %",
                    remedy="Mend it.",
                )
            )
        ]
    )
    assert (
        line
        == "::error file=app.py,line=3,endLine=5,title=judgegate%3A security/insecure-code::Bad: 100 %25 Fix: Mend it."
    )


def test_a_finding_of_a_whole_file_has_no_line() -> None:
    [line] = annotate(
        [judged(finding(line=None, end_line=None, rule="a/b", message="Odd.", remedy=""))]
    )
    assert line == "::error file=app.py,title=judgegate%3A a/b::Odd."


@pytest.mark.parametrize(("unread", "told"), [(Action.REVIEW, 1), (Action.BLOCK, 2)])
def test_that_the_policy_s_own_file_is_unread_is_told_only_if_it_weighs_more(
    unread: Action, told: int
) -> None:
    change = finding(".judgegate.yml", Action.REVIEW, rule="oversight/policy-change")
    lines = list(
        annotate(
            [judged(change, finding(".judgegate.yml", unread, rule="oversight/unanalysed"))]
        )
    )
    assert len(lines) == told
    assert "oversight/policy-change" in lines[-1]


@pytest.mark.parametrize(
    ("action", "kind"),
    [(Action.BLOCK, "error"), (Action.REVIEW, "warning"), (Action.WARN, "notice")],
)
def test_its_kind_is_what_it_leads_to(action: Action, kind: str) -> None:
    [line] = annotate([judged(finding(action=action))])
    assert read(line)[0] == kind


@pytest.mark.parametrize(
    "left_out",
    [
        finding(None),
        finding(action=Action.OFF),
        finding(waiver="alice: for now"),
        replace(finding(), origin=Origin.EXISTING, touched=True),
    ],
)
def test_what_has_no_place_or_no_weight_is_left_out(left_out: Finding) -> None:
    assert list(annotate([judged(left_out)])) == []


def test_the_worst_of_all_verdicts_come_first_ten_of_each_kind_and_the_rest_is_counted() -> (
    None
):
    many = [
        finding(f"{action.value}-{number:02}.py", action)
        for action in (Action.WARN, Action.BLOCK)
        for number in range(12)
    ]
    kinds = [
        read(line)[0]
        for line in annotate(
            [judged(*many[:13]), judged(*many[13:], finding("r.py", Action.REVIEW))]
        )
    ]
    assert kinds == ["error"] * 10 + ["warning"] + ["notice"] * 10
    assert read(list(annotate([judged(*many)]))[-1]) == (
        "notice",
        {"title": "judgegate"},
        "and 5 more, which the report lists",
    )


def test_ten_notices_are_all_shown() -> None:
    notices = [finding(f"{number}.py", Action.WARN) for number in range(10)]
    assert len([line for line in annotate([judged(*notices)]) if "more" not in line]) == 10


def test_a_message_without_end_is_cut() -> None:
    [line] = annotate([judged(finding(message="x" * 100_000, remedy=""))])
    assert len(line) < 2000


@given(
    path=st.text(st.characters(exclude_characters="\0"), min_size=1),
    message=st.text(),
    rule=st.text(),
)
@settings(max_examples=60, deadline=None)
def test_no_text_can_be_more_than_the_value_that_it_is(
    path: str, message: str, rule: str
) -> None:
    [line] = annotate([judged(finding(path, message=message, rule=rule, remedy=""))])
    assert line.encode("utf-8").decode().splitlines() == [line]
    name, properties, told = read(line)
    assert (name, set(properties)) == ("error", {"file", "line", "endLine", "title"})
    assert properties["file"] == escape(path).replace("##[", "#\\x23[")
    assert told == escape(message).replace("##[", "#\\x23[")
    assert "##[" not in line


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [
        ("100%", "100%25", "100%25"),
        ("%0A", "%250A", "%250A"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("a\r\nb", "a\\r\\nb", "a\\r\\nb"),
        ("\udcff", "\\xff", "\\xff"),
        ("##[error]", "#\\x23[error]", "#\\x23[error]"),
    ],
)
def test_the_runners_own_signs_are_escaped_once(
    text: str, message: str, value: str
) -> None:
    assert (command_message(text), command_property(text)) == (message, value)


@given(st.text() | st.text(alphabet=":# \t[]a\u2003\u00a0\x1b\x85\u2028\ufeff"))
@settings(max_examples=300, deadline=None)
def test_no_line_of_the_log_is_a_command(text: str) -> None:
    line = disarm(escape(text))
    assert "##[" not in line
    assert not re.sub(r"\x1b\[[0-9;]*m", "", line).strip().startswith("::")


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_no_error_is_a_command(text: str) -> None:
    from click.testing import CliRunner  # a property's own

    with CliRunner().isolation() as (_, err, *_rest):
        _say(f"::error::{text}\n  ::{text}")
    assert [
        line
        for line in err.getvalue().decode("utf-8", "replace").split("\n")
        if obeys(line)
    ] == []


def hostile_change(fake: FakeGitHub) -> None:
    open_by_person(fake)
    fake.world.git.write(HOSTILE.replace("/", "") + ".py", INSECURE)
    fake.world.git.write(b"odd-\xff\n::warning::.py", INSECURE)
    fake.world.git.commit(
        "Run\n\n::add-mask::alice\n##[error]\n", author="::error:: ##[x] <x@example.com>"
    )


def test_a_change_full_of_commands_makes_the_runner_obey_none_but_ours(
    fake: FakeGitHub, stage: Stage
) -> None:
    hostile_change(fake)
    fake.world.pulls[1].title = HOSTILE
    fake.world.pulls[1].body = HOSTILE
    done = stage.judge()
    commands = [line for line in done.run.out.split("\n") if obeys(line)]
    assert {obeys(line) for line in commands} == {"error"}
    assert len(commands) == 2
    assert all(
        read(line)[1]["title"].startswith("judgegate: security/") for line in commands
    )
    assert [line for line in done.run.err.split("\n") if obeys(line)] == []


def test_a_draft_has_its_findings_beside_the_lines_too(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake).draft = True
    fake.world.git.write("run.py", INSECURE).commit("Run")
    done = stage.judge()
    assert [read(line)[1]["file"] for line in done.run.out.split("\n") if obeys(line)] == [
        "run.py"
    ]
    assert fake.world.comments() == []


def test_no_output_is_set_by_the_change(fake: FakeGitHub, stage: Stage) -> None:
    hostile_change(fake)
    done = stage.judge()
    assert set(done.outputs) == {"outcome", "ai-assisted", "findings", "report", "sarif"}


def test_without_the_input_there_is_no_command(fake: FakeGitHub, stage: Stage) -> None:
    hostile_change(fake)
    done = stage.judge("--annotations", "false")
    assert [line for line in done.run.out.split("\n") if obeys(line)] == []


def test_an_error_of_github_cannot_speak_to_the_runner(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail("reviews$", 422, body=b'{"message": "\\n::error::x ##[error]y"}')
    done = stage.judge()
    assert done.code == 4
    assert "422" in done.run.err
    assert [line for line in (done.run.err + done.run.out).split("\n") if obeys(line)] == []
