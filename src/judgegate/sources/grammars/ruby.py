"""Ruby."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape

_SEMICOLON = frozenset({";"})
_LISTS = ("block_body", "body_statement", "do", "else", "program", "then")

RUBY = Grammar(
    comments=frozenset({"comment"}),
    layout=Layout(
        atoms=frozenset(
            {"character", "heredoc_beginning", "simple_symbol", "uninterpreted"}
        ),
        exact=frozenset(
            {
                "delimited_symbol",
                "heredoc_body",
                "regex",
                "string",
                "string_array",
                "subshell",
                "symbol_array",
            }
        ),
        separators=dict.fromkeys(_LISTS, _SEMICOLON),
        # Whether these take what follows depends on blanks, and on names that the parser does not know.
        spaced=re.compile(r"[-+*&/%!?:~^|]|\*\*|::|<<|->|[\[({]"),
        breaks_after=frozenset(
            {"break", "next", "redo", "retry", "return", "yield", "super"}
        ),
    ),
    blocks=frozenset(
        {"block_body", "body_statement", "do", "else", "ensure", "program", "then"}
    ),
    functions=frozenset({"block", "do_block", "method", "singleton_method"}),
    anonymous=frozenset({"block", "do_block"}),
    classes=frozenset({"class", "module", "singleton_class"}),
    name_fields=("name", "value"),
    carriers={"assignment": "left", "lambda": ""},
    naming={"alias": "name", "operator_assignment": "left"},
    calls=frozenset({"call"}),
    arguments=frozenset({"argument_list", "block", "do_block"}),
    members=frozenset({"scope_resolution"}),
    subscripts=frozenset({"element_reference"}),
    passing=frozenset({"parenthesized_statements"}),
    strings=frozenset({"string"}),
    loaders=frozenset({"load", "require", "require_relative"}),
    conditionals=frozenset({"if", "unless"}),
    modifiers=frozenset({"if_modifier", "unless_modifier"}),
    branches=frozenset({"block_body", "body_statement", "else", "elsif", "then"}),
    leaving=frozenset({"break", "next", "redo", "retry", "return"}),
    leaving_calls=frozenset({"abort", "exit", "fail", "raise", "throw"}),
    handlers=frozenset({"rescue"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:assert\w*|refute\w*|flunk)\(|.*(?:\bexpect|is_expected|\.should)\b|.*\.(?:must|wont)_\w+\("
    ),
    assignments={"assignment": "left"},
    parameters={
        "hash_splat_parameter": ParameterShape(
            kind=ParameterKind.MANY_KEYWORDS, name=("name",), required=False
        ),
        "identifier": ParameterShape(),
        "keyword_parameter": ParameterShape(
            kind=ParameterKind.KEYWORD, name=("name",), default="value"
        ),
        "optional_parameter": ParameterShape(name=("name",), required=False),
        "splat_parameter": ParameterShape(
            kind=ParameterKind.MANY, name=("name",), required=False
        ),
    },
)
