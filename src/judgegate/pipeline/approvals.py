"""Who approved: from a file or from a forge, with everybody who has a part in the commits.

Often nothing says who approved: what reads it is imported where there is something to read.
"""

from collections.abc import Callable

from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.decision.context import Agreement
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.pipeline.read_change import authority
from judgegate.pipeline.request import Request
from judgegate.policy.policy import Policy
from judgegate.provenance.matcher import Matcher
from judgegate.review.owners import find_owners

AskForge = Callable[[Repository, Change, Policy], Approvals | None]
"""Asks a forge who approved the change that was read; the policy in force says whose standing matters."""


def find_agreement(
    repository: Repository,
    change: Change,
    policy: Policy,
    request: Request,
    ask_forge: AskForge | None,
    *,
    matcher: Matcher | None = None,
) -> Agreement:
    """Who approved, and who owns what.

    `matcher` knows agents by their accounts: the catalogue's, where none is given.

    Raises:
        UsageError: an approvals file cannot be read.
        IncompleteError: the forge could not be asked.
    """
    approvals = (
        ask_forge(repository, change, policy)
        if ask_forge is not None
        else _from_file(request, change)
    )
    return Agreement(
        approvals,
        find_owners(authority(repository, change).read),
        _agents(approvals, matcher),
    )


def _agents(approvals: Approvals | None, matcher: Matcher | None) -> frozenset[str]:
    """Those who reviewed, commented or could review and are agents."""
    if approvals is None:
        return frozenset()
    from judgegate.provenance.co_authors import is_agents_account

    people = [review.person for review in approvals.reviews]
    people += [comment.person for comment in approvals.comments]
    people += approvals.reviewers or ()
    return frozenset(
        person.login for person in people if is_agents_account(person, matcher)
    )


def _from_file(request: Request, change: Change) -> Approvals | None:
    if request.approvals is None:
        return None
    from judgegate.review.approvals_file import read_approvals

    try:
        content = request.approvals.read_bytes()
    except OSError as error:
        raise UsageError(
            f"The approvals file {request.approvals} cannot be read: {error.strerror}."
        ) from error
    return with_contributors(read_approvals(content, str(request.approvals)), change)


def with_contributors(approvals: Approvals, change: Change) -> Approvals:
    """The approvals with everybody whom the commits name."""
    # What a file says of contributors is only its writer's word, so it can add and not take away.
    from judgegate.provenance.co_authors import is_agent, read_co_authors
    from judgegate.review.accounts import Directory, identify

    named = {commit.oid: read_co_authors(commit) for commit in change.commits}
    found = identify(change.commits, Directory({}, approvals.addresses, is_agent), named)
    return replace(
        approvals,
        contributions=tuple(
            dict.fromkeys((*approvals.contributions, *found.contributions))
        ),
        unmapped=tuple(dict.fromkeys((*approvals.unmapped, *found.unmapped))),
    )
