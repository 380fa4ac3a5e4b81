"""Units, statements and blocks: what a file consists of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from judgegate.model.facts import (
    MOST_STATEMENTS,
    STATEMENT_SIZE,
    Binding,
    Statement,
    StatementRow,
    Unit,
    UnitKind,
)
from judgegate.sources.syntax_form import (
    BLOCK,
    CLOSE,
    NAME,
    OPEN,
    SEALED,
    FormWalk,
    without_lead,
)
from judgegate.sources.syntax_names import SyntaxScope, resolve_all
from judgegate.sources.syntax_signatures import PublicNames, arity_of, parameters_of
from judgegate.sources.syntax_statements import StatementNames, name_of_token
from judgegate.sources.syntax_tree import Decoration, Frame, span_of
from judgegate.sources.syntax_units import (
    NAMELESS,
    Draft,
    Piece,
    body_node,
    name_given,
    name_node,
    name_text,
    name_within,
    outermost,
    qualified,
    receiver_of,
)

MOST_CALLS = 300
"""How many different calls of a unit are kept. With more, its facts are cut."""

_BLOCK_STATEMENTS = 4
_BLOCK_TOKENS = 40


class Outline:
    """What the walk has met, and the definition, statement and scope that it is in."""

    def __init__(self, walk: FormWalk) -> None:
        self.scope = SyntaxScope("")
        self.scopes = [self.scope]
        self.draft: Draft | None = None
        self.drafts: list[Draft] = []
        self.blocks: list[StatementRow] = []
        self.cut = False
        self.functions = 0
        """How many functions the walk is in."""
        self._walk = walk
        self._grammar = walk.grammar
        self.names = StatementNames(walk.grammar)
        self.public = PublicNames(walk)
        self._definitions = walk.grammar.functions | walk.grammar.classes
        self._piece: Piece | None = None
        self._pieces: list[Piece] = []
        self._statements: list[Statement] = []

    def enter(self, frame: Frame) -> None:
        """A node, before what is in it."""
        if frame.is_statement and not self._is_mere_decorator(frame):
            self._begin_statement(frame)
        if frame.kind in self._definitions:
            self._begin_definition(frame)
        around = frame.above
        if around is not None and around.defines is not None:
            self._begin_body(frame, around.defines)
        if frame.is_block and self._piece is not None:
            self._piece.branch += 1

    def leave(self, frame: Frame) -> None:
        """A node, behind what is in it."""
        if frame.kind in self._grammar.decorators:
            self._keep_decorator(frame)
        elif frame.decorations and frame.kind in self._grammar.decorator_lists:
            self._leave_decorator_list(frame)
        if frame.is_block:
            self._keep_block(frame)
        if frame.draft is not None:
            self._finish(frame, frame.draft)
        if frame.piece is not None:
            self._piece = frame.piece.above
            if frame.is_statement:
                self._end_statement(frame)
        if frame.body_of is not None:
            self._end_body(frame, frame.body_of)

    def meet(self, kind: str) -> None:
        """A leaf that is a statement by itself: the last token."""
        parts = self._walk.parts[-1:]
        if self.functions:
            self._statements.append(Statement(self._walk.digest(parts, STATEMENT_SIZE), 1))
            return
        draft = self._add_draft(self._add_piece())
        draft.header = draft.piece.header = self._walk.digest(parts)
        draft.name = qualified(draft.prefix, name_of_token(kind, parts[0]))
        draft.tokens = 1
        draft.span = (self._walk.starts[-1], self._walk.ends[-1])

    def _begin_statement(self, frame: Frame) -> None:
        self._piece = frame.piece = self._add_piece()
        if frame.above is not None:
            frame.above.statements += 1
        if not self.functions:
            self.draft = frame.draft = self._add_draft(frame.piece)

    def _end_statement(self, frame: Frame) -> None:
        piece = frame.piece
        if not piece.header:
            piece.header = self._walk.digest(self._walk.parts_of(frame))
        if self.functions:
            tokens = self._walk.tokens_of(frame) - frame.hidden
            self._statements.append(Statement(piece.header[: 2 * STATEMENT_SIZE], tokens))

    def _begin_definition(self, frame: Frame) -> None:
        outer = outermost(frame, self._grammar)
        own = name_node(frame.node, self._grammar)
        named = own or name_given(frame, outer, self._grammar)
        body = body_node(frame.node, self._grammar)
        if body is None and frame.kind in self._grammar.mentions:
            return
        if named is None and (body is None or body.kind() not in self._grammar.branches):
            # A function that is an expression without a name is a part of what it is in.
            return
        name = name_within(frame, name_text(own), self._grammar)
        draft = self._draft_for(outer)
        draft.kind = self._kind_of(frame, draft.owner)
        owner = receiver_of(frame.node, self._grammar)
        inside = ".".join(filter(None, (owner, name or NAMELESS)))
        draft.name = draft.prefix = qualified(draft.prefix, inside)
        draft.home = draft
        if named is not None:
            draft.name_span = span_of(named)
        if body is not None:
            draft.body_span = span_of(body)
        draft.inner = frame
        frame.defines = draft
        if draft.is_function:
            self._open_scope(draft, name_text(own))

    def _kind_of(self, frame: Frame, owner: Draft | None) -> UnitKind:
        if frame.kind in self._grammar.classes:
            return UnitKind.CLASS
        in_class = (
            owner is not None
            and owner.kind is UnitKind.CLASS
            and owner.inner.kind not in self._grammar.namespaces
        )
        is_method = in_class or frame.kind in self._grammar.methods
        return UnitKind.METHOD if is_method else UnitKind.FUNCTION

    def _draft_for(self, outer: Frame) -> Draft:
        """The draft of a definition: that of the statement which is nothing else, or a new one."""
        if outer.draft is None:
            if outer.piece is None:
                self._piece = outer.piece = self._add_piece()
            self.draft = outer.draft = self._add_draft(outer.piece)
        draft: Draft = outer.draft
        return draft

    def _open_scope(self, draft: Draft, own_name: str) -> None:
        if own_name and draft.kind is UnitKind.FUNCTION:
            self.scope.declare(own_name)
        self.functions += 1
        draft.scope = self.scope
        self.scope = self.scope.inner(draft.name)
        if self.scope is not draft.scope:
            self.scopes.append(self.scope)
        draft.parameters = parameters_of(draft.inner.node, self._grammar)
        draft.first_statement = len(self._statements)
        for parameter in draft.parameters or ():
            self.scope.declare(parameter.name)

    def _begin_body(self, frame: Frame, draft: Draft) -> None:
        if span_of(frame.node) == draft.body_span:
            frame.body_of = draft
            draft.is_begun = True
            self.public.publish(draft, is_inside=self.functions > draft.is_function)

    def _end_body(self, frame: Frame, draft: Draft) -> None:
        if not frame.is_block:
            is_branch = frame.kind in self._grammar.branches
            frame.hidden = self._walk.tokens_of(frame) if is_branch else 0
            frame.digest = self._walk.collapse(
                frame.first_part, BLOCK if is_branch else SEALED
            )
        draft.body = frame.digest
        draft.body_place = frame.first_part

    def _keep_block(self, frame: Frame) -> None:
        is_branch = frame.kind in self._grammar.branches
        if (
            is_branch
            and frame.statements >= _BLOCK_STATEMENTS
            and frame.hidden >= _BLOCK_TOKENS
        ):
            lines = self._walk.lines_between(
                self._walk.start_of(frame), self._walk.ends[-1]
            )
            self.blocks.append(StatementRow(lines, frame.digest, frame.hidden))

    def _keep_decorator(self, frame: Frame) -> None:
        start = self._walk.start_of(frame)
        # Its digest takes its place in the form, so that it can be left out of a header.
        digest = self._walk.collapse(frame.first_part, SEALED)
        frame.hidden = 0
        self._hand_up(frame, [Decoration(digest, start, frame.first_part)])

    def _leave_decorator_list(self, frame: Frame) -> None:
        parts = len(self._walk.parts) - frame.first_part
        if parts == len(frame.decorations) + len((OPEN, CLOSE)):
            # Without its decorators there would be no such list.
            self._keep_decorator(frame)
        else:
            self._hand_up(frame, frame.decorations)

    def _hand_up(self, frame: Frame, decorations: Sequence[Decoration]) -> None:
        """Let the node above know of decorators."""
        around = frame.above
        if around is not None:
            around.decorations = [*around.decorations, *decorations]

    def _finish(self, frame: Frame, draft: Draft) -> None:
        walk = self._walk
        draft.span = (self._walk.start_of(frame), walk.ends[-1] if walk.ends else 1)
        draft.tokens = walk.tokens_of(frame)
        draft.last_statement = len(self._statements)
        if draft.kind is UnitKind.STATEMENT:
            self.names.name(frame, draft)
            draft.inner = frame
            self._finish_header(frame, draft, {})
            if frame.hidden:
                draft.body = walk.digest(_blocks_in(walk.parts[frame.first_part :]))
        else:
            self._finish_definition(frame, draft)
        draft.piece.header = draft.header
        if draft.decorations:
            draft.piece.header = walk.digest((draft.header, *draft.decorations))
        self.draft = draft.above
        if draft.above is not None and draft.above.kind is not UnitKind.CLASS:
            self.add_calls(draft.above, draft.calls)

    def _finish_definition(self, frame: Frame, draft: Draft) -> None:
        walk = self._walk
        name_place = self._walk.place_of(draft.name_span[0])
        if not draft.is_begun:
            self.public.publish(draft, is_inside=self.functions > draft.is_function)
        if draft.body_place < 0 <= draft.body_span[0]:
            # The body is a single token.
            draft.body_place = self._walk.place_of(draft.body_span[0])
            draft.body = walk.digest(walk.parts[draft.body_place :][:1])
        self._finish_header(frame, draft, {name_place: NAME, draft.body_place: BLOCK})
        if draft.is_function:
            self.functions -= 1
            self.scope = draft.scope
        else:
            draft.tokens -= frame.hidden
        if (
            draft.above is not None
            and draft.above.is_definition
            and not draft.above.is_begun
        ):
            # It stands in another's header, and so on: hashed here, it is hashed once.
            walk.collapse(frame.first_part, SEALED)
            frame.hidden = 0

    def _finish_header(self, frame: Frame, draft: Draft, marks: Mapping[int, str]) -> None:
        """Make the digest of a header: without blocks and decorators, and with marks for some parts."""
        first = frame.first_part
        parts = self._walk.parts[first:]
        decorations = self._take_decorations(frame, draft)
        hidden = dict.fromkeys((one.place for one in decorations), BLOCK)
        for place, mark in {**marks, **hidden}.items():
            if place >= first:
                parts[place - first] = mark
        draft.decorations = [one.digest for one in decorations]
        kept = [part for part in parts if part[0] != BLOCK]
        draft.header = self._walk.digest(without_lead(kept))

    def _take_decorations(self, outer: Frame, draft: Draft) -> list[Decoration]:
        """What decorates a unit: inside of it, around it, or just before it."""
        found: list[Decoration] = []
        frame: Frame | None = draft.inner
        around = outer.above
        while frame is not None and frame is not around:
            found.extend(frame.decorations)
            frame = frame.above
        if around is not None and around.is_block and around.decorations:
            found.extend(around.decorations)
            draft.span = (around.decorations[0].start, draft.span[1])
            around.decorations = ()
        return found

    def note_import(self, name: str) -> None:
        """Note what an import calls something."""
        self.names.note_import(name, self.draft)

    def note_bound(self, name: str) -> None:
        """Note a name that a statement outside of functions binds."""
        draft = self.draft
        if draft is not None and not self.functions:
            home = draft.owner.prefix if draft.owner is not None else ""
            draft.binds.append(qualified(home, name))

    def note_call(self, frame: Frame, callee: str) -> None:
        """Note a call in the unit that the walk is in, if it is in any."""
        draft = self.draft
        if draft is not None:
            self.add_calls(draft, [(callee, self.scope)])
            self.names.note_call(frame, draft)

    def add_calls(self, draft: Draft, calls: Iterable[tuple[str, SyntaxScope]]) -> None:
        """Note what a unit calls."""
        draft.calls.update(dict.fromkeys(calls))
        if len(draft.calls) > MOST_CALLS:
            draft.calls = dict.fromkeys(islice(draft.calls, MOST_CALLS))
            self.cut = True

    @property
    def place(self) -> str:
        """The qualified name of the definition that the walk is in."""
        return self.draft.prefix if self.draft is not None else ""

    def bindings(self) -> Iterator[Binding]:
        """What names mean, scope by scope. The walk is over."""
        return chain.from_iterable(scope.bindings() for scope in self.scopes)

    def units(self) -> Iterator[Unit]:
        """All units, in the order of the file. The walk is over."""
        for piece in self._pieces:
            around = piece.above
            if around is not None:
                piece.exposure = self._walk.digest(
                    (around.exposure, around.header, str(piece.place))
                )
        return map(self._unit_of, self.drafts)

    def _unit_of(self, draft: Draft) -> Unit:
        is_class = draft.kind is UnitKind.CLASS
        exposed_by = (draft.piece.exposure, *draft.decorations, draft.header * is_class)
        first = draft.first_statement
        last = min(draft.last_statement, first + MOST_STATEMENTS)
        return Unit(
            kind=draft.kind,
            name=draft.name,
            lines=self._walk.lines_between(*draft.span),
            header=draft.header,
            body="" if is_class else draft.body,
            exposure=self._walk.digest(exposed_by),
            tokens=draft.tokens,
            statements=tuple(self._statements[first:last]) if draft.is_function else (),
            calls=resolve_all(draft.calls),
            arity=arity_of(draft.parameters) if draft.is_function else None,
            binds=tuple(draft.binds),
        )

    def _add_piece(self) -> Piece:
        piece = Piece(self._piece)
        self._pieces.append(piece)
        return piece

    def _add_draft(self, piece: Piece) -> Draft:
        draft = Draft(piece, self.draft)
        draft.first_part = len(self._walk.parts) - 1
        self.drafts.append(draft)
        return draft

    def _is_mere_decorator(self, frame: Frame) -> bool:
        """Whether it belongs to the next definition."""
        return not self.functions and frame.kind in self._grammar.decorators


def _blocks_in(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part[0] == BLOCK]
