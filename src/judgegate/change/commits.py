"""Commits, from their raw objects: what git's pretty formats hide is still there."""

import re
from collections.abc import Iterable, Iterator

from judgegate.change.repository import Repository
from judgegate.model.change import Commit, Identity
from judgegate.model.errors import IncompleteError

_CLOCK = re.compile(rb"[>\s]*(-?[0-9]{1,18})(?:\s|$)")
_ZONED_CLOCK = re.compile(rb"-?[0-9]+ [-+][0-9]+")


def read_commit_objects(repository: Repository, oids: Iterable[str]) -> Iterator[Commit]:
    """The commits with these ids, in this order.

    Raises:
        MissingObjectError: the repository lacks one.
        IncompleteError: one is not a commit that can be read.
    """
    return (parse_commit(oid, repository.read(oid)) for oid in oids)


def parse_commit(oid: str, raw: bytes) -> Commit:
    """A commit from its raw object. Odd names, addresses and dates are tolerated; a commit without a tree is not.

    The first author counts. Git forbids another one and reads such a commit all the same: whom it names stands in the message as a
    co-author, so that nobody is overlooked.

    Raises:
        IncompleteError: it has no tree.
    """
    head, _, message = raw.partition(b"\n\n")
    headers = _parse_headers(head)
    trees = headers.get(b"tree")
    if not trees:
        raise IncompleteError(f"The commit {oid} cannot be read: it has no tree.", "See what git fsck says.")
    author, _ = _parse_ident(headers)
    committer, committed = _parse_ident(headers, b"committer")
    encodings = headers.get(b"encoding")
    return Commit(
        oid=oid,
        tree=trees[0].decode("ascii", "replace"),
        parents=tuple(parent.decode("ascii", "replace") for parent in headers.get(b"parent", ())),
        author=author,
        committer=committer,
        message=message + _name_further_authors(headers),
        encoding=encodings[0].decode("utf-8", "replace") if encodings else None,
        committed=committed,
    )


def _name_further_authors(headers: dict[bytes, list[bytes]]) -> bytes:
    further = (parse_identity(ident)[0] for ident in headers.get(b"author", ())[1:])
    lines = [" ".join(f"Co-authored-by: {who.name} <{who.email}>".split()) for who in further]
    return ("\n\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape") if lines else b""


def _parse_headers(head: bytes) -> dict[bytes, list[bytes]]:
    """Header names with their values; a line that begins with a blank goes on with the value before it (signatures)."""
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


def _parse_ident(headers: dict[bytes, list[bytes]], name: bytes = b"author") -> tuple[Identity, int]:
    """The name and address, and the clock (0 where there is none), of the first header that is called so."""
    return parse_identity(headers.get(name, [b""])[0])


def parse_identity(ident: bytes) -> tuple[Identity, int]:
    """`Name <address> seconds zone`, as far as it is there; the seconds are 0 where they are not.

    Of an address in several brackets, or in one that does not close, what is inside counts, so that it can be recognised.
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
