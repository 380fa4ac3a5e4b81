"""Facts of a text that is no Python, from ast-grep's tree, in one walk.

What differs between languages stands in the tables of `grammars`.
"""

from collections.abc import Callable, Mapping

from judgegate.model.facts import FileFacts
from judgegate.sources.fact_bounds import FactBounds
from judgegate.sources.grammar import Grammar
from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.syntax_form import FormWalk
from judgegate.sources.syntax_guards import GuardsAndAssertions
from judgegate.sources.syntax_outline import Outline
from judgegate.sources.syntax_tree import Frame, engine_failures, parse
from judgegate.sources.syntax_uses import Uses

Hook = Callable[[Frame], None]


def extract_facts(text: str, language: str, salt: bytes) -> FileFacts:
    """All facts of a text.

    Args:
        text: the content, decoded.
        language: one of `GRAMMARS`.
        salt: the key of the digests.

    Raises:
        Unreadable: it is not valid in its language, so it has no normal form.
    """
    with engine_failures():
        walk = FormWalk(text, parse(text, language), GRAMMARS[language], salt)
        return _Extraction(walk, language).run()


class _Extraction:
    """Who is told of which nodes."""

    def __init__(self, walk: FormWalk, language: str) -> None:
        self._walk = walk
        self._language = language
        self._outline = Outline(walk)
        self._uses = Uses(walk, self._outline)
        self._guards = GuardsAndAssertions(walk, self._outline)
        self._entering = self._hooks_for_entering(walk.grammar)
        self._leaving = self._hooks_for_leaving(walk.grammar)

    def run(self) -> FileFacts:
        form = self._walk.run(self)
        outline, uses, guards = self._outline, self._uses, self._guards
        bounded = FactBounds()
        return FileFacts(
            language=self._language,
            form=form,
            units=bounded.of_units(outline.units()),
            bindings=bounded(outline.bindings()),
            imports=bounded(uses.imports),
            assertions=bounded(guards.assertions),
            guards=bounded(guards.guards),
            blocks=bounded(outline.blocks),
            signatures=bounded(outline.public.signatures),
            dynamic=uses.dynamic(),
            # The last one, since whoever finds too much says so there.
            cut=outline.cut or bounded.cut,
        )

    def enter(self, frame: Frame) -> None:
        self._outline.enter(frame)
        for hook in self._entering.get(frame.kind, ()):
            hook(frame)

    def leave(self, frame: Frame) -> None:
        for hook in self._leaving.get(frame.kind, ()):
            hook(frame)
        self._outline.leave(frame)

    def meet(self, kind: str) -> None:
        self._outline.meet(kind)

    def _hooks_for_entering(self, grammar: Grammar) -> Mapping[str, list[Hook]]:
        leads = grammar.branches | grammar.leaving | grammar.bare
        return {kind: [self._guards.enter_branch] for kind in leads}

    def _hooks_for_leaving(self, grammar: Grammar) -> Mapping[str, list[Hook]]:
        """What is called for each kind, in this order."""
        leads = grammar.branches | grammar.leaving | grammar.bare | grammar.conditionals
        table: tuple[tuple[Mapping[str, object] | frozenset[str], Hook], ...] = (
            (grammar.imports, self._uses.leave_import),
            (grammar.assignments, self._uses.leave_assignment),
            (grammar.calls, self._uses.leave_call),
            (grammar.calls | grammar.members, self._guards.leave_chain),
            (grammar.asserting, self._guards.leave_asserting),
            (grammar.calls, self._guards.leave_call),
            (grammar.conditionals, self._guards.leave_conditional),
            (grammar.modifiers, self._guards.leave_modifier),
            (grammar.entered, self._guards.leave_entered),
            (grammar.handlers, self._guards.leave_handler),
            (leads, self._guards.leave_branch),
        )
        hooks: dict[str, list[Hook]] = {}
        for kinds, hook in table:
            for kind in kinds:
                hooks.setdefault(kind, []).append(hook)
        return hooks
