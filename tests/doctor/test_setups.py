"""Workflows, each with exactly what is to be said of it."""

import pytest

from judgegate.doctor.finding import Gravity
from judgegate.model.errors_and_exit_codes import ExitCode
from tests.doctor.repositories import (
    BY_JOB,
    PIN,
    REQUIRED,
    TIGHT,
    altered,
    consult,
    ids,
    one,
)

TYPES = "    types: [opened, synchronize, reopened, edited, labeled, unlabeled]\n"
STEP = f"      - uses: judgegate/judgegate@{PIN}\n"
GROUP = "group: judgegate-${{ github.event.pull_request.number }}"
REVIEWS = "  pull_request_review:\n    types: [submitted, dismissed]\n"
RUN = "judgegate check --base origin/main"
ON_PULL = ("pull_request_target:", "pull_request:")

LIKE_TIGHT = [
    ([], []),
    ([(TYPES, "")], ["edit-types"]),
    ([("opened, synchronize, reopened, edited", "opened, edited")], ["head-types"]),
    ([(TYPES, TYPES + "    paths: ['src/**']\n")], ["path-filter"]),
    ([(TYPES, TYPES + "    paths-ignore: [docs]\n")], ["path-filter"]),
    ([(TYPES, TYPES + "    branches: [main, 'release/**']\n")], []),
    ([(TYPES, TYPES + "    branches: ['release/**']\n")], ["branch-filter"]),
    ([(TYPES, TYPES + "    branches: ['**', '!ma*']\n")], ["branch-filter"]),
    ([(TYPES, TYPES + "    branches-ignore: main\n")], ["branch-filter"]),
    ([("  pull_request_target:\n" + TYPES, "  push:\n")], ["no-pull-request-event"]),
    ([(REVIEWS, "")], ["no-review-event"]),
    ([("[submitted, dismissed]", "[submitted]")], ["no-review-event"]),
    ([(REVIEWS, "  pull_request_review:\n")], []),
    ([ON_PULL], ["own-copy", "skip-ci"]),
    ([("    name: Judge\n", "    name: judgegate/main\n")], ["same-name"]),
    ([("    runs-on", "    if: false\n    runs-on")], ["conditional-job"]),
    (
        [("    runs-on", "    if: github.actor != 'dependabot[bot]'\n    runs-on")],
        ["conditional-job"],
    ),
    (
        [
            (
                "    runs-on",
                "    if: github.event.review.state == 'approved' || github.event_name != 'pull_request_review'\n    runs-on",
            )
        ],
        ["conditional-job"],
    ),
    ([("    runs-on", "    if: ${{ always() }}\n    runs-on")], []),
    (
        [
            (
                "    runs-on",
                "    if: github.event_name != 'issue_comment' || github.event.issue.pull_request\n    runs-on",
            )
        ],
        [],
    ),
    (
        [
            (
                "    runs-on",
                "    if: github.repository == 'org/shop' && github.event.action != 'closed'\n    runs-on",
            )
        ],
        [],
    ),
    (
        [("    runs-on", "    if: github.repository == 'other/shop'\n    runs-on")],
        ["conditional-job"],
    ),
    ([(STEP, STEP + "        if: env.READY\n")], ["conditional-step"]),
    ([("    runs-on", "    needs: [build]\n    runs-on")], ["needs-job"]),
    ([("    runs-on", "    continue-on-error: true\n    runs-on")], ["continue-on-error"]),
    ([("    runs-on", "    continue-on-error: false\n    runs-on")], []),
    (
        [(STEP, STEP + "        continue-on-error: ${{ vars.RELAXED }}\n")],
        ["continue-on-error"],
    ),
    (
        [("    runs-on", "    strategy: {matrix: {python: [3.11]}}\n    runs-on")],
        ["matrix-job"],
    ),
    ([("cancel-in-progress: false", "cancel-in-progress: true")], ["cancelled-runs"]),
    ([(GROUP, "group: judgegate-${{ github.ref }}")], ["shared-concurrency"]),
    ([(GROUP, "group: judgegate")], ["shared-concurrency"]),
    ([(GROUP, "group: judgegate-${{ github.ref }}"), ON_PULL], ["own-copy", "skip-ci"]),
    (
        [("concurrency:\n  " + GROUP + "\n  cancel-in-progress: false\n", "")],
        ["unordered-runs"],
    ),
    ([(GROUP, "group: judgegate-${{ github.run_id }}")], ["unordered-runs"]),
    (
        [(GROUP, "group: ${{ github.ref }}-${{ github.run_attempt }}")],
        ["shared-concurrency", "unordered-runs"],
    ),
    ([(GROUP, "group: ${{ format('{0}', github.run_id) }}")], ["unordered-runs"]),
    (
        [
            (
                GROUP,
                "group: ${{ vars.X && github.run_id || github.event.pull_request.number }}",
            )
        ],
        ["unordered-runs"],
    ),
    (
        [
            (
                GROUP,
                "group: ${{ github.event_name == 'pull_request_review' && github.run_id || github.event.number }}",
            )
        ],
        ["unordered-runs"],
    ),
    (
        [
            (
                GROUP,
                "group: ${{ github.event_name == 'issue_comment' && github.run_id || github.event.number }}",
            )
        ],
        [],
    ),
    ([(GROUP, "group: ${{ github.event.pull_request.number || github.run_id }}")], []),
    ([(PIN, "v1")], ["unpinned-action"]),
    ([(STEP, "      - uses: actions/setup-node@v4\n" + STEP)], ["unpinned-action"]),
    ([(STEP, STEP + "        with: {fail-on: never}\n")], ["report-mode"]),
    (
        [
            (
                STEP,
                STEP
                + "        with:\n          fail-on: ${{ contains(github.event.pull_request.labels.*.name, 'x') && 'never' }}\n",
            )
        ],
        ["report-mode"],
    ),
    ([("      contents: read\n", "      contents: write\n")], ["permissions-too-large"]),
    (
        [("      contents: read\n", "      id-token: write\n      contents: read\n")],
        ["permissions-too-large"],
    ),
    ([("      contents: read\n", "")], ["permissions-missing"]),
    (
        [
            ("permissions: {}\n", ""),
            (
                "    permissions:\n      contents: read\n      pull-requests: read\n      statuses: write\n",
                "    permissions: write-all\n",
            ),
        ],
        ["permissions-too-large"],
    ),
    (
        [
            ("permissions: {}\n", ""),
            (
                "    permissions:\n      contents: read\n      pull-requests: read\n      statuses: write\n",
                "",
            ),
        ],
        ["permissions-unsaid"],
    ),
    ([("      statuses: write\n", "")], ["own-result"]),
    (
        [
            (
                STEP,
                "      - uses: actions/checkout@"
                + PIN
                + "\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n"
                + STEP,
            )
        ],
        ["untrusted-checkout"],
    ),
    (
        [(STEP, "      - run: gh pr checkout ${{ github.event.number }}\n" + STEP)],
        ["untrusted-checkout"],
    ),
    ([(STEP, "      - uses: actions/checkout@" + PIN + "\n" + STEP)], []),
    (
        [(STEP, '      - run: echo "${{ github.event.pull_request.title }}"\n' + STEP)],
        ["injected-script"],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), LIKE_TIGHT)
