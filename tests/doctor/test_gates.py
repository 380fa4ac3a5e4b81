"""Which jobs are found to run judgegate, and what else stands in the repository."""

import pytest

from judgegate.doctor.gates import Carrier, GateForm
from tests.doctor.repositories import BY_JOB, PIN, TIGHT, altered, consult, ids, one

USES = f"uses: judgegate/judgegate@{PIN}"


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("uses: my-fork/Judgegate@v1", GateForm.ACTION),
        ("uses: org/judgegate/sub@v1", GateForm.ACTION),
        ("run: python -m judgegate github", GateForm.GITHUB),
        ("run: uvx judgegate check --base main", GateForm.CHECK),
        ('run: |\n          "$HOME/bin/judgegate" check', GateForm.CHECK),
    ],
)
def test_a_step_that_runs_judgegate_is_a_gate(step: str, form: GateForm) -> None:
    (gate,) = consult(altered(TIGHT, (USES, step))).setup.gates
    assert gate.form is form


@pytest.mark.parametrize(
    "step",
    [
        "uses: org/judge@v1",
        "uses: judgegate@v1",
        "run: judgegate waivers",
        "run: echo judgegate check",
        'run: "# judgegate check"',
        "run: judgegate check-all",
        "run: judgegate check --help",
        "run: judgegate github -h",
        "run: true judgegate check",
        "run: grep judgegate check",
        "run: sudo echo judgegate check",
        "run: command -v judgegate check",
        "run: python -c pass judgegate check",
        """run: X="judgegate check\"""",
        "run: |\n          cat <<EOF\n          judgegate check\n          EOF",
        "run: judgegate $COMMAND",
        "run: import os; os.system('judgegate check')\n        shell: python",
    ],
)
def test_a_step_that_runs_something_else_is_none(step: str) -> None:
    report = consult(altered(TIGHT, (USES, step)))
    assert ids(report) == ["no-workflow"]
    assert not report.setup.gates


@pytest.mark.parametrize(
    ("name", "found"), [("judgegate", True), ("other", False), ("[", False)]
)
def test_the_repository_s_own_action_is_a_gate_if_it_is_called_so(
    name: str, found: bool
) -> None:
    report = consult(
        altered(TIGHT, (USES, "uses: ./")), files={"action.yaml": f"name: {name}\n"}
    )
    assert bool(report.setup.gates) is found


def test_an_action_in_a_folder_is_no_gate_whatever_it_is_called() -> None:
    gate = "name: judgegate\nruns: {using: composite, steps: []}\n"
    text = altered(TIGHT, (USES, "uses: ./.github/actions/gate"))
    assert ids(
        consult(text, files={".github/actions/gate/action.yml": gate, "action.yml": gate})
    ) == ["no-workflow"]


def test_a_repository_without_an_action_is_no_gate() -> None:
    assert not consult(altered(TIGHT, (USES, "uses: ./"))).setup.gates


def test_the_action_at_the_top_is_found() -> None:
    assert consult(
        altered(TIGHT, (USES, "uses: ./")), files={"action.yml": "name: judgegate\n"}
    ).setup.gates


CALLER = """\
on:
  pull_request_target:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
  pull_request_review:
permissions: {contents: read, pull-requests: read, statuses: write}
concurrency: judgegate-${{ github.event.pull_request.number }}
jobs:
  call:
    uses: ./.github/workflows/other1.yml
"""
CALLED = f"""\
on: workflow_call
jobs:
  judge:
    steps:
      - uses: judgegate/judgegate@{PIN}
"""


def test_a_reusable_workflow_is_followed_from_the_events_that_start_it() -> None:
    report = consult(CALLER, CALLED)
    (gate,) = report.setup.gates
    assert (gate.carrier, gate.check_name, gate.location.place) == (
        Carrier.STATUS,
        "call / judge",
        ".github/workflows/other1.yml",
    )
    assert ids(report) == []


def test_what_a_caller_puts_around_a_reusable_workflow_counts() -> None:
    caller = altered(CALLER, ("  call:\n", "  call:\n    if: vars.ON\n"))
    called = altered(
        CALLED,
        ("  judge:\n", "  judge:\n    permissions: {statuses: none, contents: read}\n"),
    )
    report = consult(caller, called)
    assert ids(report) == ["conditional-job", "permissions-missing", "own-result"]
    assert (
        one(report, "permissions-missing").what
        == "The job's token lacks pull-requests: read."
    )


def test_a_reusable_workflow_that_nobody_calls_is_no_gate() -> None:
    assert ids(consult(CALLED)) == ["no-workflow"]


def test_workflows_that_call_each_other_for_ever_end() -> None:
    jobs = "a: {uses: ./.github/workflows/judgegate.yml}\n  b: {uses: ./.github/workflows/gone.yml}"
    loop = f"on: [workflow_call, pull_request]\njobs:\n  {jobs}\n"
    assert ids(consult(loop)) == ["no-workflow"]


def test_a_reusable_workflow_of_another_repository_is_a_gate_if_that_is_called_so() -> None:
    caller = altered(
        CALLER,
        (
            "./.github/workflows/other1.yml",
            "org/judgegate/.github/workflows/judge.yml@main",
        ),
    )
    report = consult(caller)
    assert ids(report) == ["unpinned-action"]
    assert report.setup.gates[0].step is None


