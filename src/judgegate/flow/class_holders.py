"""Which of those who hold the objects of a class may change an attribute: its methods, and others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import merge

from judgegate.flow.frames import Frames
from judgegate.sources.python_scopes import Scope

Holder = tuple[Scope, str]
"""A frame, and the name by which it knows a class or one of its objects."""


class ClassHolders:
    """Those who hold the objects of one class, by the attributes that they may change.

    A class may have as many attributes as methods, and each is asked about: so the methods are looked
    through once.

    Args:
        holders: the frames, and the names by which they know the class or its objects.
        frames: those of the file.
    """

    def __init__(self, holders: Sequence[Holder], frames: Frames) -> None:
        self._holders = holders
        self._by_attr: dict[str, list[int]] = defaultdict(list)
        self.with_inner: list[Holder] = []
        """Those in whose frame inner functions change the object."""
        for number, (frame, name) in enumerate(holders):
            for attr in frames.of(frame).changed_attributes(name):
                self._by_attr[attr].append(number)
            if frames.elsewhere(frame, name):
                self.with_inner.append((frame, name))

    def changing(self, attr: str) -> Iterator[Holder]:
        """Those who may change an attribute, each once, in their own order."""
        by_attr = self._by_attr
        numbers = merge(by_attr.get(attr, ()), by_attr.get("", ()))
        for number in dict.fromkeys(numbers):
            yield self._holders[number]
