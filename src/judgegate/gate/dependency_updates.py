"""Whether a change is nothing but a known bot's update of dependencies: the bot opened and pushed all of it, and only manifests differ."""

from fnmatch import fnmatchcase

from judgegate.model.approvals import AccountKind, Approvals, Part, Person
from judgegate.model.change import Change, FileChange, FileStatus
from judgegate.policy.conditions import UNKNOWN, Unknown

BOTS = {
    49699333: "dependabot[bot]",
    29139614: "renovate[bot]",
    23717796: "depfu[bot]",
}
"""Account numbers on GitHub and their logins, as they stand in the bots' no-reply addresses in public histories.

A login with brackets is an app's, and nobody can take it; the number tells it from one that merely looks like it. A bot that somebody runs
under an account of their own is as trustworthy as whoever holds its password, so none is here.
"""

MANIFESTS = {
    "Cargo": ("Cargo.toml", "Cargo.lock"),
    "Composer": ("composer.json", "composer.lock"),
    "Go": ("go.mod", "go.sum"),
    "Gradle": ("build.gradle", "build.gradle.kts", "gradle.lockfile", "libs.versions.toml"),
    "Maven": ("pom.xml",),
    "Mix": ("mix.exs", "mix.lock"),
    "npm, pnpm, Yarn, Bun": ("package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"),
    "NuGet": ("*.csproj", "*.fsproj", "*.vbproj", "Directory.Packages.props", "packages.config", "packages.lock.json"),
    "Python": ("pyproject.toml", "requirements*.txt", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock"),
    "RubyGems": ("Gemfile", "Gemfile.lock"),
}
"""The names of manifests and lock files, `*` standing for any part, by whose they are.

Workflows and container files are left out although bots update those, too: what they name runs with the repository's secrets, or is what
is shipped. Their updates are judged as anybody's.
"""

_NAMES = tuple(name for names in MANIFESTS.values() for name in names)


def is_dependency_update(change: Change, approvals: Approvals | None) -> bool | Unknown:
    """Whether it is one; unknown where no forge says who opened and pushed it: what a commit says of its author anybody can write."""
    if approvals is None:
        return UNKNOWN
    openers = [one.person for one in approvals.contributions if one.part is Part.OPENER]
    if not openers:
        return UNKNOWN
    bot = openers[0]
    if not is_known_bot(bot) or any(one.person.id != bot.id for one in approvals.contributions):
        return False
    if not change.files or not all(is_manifest_edit(file) for file in change.files):
        return False
    pushed = any(one.part is Part.PUSHER for one in approvals.contributions)
    return True if pushed and not approvals.unmapped else UNKNOWN


def is_known_bot(person: Person) -> bool:
    """Whether the forge's number and its login for the account are those of a bot that is known to update dependencies."""
    return person.kind is AccountKind.BOT and person.id is not None and BOTS.get(person.id) == person.login.lower()


def is_manifest_edit(file: FileChange) -> bool:
    """Whether a manifest or a lock file, a plain file on every side, was modified: nothing is added, removed, linked or made executable."""
    sides = (file.old, file.new, *file.others)
    plain = all(side is not None and side.is_file and not side.is_executable for side in sides)
    name = file.path.rpartition("/")[2]
    return file.status is FileStatus.MODIFIED and plain and any(fnmatchcase(name, pattern) for pattern in _NAMES)