def test_a_workflow_whose_status_carries_the_verdict(
    changes: list[tuple[str, str]], expected: list[str]
) -> None:
    assert ids(consult(altered(TIGHT, *changes))) == expected


LIKE_JOB = [
    ([], []),
    ([ON_PULL], ["own-copy", "skip-ci"]),
    (
        [("    runs-on", "    if: github.event.pull_request.draft == false\n    runs-on")],
        ["conditional-job"],
    ),
    (
        [("    runs-on", "    strategy: {matrix: {python: [3.11]}}\n    runs-on")],
        ["matrix-job"],
    ),
    ([(RUN, f"{RUN} || true")], ["swallowed-exit"]),
    ([(RUN, f"{RUN} --fail-on never")], ["report-mode"]),
    ([(RUN, f"{RUN} --exit-zero")], ["report-mode"]),
    ([(RUN, "judgegate github")], ["no-review-event", "permissions-missing", "own-result"]),
    (
        [
            (
                "permissions: {contents: read}",
                "permissions: {contents: read, actions: write}",
            )
        ],
        ["permissions-too-large"],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), LIKE_JOB)
def test_a_workflow_whose_job_carries_the_verdict(
    changes: list[tuple[str, str]], expected: list[str]
) -> None:
    assert ids(consult(altered(BY_JOB, *changes))) == expected


