"""A first policy: short, commented, and made for the repository it is for.

A `#` directly before a word or a dash, at the place where that would be, switches a line off:
the line is valid without it. A setting is such a line with those below it that are indented
further.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from judgegate.change.commits import read_commit_objects
from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.checks.registry import RULEBOOK
from judgegate.model.change import Blob, Identity
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.file_names import language_by_suffix
from judgegate.pipeline.read_change import GitTree
from judgegate.policy.loading import DEFAULT_PACK, load_pack
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.reader import present
from judgegate.provenance.co_authors import is_agent
from judgegate.review.owners import find_owners
from judgegate.sources.text import language_of

MOST_COMMITS = 500
"""Commits of the history that are read: enough to see who works here today."""
MOST_PACKAGES = 8
NO_CODE = frozenset({"json", "yaml", "html", "css"})
NO_PRODUCT = {"tests", "test", "docs"}
"""Python packages that are beside the product."""
FIXTURES = ("fixtures", "testdata", "test_data", "snapshots", "__snapshots__", "golden")
"""What folders of data for tests are usually called."""


class RepositoryProfile(Struct, frozen=True):
    """The layout, the languages, the owners and the people, as far as commits show them.

    `unread` are languages that no check covers and the pack `default` exempts, `held` those that it
    does not exempt. `fixtures` are folders of test data. `packages` are the parts of the one Python
    package, by their dotted names. `people` counts authors that are no agents; 0 where there is no
    commit yet.
    """

    languages: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    code_owners: str | None = None
    people: int = 0
    held: tuple[str, ...] = ()


def profile_repository(repository: Repository) -> RepositoryProfile:
    """What the commit that is checked out shows."""
    try:
        head = repository.run("rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return RepositoryProfile()
    commit = head.decode("ascii").strip()
    blobs = {path: blob for path, blob in repository.list_tree(commit) if blob.is_file}
    paths = list(blobs)
    languages = _languages(paths)
    covered = set(present(map(language_of, paths)))
    exempt = _exempt_languages(blobs, covered)
    return RepositoryProfile(
        languages=languages,
        unread=tuple(language for language in languages if language in exempt),
        fixtures=_fixtures(paths),
        packages=_packages(paths),
        code_owners=find_owners(GitTree(repository, commit).read).source,
        people=_people(repository, commit),
        held=tuple(language for language in languages if language not in covered | exempt),
    )


def _languages(paths: list[str]) -> tuple[str, ...]:
    """The languages, the commonest first."""
    counted = Counter(present(map(_language_at, paths)))
    commonest = (language for language, _ in counted.most_common())
    # Data and markup are everywhere, and say nothing about the code.
    return tuple(language for language in commonest if language not in NO_CODE)


def _language_at(path: str) -> str | None:
    """The language that a check reads the file in, or else the one of its suffix."""
    return language_of(path) or language_by_suffix(path)


def _exempt_languages(blobs: Mapping[str, Blob], covered: Collection[str]) -> set[str]:
    """The languages that no check covers, and of which the pack `default` exempts some files."""
    default = load_pack(RULEBOOK.values(), DEFAULT_PACK)
    exempt: set[str] = set()
    for path, blob in blobs.items():
        language = language_by_suffix(path)
        # Asked of one file in each language that passes: a repository may have very many.
        if language is None or language in covered or language in exempt:
            continue
        if default.exemption(path, blob) is not None:
            exempt.add(language)
    return exempt


def _fixtures(paths: list[str]) -> tuple[str, ...]:
    """The folders of test data, the outermost ones."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split("/")[:-1]
        depth = next((index for index, part in enumerate(parts) if part in FIXTURES), None)
        if depth is not None:
            found["/".join(parts[: depth + 1])] = None
    return tuple(sorted(found))


def _packages(paths: list[str]) -> tuple[str, ...]:
    """The packages inside the repository's one Python package, if it has one.

    It is looked for under `src/` and at the top.
    """
    found: dict[str, set[str]] = {}
    for path in paths:
        parts = path.removeprefix("src/").split("/")
        if parts[-1] == "__init__.py" and len(parts) == 3:  # noqa: PLR2004 - package, part, __init__.py
            found.setdefault(parts[0], set()).add(parts[1])
    # One part has nothing to be above or below. Of several packages it is not known which one is meant.
    layered = [name for name in found.keys() - NO_PRODUCT if len(found[name]) > 1]
    if len(layered) != 1:
        return ()
    (name,) = layered
    return tuple(f"{name}.{part}" for part in sorted(found[name])[:MOST_PACKAGES])


def _people(repository: Repository, head: str) -> int:
    """How many people wrote the newest commits, by their addresses."""
    listed = repository.run("rev-list", f"--max-count={MOST_COMMITS}", head, "--")
    commits = read_commit_objects(repository, listed.decode("ascii").split())
    authors = (commit.author for commit in commits)
    return len({author.email.casefold() for author in authors if _is_person(author)})


def _is_person(author: Identity) -> bool:
    return not is_agent(author) and "[bot]" not in author.name


SCHEMA_FILE = ".judgegate/policy.schema.json"
"""Where the schema for editors is written: beside the policy's tests, in judgegate's one folder here.

A relative path is the only one that works in every clone of the repository, offline and with any
version: an address of the web would name a server and a version, the installed package's path
is this machine's, and the git directory is not cloned.
"""


