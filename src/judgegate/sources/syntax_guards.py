"""What a file asserts, and how it guards what it does."""

from judgegate.model.facts import AssertionFact, GuardFact, GuardForm
from judgegate.sources.syntax_form import OPEN, SEALED, FormWalk
from judgegate.sources.syntax_outline import Outline
from judgegate.sources.syntax_tree import Frame, span_of
from judgegate.sources.syntax_units import part_of


class GuardsAndAssertions:
    """Assertions and guards, noted with the definition that the walk is in."""

    def __init__(self, walk: FormWalk, outline: Outline) -> None:
        self.assertions: list[AssertionFact] = []
        self.guards: list[GuardFact] = []
        self._walk = walk
        self._outline = outline
        self._grammar = walk.grammar
        self._chained = walk.grammar.calls | walk.grammar.members
        self._leads = walk.grammar.branches | walk.grammar.leaving | walk.grammar.bare

    def enter_branch(self, frame: Frame) -> None:
        """A block or a statement: the condition before it is complete."""
        around = frame.above
        if around is not None and around.kind in self._grammar.conditionals:
            around.statements += 1
            if not around.condition:
                condition = self._walk.parts[around.first_part : frame.first_part]
                around.condition = self._walk.digest(condition)

    def leave_branch(self, frame: Frame) -> None:
        """A block or a statement: the node around it leaves if what it ends with does."""
        around = frame.above
        leaves = frame.leaves or frame.kind in self._grammar.leaving
        if around is not None and (
            around.kind not in self._grammar.conditionals or around.statements == 1
        ):
            around.leaves = leaves

    def leave_conditional(self, frame: Frame) -> None:
        """A condition whose block leaves."""
        if frame.leaves:
            self._add_guard(GuardForm.CLAUSE, frame, frame.condition)
        frame.leaves = False

    def leave_modifier(self, frame: Frame) -> None:
        """A condition behind the statement that it guards."""
        body, condition = frame.node.field("body"), frame.node.field("condition")
        if body is None or condition is None:
            return
        called = part_of(body, "method")
        leaves = called is not None and called.text() in self._grammar.leaving_calls
        if leaves or body.kind() in self._grammar.leaving:
            place = self._walk.place_of(span_of(condition)[0])
            parts = [OPEN + frame.kind, *self._walk.parts[max(place, frame.first_part) :]]
            self._add_guard(GuardForm.CLAUSE, frame, self._walk.digest(parts))

    def leave_call(self, frame: Frame) -> None:
        """A call that never returns leaves what it stands in."""
        if (
            frame.name.removesuffix("()") in self._grammar.leaving_calls
            and frame.above is not None
        ):
            frame.above.leaves = True

    def leave_entered(self, frame: Frame) -> None:
        """A `with` or its like."""
        self._add_guard(
            GuardForm.BLOCK, frame, self._walk.digest(self._walk.parts_of(frame))
        )

    def leave_handler(self, frame: Frame) -> None:
        """A `catch` or its like."""
        self._add_guard(
            GuardForm.HANDLER, frame, self._walk.digest(self._walk.parts_of(frame))
        )

    def leave_asserting(self, frame: Frame) -> None:
        """An `assert` that the language has."""
        self._add_assertion(frame, frame.kind)

    def leave_chain(self, frame: Frame) -> None:
        """A call, or a member of what a call gives: the whole of a chain may assert."""
        around = frame.above
        if around is None or around.kind in self._chained:
            return
        asserts = self._grammar.assertions
        if asserts is not None and "()" in frame.name and asserts.match(frame.name):
            self._add_assertion(frame, frame.name.removesuffix("()"))
        elif frame.kind in self._grammar.calls and self._is_bare(frame):
            digest = self._walk.digest(self._walk.parts[frame.first_part :])
            self._add_guard(GuardForm.CALL, frame, digest)

    def _is_bare(self, frame: Frame) -> bool:
        """Whether nobody takes the call's result."""
        around = frame.above
        while around is not None and around.kind in self._grammar.passing:
            frame, around = around, around.above
        if not self._grammar.bare:
            return frame.is_statement
        # Where statements are more than expressions, an expression alone is a result.
        return around is not None and around.kind in self._grammar.bare

    def _add_assertion(self, frame: Frame, name: str) -> None:
        # Its digest takes its place in the form: an assertion in an assertion is hashed once.
        digest = self._walk.collapse(frame.first_part, SEALED)
        frame.hidden = 0
        line = self._walk.line_of(frame)
        self.assertions.append(AssertionFact(name, line, digest, self._outline.place))

    def _add_guard(self, form: GuardForm, frame: Frame, digest: str) -> None:
        line = self._walk.line_of(frame)
        self.guards.append(GuardFact(form, line, digest, self._outline.place))
