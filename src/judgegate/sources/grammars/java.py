"""Java."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_java_import

JAVA = Grammar(
    comments=frozenset({"block_comment", "line_comment"}),
    layout=Layout(
        atoms=frozenset({"character_literal", "string_literal"}),
        trailing=frozenset(
            {"array_initializer", "element_value_array_initializer", "enum_body"}
        ),
    ),
    blocks=frozenset(
        {
            "annotation_type_body",
            "block",
            "class_body",
            "constructor_body",
            "enum_body",
            "enum_body_declarations",
            "interface_body",
            "program",
            "switch_block",
        }
    ),
    functions=frozenset(
        {
            "compact_constructor_declaration",
            "constructor_declaration",
            "lambda_expression",
            "method_declaration",
        }
    ),
    anonymous=frozenset({"lambda_expression"}),
    classes=frozenset(
        {
            "annotation_type_declaration",
            "class_declaration",
            "enum_declaration",
            "interface_declaration",
            "record_declaration",
        }
    ),
    carriers={
        "assignment_expression": "left",
        "expression_statement": "",
        "field_declaration": "",
        "local_variable_declaration": "",
        "variable_declarator": "name",
    },
    naming={
        "annotation_type_element_declaration": "name",
        "constant_declaration": "",
        "enum_constant": "name",
    },
    declarations=frozenset({"field_declaration", "local_variable_declaration"}),
    decorators=frozenset({"annotation", "marker_annotation"}),
    decorator_lists=frozenset({"modifiers"}),
    calls=frozenset(
        {
            "explicit_constructor_invocation",
            "method_invocation",
            "object_creation_expression",
        }
    ),
    arguments=frozenset({"argument_list", "class_body", "type_arguments"}),
    members=frozenset(
        {"field_access", "method_reference", "scoped_identifier", "scoped_type_identifier"}
    ),
    passing=frozenset({"generic_type", "parenthesized_expression"}),
    strings=frozenset({"string_literal"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"block", "constructor_body"}),
    leaving=frozenset(
        {"break_statement", "continue_statement", "return_statement", "throw_statement"}
    ),
    leaving_calls=frozenset({"System.exit"}),
    entered=frozenset({"synchronized_statement", "try_with_resources_statement"}),
    handlers=frozenset({"catch_clause"}),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:assert\w*|fail|verify\w*|expectThrows)\(|(?:\w+\.)*(?:andExpect|expectBody)\b"
        r"|(?:Preconditions|Objects)\.(?:check|require)\w*\("
    ),
    asserting=frozenset({"assert_statement"}),
    imports={"import_declaration": read_java_import},
    assignments={"assignment_expression": "left", "variable_declarator": "name"},
    publicity=Publicity(
        words=frozenset({"public"}), member_words=frozenset({"public", "protected"})
    ),
    parameters={
        "formal_parameter": ParameterShape(name=("name",)),
        "identifier": ParameterShape(),
        "spread_parameter": ParameterShape(
            kind=ParameterKind.MANY, name=("variable_declarator",), required=False
        ),
    },
)
