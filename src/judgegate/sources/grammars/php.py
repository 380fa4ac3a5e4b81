"""PHP."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_php_include, read_php_use
from judgegate.sources.plain_comments import CommentStyle

PHP = Grammar(
    comments=frozenset({"comment"}),
    style=CommentStyle(documenting=("/**", "#[")),
    layout=Layout(
        atoms=frozenset({"heredoc", "nowdoc", "qualified_name", "string", "variable_name"}),
        exact=frozenset({"encapsed_string", "shell_command_expression"}),
        closing=frozenset({"?>"}),
        # Without a blank behind it, it begins no code.
        spaced=re.compile(r"<\?php"),
        trailing=frozenset({"arguments", "array_creation_expression", "formal_parameters"}),
    ),
    blocks=frozenset(
        {
            "compound_statement",
            "declaration_list",
            "enum_declaration_list",
            "program",
            "switch_block",
        }
    ),
    functions=frozenset(
        {
            "anonymous_function",
            "arrow_function",
            "function_definition",
            "method_declaration",
        }
    ),
    anonymous=frozenset({"anonymous_function", "arrow_function"}),
    classes=frozenset(
        {
            "class_declaration",
            "enum_declaration",
            "interface_declaration",
            "trait_declaration",
        }
    ),
    carriers={
        "array_element_initializer": "",
        "assignment_expression": "left",
        "expression_statement": "",
    },
    naming={
        "augmented_assignment_expression": "left",
        "const_declaration": "",
        "const_element": "name",
        "enum_case": "name",
        "property_declaration": "",
        "property_element": "variable_name",
    },
    decorators=frozenset({"attribute_list"}),
    calls=frozenset(
        {
            "function_call_expression",
            "member_call_expression",
            "nullsafe_member_call_expression",
            "object_creation_expression",
            "scoped_call_expression",
        }
    ),
    arguments=frozenset({"argument", "arguments"}),
    members=frozenset(
        {
            "class_constant_access_expression",
            "member_access_expression",
            "nullsafe_member_access_expression",
            "scoped_property_access_expression",
        }
    ),
    subscripts=frozenset({"subscript_expression"}),
    passing=frozenset({"parenthesized_expression", "relative_scope"}),
    strings=frozenset({"encapsed_string", "string"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"compound_statement", "else_clause", "else_if_clause"}),
    leaving=frozenset(
        {
            "break_statement",
            "continue_statement",
            "exit_statement",
            "return_statement",
            "throw_expression",
        }
    ),
    leaving_calls=frozenset({"abort", "die", "exit"}),
    handlers=frozenset({"catch_clause"}),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(r"(?:.*\.)?(?:assert\w*|expect\w*|fail)\(|expect\(\)"),
    imports={
        "include_expression": read_php_include,
        "include_once_expression": read_php_include,
        "namespace_use_declaration": read_php_use,
        "require_expression": read_php_include,
        "require_once_expression": read_php_include,
    },
    assignments={"assignment_expression": "left"},
    publicity=Publicity(hidden=frozenset({"private", "protected"})),
    parameters={
        "property_promotion_parameter": ParameterShape(
            name=("name",), default="default_value"
        ),
        "simple_parameter": ParameterShape(name=("name",), default="default_value"),
        "variadic_parameter": ParameterShape(
            kind=ParameterKind.MANY, name=("name",), required=False
        ),
    },
)
