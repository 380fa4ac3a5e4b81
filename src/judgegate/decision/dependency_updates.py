"""Whether a change is nothing but a known bot's update of dependencies.

The bot opened and pushed all of it, and only manifests differ.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from judgegate.model.approvals import AccountKind, Approvals, Part, Person
from judgegate.model.change import Blob, Change, Commit, FileChange, FileStatus, Identity
from judgegate.model.notices import Notice
from judgegate.policy.condition_kinds import UNKNOWN, Unknown
from judgegate.provenance.co_authors import is_agent, read_co_authors

BOTS = {
    49699333: "dependabot[bot]",
    29139614: "renovate[bot]",
    23717796: "depfu[bot]",
}
"""Account numbers on GitHub and their logins.

They are in the bots' no-reply addresses in public histories. A login with brackets is an app's, and
nobody can take it; the number tells it from one that merely looks like it. A bot that somebody runs
under an account of their own is as trustworthy as the person who has its password, so none is here.
"""

MANIFESTS = {
    "Cargo": ("Cargo.toml", "Cargo.lock"),
    "Composer": ("composer.json", "composer.lock"),
    "Go": ("go.mod", "go.sum"),
    "Gradle": ("build.gradle", "build.gradle.kts", "gradle.lockfile", "libs.versions.toml"),
    "Maven": ("pom.xml",),
    "Mix": ("mix.exs", "mix.lock"),
    "npm, pnpm, Yarn, Bun": (
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
    ),
    "NuGet": (
        "*.csproj",
        "*.fsproj",
        "*.vbproj",
        "Directory.Packages.props",
        "packages.config",
        "packages.lock.json",
    ),
    "Python": (
        "pyproject.toml",
        "requirements*.txt",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile",
        "Pipfile.lock",
    ),
    "RubyGems": ("Gemfile", "Gemfile.lock"),
}
"""The names of manifests and lock files, `*` standing for any part, by whose they are.

Workflows and container files are left out although bots update those, too: what they name runs with
the repository's secrets, or is what is shipped. Their updates are judged as anybody's.
"""

_NAMES = tuple(name for names in MANIFESTS.values() for name in names)


def is_dependency_update(change: Change, approvals: Approvals | None) -> bool | Unknown:
    """Whether it is one; unknown where no forge says who opened and pushed it.

    Who its commits name proves nothing: anybody can write that.
    """
    if approvals is None:
        return UNKNOWN
    opener = _opener(approvals)
    if opener is None:
        return UNKNOWN
    if not is_known_bot(opener) or _spoilt_by(change, approvals, opener):
        return False
    return UNKNOWN if _unclear(approvals) else True


def explain_no_update(change: Change, approvals: Approvals | None) -> Iterator[Notice]:
    """Why a known bot's pull request is judged like anybody's.

    Nothing where it is not a bot's, or is judged as a bot's.
    """
    if approvals is None:
        return
    bot = _opener(approvals)
    if bot is None or not is_known_bot(bot):
        return
    why = _spoilt_by(change, approvals, bot) or _unclear(approvals)
    if why:
        yield Notice(
            "no-dependency-update",
            f"{bot.login} opened this, but it is not an update of dependencies: {why}.",
        )


def _opener(approvals: Approvals) -> Person | None:
    for contribution in approvals.contributions:
        if contribution.part is Part.OPENER:
            return contribution.person
    return None


def _spoilt_by(change: Change, approvals: Approvals, bot: Person) -> str | None:
    """The first thing in it that is not the bot's, or no edit of a manifest: a clause, or None."""
    return (
        _name_other_person(approvals, bot)
        or _name_agent(change)
        or _name_other_edit(change)
    )


def _name_other_person(approvals: Approvals, bot: Person) -> str | None:
    for contribution in approvals.contributions:
        if contribution.person.id != bot.id:
            commit = contribution.commit
            what = commit[:7] if commit else "a part of the change"
            return f"{what} is {contribution.person.login}'s"
    return None


def _name_agent(change: Change) -> str | None:
    # An agent has no account and so no contribution: the commits have to be asked.
    for commit in change.commits:
        if _is_by_agent(commit):
            return f"{commit.oid[:7]} names an AI"
    return None


def _is_by_agent(commit: Commit) -> bool:
    """Whether an agent wrote, committed or co-wrote it, by its address."""
    named = (commit.author, commit.committer, *read_co_authors(commit))
    # Not by its name, which a person can have as well.
    return any(is_agent(Identity("", one.email)) for one in named)


def _name_other_edit(change: Change) -> str | None:
    if not change.files:
        return "no file differs"
    for file in change.files:
        if not _is_manifest(file.path):
            return f"{file.path} is not a manifest or a lock file"
        if not is_manifest_edit(file):
            return f"{file.path} is not just edited"
    return None


def _unclear(approvals: Approvals) -> str | None:
    """What is not known of who made it: a clause, or None."""
    if approvals.unmapped:
        return f"no account is known for {approvals.unmapped[0].name}"
    if any(one.part is Part.PUSHER for one in approvals.contributions):
        return None
    return "it is not known who pushed it"


def is_known_bot(person: Person) -> bool:
    """Whether the account is that of a bot that is known to update dependencies.

    The forge's number and its login for it must both be the bot's.
    """
    if person.kind is not AccountKind.BOT or person.id is None:
        return False
    return BOTS.get(person.id) == person.login.lower()


def is_manifest_edit(file: FileChange) -> bool:
    """Whether a manifest or a lock file was modified that is a plain file on every side.

    Then nothing is added, removed, linked or made executable.
    """
    if file.status is not FileStatus.MODIFIED or not _is_manifest(file.path):
        return False
    # A side that is missing (in a further merge base) is no plain file either.
    return all(map(_is_plain, (file.old, file.new, *file.others)))


def _is_plain(side: Blob | None) -> bool:
    if side is None:
        return False
    return side.is_file and not side.is_executable


def _is_manifest(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(name, pattern) for pattern in _NAMES)
