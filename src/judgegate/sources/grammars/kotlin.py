"""Kotlin."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_kotlin_import

KOTLIN = Grammar(
    comments=frozenset({"line_comment", "multiline_comment"}),
    layout=Layout(
        # The grammar shows of a character only its quotes.
        atoms=frozenset({"character_literal"}),
        exact=frozenset({"string_literal"}),
        unseen=re.compile(r"\s*;\s*"),
        # This grammar does not always see what a loop repeats.
        heads=frozenset({"for_statement"}),
        trailing=frozenset({"function_value_parameters", "value_arguments"}),
        breaks_after=frozenset({"return", "break", "continue", "throw"}),
        # This grammar goes on where the language begins another statement.
        breaks_before=frozenset(
            {"(", "[", "<", "++", "--", "!!", "as", "as?", "in", "!in", "is", "!is"}
        ),
    ),
    blocks=frozenset({"class_body", "enum_class_body", "source_file", "statements"}),
    functions=frozenset(
        {
            "anonymous_function",
            "function_declaration",
            "lambda_literal",
            "secondary_constructor",
        }
    ),
    anonymous=frozenset({"anonymous_function", "lambda_literal", "secondary_constructor"}),
    classes=frozenset({"class_declaration", "object_declaration"}),
    name_fields=("simple_identifier", "type_identifier"),
    receiver="receiver_type",
    types=frozenset({"type_identifier"}),
    bodies=frozenset({"class_body", "enum_class_body", "function_body", "statements"}),
    carriers={
        "assignment": "directly_assignable_expression",
        "property_declaration": "variable_declaration",
    },
    naming={
        "enum_entry": "simple_identifier",
        "multi_variable_declaration": "variable_declaration",
        "type_alias": "type_identifier",
    },
    decorators=frozenset({"annotation"}),
    decorator_lists=frozenset({"modifiers"}),
    calls=frozenset({"call_expression"}),
    arguments=frozenset(
        {
            "annotated_lambda",
            "call_suffix",
            "type_arguments",
            "value_argument",
            "value_arguments",
        }
    ),
    members=frozenset({"navigation_expression", "navigation_suffix"}),
    passing=frozenset({"as_expression", "parenthesized_expression", "postfix_expression"}),
    strings=frozenset({"string_literal"}),
    conditionals=frozenset({"if_expression"}),
    branches=frozenset({"control_structure_body", "function_body", "statements"}),
    leaving=frozenset({"jump_expression"}),
    leaving_calls=frozenset({"error", "exitProcess", "TODO"}),
    handlers=frozenset({"catch_block"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:assert\w*|(?:check|require)(?:NotNull)?|verify\w*|fail)\(|expectThat\b|.*\.should\w*\("
    ),
    imports={"import_header": read_kotlin_import},
    assignments={
        "assignment": "directly_assignable_expression",
        "property_declaration": "variable_declaration",
    },
    publicity=Publicity(hidden=frozenset({"private", "internal", "protected"})),
    parameter_fields=("function_value_parameters", "lambda_parameters"),
    parameters={
        "parameter": ParameterShape(name=("simple_identifier",)),
        "parameter_modifiers": ParameterShape(kind=ParameterKind.MANY, required=False),
        "variable_declaration": ParameterShape(name=("simple_identifier",)),
    },
)
