"""What GitHub says of the people around a pull request, as the values that `review` decides on.

Nothing is decided here.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.forge.people import (
    find_carried,
    find_recomputed,
    find_teams,
    known_addresses,
    relevant_people,
)
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import (
    GHOST,
    Account,
    ActivityItem,
    CommitAnswer,
    ReviewAnswer,
    TimelineItem,
    person_of,
)
from judgegate.github.client.connection import Connection
from judgegate.github.client.json_reading import read_all
from judgegate.github.people.activity import Activity, fetch_activity, is_at_base, walk_back
from judgegate.github.people.permissions import (
    fetch_memberships,
    fetch_permissions,
    find_collaborators,
)
from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Comment,
    CommitPeople,
    Contribution,
    Part,
    Person,
    Review,
    ReviewState,
    Unmapped,
)
from judgegate.model.change import Change, Identity
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.verdict import Verdict
from judgegate.policy.policy import Policy
from judgegate.provenance.co_authors import is_agent, is_agents_account, read_co_authors
from judgegate.review.accounts import Contributors, Directory, identify


def find_pushers(
    activity: Activity,
    pull: Pull,
    repository: Repository,
    change: Change,
    recomputed: Collection[str],
) -> Contributors:
    """Everybody who pushed to the branch since it left the base, back from the head.

    Where GitHub does not say, or not as far back, the pusher of the oldest commit that it names is
    somebody unknown.
    """
    at_base = partial(is_at_base, repository, change.base.oid if change.base else None)
    parts: dict[Contribution | Unmapped, None] = {}
    oldest = pull.head
    for item in walk_back(activity, pull.head, at_base):
        if not _updates_branch(item, change, recomputed):
            parts.setdefault(_push_of(person_of(item.actor), item.after))
        oldest = item.before
    if oldest != pull.head and at_base(oldest):
        return _as_contributors(parts)
    return _as_contributors([*parts, _push_of(GHOST, oldest)])


def _push_of(person: Person, commit: str) -> Contribution | Unmapped:
    """Who pushed: unknown if GitHub names no account, as for a key or a deleted account."""
    if person.id is None:
        return Unmapped(f"the pusher of {commit[:7]}", Part.PUSHER, commit)
    return Contribution(person, Part.PUSHER, commit)


def _as_contributors(parts: Iterable[Contribution | Unmapped]) -> Contributors:
    parts = tuple(parts)
    return Contributors(
        tuple(one for one in parts if isinstance(one, Contribution)),
        tuple(one for one in parts if isinstance(one, Unmapped)),
    )


def _updates_branch(
    item: ActivityItem, change: Change, recomputed: Collection[str]
) -> bool:
    """Whether all that it brought is a merge of the base that judgegate makes again."""
    return item.after in recomputed and any(
        commit.oid == item.after and commit.parents[0] == item.before
        for commit in change.commits
    )


STARTED = "copilot_work_started"


def find_requesters(
    pull: Pull, timeline: Iterable[TimelineItem], named: Contributors
) -> Contributors:
    """The people who started an agent's work, as far as the timeline shows.

    Where an agent opened the pull request and nothing names a person, it is somebody unknown.
    """
    people = tuple(dict.fromkeys(_requesters(timeline)))
    if people:
        return Contributors(
            tuple(Contribution(person, Part.REQUESTER) for person in people), ()
        )
    # The commits may name the requester already.
    parts = {one.part for one in named.contributions}
    parts |= {one.part for one in named.unmapped}
    if Part.REQUESTER in parts or not is_agents_account(pull.opener):
        return Contributors((), ())
    who = f"the person who started {pull.opener.login}"
    return Contributors((), (Unmapped(who, Part.REQUESTER),))


def _requesters(timeline: Iterable[TimelineItem]) -> Iterator[Person]:
    """Who assigned an agent, whom an agent named as the one it works for, and who started its work."""
    for item in timeline:
        actor, assignee = person_of(item.account), person_of(item.assignee)
        if item.event == "assigned" and is_agents_account(assignee):
            yield from _people(actor)
        elif item.event == "assigned" and is_agents_account(actor):
            yield from _people(assignee)
        elif item.event == STARTED:
            yield from _people(actor)


def _people(person: Person) -> Iterator[Person]:
    """The account, if it is a person's and no agent's."""
    if person.kind is AccountKind.USER and not is_agents_account(person):
        yield person


MOST_COMMITS = 250
"""GitHub lists no more commits of a pull request than these."""

COMMAND = "/judgegate"


class PullHistory(Struct, frozen=True):
    """What happened to a pull request and its branch, and the accounts behind its commits.

    It needs no objects, so it can be read while they are fetched.
    """

    timeline: tuple[TimelineItem, ...]
    commits: tuple[CommitAnswer, ...]
    activity: Activity


def fetch_history(connection: Connection, pull: Pull) -> PullHistory:
    """The timeline, the commits, and the branch's activity.

    Raises:
        IncompleteError: GitHub could not be asked, or its answer is not whole.
    """
    timeline = read_all(
        TimelineItem,
        connection.api.list(f"{connection.path}/issues/{pull.number}/timeline"),
        "the timeline",
    )
    commits = read_all(
        CommitAnswer,
        connection.api.list(f"{connection.path}/pulls/{pull.number}/commits"),
        "the commits",
    )
    return PullHistory(
        tuple(timeline), tuple(commits), fetch_activity(connection.api, pull)
    )


def fetch_approvals(
    connection: Connection,
    pull: Pull,
    history: PullHistory,
    repository: Repository,
    change: Change,
    *,
    policy: Policy,
) -> Approvals:
    """Everything that is known of who approved this head, and of who those people are.

    Raises:
        IncompleteError: GitHub could not be asked, or its answer is not whole.
    """
    comments = tuple(_comments(history.timeline))
    recomputed = find_recomputed(repository, change)
    people = _commit_people(pull, history.commits, change)
    named = _contributors(connection, change, people, recomputed)
    pushes = find_pushers(history.activity, pull, repository, change, recomputed)
    requests = find_requesters(pull, history.timeline, named)
    contributions = (
        Contribution(pull.opener, Part.OPENER),
        *named.contributions,
        *pushes.contributions,
        *requests.contributions,
    )
    # The reviews come last of all lists: what was dismissed meanwhile must not count.
    reviews = _fetch_reviews(connection, pull)
    requested = tuple(relevant_people(reviews, comments))
    permissions = fetch_permissions(connection.api, connection.path, requested)
    collaborators = find_collaborators(
        connection.api, connection.path, reviews, contributions
    )
    return Approvals(
        head=pull.head,
        reviews=reviews,
        permissions={**(collaborators.permissions if collaborators else {}), **permissions},
        memberships=fetch_memberships(
            connection.api, find_teams(repository, change, policy), requested
        ),
        addresses=known_addresses(change, people),
        contributions=contributions,
        unmapped=(*named.unmapped, *pushes.unmapped, *requests.unmapped),
        comments=comments,
        reviewers=collaborators.people if collaborators else None,
        carried=find_carried(change, recomputed),
    )


def _fetch_reviews(connection: Connection, pull: Pull) -> tuple[Review, ...]:
    answers = read_all(
        ReviewAnswer,
        connection.api.list(f"{connection.path}/pulls/{pull.number}/reviews"),
        "the reviews",
    )
    return tuple(
        Review(_who(answer.user), _state(answer.state), answer.commit_id, order)
        for order, answer in enumerate(answers, 1)
    )


def _who(account: Account | None) -> Person:
    """The person; an agent's account is a bot's, even if GitHub calls it a user."""
    person = person_of(account)
    if is_agents_account(person):
        return replace(person, kind=AccountKind.BOT)
    return person


def _comment_author(item: TimelineItem) -> Person:
    """Who wrote the comment.

    What an App wrote with a person's token need not be that person's word: it is a bot's.
    """
    person = _who(item.account)
    if item.performed_via_github_app is None:
        return person
    return replace(person, kind=AccountKind.BOT)


def _state(word: str) -> ReviewState:
    """A review's state.

    Raises:
        IncompleteError: the word is not known.
    """
    try:
        return ReviewState(word.lower())
    except ValueError:
        raise IncompleteError(
            f"GitHub's answer about the reviews cannot be read: a review's state is {word!r}."
        ) from None


def _comments(timeline: Iterable[TimelineItem]) -> Iterable[Comment]:
    """Those that may mean something to judgegate."""
    for item in timeline:
        if item.event == "commented" and item.text.strip().startswith(COMMAND):
            yield Comment(
                _comment_author(item), item.text, edited=item.updated_at != item.created_at
            )


def _commit_people(
    pull: Pull, answers: Collection[CommitAnswer], change: Change
) -> dict[str, CommitPeople]:
    """The accounts that GitHub names for the commits.

    A commit that it leaves out names no account, and so raises what is demanded.

    Raises:
        IncompleteError: the head is not among them, as happens while another is pushed over it.
    """
    if len(answers) < MOST_COMMITS and pull.head not in {answer.sha for answer in answers}:
        raise IncompleteError(
            f"The head {pull.head[:12]} is not among the commits that GitHub lists for pull request "
            f"{pull.number}.",
            "If there was a newer push, the run for that push judges it.",
        )
    own = {commit.oid for commit in change.commits}
    return {
        answer.sha: CommitPeople(
            answer.author.person if answer.author else None,
            answer.committer.person if answer.committer else None,
        )
        for answer in answers
        if answer.sha in own
    }


def _contributors(
    connection: Connection,
    change: Change,
    people: dict[str, CommitPeople],
    recomputed: Collection[str],
) -> Contributors:
    """Whom the commits name.

    An agent is known by its address only: anybody can write an agent's name beside their own.
    """
    co_authors = {commit.oid: read_co_authors(commit) for commit in change.commits}
    directory = Directory(
        people, {}, lambda identity: is_agent(Identity("", identity.email)), connection.host
    )
    return identify(change.commits, directory, co_authors, recomputed)


class PullVerdict(Struct, frozen=True):
    """A verdict, with what GitHub said of the pull request and its people."""

    verdict: Verdict
    history: PullHistory
    approvals: Approvals
