"""Values that flow from node to node, until nothing new arrives anywhere.

Nodes are opened when they are asked for, and stay. What has arrived at a node once all that it
reads is open is final, so no node is computed twice, however many expressions are asked about, and
cycles need no order. What the nodes are is not known here.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from msgspec import Struct

from judgegate.model.evidence_context import UNKNOWN, Callee, RootKind

MOST_ROOTS = 64
"""So many roots with their paths are told apart in a node. A context holds fewer."""

MOST_PATHS = 16
"""By so many different paths one origin may come to a node."""

MOST_CONSTANTS = 200
"""So many constants are told apart in a node."""

MOST_EFFORT = 20_000
"""So much may be done for one question: a value that is carried along an edge counts as one."""

MOST_EFFORT_OF_FILE = 400_000
"""So much may be done for all questions about a file."""

EFFORT_TO_OPEN = 5
"""As much as a value that is carried along an edge, when a node is opened."""

MOST_DOTS = 8
"""So many dots may the name of an attribute of something from outside have."""

LONGEST_PATH = 32
"""So many calls that a value goes through one after the other have names."""

TOO_MANY = "too many steps"

Key = Hashable
Step = Callee | str
"""What a value goes through: a call, or an attribute, by its name."""


class FlowOrigin(Struct, frozen=True, eq=False):
    """Where a value comes from. There is one object for each, so it is compared by identity.

    `kind` is None for a constant, whose digest is `name`, and for a doubt, whose text is `detail`.
    `owner` is the function whose parameter it is. `is_plain`: it does not matter what it goes
    through.
    """

    kind: RootKind | None
    name: str
    detail: str = ""
    owner: object = None
    is_plain: bool = False


class Path:
    """The calls that a value went through, the innermost first. There is one object for each.

    `rounds` are the edges by which it went back to the start of a loop, and `passed` are the calls
    that it had gone through by then: a second round names none of them again.
    """

    __slots__ = ("_longer", "callees", "passed", "rounds")

    def __init__(
        self,
        callees: tuple[Callee, ...] = (),
        rounds: frozenset["Edge"] = frozenset(),
        passed: frozenset[Callee] = frozenset(),
    ) -> None:
        self.callees = callees
        self.rounds = rounds
        self.passed = passed
        self._longer: dict[Callee | Edge, Path] = {}

    def through(self, callee: Callee) -> "Path":
        """The path that goes through one more call."""
        longer = self._longer.get(callee)
        if longer is None:
            is_known = self.is_cut or callee in self.passed
            longer = self if is_known else self._extended(callee)
            self._longer[callee] = longer
        return longer

    def around(self, edge: "Edge") -> "Path":
        """The path that goes back to the start of a loop by an edge.

        What it has gone through by then is not named again in the next round.
        """
        longer = self._longer.get(edge)
        if longer is None:
            rounds = self.rounds | {edge}
            longer = Path(self.callees, rounds, frozenset(self.callees))
            self._longer[edge] = longer
        return longer

    @property
    def is_cut(self) -> bool:
        """Whether it went through more calls than have names."""
        return len(self.callees) > LONGEST_PATH

    def _extended(self, callee: Callee) -> "Path":
        """The path with one more call, or, where it is full, with one that has no name."""
        if len(self.callees) == LONGEST_PATH:
            callee = Callee(UNKNOWN)
        return Path((*self.callees, callee), self.rounds, self.passed)


Value = tuple[FlowOrigin, Path]


class Arguments(Struct, frozen=True, eq=False):
    """What a call gives to the parameters of a function: nodes by the parameter's name."""

    owner: object
    given: Mapping[str, Sequence[Key]]


class Edge(Struct, frozen=True, eq=False):
    """What a node reads: another node's values, each taken through steps.

    With `arguments`, the other node is inside of a function that is called, and for its parameters
    stands what the call gives to them. Every cycle has an edge that `goes_back`. No value takes
    such an edge twice.
    """

    key: Key
    steps: tuple[Step, ...] = ()
    arguments: Arguments | None = None
    goes_back: bool = False


Source = Edge | Value


class _FlowNode:
    __slots__ = ("paths", "plain", "readers", "roots")

    def __init__(self) -> None:
        # Dictionaries, because a set of such objects has another order in every run.
        self.roots: dict[Value, None] = {}
        self.plain: dict[FlowOrigin, None] = {}
        self.paths: dict[FlowOrigin, int] = {}
        self.readers: list[tuple[_FlowNode, Edge]] = []


_Sent = tuple[int, int, _FlowNode, Value]
"""A root on its way to a node. Those with fewer calls around them come first.

So it does not depend on what was asked first what is cut off.
"""