def test_t65_a_pull_request_can_skip_the_job_in_its_own_copy() -> None:
    found = one(consult(altered(BY_JOB, ON_PULL)), "own-copy")
    assert found.gravity is Gravity.HOLE
    assert "skipped job counts as success" in found.kind.why


def test_t66_any_workflow_can_forge_the_status() -> None:
    found = consult(TIGHT)
    assert ids(found, without=()) == ["fork-reviews", "forgeable-status"]
    assert one(found, "forgeable-status").gravity is Gravity.NOTE


def test_t67_skip_ci_starts_nothing_on_pull_request_alone() -> None:
    assert "skip-ci" in ids(consult(altered(TIGHT, ON_PULL)))
    assert "skip-ci" not in ids(consult(TIGHT))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        (
            [
                (
                    "    runs-on",
                    "    strategy: {matrix: {include: '${{ fromJSON(inputs.x) }}'}}\n    runs-on",
                )
            ],
            "matrix-job",
        ),
        (
            [("    runs-on", "    continue-on-error: true\n    runs-on")],
            "continue-on-error",
        ),
        ([(RUN, f"{RUN} || true")], "swallowed-exit"),
    ],
)
def test_t68_what_makes_a_red_job_green_is_a_hole(
    changes: list[tuple[str, str]], kind: str
) -> None:
    found = consult(altered(BY_JOB, *changes))
    assert one(found, kind).gravity is Gravity.HOLE
    assert found.exit_code is ExitCode.BLOCK


def test_what_makes_a_red_job_green_hides_only_a_failed_gate_where_a_status_carries_the_verdict() -> (
    None
):
    found = consult(
        altered(TIGHT, ("    runs-on", "    continue-on-error: true\n    runs-on"))
    )
    assert one(found, "continue-on-error").gravity is Gravity.WEAKNESS


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ((TYPES, TYPES + "    paths: [src]\n"), "path-filter"),
        ((TYPES, TYPES + "    branches: [other]\n"), "branch-filter"),
        (("opened, synchronize", "opened"), "head-types"),
        (
            (
                "    runs-on",
                "    if: vars.ON || github.event_name == 'pull_request_review'\n    runs-on",
            ),
            "conditional-job",
        ),
        (
            (
                STEP,
                STEP
                + "        if: vars.ON || github.event_name == 'pull_request_review'\n",
            ),
            "conditional-step",
        ),
        (("    runs-on", "    needs: [x]\n    if: always()\n    runs-on"), "needs-job"),
    ],
)
def test_what_is_not_judged_is_a_hole_until_it_is_known_that_a_status_is_awaited(
    change: tuple[str, str], kind: str
) -> None:
    text = altered(TIGHT, change)
    assert one(consult(text), kind).gravity is Gravity.HOLE
    assert one(consult(text, settings=REQUIRED), kind).gravity is Gravity.WEAKNESS


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (("    runs-on", "    if: vars.ON\n    runs-on"), "conditional-job"),
        (
            (
                "    runs-on",
                "    if: github.event_name != 'pull_request_review'\n    runs-on",
            ),
            "conditional-job",
        ),
        (
            ("    runs-on", "    if: github.event.action != 'dismissed'\n    runs-on"),
            "conditional-job",
        ),
        (
            ("    runs-on", "    if: github.event.action != 'submitted'\n    runs-on"),
            "conditional-job",
        ),
        (
            (STEP, STEP + "        if: github.event_name == 'pull_request_target'\n"),
            "conditional-step",
        ),
        (("    runs-on", "    needs: [x]\n    runs-on"), "needs-job"),
        (
            (
                "    runs-on",
                "    needs: [x]\n    if: github.event_name != 'issue_comment'\n    runs-on",
            ),
            "needs-job",
        ),
    ],
)
def test_a_review_that_is_not_judged_is_a_hole_even_if_the_status_is_required(
    change: tuple[str, str], kind: str
) -> None:
    text = altered(TIGHT, change)
    assert one(consult(text, settings=REQUIRED), kind).gravity is Gravity.HOLE
    beside = consult(text, TIGHT, settings=REQUIRED)
    assert all(found.gravity < Gravity.HOLE for found in beside.findings)


