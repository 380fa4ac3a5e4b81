"""The commits between two revisions, read from their raw objects.

What git's pretty formats hide is still there.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from judgegate.change.comparison import compare_trees
from judgegate.change.git import GitError
from judgegate.change.repository import FETCH_ALL, Repository
from judgegate.change.revisions import branch_of, choose_base, has_commits, resolve_head
from judgegate.model.change import Change, ChangeSource, Commit, Identity, Revision
from judgegate.model.errors_and_exit_codes import IncompleteError, NothingToJudgeError
from judgegate.model.notices import Notice

_CLOCK = re.compile(rb"[>\s]*(-?[0-9]{1,18})(?:\s|$)")
_ZONED_CLOCK = re.compile(rb"-?[0-9]+ [-+][0-9]+")
_WHOLE_HISTORY = f"Fetch the whole history: {FETCH_ALL}"

_LONGEST_LINE = 100
"""Commits that are followed one by one before git is asked for all of them."""

_SINGLE_PARENT = re.compile(rb"tree [0-9a-f]+\nparent ([0-9a-f]+)\nauthor ")
"""How a commit begins in which git, too, finds one parent and not more."""


def read_commits(
    repository: Repository, base: Revision | None = None, head: str | None = None
) -> Change:
    """The change from the merge base of `base` and `head` to `head`.

    Without a base one is chosen, without a head it is `HEAD`.

    Raises:
        UsageError: a revision is unknown.
        NothingToJudgeError: there is nothing between the two.
        IncompleteError: the history or the content is not there in full.
    """
    tip = read_head(repository, head)
    base = base or choose_base(repository, None, head)
    if base.oid == tip.oid:
        raise NothingToJudgeError(
            f"{base.name} and {tip.name} are the same commit, so there is nothing to judge.",
            "Did you mean --worktree? Otherwise name another base with --base.",
        )
    merge_bases, commits = read_history(repository, base, tip)
    if not commits:
        raise NothingToJudgeError(
            f"{base.name} already contains {tip.name}, so there is nothing to judge.",
            "Did you mean --worktree?",
        )
    trees = [tree_of(repository, oid) for oid in merge_bases]
    head_tree = (
        commits[0].tree if commits[0].oid == tip.oid else tree_of(repository, tip.oid)
    )
    files = compare_trees(repository, trees, head_tree)
    return Change(
        source=ChangeSource.COMMITS,
        base=base,
        head=tip,
        merge_bases=merge_bases,
        base_tree=trees[0],
        head_tree=head_tree,
        files=files,
        commits=commits,
        branch=branch_of(repository, head),
        notices=() if files else (_nothing_differs(commits),),
    )


def read_head(repository: Repository, head: str | None) -> Revision:
    """The commit that is judged.

    Raises:
        UsageError: it is unknown.
        NothingToJudgeError: there is no commit yet.
    """
    if head is None and not has_commits(repository):
        raise NothingToJudgeError(
            "There are no commits yet, so there is nothing to judge.",
            "Judge what is staged with --staged.",
        )
    return Revision(
        head or "HEAD", resolve_head(repository, head), "--head" if head else "checked out"
    )


def read_history(
    repository: Repository, base: Revision, head: Revision
) -> tuple[tuple[str, ...], tuple[Commit, ...]]:
    """Every best common ancestor, in git's order, and the commits that the base cannot reach.

    The newest commit comes first.

    Raises:
        IncompleteError: there is no common ancestor, or a shallow clone may hide a better one.
    """
    line = _read_line(repository, head.oid, base.oid)
    if line is not None:
        return (base.oid,), line
    merge_bases = _find_merge_bases(repository, base, head)
    line = (
        _read_line(repository, head.oid, merge_bases[0]) if len(merge_bases) == 1 else None
    )
    return merge_bases, line if line is not None else _read_commits_between(
        repository, base, head
    )


def _read_line(repository: Repository, head: str, start: str) -> tuple[Commit, ...] | None:
    """The commits after `start` up to `head`, the newest first, if nothing was merged between.

    None if something was, or if the history is not plain.

    Then `start` is the one merge base of the two, and what was read anyway answers what two more
    gits would be started for.
    """
    if repository.is_shallow:  # whose commits have other parents for git than they name
        return None
    commits: list[Commit] = []
    oid = head
    try:
        first = parse_commit(start, repository.read(start))
        if None in repository.describe(first.parents).values():
            return None  # a history that is lost from here on is for git to refuse
        while oid != start:
            raw = repository.read(oid)
            commit = parse_commit(oid, raw)
            single_parent = _SINGLE_PARENT.match(raw)
            # Clocks may lie, so that one is only a reason to ask git.
            if (
                single_parent is None
                or commit.committed < first.committed
                or len(commits) == _LONGEST_LINE
            ):
                return None
            commits.append(commit)
            oid = single_parent[1].decode("ascii")
    except (IncompleteError, ValueError):
        return None  # git says what is wrong with it
    return tuple(commits)


def _find_merge_bases(
    repository: Repository, base: Revision, head: Revision
) -> tuple[str, ...]:
    """Every best common ancestor, in git's order.

    Raises:
        IncompleteError: there is none, or a shallow clone may hide a better one.
    """
    try:
        found = tuple(
            repository.run("merge-base", "--all", base.oid, head.oid)
            .decode("ascii")
            .split()
        )
    except GitError as error:
        if error.status != 1:
            raise
        if repository.is_shallow:
            raise IncompleteError(
                "This is a shallow clone: it is cut off before the commit "
                f"where {head.name} left {base.name}.",
                _WHOLE_HISTORY,
            ) from error
        raise IncompleteError(
            f"{base.name} and {head.name} have no common history, so it is not known what {head.name} "
            "changes.",
            "Use --base to name a base that it started from.",
        ) from error
    if repository.is_shallow:
        _forbid_cut_history(repository, base, head, found)
    return found


def _read_commits_between(
    repository: Repository, base: Revision, head: Revision
) -> tuple[Commit, ...]:
    """The commits that the base cannot reach, the newest first."""
    oids = (
        repository.run("rev-list", "--topo-order", head.oid, "--not", base.oid, "--")
        .decode("ascii")
        .split()
    )
    return tuple(read_commit_objects(repository, oids))


def tree_of(repository: Repository, commit: str) -> str:
    """The id of a commit's tree."""
    return next(read_commit_objects(repository, [commit])).tree


