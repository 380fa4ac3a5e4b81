"""What a merge queue's group is given: the worst of its members' verdicts."""

from judgegate.forge.publication import GroupMember, describe_worst, member_of
from tests.report.verdicts import a_verdict

PASSED = member_of(1, a_verdict(), (), 140)
BLOCKED = GroupMember(2, a_verdict(), "failure", "Blocked: a finding")
BROKEN = GroupMember(3, a_verdict(), "error", "Could not judge: no answer")


def test_the_worst_of_the_members_is_the_groups() -> None:
    assert describe_worst([PASSED, BLOCKED]) == (
        "failure",
        "Pull request 2: Blocked: a finding",
    )
    assert describe_worst([BROKEN, BLOCKED]) == (
        "error",
        "Pull request 3: Could not judge: no answer",
    )


def test_a_group_passes_by_the_names_of_its_members() -> None:
    assert describe_worst([PASSED, member_of(4, a_verdict(), (), 140)]) == (
        "success",
        "Passed, each by itself: 1 and 4",
    )


def test_a_member_whose_twin_would_pass_with_it_fails() -> None:
    assert member_of(1, a_verdict(), (5,), 140).state == "failure"