def test_reviews_that_come_by_way_of_another_workflow_count_like_reviews() -> None:
    reported = "name: told\non: {pull_request_review: {types: [submitted, dismissed]}}\npermissions: {}\njobs: {}\n"
    after = altered(
        TIGHT,
        (REVIEWS, "  workflow_run:\n    workflows: [told]\n    types: [completed]\n"),
        ("    runs-on", "    if: github.event_name != 'workflow_run'\n    runs-on"),
    )
    assert (
        one(consult(after, reported, settings=REQUIRED), "conditional-job").gravity
        is Gravity.HOLE
    )


def test_a_skipped_job_is_a_hole_even_if_it_is_required() -> None:
    text = altered(BY_JOB, ("    runs-on", "    if: vars.ON\n    runs-on"))
    assert one(consult(text), "conditional-job").gravity is Gravity.HOLE


def test_two_jobs_that_share_the_events_among_themselves_skip_nothing() -> None:
    other = altered(
        TIGHT,
        ("    runs-on", "    if: github.event_name == 'pull_request_target'\n    runs-on"),
    )
    rest = altered(
        TIGHT,
        ("    runs-on", "    if: github.event_name != 'pull_request_target'\n    runs-on"),
    )
    assert ids(consult(other, rest)) == []


def test_a_filter_does_not_matter_where_another_workflow_takes_in_the_rest() -> None:
    filtered = altered(TIGHT, (TYPES, TYPES + "    paths: [src]\n    branches: [other]\n"))
    assert ids(consult(filtered, TIGHT)) == []


SPLITS = [
    (
        "opened, synchronize, reopened",
        "opened, reopened",
        "    branches: [main]\n",
        "    branches: [other]\n",
        ["head-types"],
    ),
    (
        "labeled, unlabeled",
        "labeled",
        "    branches: [main]\n",
        "    branches: [other]\n",
        ["edit-types"],
    ),
    (
        "opened",
        "opened",
        "    paths: ['src/**']\n",
        "    branches: [dev]\n",
        ["path-filter"],
    ),
    (
        "opened",
        "opened",
        "    paths-ignore: ['src/**']\n",
        "    paths: ['src/**']\n",
        ["path-filter"],
    ),
    (
        "opened",
        "opened",
        "    branches: [dev]\n",
        "    branches-ignore: [main]\n",
        ["branch-filter"],
    ),
    (
        "opened, synchronize, reopened",
        "opened, reopened",
        "",
        "    types: [synchronize]\n",
        [],
    ),
    ("opened", "opened", "    paths: ['src/**']\n", "", []),
    ("opened", "opened", "    branches: [dev]\n", "", []),
]


@pytest.mark.parametrize(("types", "fewer", "first", "second", "expected"), SPLITS)
def test_what_one_gate_leaves_out_another_one_must_take_in_whole(
    types: str, fewer: str, first: str, second: str, expected: list[str]
) -> None:
    one_gate = altered(TIGHT, (types, fewer), (REVIEWS, first + REVIEWS))
    other = altered(TIGHT, (TYPES, second if "types" in second else TYPES + second))
    assert ids(consult(one_gate, other)) == expected


@pytest.mark.parametrize("text", [TIGHT, BY_JOB])
@pytest.mark.parametrize(
    "narrowed",
    [
        TYPES + "    branches: [dev]\n",
        TYPES + "    paths: [src]\n",
        "    types: [opened, edited]\n",
    ],
)
def test_the_pull_request_s_own_copy_counts_unless_the_default_branch_s_judges_every_head(
    text: str, narrowed: str
) -> None:
    own = altered(text, ON_PULL)
    other = altered(text, (TYPES, narrowed)).replace("  judge:", "  judge2:")
    assert {"own-copy", "skip-ci"} <= set(ids(consult(own, other)))
    whole = text.replace("  judge:", "  judge2:")
    assert ids(consult(own, whole)) == []
    elsewhere = altered(own, (TYPES, TYPES + "    branches: [dev]\n"))
    assert ids(consult(elsewhere, whole)) == []