@pytest.mark.parametrize(
    ("token", "carrier"),
    [
        ("${{ github.token }}", Carrier.JOB),
        ("${{ secrets.GITHUB_TOKEN }}", Carrier.JOB),
        ("${{ steps.app.outputs.token }}", Carrier.STATUS),
    ],
)
def test_an_app_s_token_may_post_what_the_job_s_own_may_not(
    token: str, carrier: Carrier
) -> None:
    text = altered(
        TIGHT,
        ("      statuses: write\n", ""),
        (USES, f"{USES}\n        with: {{github-token: '{token}'}}"),
    )
    (gate,) = consult(text).setup.gates
    assert gate.carrier is carrier


def test_the_environment_of_a_script_says_which_token_and_what_to_fail_on() -> None:
    text = altered(
        BY_JOB,
        ("judgegate check --base origin/main", "judgegate github"),
        ("    steps:\n", "    env: {JUDGEGATE_FAIL_ON: never}\n    steps:\n"),
    )
    assert consult(text).setup.gates[0].carrier is Carrier.NOTHING
    text = altered(
        BY_JOB,
        (
            "judgegate check --base origin/main",
            "judgegate github\n        env: {JUDGEGATE_TOKEN: '${{ secrets.APP }}'}",
        ),
    )
    assert consult(text).setup.gates[0].carrier is Carrier.STATUS


@pytest.mark.parametrize(
    "step",
    [
        f"{USES}\n        with: {{Fail-On: never}}",
        f"{USES}\n        with: {{fail-on: ' never '}}",
        f"{USES}\n        with: {{FAIL-ON: '${{{{ vars.LEVEL }}}}'}}",
        'run: judgegate github --fail-on "$LEVEL"',
        "run: judgegate github --fail-on `cat level`",
        "run: judgegate github $ARGS",
        'run: judgegate github --comment false "$@"',
        "run: JUDGEGATE_FAIL_ON=never judgegate github",
        "run: |\n          export JUDGEGATE_FAIL_ON='never'\n          judgegate github",
        'run: echo JUDGEGATE_FAIL_ON="$LEVEL" >> $GITHUB_ENV\n      - run: judgegate github',
        "run: echo JUDGEGATE_FAIL_ON=never >> $GITHUB_ENV\n      - run: judgegate github",
        "run: export JUDGEGATE_FAIL_ON=review; export JUDGEGATE_FAIL_ON=block; judgegate github",
    ],
)
def test_a_gate_that_may_be_in_report_mode_carries_nothing(step: str) -> None:
    report = consult(altered(TIGHT, (USES, step)))
    assert {gate.carrier for gate in report.setup.gates} == {Carrier.NOTHING}
    assert ids(report)[0] == "report-mode"


@pytest.mark.parametrize(
    "step",
    [
        "run: JUDGEGATE_FAIL_ON=block judgegate github",
        "run: judgegate github --fail-on review --comment $WANTED",
        "run: judgegate github\n      - run: echo JUDGEGATE_FAIL_ON=never >> $GITHUB_ENV",
        f"run: echo JUDGEGATE_FAIL_ON=never >> $GITHUB_ENV\n      - {USES}",
    ],
)
def test_a_gate_whose_level_is_known_carries_the_status(step: str) -> None:
    assert [gate.carrier for gate in consult(altered(TIGHT, (USES, step))).setup.gates] == [
        Carrier.STATUS
    ]


WRITER = """\
on: {on}
permissions: {permissions}
jobs:
  label:
    name: {name}
    steps:
      - run: {run}
      - uses: actions/checkout@{pin}
        with: {{ref: "{ref}"}}
"""


def writer(
    on: str = "push",
    permissions: str = "{}",
    name: str = "Label",
    run: str = "make",
    ref: str = "main",
) -> str:
    return WRITER.format(
        on=on, permissions=permissions, name=name, run=run, ref=ref, pin=PIN
    )


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (writer(), []),
        (writer("issue_comment", "{statuses: write}"), ["status-writer"]),
        (writer("workflow_run", "write-all"), ["status-writer"]),
        (writer("push", "{statuses: write}"), []),
        (writer("pull_request_target", "{contents: read}"), []),
        (
            writer("pull_request_target", "{contents: read}", ref="${{ github.head_ref }}"),
            ["untrusted-checkout"],
        ),
        (writer("pull_request", "{contents: write}", ref="${{ github.head_ref }}"), []),
        (
            writer("issue_comment", "{}", run="echo '${{ github.event.comment.body }}'"),
            ["injected-script"],
        ),
        (writer("pull_request", "{}", run="echo '${{ github.event.comment.body }}'"), []),
    ],
)
def test_other_workflows_are_looked_at_where_anybody_can_start_them(
    other: str, expected: list[str]
) -> None:
    assert ids(consult(TIGHT, other)) == expected


def test_code_of_a_pull_request_is_a_hole_where_the_token_writes_or_nothing_says_that_it_does_not() -> (
    None
):
    read = writer("pull_request_target", "{contents: read}", ref="${{ github.head_ref }}")
    said = one(consult(TIGHT, read), "untrusted-checkout")
    unsaid = one(
        consult(TIGHT, read.replace("permissions: {contents: read}\n", "")),
        "untrusted-checkout",
    )
    writes = one(
        consult(TIGHT, altered(read, ("contents: read", "contents: write"))),
        "untrusted-checkout",
    )
    assert [one.gravity.value for one in (said, unsaid, writes)] == [
        "weakness",
        "hole",
        "hole",
    ]


def test_another_job_of_the_required_job_s_name_is_its_twin() -> None:
    assert ids(consult(BY_JOB, writer(name="judge"))) == ["twin-job"]
    assert ids(consult(TIGHT, writer(name="Judge"))) == []
