"""Rust."""

import re

from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_rust_use
from judgegate.sources.plain_comments import CommentStyle

RUST = Grammar(
    comments=frozenset({"block_comment", "line_comment"}),
    style=CommentStyle(documenting=("///", "//!", "/**", "/*!")),
    layout=Layout(
        atoms=frozenset({"char_literal", "raw_string_literal", "string_literal"}),
        trailing=frozenset(
            {
                "arguments",
                "array_expression",
                "enum_variant_list",
                "field_declaration_list",
                "field_initializer_list",
                "parameters",
                "use_list",
            }
        ),
    ),
    blocks=frozenset(
        {
            "block",
            "declaration_list",
            "enum_variant_list",
            "field_declaration_list",
            "match_block",
            "source_file",
        }
    ),
    functions=frozenset({"closure_expression", "function_item"}),
    anonymous=frozenset({"closure_expression"}),
    classes=frozenset(
        {"enum_item", "impl_item", "mod_item", "struct_item", "trait_item", "union_item"}
    ),
    namespaces=frozenset({"mod_item"}),
    name_fields=("name", "type"),
    carriers={
        "assignment_expression": "left",
        "expression_statement": "",
        "let_declaration": "pattern",
    },
    naming={
        "associated_type": "name",
        "const_item": "name",
        "enum_variant": "name",
        "extern_crate_declaration": "name",
        "field_declaration": "name",
        "function_signature_item": "name",
        "macro_definition": "name",
        "static_item": "name",
        "type_item": "name",
    },
    decorators=frozenset({"attribute_item"}),
    calls=frozenset({"call_expression", "macro_invocation"}),
    arguments=frozenset({"arguments", "token_tree", "type_arguments"}),
    members=frozenset({"field_expression", "scoped_identifier", "scoped_type_identifier"}),
    passing=frozenset(
        {
            "await_expression",
            "generic_function",
            "parenthesized_expression",
            "try_expression",
        }
    ),
    strings=frozenset({"raw_string_literal", "string_literal"}),
    conditionals=frozenset({"if_expression"}),
    branches=frozenset({"block", "else_clause"}),
    leaving=frozenset({"break_expression", "continue_expression", "return_expression"}),
    leaving_calls=frozenset(
        {
            "panic",
            "process.exit",
            "std.process.exit",
            "todo",
            "unimplemented",
            "unreachable",
        }
    ),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:debug_)?assert\w*\(|(?:prop|insta)\w*_?assert\w*\("
    ),
    imports={"use_declaration": read_rust_use},
    assignments={"assignment_expression": "left", "let_declaration": "pattern"},
    publicity=Publicity(
        open=frozenset({"impl_item"}),
        words=frozenset({"pub"}),
        hidden=frozenset({"crate", "self", "super"}),
        member_words=frozenset({"pub"}),
    ),
    parameters={
        "identifier": ParameterShape(),
        "parameter": ParameterShape(name=("pattern",)),
        "self_parameter": ParameterShape(),
    },
)
