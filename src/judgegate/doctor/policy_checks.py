"""Whether the policy is as it should be: it loads, it has owners, and its demands can be satisfied."""

from collections.abc import Iterable, Iterator

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
from judgegate.forge.people import review_blocks
from judgegate.model.levels import FailOn
from judgegate.model.verdict import Standing
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import Place, PolicyError
from judgegate.review.owners import LOCATIONS

CODE_OWNERS = Standing("code_owners")


def reviewer_lists(policy: Policy) -> Iterator[ReviewerList]:
    """Every list that a layer names."""
    for file in policy.layers:
        for block in review_blocks(file):
            if block.standings is None:
                continue
            # One approval is what a list requires if its block does not say how many.
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
    "A change to these files can be approved without the owners of the gate.",
    "At the end of CODEOWNERS, give the policy, the workflows and CODEOWNERS itself an owner.",
)
UNSATISFIABLE = FindingKind(
    "unsatisfiable",
    Gravity.WEAKNESS,
    "No one can give the required approvals, so a change waits forever, and people will want to bypass "
    "the gate.",
    "Name someone who can approve. A contributor of a change cannot approve it.",
)


def check_policy(setup: Setup) -> Iterator[DoctorFinding]:
    """What is wrong with the policy and with who owns it."""
    if isinstance(setup.policy, PolicyError):
        for problem in setup.policy.problems:
            location = FindingLocation(problem.file, problem.line)
            what = f"The policy does not load: {problem.message}."
            yield new_finding(POLICY_BROKEN, location, what)
    else:
        yield from _check_loaded(setup, setup.policy)
    if setup.owners.source is None:
        yield from _check_missing_owners(setup)
    else:
        yield from _check_owners(setup, setup.owners.source)


def _check_loaded(setup: Setup, policy: Policy) -> Iterator[DoctorFinding]:
    """What is wrong with a policy that loads."""
    if not policy.paths or setup.source.read(POLICY_NAME) is None:
        what = f"There is no {POLICY_NAME}."
        yield new_finding(NO_POLICY, FindingLocation(POLICY_NAME), what)
    # A level in the workflow counts before the policy's.
    by_policy = any(gate.fail_on is None for gate in setup.deciding_gates)
    if policy.fail_on is FailOn.NEVER and by_policy:
        location = _location_of(_place_of_fail_on(policy))
        what = "Report mode: the policy sets fail_on: never."
        yield new_finding(REPORT_MODE, location, what)
    for demand in reviewer_lists(policy):
        if why := _obstacle(setup, demand):
            yield new_finding(UNSATISFIABLE, _location_of(demand.place), f"{why}.")


def _place_of_fail_on(policy: Policy) -> Place:
    """Where the layer that decides sets it; a pack's own setting has no place."""
    place = Place(POLICY_NAME, 0, 0)
    for file in policy.layers:
        # A later layer decides over an earlier one.
        if file.fail_on is not None:
            place = file.fail_on.place
    return place


def _obstacle(setup: Setup, demand: ReviewerList) -> str:
    """Why the demand cannot be satisfied, or nothing."""
    # One who can approve is enough, so there is an obstacle only if each of them has one.
    reasons = [setup.cannot_approve.get(standing, "") for standing in demand.standings]
    if demand.standings and all(reasons):
        return "; ".join(reasons)
    return _too_few(demand)


def _too_few(demand: ReviewerList) -> str:
    """That the list names fewer people than it requires approvals, or nothing."""
    # How many people a team or a permission means is not known here, so only users are counted.
    if any(standing.kind != "user" for standing in demand.standings):
        return ""
    users = {str(standing.value).casefold() for standing in demand.standings}
    if len(users) >= demand.approvals:
        return ""
    people = "1 person" if len(users) == 1 else f"{len(users)} people"
    return f"{demand.approvals} approvals are required, but only {people} may give one"


def _check_missing_owners(setup: Setup) -> Iterator[DoctorFinding]:
    """What a repository without CODEOWNERS lacks."""
    what = "It is not a regular file, so GitHub and judgegate do not read it."
    for path in filter(setup.source.is_irregular, LOCATIONS):
        yield new_finding(OWNERS_BROKEN, FindingLocation(path), what)
    place = _place_of_owners(setup.policy)
    if place is not None:
        what = "The policy names code_owners, but there is no CODEOWNERS."
        yield new_finding(NO_OWNERS, _location_of(place), what)


def _check_owners(setup: Setup, file: str) -> Iterator[DoctorFinding]:
    """What the file of the code owners leaves out."""
    for problem in setup.owners.problems:
        location = FindingLocation(file, problem.line)
        what = f"The line is skipped: {problem.why}."
        yield new_finding(OWNERS_BROKEN, location, what)
    unowned = [path for path in _guarded(setup, file) if not setup.owners.owners_of(path)]
    # Where nothing judges, there is no gate that a change to these files could open.
    if unowned and setup.gates:
        what = f"CODEOWNERS has no owner for {', '.join(unowned)}."
        yield new_finding(UNOWNED_GATE, FindingLocation(file), what)


def _guarded(setup: Setup, owners: str) -> Iterable[str]:
    """The policy's files, the code owners, and the workflows that run judgegate, each once."""
    # Without a file of its own the repository has no policy to own, only a pack's.
    policy = setup.policy.paths if setup.source.read(POLICY_NAME) is not None else ()
    workflows = (workflow.path for gate in setup.gates for workflow, _ in gate.chain)
    return dict.fromkeys((*policy, owners, *workflows))


def _place_of_owners(policy: Policy | PolicyError) -> Place | None:
    """Where a file of the repository asks for code owners."""
    if isinstance(policy, PolicyError):
        return None
    for demand in reviewer_lists(policy):
        # A pack is no file of the repository.
        if demand.place.file in policy.paths and CODE_OWNERS in demand.standings:
            return demand.place
    return None


def _location_of(place: Place) -> FindingLocation:
    return FindingLocation(place.file, place.line)


POLICY = FindingGroup(
    (NO_POLICY, POLICY_BROKEN, OWNERS_BROKEN, NO_OWNERS, UNOWNED_GATE, UNSATISFIABLE),
    check_policy,
)
