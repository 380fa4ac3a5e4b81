"""Whether the policy holds what it should: that it loads, that it is owned, and that its demands can be satisfied."""

from collections.abc import Iterator

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    FindingLocation,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import REPORT_MODE
from judgegate.doctor.setup import ReviewerList, Setup
from judgegate.model.levels import FailOn
from judgegate.model.verdict import Standing
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import Place, PolicyError
from judgegate.policy.review import ReviewBlock
from judgegate.review.owners import LOCATIONS


def reviewer_lists(policy: Policy) -> Iterator[ReviewerList]:
    """Every list that a layer names."""
    for file in policy.layers:
        blocks = [file.review]
        for rule in file.rules.values():
            blocks += [
                rule.sets.review,
                *(case.sets.review for case in (rule.cases.value if rule.cases else ())),
            ]
        for block in blocks:
            yield from _list_in(block)


def _list_in(block: ReviewBlock) -> Iterator[ReviewerList]:
    if block.standings is not None:
        approvals = block.approvals.value if block.approvals is not None else 1
        yield ReviewerList(block.standings.place, block.standings.value, approvals)


NO_POLICY = FindingKind(
    "no-policy",
    Gravity.NOTE,
    "The pack default judges, because your team has not written its own policy.",
    "Write a first policy with judgegate policy init.",
)
POLICY_BROKEN = FindingKind(
    "policy-broken",
    Gravity.WEAKNESS,
    "The pack strict judges instead. Every change needs a human review until the policy is fixed, and the "
    "team's own rules do not apply.",
    "Fix every problem that judgegate policy validate shows.",
)
OWNERS_BROKEN = FindingKind(
    "owners-broken",
    Gravity.WEAKNESS,
    "GitHub and judgegate skip the line, so the files that it should protect may have no owner.",
    "Correct the line.",
)
NO_OWNERS = FindingKind(
    "no-owners",
    Gravity.WEAKNESS,
    "The policy requires code owners. If a file has none, anyone whom review.from accepts can approve.",
    "Add a CODEOWNERS file, or name people and teams in the policy.",
)
UNOWNED_GATE = FindingKind(
    "unowned-gate",
    Gravity.WEAKNESS,
    "A change to these files can be approved without those who own the gate.",
    "At the end of CODEOWNERS, give the policy, the workflows and CODEOWNERS itself an owner.",
)
UNSATISFIABLE = FindingKind(
    "unsatisfiable",
    Gravity.WEAKNESS,
    "No one can give the required approvals, so a change waits forever. That invites people to bypass the "
    "gate.",
    "Name someone who can approve. A contributor of a change cannot approve it.",
)


def check_policy(setup: Setup) -> Iterator[DoctorFinding]:
    if isinstance(setup.policy, PolicyError):
        for problem in setup.policy.problems:
            yield new_finding(
                POLICY_BROKEN,
                FindingLocation(problem.file, problem.line),
                f"The policy does not load: {problem.message}.",
            )
    else:
        yield from _check_loaded(setup, setup.policy)
    yield from _check_owners(setup)


def _check_loaded(setup: Setup, policy: Policy) -> Iterator[DoctorFinding]:
    if not policy.paths or setup.source.read(POLICY_NAME) is None:
        yield new_finding(
            NO_POLICY, FindingLocation(POLICY_NAME), f"There is no {POLICY_NAME}."
        )
    if policy.fail_on is FailOn.NEVER and any(
        gate.fail_on is None for gate in setup.deciding_gates
    ):
        yield new_finding(
            REPORT_MODE,
            _spot(_place_of_fail_on(policy)),
            "Report mode: the policy sets fail_on: never.",
        )
    for demand in reviewer_lists(policy):
        if why := _obstacle(setup, demand):
            yield new_finding(UNSATISFIABLE, _spot(demand.place), f"{why}.")


def _place_of_fail_on(policy: Policy) -> Place:
    places = [file.fail_on.place for file in policy.layers if file.fail_on is not None]
    return places[-1] if places else Place(POLICY_NAME, 0, 0)


def _obstacle(setup: Setup, demand: ReviewerList) -> str:
    """Why nobody can satisfy the demand, or nothing."""
    reasons = [setup.cannot_approve.get(standing, "") for standing in demand.standings]
    if demand.standings and all(reasons):
        return "; ".join(reasons)
    users = {str(one.value).casefold() for one in demand.standings if one.kind == "user"}
    if len(users) < demand.approvals and all(
        one.kind == "user" for one in demand.standings
    ):
        people = "1 person" if len(users) == 1 else f"{len(users)} people"
        return f"{demand.approvals} approvals are required, but only {people} may give one"
    return ""


def _check_owners(setup: Setup) -> Iterator[DoctorFinding]:
    owners = setup.owners
    if owners.source is None:
        for location in LOCATIONS:
            if setup.source.is_irregular(location):
                yield new_finding(
                    OWNERS_BROKEN,
                    FindingLocation(location),
                    "It is not a regular file, so GitHub and judgegate do not read it.",
                )
        if place := _place_of_owners(setup.policy):
            yield new_finding(
                NO_OWNERS,
                _spot(place),
                "The policy names code_owners, but there is no CODEOWNERS.",
            )
        return
    for problem in owners.problems:
        yield new_finding(
            OWNERS_BROKEN,
            FindingLocation(owners.source, problem.line),
            f"The line is skipped: {problem.why}.",
        )
    unowned = [path for path in _guarded(setup) if not owners.owners_of(path)]
    if unowned and setup.gates:
        yield new_finding(
            UNOWNED_GATE,
            FindingLocation(owners.source),
            f"CODEOWNERS has no owner for {', '.join(unowned)}.",
        )


def _guarded(setup: Setup) -> tuple[str, ...]:
    """The policy's files, the code owners, and the workflows that run judgegate."""
    policy = setup.policy.paths if setup.source.read(POLICY_NAME) is not None else ()
    workflows = (workflow.path for gate in setup.gates for workflow, _ in gate.chain)
    return tuple(
        dict.fromkeys(
            (*policy, *([setup.owners.source] if setup.owners.source else []), *workflows)
        )
    )


def _place_of_owners(policy: Policy | PolicyError) -> Place | None:
    """Where a file of the repository asks for code owners."""
    if isinstance(policy, PolicyError):
        return None
    own = (demand for demand in reviewer_lists(policy) if demand.place.file in policy.paths)
    return next(
        (demand.place for demand in own if Standing("code_owners") in demand.standings),
        None,
    )


def _spot(place: Place) -> FindingLocation:
    return FindingLocation(place.file, place.line)


POLICY = FindingGroup(
    (NO_POLICY, POLICY_BROKEN, OWNERS_BROKEN, NO_OWNERS, UNOWNED_GATE, UNSATISFIABLE),
    check_policy,
)
