"""What counts as a known bot's update of dependencies, and every way to be something else."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from judgegate.decision.dependency_updates import (
    BOTS,
    MANIFESTS,
    explain_no_update,
    is_dependency_update,
)
from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Contribution,
    Part,
    Person,
    Unmapped,
)
from judgegate.model.change import Blob, Change, ChangeSource, FileChange, FileStatus
from judgegate.policy.condition_kinds import UNKNOWN
from judgegate.provenance.matcher import default_matcher

HEAD = "1" * 40
BOT = Person(49699333, "dependabot[bot]", AccountKind.BOT)
RENOVATE = Person(29139614, "renovate[bot]", AccountKind.BOT)
MALLORY = Person(7, "mallory")

FILE = Blob(0o100644, "a" * 40, 1)
PROGRAM = Blob(0o100755, "a" * 40, 1)
LINK = Blob(0o120000, "a" * 40, 1)
SUBMODULE = Blob(0o160000, "a" * 40, None)


def edit(path: str, **fields: object) -> FileChange:
    return replace(FileChange(path, FileStatus.MODIFIED, FILE, FILE), **fields)


def change(*files: FileChange) -> Change:
    return Change(ChangeSource.COMMITS, None, None, (), "", "", files)


def made_by(
    person: Person, *more: Contribution, without: Part | None = None, **fields: object
) -> Approvals:
    """Opened, written and pushed by one account, as the forge says; the forge itself committed."""
    own = [
        Contribution(person, part, HEAD)
        for part in (Part.OPENER, Part.AUTHOR, Part.PUSHER)
        if part is not without
    ]
    return replace(Approvals(HEAD, contributions=(*own, *more)), **fields)


UPDATE = change(edit("package.json"), edit("package-lock.json"))


@pytest.mark.parametrize(
    "bot", [BOT, RENOVATE, Person(49699333, "Dependabot[bot]", AccountKind.BOT)]
)
def test_all_of_it_by_a_known_bot_in_manifests_alone_is_one(bot: Person) -> None:
    assert is_dependency_update(UPDATE, made_by(bot)) is True


@pytest.mark.parametrize(
    "approvals",
    [
        made_by(MALLORY),
        made_by(BOT, Contribution(MALLORY, Part.PUSHER, HEAD)),
        made_by(BOT, Contribution(MALLORY, Part.AUTHOR, HEAD)),
        made_by(BOT, Contribution(MALLORY, Part.COMMITTER, HEAD)),
        made_by(BOT, Contribution(MALLORY, Part.CO_AUTHOR, HEAD)),
        made_by(BOT, Contribution(RENOVATE, Part.PUSHER, HEAD)),
        made_by(BOT, Contribution(MALLORY, Part.REQUESTER)),
        made_by(
            BOT, Contribution(Person(None, "ghost", AccountKind.DELETED), Part.PUSHER, HEAD)
        ),
        Approvals(
            HEAD,
            contributions=(
                Contribution(MALLORY, Part.OPENER),
                Contribution(BOT, Part.AUTHOR),
                Contribution(BOT, Part.PUSHER),
            ),
        ),
        made_by(Person(7, "dependabot[bot]", AccountKind.BOT)),
        made_by(Person(7, "dependabot-bot")),
        made_by(Person(49699333, "dependabot", AccountKind.BOT)),
        made_by(Person(49699333, "dependabot[bot]")),
        made_by(Person(29139614, "dependabot[bot]", AccountKind.BOT)),
        made_by(Person(198982749, "Copilot", AccountKind.BOT)),
        made_by(Person(None, "dependabot[bot]", AccountKind.BOT)),
    ],
)
def test_whatever_anybody_else_has_a_part_in_is_none(approvals: Approvals) -> None:
    assert is_dependency_update(UPDATE, approvals) is False


@pytest.mark.parametrize(
    "approvals",
    [
        None,
        Approvals(HEAD),
        Approvals(
            HEAD,
            contributions=(
                Contribution(BOT, Part.AUTHOR, HEAD),
                Contribution(BOT, Part.PUSHER, HEAD),
            ),
        ),
        made_by(BOT, without=Part.PUSHER),
        made_by(BOT, unmapped=(Unmapped("the pusher of 1111111", Part.PUSHER, HEAD),)),
        made_by(BOT, unmapped=(Unmapped("x@example.com", Part.AUTHOR, HEAD),)),
    ],
)
def test_where_nobody_says_who_opened_and_pushed_it_is_not_known(
    approvals: Approvals | None,
) -> None:
    assert is_dependency_update(UPDATE, approvals) is UNKNOWN


@pytest.mark.parametrize(
    "file",
    [
        edit("src/app.py"),
        edit(".github/workflows/ci.yml"),
        edit("Dockerfile"),
        edit(".npmrc"),
        edit("package.json.sh"),
        edit("package.json/run.sh"),
        edit("xpackage.json"),
        edit("setup.py"),
        edit("requirements/run.sh"),
        edit("go.mod\n"),
        edit("package.json", status=FileStatus.ADDED, old=None),
        edit("package.json", status=FileStatus.DELETED, new=None),
        edit("package.json", status=FileStatus.TYPE_CHANGED, new=LINK),
        edit("package.json", old=LINK, new=LINK),
        edit("package.json", new=PROGRAM),
        edit("package.json", old=PROGRAM, new=PROGRAM),
        edit("package.json", new=SUBMODULE, old=SUBMODULE),
        edit("package.json", others=(None,)),
        edit("package.json", others=(PROGRAM,)),
    ],
    ids=lambda file: f"{file.path} {file.status.value}",
)
def test_one_other_file_makes_it_none(file: FileChange) -> None:
    assert (
        is_dependency_update(change(edit("package-lock.json"), file), made_by(BOT)) is False
    )


@pytest.mark.parametrize(
    ("judged", "approvals", "why"),
    [
        (UPDATE, made_by(BOT), None),
        (UPDATE, None, None),
        (UPDATE, Approvals(HEAD), None),
        (UPDATE, made_by(MALLORY), None),
        (UPDATE, made_by(Person(7, "dependabot[bot]", AccountKind.BOT)), None),
        (
            UPDATE,
            made_by(BOT, Contribution(MALLORY, Part.PUSHER, HEAD)),
            "1111111 is mallory's",
        ),
        (
            UPDATE,
            made_by(BOT, Contribution(MALLORY, Part.REQUESTER)),
            "a part of the change is mallory's",
        ),
        (
            UPDATE,
            made_by(BOT, unmapped=(Unmapped("x@example.com", Part.AUTHOR, HEAD),)),
            "no account is known for x@example.com",
        ),
        (UPDATE, made_by(BOT, without=Part.PUSHER), "it is not known who pushed it"),
        (
            change(*UPDATE.files, edit("ci.yml")),
            made_by(BOT),
            "ci.yml is not a manifest or a lock file",
        ),
        (
            change(edit("package.json", new=PROGRAM)),
            made_by(BOT),
            "package.json is not just edited",
        ),
        (change(), made_by(BOT), "no file differs"),
    ],
)
def test_why_a_bot_s_pull_request_is_judged_as_anybody_s_is_told(
    judged: Change, approvals: Approvals | None, why: str | None
) -> None:
    told = [notice.message for notice in explain_no_update(judged, approvals)]
    assert told == (
        [f"dependabot[bot] opened this, but it is not an update of dependencies: {why}."]
        if why
        else []
    )
    if why:
        assert is_dependency_update(judged, approvals) is not True


def test_a_change_of_nothing_is_none() -> None:
    assert is_dependency_update(change(), made_by(BOT)) is False


@pytest.mark.parametrize(
    "pattern", [pattern for patterns in MANIFESTS.values() for pattern in patterns]
)
@pytest.mark.parametrize("place", ["", "services/shop/"])
def test_each_manifest_counts_at_any_depth(pattern: str, place: str) -> None:
    assert (
        is_dependency_update(
            change(edit(place + pattern.replace("*", "-dev"))), made_by(BOT)
        )
        is True
    )


@pytest.mark.parametrize("login", BOTS.values())
def test_no_bot_of_the_table_is_an_ai(login: str) -> None:
    assert login.endswith("[bot]")
    assert default_matcher().login(login, "Bot") is None


def test_the_page_names_every_bot_and_manifest() -> None:
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
    for word in (
        *BOTS.values(),
        *(pattern for patterns in MANIFESTS.values() for pattern in patterns),
    ):
        assert f"`{word}`" in page
