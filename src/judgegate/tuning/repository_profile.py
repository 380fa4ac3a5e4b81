"""What a first policy needs to know of its repository: layout, languages, owners, people."""

from collections import Counter
from dataclasses import dataclass

from judgegate.change.commits import read_commit_objects
from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.model.languages import language_by_suffix
from judgegate.pipeline.git_tree import GitTree
from judgegate.provenance.co_authors import is_agent
from judgegate.review.owners import find_owners
from judgegate.sources.language import language_of

MOST_COMMITS = 500
"""Commits of the history that are read: enough to see who works here today."""
MOST_PACKAGES = 8
FIXTURES = ("fixtures", "testdata", "test_data", "snapshots", "__snapshots__", "golden")
"""What folders of data for tests are usually called."""


@dataclass(frozen=True, slots=True)
class RepositoryProfile:
    """The layout, the languages, the owners and the people, as far as commits show them.

    `unread` are languages that no check covers. `fixtures` are folders of test data. `packages` are the parts of the one Python package, by
    their dotted names. `people` counts authors that are no agents; 0 where there is no commit yet.
    """

    languages: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    code_owners: str | None = None
    people: int = 0


def profile_repository(repository: Repository) -> RepositoryProfile:
    """What the commit that is checked out shows."""
    try:
        head = repository.run("rev-parse", "--verify", "--quiet", "HEAD").decode("ascii").strip()
    except GitError:
        return RepositoryProfile()
    paths = [path for path, blob in repository.list_tree(head) if blob.is_file]
    counted = Counter(
        language for path in paths if (language := language_of(path) or language_by_suffix(path))
    )
    languages = tuple(
        language for language, _ in counted.most_common() if language not in {"json", "yaml", "html", "css"}
    )
    covered = {language for path in paths if (language := language_of(path))}
    return RepositoryProfile(
        languages=languages,
        unread=tuple(language for language in languages if language not in covered),
        fixtures=_fixtures(paths),
        packages=_packages(paths),
        code_owners=find_owners(GitTree(repository, head).read).source,
        people=_people(repository, head),
    )


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
    """The packages inside the repository's one Python package, if it has one under `src/` or at the top."""
    found: dict[str, set[str]] = {}
    for path in paths:
        parts = path.removeprefix("src/").split("/")
        if parts[-1] == "__init__.py" and len(parts) == 3:  # noqa: PLR2004 - package, part, __init__.py
            found.setdefault(parts[0], set()).add(parts[1])
    found = {
        name: parts
        for name, parts in found.items()
        if name not in {"tests", "test", "docs"} and len(parts) > 1
    }
    if len(found) != 1:
        return ()
    (name,) = found
    return tuple(f"{name}.{part}" for part in sorted(found[name])[:MOST_PACKAGES])


def _people(repository: Repository, head: str) -> int:
    oids = repository.run("rev-list", f"--max-count={MOST_COMMITS}", head, "--").decode("ascii").split()
    authors = (commit.author for commit in read_commit_objects(repository, oids))
    return len(
        {author.email.casefold() for author in authors if not is_agent(author) and "[bot]" not in author.name}
    )
