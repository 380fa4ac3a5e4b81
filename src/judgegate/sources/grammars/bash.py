"""Bash, of which every byte counts."""

import re

from judgegate.sources.grammar import Grammar, Layout
from judgegate.sources.grammar_readers import read_bash_source

BASH = Grammar(
    comments=frozenset({"comment"}),
    layout=Layout(
        atoms=frozenset({"command_name"}),
        empties=frozenset({"heredoc_content"}),
        verbatim=True,
    ),
    blocks=frozenset({"compound_statement", "do_group", "program"}),
    functions=frozenset({"function_definition"}),
    naming={"declaration_command": "variable_assignment"},
    calls=frozenset({"command"}),
    first_words=frozenset({"command"}),
    arguments=frozenset({"variable_assignment"}),
    leaving_calls=frozenset({"exec", "exit", "return"}),
    assertions=re.compile(r"(?:assert\w*|bats_\w+|run|\[\[?)\("),
    imports={"command": read_bash_source},
    assignments={"variable_assignment": "name"},
)
