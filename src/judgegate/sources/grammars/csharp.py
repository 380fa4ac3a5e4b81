"""C#."""

import re

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_csharp_import

CSHARP = Grammar(
    comments=frozenset({"comment"}),
    layout=Layout(
        atoms=frozenset(
            {
                "character_literal",
                "raw_string_literal",
                "string_literal",
                "verbatim_string_literal",
            }
        ),
        exact=frozenset({"interpolated_string_expression"}),
        trailing=frozenset({"enum_member_declaration_list", "initializer_expression"}),
    ),
    blocks=frozenset(
        {
            "block",
            "compilation_unit",
            "declaration_list",
            "enum_member_declaration_list",
            "switch_body",
        }
    ),
    lists=frozenset({"preproc_elif", "preproc_else", "preproc_if"}),
    functions=frozenset(
        {
            "anonymous_method_expression",
            "constructor_declaration",
            "conversion_operator_declaration",
            "destructor_declaration",
            "lambda_expression",
            "local_function_statement",
            "method_declaration",
            "operator_declaration",
        }
    ),
    anonymous=frozenset({"anonymous_method_expression", "lambda_expression"}),
    classes=frozenset(
        {
            "class_declaration",
            "enum_declaration",
            "interface_declaration",
            "namespace_declaration",
            "record_declaration",
            "struct_declaration",
        }
    ),
    namespaces=frozenset({"namespace_declaration"}),
    carriers={
        "assignment_expression": "left",
        "expression_statement": "",
        "field_declaration": "",
        "local_declaration_statement": "",
        "variable_declaration": "",
        "variable_declarator": "name",
    },
    naming={
        "delegate_declaration": "name",
        "enum_member_declaration": "name",
        "event_declaration": "name",
        "event_field_declaration": "",
        "global_statement": "",
        "property_declaration": "name",
    },
    declarations=frozenset({"variable_declaration"}),
    decorators=frozenset({"attribute_list"}),
    calls=frozenset({"invocation_expression", "object_creation_expression"}),
    arguments=frozenset(
        {"argument", "argument_list", "initializer_expression", "type_argument_list"}
    ),
    members=frozenset(
        {
            "conditional_access_expression",
            "member_access_expression",
            "member_binding_expression",
            "qualified_name",
        }
    ),
    subscripts=frozenset({"element_access_expression"}),
    passing=frozenset({"await_expression", "generic_name", "parenthesized_expression"}),
    strings=frozenset({"string_literal", "verbatim_string_literal"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"block"}),
    leaving=frozenset(
        {
            "break_statement",
            "continue_statement",
            "goto_statement",
            "return_statement",
            "throw_statement",
            "yield_statement",
        }
    ),
    leaving_calls=frozenset({"Environment.Exit"}),
    entered=frozenset({"fixed_statement", "lock_statement", "using_statement"}),
    handlers=frozenset({"catch_clause"}),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:Assert|Debug\.Assert|CollectionAssert|StringAssert)\b|.*\.Should\(\)|.*\.Verify\w*\("
        r"|ArgumentNullException\.Throw"
    ),
    imports={"using_directive": read_csharp_import},
    assignments={"assignment_expression": "left", "variable_declarator": "name"},
    publicity=Publicity(
        open=frozenset({"namespace_declaration"}),
        words=frozenset({"public"}),
        member_words=frozenset({"public", "protected"}),
    ),
    parameter_fields=("parameters", "parameter_list"),
    parameters={
        "implicit_parameter": ParameterShape(),
        "parameter": ParameterShape(name=("name",), default="="),
        "params": ParameterShape(kind=ParameterKind.MANY, required=False),
    },
)