def test_reviews_that_start_another_branch_s_gate_do_not_make_up_for_a_condition() -> None:
    conditional = altered(TIGHT, ("    runs-on", "    if: vars.ON\n    runs-on"))
    other = altered(
        TIGHT,
        (TYPES, TYPES + "    branches: [dev]\n"),
        (REVIEWS, REVIEWS + "    branches: [dev]\n"),
    )
    assert ids(consult(conditional, other)) == ["conditional-job"]
    assert (
        ids(consult(TIGHT, altered(other, ("    runs-on", "    if: vars.ON\n    runs-on"))))
        == []
    )


def test_jobs_that_judge_beside_a_status_are_advice() -> None:
    advice = altered(BY_JOB, ON_PULL, (RUN, f"{RUN} || true"))
    assert ids(consult(TIGHT, advice)) == []


def test_every_finding_names_its_line() -> None:
    found = consult(
        altered(TIGHT, ("    runs-on", "    if: false\n    runs-on"), (PIN, "v1"))
    )
    assert [
        (one.kind.id, str(one.location))
        for one in found.findings
        if one.gravity > Gravity.NOTE
    ] == [
        ("conditional-job", ".github/workflows/judgegate.yml:14"),
        ("unpinned-action", ".github/workflows/judgegate.yml:21"),
    ]


def test_a_gate_on_other_events_does_not_make_up_for_a_condition() -> None:
    conditional = altered(TIGHT, ("    runs-on", "    if: vars.ON\n    runs-on"))
    queue = altered(
        TIGHT, ("  pull_request_target:\n" + TYPES + REVIEWS, "  merge_group:\n")
    )
    assert ids(consult(conditional, queue)) == ["conditional-job"]


LISTENS = "  issue_comment: {types: [created, edited, deleted]}\npermissions: {}\n"
WORDS = "startsWith(github.event.comment.body, '/judgegate ')"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ([], ""),
        (
            [("[created, edited, deleted]", "[created]")],
            "issue_comment lacks the types edited, deleted.",
        ),
        (
            [("[created, edited, deleted]", "[created, edited]")],
            "issue_comment lacks the types deleted.",
        ),
        ([(" {types: [created, edited, deleted]}", "")], ""),
        (
            [
                (
                    "    runs-on",
                    f"    if: github.event_name != 'issue_comment' || {WORDS}\n    runs-on",
                )
            ],
            "The if: reads a comment's text, but not the text before an edit.",
        ),
        (
            [
                (
                    "    runs-on",
                    f"    if: github.event_name != 'issue_comment' || {WORDS} || github.event.changes.body.from\n    runs-on",
                )
            ],
            "",
        ),
    ],
)
def test_a_word_that_is_taken_back_is_noticed(
    changes: list[tuple[str, str]], what: str
) -> None:
    found = consult(altered(TIGHT, ("permissions: {}\n", LISTENS), *changes))
    assert [one.what for one in found.findings if one.kind.id == "comment-types"] == (
        [what] if what else []
    )
    assert ids(found) == (["comment-types"] if what else [])


def test_a_workflow_that_repeats_the_run_after_a_review_notices_it() -> None:
    silent = altered(TIGHT, (REVIEWS, ""))
    again = "on: pull_request_review\npermissions: {actions: write}\njobs: {again: {steps: [{run: gh run rerun}]}}\n"
    assert ids(consult(silent, again)) == []
    assert ids(consult(silent, altered(again, ("actions: write", "actions: read")))) == [
        "no-review-event"
    ]


def test_a_filter_on_the_other_workflow_s_branches_lets_reviews_go_unnoticed() -> None:
    after = altered(
        TIGHT, (REVIEWS, "  workflow_run:\n    workflows: [told]\n    branches: [main]\n")
    )
    reported = "name: told\non: pull_request_review\npermissions: {}\njobs: {}\n"
    assert ids(consult(after, reported)) == ["no-review-event"]
    assert ids(consult(altered(after, ("    branches: [main]\n", "")), reported)) == []
