"""JavaScript, TypeScript and TSX."""

import re

from msgspec.structs import replace

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_javascript_export, read_javascript_import

_SEMICOLON = frozenset({";"})
_ENDED = (
    "break_statement",
    "continue_statement",
    "debugger_statement",
    "do_statement",
    "export_statement",
    "expression_statement",
    "import_statement",
    "lexical_declaration",
    "return_statement",
    "throw_statement",
    "variable_declaration",
)
_FIELD = "field_definition"
_REST = frozenset({"rest_pattern"})
_NAMED = ("pattern", "name")

JAVASCRIPT = Grammar(
    comments=frozenset({"comment"}),
    layout=Layout(
        atoms=frozenset({"optional_chain", "string", "regex", "number"}),
        quoted=frozenset({"string"}),
        separators=dict.fromkeys(_ENDED, _SEMICOLON),
        folded=frozenset({"jsx_text"}),
        trailing=frozenset(
            {
                "arguments",
                "array",
                "export_clause",
                "formal_parameters",
                "named_imports",
                "object",
                "object_pattern",
            }
        ),
        # A script that is no module takes this for the beginning of a comment.
        joined={"<": "<!--"},
        # Where the language ends a statement at a line break though it could go on; this grammar goes on.
        breaks_after=frozenset(
            {
                "abstract",
                "accessor",
                "async",
                "break",
                "continue",
                "declare",
                "get",
                "global",
                "interface",
                "module",
                "namespace",
                "return",
                "set",
                "static",
                "throw",
                "type",
                "yield",
                "let",
                "using",
            }
        ),
        breaks_before=frozenset(
            {"++", "--", "=>", "!", "as", "satisfies", "is", "in", "of"}
        ),
    ),
    blocks=frozenset(
        {"program", "statement_block", "class_body", "switch_body", "class_static_block"}
    ),
    functions=frozenset(
        {
            "arrow_function",
            "function_declaration",
            "function_expression",
            "generator_function",
            "generator_function_declaration",
            "method_definition",
        }
    ),
    methods=frozenset({"method_definition"}),
    classes=frozenset({"class", "class_declaration"}),
    carriers={
        "assignment_expression": "left",
        "export_statement": "",
        "expression_statement": "",
        _FIELD: "property",
        "lexical_declaration": "",
        "pair": "key",
        "variable_declaration": "",
        "variable_declarator": "name",
    },
    naming={"augmented_assignment_expression": "left"},
    declarations=frozenset({"lexical_declaration", "variable_declaration"}),
    decorators=frozenset({"decorator"}),
    calls=frozenset({"call_expression", "new_expression"}),
    arguments=frozenset({"arguments", "template_string"}),
    members=frozenset({"member_expression"}),
    subscripts=frozenset({"subscript_expression"}),
    passing=frozenset({"await_expression", "parenthesized_expression"}),
    strings=frozenset({"string"}),
    loaders=frozenset({"require", "import"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"statement_block", "else_clause"}),
    leaving=frozenset(
        {"break_statement", "continue_statement", "return_statement", "throw_statement"}
    ),
    entered=frozenset({"with_statement"}),
    handlers=frozenset({"catch_clause"}),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(
        r"(?:\w+\.)?(?:expect|assert|should)\b|.*\.should\b|(?:t|test)\.(?:is|not|true|false|throws|like|ok|same)\b"
        r"|(?:\w+\.)*(?:toBe|toEqual|toThrow)\w*\("
    ),
    imports={
        "import_statement": read_javascript_import,
        "export_statement": read_javascript_export,
    },
    assignments={"assignment_expression": "left", "variable_declarator": "name"},
    patterns=frozenset(
        {
            "object_assignment_pattern",
            "pair_pattern",
            "shorthand_property_identifier_pattern",
        }
    ),
    wrapping=frozenset({"callbackify", "promisify"}),
    binding=frozenset({"bind"}),
    invoking=frozenset({"apply", "call"}),
    exports=frozenset({"export_specifier"}),
    publicity=Publicity(
        words=frozenset({"export"}),
        hidden=frozenset({"private", "protected"}),
        hidden_names=("#",),
        named=("exports.", "module.exports"),
    ),
    parameter_fields=("parameters", "parameter"),
    parameters={
        "array_pattern": ParameterShape(),
        "assignment_pattern": ParameterShape(name=("left",), required=False),
        "identifier": ParameterShape(),
        "object_pattern": ParameterShape(),
        "rest_pattern": ParameterShape(kind=ParameterKind.MANY),
    },
)

TYPESCRIPT = replace(
    JAVASCRIPT,
    layout=replace(
        JAVASCRIPT.layout,
        separators={**JAVASCRIPT.layout.separators, "type_alias_declaration": _SEMICOLON},
    ),
    blocks=JAVASCRIPT.blocks | {"interface_body", "enum_body"},
    classes=JAVASCRIPT.classes
    | {
        "abstract_class_declaration",
        "enum_declaration",
        "interface_declaration",
        "internal_module",
        "module",
    },
    namespaces=frozenset({"internal_module", "module"}),
    carriers={
        **{kind: named for kind, named in JAVASCRIPT.carriers.items() if kind != _FIELD},
        "ambient_declaration": "",
        "public_field_definition": "name",
    },
    naming={
        **JAVASCRIPT.naming,
        "abstract_method_signature": "name",
        "enum_assignment": "name",
        "function_signature": "name",
        "method_signature": "name",
        "property_signature": "name",
        "type_alias_declaration": "name",
    },
    arguments=JAVASCRIPT.arguments | {"type_arguments"},
    members=JAVASCRIPT.members | {"nested_identifier"},
    passing=JAVASCRIPT.passing
    | {"as_expression", "non_null_expression", "satisfies_expression", "type_assertion"},
    parameters={
        **JAVASCRIPT.parameters,
        "optional_parameter": ParameterShape(name=_NAMED, required=False),
        "required_parameter": ParameterShape(name=_NAMED, default="value", many=_REST),
    },
)

# In TSX a type between angle brackets is an element.
TSX = replace(TYPESCRIPT, passing=TYPESCRIPT.passing - {"type_assertion"})
