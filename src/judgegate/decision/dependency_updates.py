"""Whether a change is nothing but a known bot's update of dependencies: the bot opened and pushed all of it, and only manifests differ."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from judgegate.model.approvals import AccountKind, Approvals, Part, Person
from judgegate.model.change import Change, Commit, FileChange, FileStatus, Identity
from judgegate.model.notices import Notice
from judgegate.policy.condition_kinds import UNKNOWN, Unknown
from judgegate.provenance.co_authors import is_agent, read_co_authors

BOTS = {
    49699333: "dependabot[bot]",
    29139614: "renovate[bot]",
    23717796: "depfu[bot]",
}
"""Account numbers on GitHub and their logins, as they stand in the bots' no-reply addresses in public histories.

A login with brackets is an app's, and nobody can take it; the number tells it from one that merely
looks like it. A bot that somebody runs under an account of their own is as trustworthy as whoever
holds its password, so none is here.
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
    """Whether it is one; unknown where no forge says who opened and pushed it: what a commit says of its author anybody can write."""
    opener = _opener(approvals)
    if approvals is None or opener is None:
        return UNKNOWN
    if not is_known_bot(opener) or _spoilt_by(change, approvals, opener):
        return False
    return UNKNOWN if _unclear(approvals) else True


def explain_no_update(change: Change, approvals: Approvals | None) -> Iterator[Notice]:
    """Why a known bot's pull request is judged like anybody's; nothing where it is not one, or is judged as a bot's."""
    bot = _opener(approvals)
    if approvals is None or bot is None or not is_known_bot(bot):
        return
    why = _spoilt_by(change, approvals, bot) or _unclear(approvals)
    if why:
        yield Notice(
            "no-dependency-update",
            f"{bot.login} opened this, but it is not an update of dependencies: {why}.",
        )


def _opener(approvals: Approvals | None) -> Person | None:
    parts = approvals.contributions if approvals is not None else ()
    return next((one.person for one in parts if one.part is Part.OPENER), None)


def _spoilt_by(change: Change, approvals: Approvals, bot: Person) -> str | None:
    """The first thing in it that is not the bot's, or no edit of a manifest: a clause, or None."""
    return _name_other_author(change, approvals, bot) or _name_other_edit(change)


def _name_other_author(change: Change, approvals: Approvals, bot: Person) -> str | None:
    other = next((one for one in approvals.contributions if one.person.id != bot.id), None)
    if other is not None:
        return f"{other.commit[:7] if other.commit else 'a part of the change'} is {other.person.login}'s"
    commit = next((commit for commit in change.commits if _names_agent(commit)), None)
    if commit is not None:
        return f"{commit.oid[:7]} names an AI"
    return None


def _name_other_edit(change: Change) -> str | None:
    if not change.files:
        return "no file differs"
    file = next((file for file in change.files if not is_manifest_edit(file)), None)
    if file is None:
        return None
    if _is_manifest(file.path):
        return f"{file.path} is not just edited"
    return f"{file.path} is not a manifest or a lock file"


def _names_agent(commit: Commit) -> bool:
    """Whether an agent wrote, committed or co-wrote it: those are nobody's part in the change, and so no contribution names them."""
    return any(
        is_agent(Identity("", one.email))
        for one in (commit.author, commit.committer, *read_co_authors(commit))
    )


def _unclear(approvals: Approvals) -> str | None:
    """What is not known of who made it: a clause, or None."""
    if approvals.unmapped:
        return f"no account is known for {approvals.unmapped[0].name}"
    pushed = any(one.part is Part.PUSHER for one in approvals.contributions)
    return None if pushed else "it is not known who pushed it"


def is_known_bot(person: Person) -> bool:
    """Whether the forge's number and its login for the account are those of a bot that is known to update dependencies."""
    return (
        person.kind is AccountKind.BOT
        and person.id is not None
        and BOTS.get(person.id) == person.login.lower()
    )


def is_manifest_edit(file: FileChange) -> bool:
    """Whether a manifest or a lock file, a plain file on every side, was modified: nothing is added, removed, linked or made executable."""
    sides = (file.old, file.new, *file.others)
    plain = all(
        side is not None and side.is_file and not side.is_executable for side in sides
    )
    return file.status is FileStatus.MODIFIED and plain and _is_manifest(file.path)


def _is_manifest(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(name, pattern) for pattern in _NAMES)
