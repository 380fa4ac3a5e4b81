"""The head's code in a job that holds a token and secrets: which ways to it are seen, and what is no way to it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.doctor.finding import Gravity
from tests.doctor.repositories import PIN, TIGHT, altered, consult, ids, one

HEAD = "pull_request.head"
BUILDER = """\
on: {on}
permissions: {{contents: read}}
jobs:
  build:
    env:
      NUMBER: ${{{{ github.event.number }}}}
      BRANCH: ${{{{ github.head_ref }}}}
      SHA: ${{{{ github.event.pull_request.head.sha }}}}
      FORK: ${{{{ github.event.pull_request.head.repo.clone_url }}}}
      BASE: ${{{{ github.base_ref }}}}
    steps:
{steps}
"""


def builder(*scripts: str, on: str = "pull_request_target") -> str:
    steps = [
        "      - run: |\n" + "".join(f"          {line}\n" for line in script.split("\n"))
        for script in scripts
    ]
    return BUILDER.format(on=on, steps="".join(steps))


TAKEN = [
    [
        "git fetch origin pull/${{ github.event.number }}/head && git checkout FETCH_HEAD && make"
    ],
    ["git fetch origin pull/$NUMBER/head\ngit checkout FETCH_HEAD\nmake"],
    ['git fetch origin "pull/$NUMBER/head:pr"', "git checkout pr"],
    ["git fetch origin +refs/pull/*/merge:refs/remotes/pr/*\ngit merge pr/1"],
    [
        "git fetch origin ${{ github.event.pull_request.head.sha }}",
        "git switch --detach FETCH_HEAD",
    ],
    ["git fetch origin $SHA && git reset --hard $SHA"],
    ["git fetch origin $SHA && git worktree add there FETCH_HEAD"],
    [
        "git -c protocol.version=2 -C there fetch origin ${SHA}\ngit -C there checkout -q ${SHA}"
    ],
    ['git clone -b "$BRANCH" "https://github.com/$GITHUB_REPOSITORY" there'],
    ["git clone $FORK there"],
    ["git remote add fork $FORK\ngit fetch fork\ngit checkout fork/main"],
    ["git pull origin $GITHUB_HEAD_REF"],
    ["git checkout origin/${{ github['head_ref'] }}"],
    ["git checkout origin/${{ github.event.pull_request['head'].ref }}"],
    ["git checkout \\\n  $SHA"],
    ["git show $SHA:build.sh | sh"],
    ["git archive $SHA | tar x"],
    ['git fetch origin "$SOMETHING" && git checkout FETCH_HEAD'],
    ["git checkout FETCH_HEAD"],
    ["COMMIT=$SHA\ngit checkout $COMMIT"],
    [
        'echo "commit=$SHA" >> "$GITHUB_OUTPUT"',
        "git checkout ${{ steps.told.outputs.commit }}",
    ],
    [
        'echo "COMMIT=$(gh pr view 1 --json headRefOid --jq .headRefOid)" >> $GITHUB_ENV',
        "git checkout $COMMIT",
    ],
    ['n=$(jq .number "$GITHUB_EVENT_PATH")\ngit pull origin refs/heads/pr-$n'],
    ["gh pr checkout $NUMBER"],
    ["gh co $NUMBER"],
    ["gh repo clone $FORK there"],
    ["gh pr diff $NUMBER | git apply"],
    ["gh pr diff $NUMBER > x.patch\npatch -p1 < x.patch"],
    ["curl -L https://github.com/org/shop/archive/$SHA.tar.gz | tar xz"],
    [
        "curl -L https://api.github.com/repos/org/shop/tarball/${{ github.event.pull_request.head.sha }} -o x"
    ],
    ["wget -qO- https://github.com/org/shop/pull/$NUMBER.patch | git am"],
    ["gh api repos/org/shop/zipball/$SHA > x.zip\nunzip x.zip"],
    ["curl https://raw.githubusercontent.com/org/shop/$SHA/x.sh -o x.sh && sh x.sh"],
    ["url=https://example.com/$SHA\ncurl $url | bash"],
    ["pip install git+https://github.com/org/shop@$SHA"],
    ["docker buildx build https://github.com/org/shop.git#pull/$NUMBER/head"],
    ["go run example.com/shop/cmd@$SHA"],
]


@pytest.mark.parametrize("scripts", TAKEN, ids=lambda scripts: scripts[0][:50])
def test_a_script_that_takes_in_the_head_is_seen(scripts: list[str]) -> None:
    assert "untrusted-checkout" in ids(consult(TIGHT, builder(*scripts)))


LEFT = [
    ["git fetch origin main && git reset --hard FETCH_HEAD"],
    [
        "git fetch origin pull/$NUMBER/head\ngit diff --stat main...FETCH_HEAD\ngit log FETCH_HEAD"
    ],
    ["git fetch origin $SHA\njudgegate check --base origin/main --head $SHA"],
    ["git show --stat $SHA"],
    ["git checkout $BASE"],
    ["git checkout -b bot/$NUMBER\ngit push origin bot/$NUMBER"],
    ["git config user.name bot\ngit fetch origin next\ngit merge FETCH_HEAD"],
    ["gh pr comment $NUMBER --body done"],
    ["gh pr diff $NUMBER --name-only"],
    ["gh api -X POST repos/org/shop/statuses/$SHA -f state=success"],
    ["curl -s https://api.github.com/repos/org/shop/pulls/$NUMBER | jq .title"],
    [
        "curl -s https://api.github.com/repos/org/shop/pulls/$NUMBER | python3 -c 'import json'"
    ],
    ["curl -L https://example.com/tool.tar.gz | tar xz"],
    ["# git checkout $SHA"],
    ["pip install git+https://github.com/org/shop@main\ndocker build -t $SHA ."],
    ["echo legit checkout of $SHA"],
]


@pytest.mark.parametrize("scripts", LEFT, ids=lambda scripts: scripts[0][:50])
def test_a_script_that_only_reads_or_tells_is_left_alone(scripts: list[str]) -> None:
    assert ids(consult(TIGHT, builder(*scripts))) == []


def test_the_same_script_is_no_matter_where_there_are_no_secrets() -> None:
    assert ids(consult(TIGHT, builder("git checkout $SHA", on="pull_request"))) == []


@pytest.mark.parametrize(
    ("step", "taken"),
    [
        (
            f"uses: actions/checkout@{PIN}\n        with: {{ref: '${{{{ env.SHA }}}}'}}",
            True,
        ),
        (f"uses: actions/checkout@{PIN}\n        with: {{ref: 'refs/pull/1/merge'}}", True),
        (
            f"uses: actions/checkout@{PIN}\n        with: {{repository: '${{{{ github.event.{HEAD}.repo.full_name }}}}'}}",
            True,
        ),
        (
            f"uses: actions/checkout@{PIN}\n        with: {{ref: 'refs/${{{{ format(github.event.issue.number) }}}}'}}",
            True,
        ),
        (
            f"uses: Actions/Checkout@{PIN}\n        with: {{Ref: '${{{{ env.SHA }}}}'}}",
            True,
        ),
        (
            f"uses: someone/clone-it@{PIN}\n        with: {{branch: '${{{{ steps.pr.outputs.head_ref }}}}'}}",
            True,
        ),
        (
            f"uses: actions/checkout@{PIN}\n        with: {{ref: '${{{{ github.event.after }}}}'}}",
            True,
        ),
        (
            f"uses: actions/checkout@{PIN}\n        with: {{ref: '${{{{ env.BASE }}}}'}}",
            False,
        ),
        (
            f"uses: actions/github-script@{PIN}\n        with: {{script: 'exec.exec(`git checkout ${{context.payload.{HEAD}.sha}}`)'}}",
            True,
        ),
        (
            f"uses: actions/github-script@{PIN}\n        with: {{script: 'core.info(context.payload.{HEAD}.sha)'}}",
            False,
        ),
        (
            f"uses: actions/checkout@{PIN}\n        with: {{path: 'pr-${{{{ github.event.number }}}}'}}",
            False,
        ),
        (
            f"uses: actions/labeler@{PIN}\n        with: {{ref: '${{{{ env.SHA }}}}'}}",
            False,
        ),
    ],
)
def test_an_action_that_takes_in_the_head_is_seen(step: str, taken: bool) -> None:
    found = consult(TIGHT, BUILDER.format(on="issue_comment", steps=f"      - {step}\n"))
    assert ids(found) == (["untrusted-checkout"] if taken else [])


@pytest.mark.parametrize(
    ("script", "injected"),
    [
        ("echo '${{ format('{0}', github.event['comment'].body) }}'", True),
        ("echo '${{ GitHub.Head_Ref }}'", True),
        ("echo '${{ github.event.comment.id }}' github.head_ref", False),
    ],
)
def test_a_stranger_s_text_is_found_in_an_expression_and_nowhere_else(
    script: str, injected: bool
) -> None:
    assert ids(consult(TIGHT, builder(script))) == (["injected-script"] if injected else [])


def test_a_check_of_the_status_s_name_does_what_the_status_does() -> None:
    other = altered(builder("make"), ("contents: read", "checks: write"))
    assert (
        one(consult(TIGHT, other), "status-writer").what
        == "The job build may write checks on pull_request_target."
    )


def test_a_reusable_workflow_is_looked_at_with_what_its_caller_hands_over() -> None:
    call = "  call:\n    uses: ./.github/workflows/other2.yml\n    with: {where: '${{ github.event.pull_request.head.sha }}', base: main}\n"
    caller = f"on: pull_request_target\npermissions: {{contents: read}}\njobs:\n{call}"
    called = "on: workflow_call\njobs: {build: {steps: [{run: 'git checkout ${{ inputs.where }}'}]}}\n"
    assert (
        one(consult(TIGHT, caller, called), "untrusted-checkout").gravity
        is Gravity.WEAKNESS
    )
    assert (
        one(
            consult(TIGHT, altered(caller, ("read", "write")), called), "untrusted-checkout"
        ).gravity
        is Gravity.HOLE
    )
    assert (
        ids(consult(TIGHT, caller, altered(called, ("inputs.where", "inputs.base")))) == []
    )
    assert (
        ids(
            consult(
                TIGHT,
                altered(caller, ("on: pull_request_target", "on: pull_request")),
                called,
            )
        )
        == []
    )


def test_workflows_that_call_each_other_end() -> None:
    other = "on: [issue_comment, workflow_call]\npermissions: {}\njobs: {a: {uses: ./.github/workflows/other1.yml}}\n"
    assert ids(consult(TIGHT, other)) == []


SEALED = "cache-key: ${{ secrets.CACHE_KEY }}"


@pytest.mark.parametrize(
    ("own", "other", "gravity"),
    [
        ([], [], Gravity.WEAKNESS),
        ([], [("contents: read", "checks: write")], Gravity.HOLE),
        ([], [("contents: read", "statuses: write")], Gravity.HOLE),
        ([], [("permissions: {contents: read}\n", "")], Gravity.HOLE),
        ([], [("SHA:", "KEY: ${{ secrets.APP_KEY }}\n      SHA:")], Gravity.WEAKNESS),
        (["github-token: ${{ secrets.APP_KEY }}"], [], Gravity.WEAKNESS),
        (
            ["github-token: ${{ secrets.APP_KEY }}"],
            [("SHA:", "KEY: ${{ secrets['app_key'] }}\n      SHA:")],
            Gravity.HOLE,
        ),
        (
            ["github-token: ${{ secrets.APP_KEY }}"],
            [("SHA:", "KEY: ${{ toJSON(secrets) }}\n      SHA:")],
            Gravity.HOLE,
        ),
        (
            ["github-token: ${{ secrets.APP_KEY }}"],
            [("SHA:", "KEY: ${{ secrets.GITHUB_TOKEN }}\n      SHA:")],
            Gravity.WEAKNESS,
        ),
        (["cache: ${{ runner.temp }}/kept"], [], Gravity.HOLE),
        (
            [f"cache: kept\n          {SEALED}"],
            [],
            Gravity.WEAKNESS,
        ),
        (['cache: kept\n          cache-key: ""'], [], Gravity.HOLE),
        (
            [f"cache: kept\n          {SEALED}"],
            [("SHA:", "KEY: ${{ secrets.CACHE_KEY }}\n      SHA:")],
            Gravity.HOLE,
        ),
    ],
)
def test_how_much_it_matters_is_what_the_job_can_turn(
    own: list[str], other: list[tuple[str, str]], gravity: Gravity
) -> None:
    gate = TIGHT + "".join(f"        with:\n          {line}\n" for line in own)
    assert (
        one(
            consult(gate, altered(builder("git checkout $SHA"), *other)),
            "untrusted-checkout",
        ).gravity
        is gravity
    )


@pytest.mark.parametrize(
    "kept",
    [
        "run: judgegate github --cache there",
        "run: judgegate github\n        env: {JUDGEGATE_CACHE: there}",
        "run: judgegate github",
    ],
)
def test_a_script_that_keeps_analyses_is_a_stake_as_well(kept: str) -> None:
    gate = altered(TIGHT, (f"uses: judgegate/judgegate@{PIN}", kept))
    gravity = Gravity.WEAKNESS if kept.endswith("github") else Gravity.HOLE
    assert (
        one(consult(gate, builder("git checkout $SHA")), "untrusted-checkout").gravity
        is gravity
    )


def test_the_head_s_code_beside_the_app_s_key_is_a_hole() -> None:
    shipped = (Path(__file__).parents[2] / "docs" / "workflows" / "own-app.yml").read_text()
    checkout = f"      - uses: actions/checkout@{PIN}\n        with: {{ref: '${{{{ github.event.{HEAD}.sha }}}}'}}\n"
    text = altered(
        shipped, ("    steps:\n", f"    steps:\n{checkout}      - run: pip install .\n")
    )
    assert one(consult(text), "untrusted-checkout").gravity is Gravity.HOLE


def test_a_gate_that_stands_in_another_repository_keeps_nothing_here() -> None:
    called = altered(
        TIGHT,
        (
            "    runs-on: ubuntu-latest\n",
            "    uses: org/judgegate/.github/workflows/judge.yml@main\n",
        ),
    )
    assert (
        one(
            consult(called.partition("    steps:")[0], builder("git checkout $SHA")),
            "untrusted-checkout",
        ).gravity
        is Gravity.WEAKNESS
    )


WORDS = [
    "git ",
    "-C ",
    "fetch ",
    "checkout ",
    "pull/",
    "/head",
    "$A",
    "A=",
    "FETCH_HEAD",
    "| sh",
    "\n",
    "\\\n",
    "$SHA",
    "'",
    '"',
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_any_script_is_read_to_its_end(script: str) -> None:
    assert set(ids(consult(TIGHT, builder(script)))) <= {"untrusted-checkout"}
