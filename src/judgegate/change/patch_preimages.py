"""Blobs that a patch names by the beginnings of their ids."""

from judgegate.change.repository import Repository
from judgegate.change.trees import TreeEntry


class Preimages:
    """Finds, reads and stores blobs; nothing is fetched, and nothing is written into the user's repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._found: dict[str, str | None] = {}
        self.digits = len(repository.empty_tree)

    def find(self, start: str | None) -> str | None:
        """The only blob whose id begins like this; None if there is none, or more than one."""
        if start is None or not start.strip("0"):
            return None
        if start not in self._found:
            # A name such as `deadbeef` could be a branch's; this asks for objects only.
            candidates = self._repository.run("rev-parse", f"--disambiguate={start}").decode("ascii").split()
            known = self._repository.describe(candidates)
            blobs = [oid for oid, info in known.items() if info is not None and info.kind == "blob"]
            self._found[start] = blobs[0] if len(blobs) == 1 else None
        return self._found[start]

    def read(self, entry: TreeEntry | None) -> bytes:
        """The content of a file, empty if there is none."""
        return self._repository.read(entry.oid) if entry is not None else b""

    def store(self, content: bytes) -> str:
        """Keep a blob aside; its id."""
        return self._repository.lay_scratch().store("blob", content)