class FlowGraph:
    """The nodes of a file.

    Args:
        expand: what a node reads, and what arises in it.
    """

    def __init__(self, expand: Callable[[Key], Iterable[Source]]) -> None:
        self._expand = expand
        self._nodes: dict[Key, _FlowNode] = {}
        self._closed: list[Key] = []
        self._sent: list[_Sent] = []
        self._effort = 0
        self._origins: dict[tuple[object, ...], FlowOrigin] = {}
        self._straight = Path()
        self._lost = self._straight.through(Callee(UNKNOWN))
        self._doubt = self.doubt(TOO_MANY)
        self.unknown = (self.value(self.origin(RootKind.UNKNOWN, UNKNOWN)), self._doubt)
        """What stands for values that are too many to be followed."""

    def origin(
        self, kind: RootKind | None, name: str, detail: str = "", owner: object = None
    ) -> FlowOrigin:
        """The one object for an origin."""
        known = (kind and kind.value, name, detail, owner)
        origin = self._origins.get(known)
        if origin is None:
            is_plain = kind is None or kind is RootKind.UNKNOWN
            origin = self._origins[known] = FlowOrigin(kind, name, detail, owner, is_plain)
        return origin

    def doubt(self, text: str) -> Value:
        """The value that only says why others cannot be relied upon."""
        return self.value(self.origin(None, "", text))

    def value(self, origin: FlowOrigin, steps: Iterable[Step] = ()) -> Value:
        """An origin, taken through steps."""
        path = self._straight
        if not origin.is_plain:
            for step in steps:
                origin, path = self._after(step, origin, path)
        return origin, path

    def values(self, key: Key) -> Iterator[Value]:
        """All that arrives at a node.

        First all nodes that it hangs on are opened, then the roots are carried from node to node,
        those with the fewest calls around them first. Nothing is left to be done for these nodes
        afterwards, so another question costs only what is new to it.
        """
        most = min(self._effort + MOST_EFFORT, MOST_EFFORT_OF_FILE)
        node = self._node(key)
        opened = [node]
        while self._closed or self._sent:
            if self._effort > most:
                self._give_up(opened)
            elif self._closed:
                opened.append(self._open(self._closed.pop()))
            else:
                _, _, reader, value = heappop(self._sent)
                self._take_in(reader, value)
        yield from node.roots
        for origin in node.plain:
            yield self.value(origin)

    def _give_up(self, opened: Iterable[_FlowNode]) -> None:
        """Stop, and let it be said of all nodes that are not finished that something is missing.

        That is all nodes that were opened for this question, and those that are not open yet.
        """
        unopened = [self._nodes[key] for key in self._closed]
        self._closed.clear()
        self._sent.clear()
        for node in (*opened, *unopened):
            self._spread_unknown(node)
        self._sent.clear()

    def _node(self, key: Key) -> _FlowNode:
        """The node of a key, which is opened as soon as there is time."""
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = _FlowNode()
            self._closed.append(key)
        return node

    def _open(self, key: Key) -> _FlowNode:
        """Let arrive what arises in a node, and join it to all that it reads."""
        node = self._nodes[key]
        self._effort += EFFORT_TO_OPEN
        for source in self._expand(key):
            if isinstance(source, Edge):
                self._connect(node, source)
            elif source[0].is_plain:
                self._spread(node, source[0])
            else:
                self._push(node, source)
        return node

    def _connect(self, reader: _FlowNode, edge: Edge) -> None:
        """Let a reader have what arrives at the node of an edge, now and later."""
        node = self._node(edge.key)
        node.readers.append((reader, edge))
        for value in node.roots:
            self._send(reader, edge, value)
        for origin in list(node.plain):
            self._spread(reader, origin)

    def _send(self, reader: _FlowNode, edge: Edge, value: Value) -> None:
        """Take a root along an edge towards its reader.

        A parameter of a function that is called does not leave it. What the call gives to it flows
        in its place, through all that the parameter went through.
        """
        origin, path = value
        arguments = edge.arguments
        if arguments is not None and origin.owner is arguments.owner:
            steps = (*path.callees, *edge.steps)
            for key in arguments.given.get(origin.name, ()):
                self._connect(reader, Edge(key, steps))
            return
        if edge in path.rounds:
            return
        if edge.goes_back:
            path = path.around(edge)
        for step in edge.steps:
            origin, path = self._after(step, origin, path)
        self._push(reader, (origin, path))

    def _after(self, step: Step, origin: FlowOrigin, path: Path) -> Value:
        """A root behind one step.

        The attribute of something from outside has a name of its own: `flask.request.args`. That of
        anything else counts as if it were called.
        """
        if isinstance(step, Callee):
            return origin, path.through(step)
        # The attribute of something from outside has a name of its own.
        is_outside = origin.kind is RootKind.NAME and not origin.detail
        if is_outside and not path.callees and origin.name.count(".") < MOST_DOTS:
            names = [f"{name}.{step}" for name in origin.name.split("|")]
            return self.origin(RootKind.NAME, "|".join(names)), path
        return origin, path.through(Callee(f".{step}"))

    def _push(self, reader: _FlowNode, value: Value) -> None:
        """Put a root on its way to a reader."""
        if value not in reader.roots:
            self._effort += 1
            size = len(value[1].callees)
            heappush(self._sent, (size, self._effort, reader, value))

    def _take_in(self, node: _FlowNode, value: Value) -> None:
        """Let a root arrive at a node, if it adds anything.

        What is beyond a bound is not forgotten: that something is missing arrives in its place.
        """
        origin, path = value
        if value in node.roots:
            return
        paths = node.paths[origin] = node.paths.get(origin, 0) + 1
        if len(node.roots) >= MOST_ROOTS:
            self._spread_unknown(node)
            return
        if paths > MOST_PATHS:
            value = (origin, self._lost)
        if paths > MOST_PATHS or path.is_cut:
            self._spread(node, self._doubt[0])
        if value in node.roots:
            return
        node.roots[value] = None
        for reader, edge in node.readers:
            self._send(reader, edge, value)

    def _spread(self, node: _FlowNode, origin: FlowOrigin) -> None:
        """Let something plain arrive at a node and at all that read it.

        It does not matter what a constant goes through, so it takes no steps.
        """
        pending = [node]
        while pending:
            one = pending.pop()
            if origin in one.plain:
                continue
            is_constant = origin.kind is None and origin.name
            if is_constant and len(one.plain) >= MOST_CONSTANTS:
                self._spread_unknown(one)
                continue
            self._effort += 1
            one.plain[origin] = None
            pending += [reader for reader, _ in one.readers]

    def _spread_unknown(self, node: _FlowNode) -> None:
        """Let it be known at a node, and at all that read it, that something is missing."""
        for origin, _ in self.unknown:
            self._spread(node, origin)
