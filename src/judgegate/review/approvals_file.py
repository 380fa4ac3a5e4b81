"""Approvals from a file, for a forge that judgegate does not ask itself."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Comment,
    Contribution,
    Part,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
    Unmapped,
)
from judgegate.model.errors_and_exit_codes import UsageError

if TYPE_CHECKING:
    from judgegate.review.approvals_form import ApprovalsForm, PersonForm

SIZE_LIMIT = 16_000_000
"""Bytes. A hundred thousand reviews fit."""

SHOWN_PROBLEMS = 20

DELETED = Person(None, "ghost", AccountKind.DELETED)
"""What is left of an account that no longer exists."""

_COULD_NOT_CHECK = "could not check"


class ApprovalsFileError(UsageError):
    """An approvals file that cannot be read.

    `problems` are sentences without a full stop, each with its place.
    """

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        lines = [f"The approvals file {name} cannot be read:"]
        lines += [f"  {problem}" for problem in problems[:SHOWN_PROBLEMS]]
        more = len(problems) - SHOWN_PROBLEMS
        if more > 0:
            lines.append(f"  and {more} more")
        super().__init__(
            "\n".join(lines),
            "`judgegate schema approvals` prints what it may contain.",
        )
        self.problems = problems


def approvals_schema() -> str:
    """The JSON Schema of an approvals file."""
    return Path(__file__).with_name("approvals.schema.json").read_text("utf-8")


def read_approvals(content: bytes, name: str) -> Approvals:
    """The approvals in a file; `name` is what messages call it.

    Raises:
        ApprovalsFileError: it is not such a file; every problem is named.
    """
    # Imported here, because pydantic is slow to import, and few runs need it.
    from pydantic import ValidationError

    from judgegate.review.approvals_form import ApprovalsForm

    document = _decode(content, name)
    try:
        form = ApprovalsForm.model_validate(document)
    except ValidationError as error:
        problems = tuple(
            f"{_place(one['loc'])}: {_sentence(one['msg'])}"
            for one in error.errors(include_url=False)
        )
        raise ApprovalsFileError(name, problems) from None
    problems = tuple(_contradictions(form))
    if problems:
        raise ApprovalsFileError(name, problems)
    return _approvals(form)


def _decode(content: bytes, name: str) -> object:
    if len(content) > SIZE_LIMIT:
        raise ApprovalsFileError(name, (f"it has more than {SIZE_LIMIT} bytes",))
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8"
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:
        problem = str(error)
    raise ApprovalsFileError(name, (problem,))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object in which each key occurs once."""
    # Of two values of one key that contradict each other, neither is to be trusted.
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice)} occurs twice in the same object")
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _place(location: tuple[int | str, ...]) -> str:
    """The place as one would write it: `reviews[0].state` or `people[1].teams["org/payments"]`."""
    place = "".join(map(_step, location)).removeprefix(".")
    return place or "the file"


def _step(step: int | str) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.isascii() and step.isidentifier():
        return f".{step}"
    # A key is the file's own text: what is no plain name is escaped.
    return f"[{json.dumps(step)}]"


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _contradictions(form: "ApprovalsForm") -> Iterator[str]:
    """What the schema cannot say.

    Accounts, addresses and teams occur once each, and everybody who is named is among the people.
    """
    people = {f"people[{place}]": person for place, person in enumerate(form.people)}
    yield from _repeated((f"{at}.id", str(person.id)) for at, person in people.items())
    yield from _repeated(
        (f"{at}.emails", address.casefold())
        for at, person in people.items()
        for address in person.emails
    )
    for at, person in people.items():
        yield from _repeated((f"{at}.teams", _team(name)) for name in person.teams)
    # None is an account that is gone, which has no entry.
    known = {None, *(person.id for person in form.people)}
    for where, by in _named(form):
        if by not in known:
            yield f"{where}: `people` has no account with the number {by}"


def _named(form: "ApprovalsForm") -> Iterator[tuple[str, int | None]]:
    """Every number of a person, with its place."""
    yield "opened_by", form.opened_by
    for place, review in enumerate(form.reviews):
        yield f"reviews[{place}].by", review.by
    for place, contributor in enumerate(form.contributors):
        yield f"contributors[{place}].by", contributor.by
    for place, comment in enumerate(form.comments):
        yield f"comments[{place}].by", comment.by


def _repeated(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A problem for each value that stood before; the values come with their places."""
    seen: set[str] = set()
    for place, value in values:
        if value in seen:
            yield f"{place}: {json.dumps(value)} occurs twice"
        seen.add(value)


def _team(name: str) -> str:
    return name.removeprefix("@").casefold()


def _approvals(form: "ApprovalsForm") -> Approvals:
    people = {
        person.id: Person(
            person.id, person.login, AccountKind(person.kind), person.suspended
        )
        for person in form.people
    }
    return Approvals(
        head=form.head,
        reviews=tuple(
            Review(_who(row.by, people), ReviewState(row.state), row.commit, order)
            for order, row in enumerate(form.reviews, start=1)
        ),
        permissions={person.id: _permission(person) for person in form.people},
        memberships=_memberships(form),
        addresses={
            address.casefold(): people[person.id]
            for person in form.people
            for address in person.emails
        },
        contributions=tuple(_contributions(form, people)),
        unmapped=tuple(
            Unmapped(row.unknown, Part(row.part), row.commit)
            for row in form.contributors
            if row.unknown is not None
        ),
        comments=tuple(
            Comment(_who(row.by, people), row.text, row.edited) for row in form.comments
        ),
        reviewers=tuple(people.values()) if form.everybody else None,
        carried=frozenset(form.carried),
    )


def _contributions(
    form: "ApprovalsForm", people: Mapping[int, Person]
) -> Iterator[Contribution]:
    """Who opened it, and who is known to have had another part in it."""
    yield Contribution(_who(form.opened_by, people), Part.OPENER)
    for row in form.contributors:
        if row.by is not None:
            yield Contribution(people[row.by], Part(row.part), row.commit)


def _who(number: int | None, people: Mapping[int, Person]) -> Person:
    return DELETED if number is None else people[number]


def _permission(person: "PersonForm") -> Permission | Unchecked:
    if person.permission == _COULD_NOT_CHECK:
        return Unchecked(person.unchecked)
    return Permission(person.permission)


def _memberships(form: "ApprovalsForm") -> dict[str, dict[int, bool | Unchecked]]:
    """By team; of whom the file says nothing for a team, nothing is known."""
    teams: dict[str, dict[int, bool | Unchecked]] = {}
    for person in form.people:
        for team, answer in person.teams.items():
            is_member: bool | Unchecked = answer == "yes"
            if answer == _COULD_NOT_CHECK:
                is_member = Unchecked(person.unchecked)
            teams.setdefault(_team(team), {})[person.id] = is_member
    return teams