def _forbid_cut_history(
    repository: Repository, base: Revision, head: Revision, merge_bases: tuple[str, ...]
) -> None:
    """Check that the history above the merge bases is complete.

    A parent that was cut off could lead to a commit or to a better merge base.
    """
    boundary = set(_read_boundary(repository.path_of("shallow")))
    above = (
        repository.run("rev-list", base.oid, head.oid, "--not", *merge_bases, "--")
        .decode("ascii")
        .split()
    )
    if boundary.intersection(above):
        raise IncompleteError(
            f"This is a shallow clone: its history is cut off between {base.name} and {head.name}, "
            "so commits may be missing.",
            _WHOLE_HISTORY,
        )


def _read_boundary(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").split()
    except OSError as error:
        raise IncompleteError(
            f"Cannot read the list of commits where the shallow clone is cut off: {error}."
        ) from error


def _nothing_differs(commits: tuple[Commit, ...]) -> Notice:
    count = f"{len(commits)} commits" if len(commits) > 1 else "1 commit"
    return Notice(
        "equal-trees",
        f"The head and the merge base have the same files: {count}, and no file differs.",
    )


def read_commit_objects(repository: Repository, oids: Iterable[str]) -> Iterator[Commit]:
    """The commits with these ids, in this order.

    Raises:
        MissingObjectError: the repository lacks one.
        IncompleteError: one is not a commit that can be read.
    """
    return (parse_commit(oid, repository.read(oid)) for oid in oids)


def parse_commit(oid: str, raw: bytes) -> Commit:
    """A commit from its raw object.

    Odd names, addresses and dates are tolerated; a commit without a tree is not.

    The first author counts. Git forbids another one and reads such a commit all the same: whom it
    names stands in the message as a co-author, so that nobody is overlooked.

    Raises:
        IncompleteError: it has no tree.
    """
    head, _, message = raw.partition(b"\n\n")
    headers = _parse_headers(head)
    trees = headers.get(b"tree")
    if not trees:
        raise IncompleteError(
            f"The commit {oid} cannot be read: it has no tree.",
            "Run git fsck to check the repository.",
        )
    author, _ = _parse_ident(headers)
    committer, committed = _parse_ident(headers, b"committer")
    encodings = headers.get(b"encoding")
    return Commit(
        oid=oid,
        tree=trees[0].decode("ascii", "replace"),
        parents=tuple(
            parent.decode("ascii", "replace") for parent in headers.get(b"parent", ())
        ),
        author=author,
        committer=committer,
        message=message + _name_further_authors(headers),
        encoding=encodings[0].decode("utf-8", "replace") if encodings else None,
        committed=committed,
    )


def _name_further_authors(headers: dict[bytes, list[bytes]]) -> bytes:
    further = (parse_identity(ident)[0] for ident in headers.get(b"author", ())[1:])
    lines = [
        " ".join(f"Co-authored-by: {who.name} <{who.email}>".split()) for who in further
    ]
    return (
        ("\n\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
        if lines
        else b""
    )


def _parse_headers(head: bytes) -> dict[bytes, list[bytes]]:
    """Header names with their values.

    A line that begins with a blank goes on with the value before it (signatures).
    """
    headers: dict[bytes, list[bytes]] = {}
    values: list[bytes] = []
    for line in head.removesuffix(b"\n").split(b"\n"):
        if line.startswith(b" ") and values:
            values[-1] += b"\n" + line[1:]
            continue
        name, _, value = line.partition(b" ")
        values = headers.setdefault(name, [])
        values.append(value)
    return headers


def _parse_ident(
    headers: dict[bytes, list[bytes]], name: bytes = b"author"
) -> tuple[Identity, int]:
    """The name and address, and the clock (0 where there is none), of the first header that is called so."""
    return parse_identity(headers.get(name, [b""])[0])


def parse_identity(ident: bytes) -> tuple[Identity, int]:
    """`Name <address> seconds zone`, as far as it is there; the seconds are 0 where they are not.

    Of an address in several brackets, or in one that does not close, what is inside counts, so that
    it can be recognised.
    """
    name, opened, rest = ident.partition(b"<")
    email, closed, clock = rest.lstrip(b"< \t").partition(b">")
    if not closed:
        text, clock = _split_clock(email if opened else name)
        name, email = (name, text) if opened else (text, b"")
    found = _CLOCK.match(clock)
    return Identity(_text(name), _text(email)), int(found[1]) if found else 0


def _split_clock(text: bytes) -> tuple[bytes, bytes]:
    """The text without the clock at its end, if there is one, and the clock."""
    words = text.rsplit(None, 2)
    clock = b" ".join(words[-2:])
    return (b"".join(words[:-2]), clock) if _ZONED_CLOCK.fullmatch(clock) else (text, b"")


def _text(name: bytes) -> str:
    return name.strip().decode("utf-8", "surrogateescape")
