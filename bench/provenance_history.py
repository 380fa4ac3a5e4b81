"""Counts the AI markers in real histories: how many commits, how sure, how fast.

    python bench/provenance_history.py REPOSITORY...

Each argument is a git directory; all its refs are read. Prints, for each, the commits whose
strongest evidence is certain, strong or weak, how many were committed before June 2021 (no such
tool existed), and lists any of those with strong or certain evidence.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from judgegate.model.change import Commit, Identity
from judgegate.model.levels import Certainty
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_commit

FIRST_TOOLS = 1_622_505_600
"""2021-06-01, the month in which the first tool of the catalogue was shown, in seconds since 1970."""


def main(directories: list[str]) -> None:
    """Print one line for each history and the totals."""
    total: Counter[str] = Counter()
    for directory in directories:
        total += survey(directory)
    print_row("total", total)


def survey(directory: str) -> Counter[str]:
    """Count one history and print its line."""
    counts: Counter[str] = Counter()
    tools: Counter[str] = Counter()
    matcher = default_matcher()
    spent = 0.0
    for commit in commits(directory):
        begun = time.process_time()
        evidence, denials = read_commit(commit, matcher)
        spent += time.process_time() - begun
        counts["commits"] += 1
        counts["before"] += commit.committed < FIRST_TOOLS
        counts["denials"] += bool(denials)
        if not evidence:
            continue
        best = max(piece.confidence for piece in evidence)
        counts[best.value] += 1
        tools.update({piece.signal for piece in evidence if piece.confidence is best})
        if commit.committed < FIRST_TOOLS:
            counts["early"] += 1
            if best > Certainty.WEAK:
                counts["early and sure"] += 1
                print("  EARLY", commit.oid, evidence)
    counts["microseconds"] = round(spent * 1e6)
    print_row(Path(directory).parent.name, counts)
    print("   ", ", ".join(f"{name} {count}" for name, count in tools.most_common(8)))
    return counts


def print_row(name: str, counts: Counter[str]) -> None:
    """One line of the table."""
    speed = counts["commits"] * 1_000_000 // max(counts["microseconds"], 1)
    levels = "  ".join(
        f"{level} {counts[level]:6}"
        for level in (
            "certain",
            "strong",
            "weak",
            "denials",
            "before",
            "early",
            "early and sure",
        )
    )
    print(
        f"{name:32} {counts['commits']:8} commits  {levels}  {speed:8} commits/s",
        flush=True,
    )


def commits(directory: str) -> Iterator[Commit]:
    """Every commit object that a ref of any kind reaches."""
    every_commit = ["git", "-C", directory, "rev-list", "--all"]
    listing = subprocess.run(every_commit, check=True, capture_output=True).stdout
    contents = ["git", "-C", directory, "cat-file", "--batch"]
    with subprocess.Popen(
        contents, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin  # noqa: S101 - a pipe was asked for
        assert process.stdout  # noqa: S101 - a pipe was asked for
        for oid in listing.split():
            process.stdin.write(oid + b"\n")
            process.stdin.flush()
            yield parse(oid.decode(), read_object(process.stdout))


def read_object(stream: IO[bytes]) -> bytes:
    """The next object that `cat-file --batch` writes."""
    size = int(stream.readline().split()[-1])
    body = stream.read(size)
    stream.read(1)
    return body


def parse(oid: str, raw: bytes) -> Commit:
    """A raw commit, as far as the matcher needs it."""
    head, _, message = raw.partition(b"\n\n")
    fields = dict(
        line.partition(b" ")[::2]
        for line in reversed(head.split(b"\n"))
        if not line.startswith(b" ")
    )
    encoding = fields.get(b"encoding")
    author, _ = identity(fields[b"author"])
    committer, clock = identity(fields[b"committer"])
    return Commit(
        oid,
        "",
        (),
        author,
        committer,
        message,
        encoding.decode("ascii", "replace") if encoding else None,
        clock,
    )


def identity(line: bytes) -> tuple[Identity, int]:
    """`Name <address> seconds zone`."""
    text = line.decode("utf-8", "surrogateescape")
    who, _, when = text.rpartition("> ")
    name, _, email = who.partition(" <")
    clock = when.split(" ")[0]
    return Identity(name, email), int(clock) if clock.lstrip("-").isdigit() else 0


if __name__ == "__main__":
    main(sys.argv[1:])