def write_starter(folder: Path, around: RepositoryProfile, schema: str) -> tuple[Path, ...]:
    """Write the policy, and the schema beside it where there is none yet.

    Nothing is ever overwritten. The result is what was written.

    Raises:
        UsageError: there is a policy already, or the folder cannot be written to.
    """
    policy, beside = folder / POLICY_NAME, folder / SCHEMA_FILE
    if os.path.lexists(policy):
        raise UsageError(
            f"There is already a policy at {policy}, and it was not changed.",
            "To check it: judgegate policy validate",
        )
    try:
        beside.parent.mkdir(exist_ok=True)
        return tuple(
            file
            for file, text in ((beside, schema), (policy, describe_starter(around)))
            if _write(file, text)
        )
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror}."
        ) from error


def _write(file: Path, text: str) -> bool:
    """Whether the file was not there yet, and is now."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    return True


def describe_starter(around: RepositoryProfile) -> str:
    """The policy's text."""
    return "\n".join(line for part in _parts(around) for line in part) + "\n"


def _parts(around: RepositoryProfile) -> Iterator[list[str]]:
    yield [
        f"# yaml-language-server: $schema={SCHEMA_FILE}",
        "#",
        "# This team's policy. It is read from the branch that a change wants to join. To try a draft on",
        f"# your own change: judgegate check --policy {POLICY_NAME}. A # with no space after it switches a",
        (
            "# setting off. To switch it on, remove that # and the # of the lines below that are indented "
            "further."
        ),
        "#",
        "#   judgegate policy show      shows what applies, and which line sets it",
        "#   judgegate policy explain   explains a rule, or how a finding was judged",
        "#   judgegate policy test      tries the policy on the small changes in .judgegate/tests",
        "#   judgegate policy diff      shows what a draft makes weaker or tighter",
        "version: 1",
        "",
    ]
    yield _packs(around)
    yield _provenance()
    yield _review(around)
    yield from _rules(around)
    yield _exempt(around)
    yield _waivers()


def _packs(around: RepositoryProfile) -> list[str]:
    lines = [
        "# `default` blocks findings that are severe and likely, requires a human for AI-assisted changes,",
        "# and warns about most other findings. With `strict`, source code that no check covers needs a",
        "# human too. `advisory` reports everything and stops no change: use it in the first week.",
    ]
    if around.unread:
        lines += [
            f"# No check covers {', '.join(around.unread[:5])} yet. Such files pass with `default`; with",
            "# `strict` they need a human.",
        ]
    if around.held:
        lines.append(
            f"# Files in {', '.join(around.held[:5])} need a human: no check covers them, and no pack "
            "exempts them."
        )
    return [*lines, "extends: [default]", ""]


def _provenance() -> list[str]:
    return [
        "# How strong the evidence of AI help must be. With `always`, every change is treated as",
        "# AI-assisted, so there is no reason to hide a marker.",
        "#provenance: {gate_on: always}",
        "",
    ]


def _review(around: RepositoryProfile) -> list[str]:
    lines = [
        "# The default for a human review: one approval by someone who has write permission and is not a",
        "# contributor of the change. A rule can set something else.",
    ]
    if around.people == 1:
        lines += [
            "# One person commits here, and people cannot approve their own change. With `author: attest`,",
            "# an administrator can write in a public comment, for each change, what they checked. This",
            "# counts once this file is on the main branch.",
            "#review: {author: attest}",
        ]
    else:
        lines += [f"# {around.people} people commit here."] if around.people else []
        lines += ["#review: {approvals: 2}"]
    return [*lines, ""]


def _rules(around: RepositoryProfile) -> Iterator[list[str]]:
    yield [
        "# `judgegate rules` lists the rules. Settings that are not here stay as in the pack.",
        "rules:",
        "  # An AI-assisted change needs a human who is not a contributor of it. Require more where the risk",
        "  # is higher.",
        "  oversight/ai-assisted:",
        "    review: {approvals: 1}",
        "    #cases:",
        '      #- when: {paths: ["src/payments/**"]}',
        f"        #review: {{approvals: 2{', from: [code_owners]' if around.code_owners else ''}}}",
        "",
    ]
    if around.code_owners:
        yield [
            (
                f"  # {around.code_owners} lists who owns what: the owners of the policy must approve its "
                "changes."
            ),
            "  oversight/policy-change:",
            "    review: {from: [code_owners]}",
            "",
        ]
    if "python" in around.languages:
        yield [
            "  # A function with more paths than this is a finding.",
            "  #architecture/complex-function:",
            "    #with: {max_complexity: 12}",
            "",
        ]
    if around.packages:
        yield [
            "  # Your layers, the highest first: each may import those below it. Put these in order.",
            "  #architecture/layers:",
            "    #message: This import breaks the layers.",
            f"    #imports: {{layers: [{', '.join(around.packages)}]}}",
            "    #action: block",
            "",
        ]
    yield [
        "  # A rule of your own needs no code: use pattern, regex, imports, files or size.",
        "  #reliability/small-changes:",
        "    #message: This is too much for one review. Split it.",
        "    #size: {max_added_lines: 800}",
        "    #action: review",
        "",
    ]


def _exempt(around: RepositoryProfile) -> list[str]:
    paths = (
        ", ".join(f'"{folder}/**"' for folder in around.fixtures[:5])
        or '"tests/fixtures/**"'
    )
    return [
        "# A file that no check covers needs a human, unless it is exempt here. Links, submodules and",
        "# executables are never exempt.",
        "#exempt:",
        f"  #- {{name: fixtures, paths: [{paths}], reason: Data that nothing runs.}}",
        "",
    ]


def _waivers() -> list[str]:
    return [
        "# Every waiver has an owner and an expiry date. `judgegate waivers` lists them.",
        "#waivers:",
        (
            '  #- {rule: architecture/complex-function, paths: ["src/legacy.py"], reason: Rewrite., '
            'owner: "@alice", expires: 2099-01-31}'
        ),
    ]
