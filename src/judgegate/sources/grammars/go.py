"""Go."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_go_import
from judgegate.sources.plain_comments import CommentStyle

_SEMICOLON = frozenset({";"})
_LISTS = (
    "const_declaration",
    "field_declaration_list",
    "import_spec_list",
    "interface_type",
    "source_file",
    "statement_list",
    "type_declaration",
    "var_spec_list",
)
"""Where a line break and a semicolon are the same."""

GO = Grammar(
    comments=frozenset({"comment"}),
    # With cgo the comments above the import are C.
    style=CommentStyle(none_beside=r'import\s*\(?[^)]*"C"'),
    layout=Layout(
        atoms=frozenset(
            {
                "interpreted_string_literal",
                "raw_string_literal",
                "rune_literal",
                "int_literal",
            }
        ),
        separators=dict.fromkeys(_LISTS, _SEMICOLON),
        trailing=frozenset({"argument_list", "literal_value", "parameter_list"}),
        # Its name is a NUL, at which the engine cuts it.
        ends=frozenset({""}),
        breaks_after=frozenset(
            {"return", "break", "continue", "goto", "fallthrough", "++", "--"}
        ),
    ),
    blocks=frozenset({"source_file", "statement_list", "field_declaration_list"}),
    functions=frozenset({"func_literal", "function_declaration", "method_declaration"}),
    methods=frozenset({"method_declaration"}),
    classes=frozenset({"type_alias", "type_spec"}),
    receiver="receiver",
    types=frozenset({"type_identifier"}),
    bodies=frozenset({"block"}),
    carriers={
        "assignment_statement": "left",
        "expression_list": "",
        "keyed_element": "key",
        "short_var_declaration": "left",
        "type_declaration": "",
        "var_declaration": "",
        "var_spec": "name",
    },
    naming={
        "const_declaration": "",
        "const_spec": "name",
        "field_declaration": "name",
        "var_spec_list": "",
    },
    declarations=frozenset({"type_declaration", "var_declaration"}),
    calls=frozenset({"call_expression"}),
    arguments=frozenset({"argument_list", "type_arguments"}),
    members=frozenset({"selector_expression", "qualified_type"}),
    passing=frozenset({"expression_list", "parenthesized_expression"}),
    strings=frozenset({"interpreted_string_literal", "raw_string_literal"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"block", "statement_list"}),
    leaving=frozenset(
        {"break_statement", "continue_statement", "goto_statement", "return_statement"}
    ),
    bare=frozenset({"defer_statement", "expression_statement"}),
    assertions=re.compile(
        r"(?:assert|require|is|qt)\.[A-Z]\w*\(|c\.(?:Assert|Check)\(|[tb]\.(?:Error|Fatal|Fail)\w*\(|Expect\(|cmp\.Diff\("
    ),
    imports={"import_spec": read_go_import},
    assignments={
        "assignment_statement": "left",
        "short_var_declaration": "left",
        "var_spec": "name",
        "const_spec": "name",
    },
    publicity=Publicity(capital=True),
    parameters={
        "parameter_declaration": ParameterShape(name=("name",), several=True),
        "variadic_parameter_declaration": ParameterShape(
            kind=ParameterKind.MANY, name=("name",), required=False
        ),
    },
)
