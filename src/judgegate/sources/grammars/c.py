"""C and C++."""

import re

from msgspec.structs import replace

from judgegate.model.facts import ParameterKind
from judgegate.sources.grammar import Grammar, Layout, ParameterShape, Publicity
from judgegate.sources.grammar_readers import read_c_include, read_cpp_using

_CONDITIONAL_TEXT = (
    "preproc_elif",
    "preproc_elifdef",
    "preproc_else",
    "preproc_if",
    "preproc_ifdef",
)

C = Grammar(
    comments=frozenset({"comment"}),
    layout=Layout(
        atoms=frozenset({"char_literal", "string_literal", "system_lib_string"}),
        trailing=frozenset({"enumerator_list", "initializer_list"}),
    ),
    blocks=frozenset(
        {
            "compound_statement",
            "declaration_list",
            "enumerator_list",
            "field_declaration_list",
            "translation_unit",
        }
    ),
    lists=frozenset(_CONDITIONAL_TEXT),
    functions=frozenset({"function_definition"}),
    classes=frozenset({"enum_specifier", "struct_specifier", "union_specifier"}),
    mentions=frozenset({"enum_specifier", "struct_specifier", "union_specifier"}),
    declarator="declarator",
    carriers={
        "assignment_expression": "left",
        "declaration": "",
        "expression_statement": "",
        "init_declarator": "declarator",
        "type_definition": "declarator",
    },
    naming={
        "declaration": "declarator",
        "enumerator": "name",
        "field_declaration": "declarator",
        "preproc_def": "name",
        "preproc_function_def": "name",
    },
    declarations=frozenset({"declaration"}),
    calls=frozenset({"call_expression"}),
    arguments=frozenset({"argument_list"}),
    members=frozenset({"field_expression"}),
    subscripts=frozenset({"subscript_expression"}),
    passing=frozenset({"parenthesized_expression"}),
    strings=frozenset({"string_literal"}),
    conditionals=frozenset({"if_statement"}),
    branches=frozenset({"compound_statement", "else_clause"}),
    leaving=frozenset(
        {"break_statement", "continue_statement", "goto_statement", "return_statement"}
    ),
    leaving_calls=frozenset(
        {"_exit", "abort", "exit", "std.abort", "std.exit", "std.terminate"}
    ),
    bare=frozenset({"expression_statement"}),
    assertions=re.compile(
        r"(?:\w+\.)*(?:\w*assert\w*|\w*ASSERT\w*|EXPECT_\w+|REQUIRE\w*|CHECK\w*|ck_\w+)\("
    ),
    imports={"preproc_include": read_c_include},
    assignments={"assignment_expression": "left", "init_declarator": "declarator"},
    publicity=Publicity(hidden=frozenset({"static"})),
    parameters={
        "parameter_declaration": ParameterShape(name=("declarator",)),
        "variadic_parameter": ParameterShape(kind=ParameterKind.MANY, required=False),
    },
)

CPP = replace(
    C,
    layout=replace(
        C.layout, atoms=C.layout.atoms | {"raw_string_literal", "user_defined_literal"}
    ),
    functions=C.functions | {"lambda_expression"},
    anonymous=frozenset({"lambda_expression"}),
    classes=C.classes | {"class_specifier", "namespace_definition"},
    mentions=C.mentions | {"class_specifier"},
    namespaces=frozenset({"namespace_definition"}),
    carriers={**C.carriers, "template_declaration": ""},
    naming={**C.naming, "alias_declaration": "name"},
    calls=C.calls | {"new_expression"},
    arguments=C.arguments | {"template_argument_list"},
    members=C.members
    | {"dependent_name", "nested_namespace_specifier", "qualified_identifier"},
    passing=C.passing | {"template_function", "template_type"},
    leaving=C.leaving | {"co_return_statement", "throw_statement"},
    handlers=frozenset({"catch_clause"}),
    imports={
        **C.imports,
        "namespace_alias_definition": read_cpp_using,
        "using_declaration": read_cpp_using,
    },
    # Which members are public, sections say.
    publicity=Publicity(
        hidden=frozenset({"static"}), member_words=frozenset({"only sections say"})
    ),
    parameters={
        "parameter_declaration": C.parameters["parameter_declaration"],
        "optional_parameter_declaration": ParameterShape(
            name=("declarator",), required=False
        ),
        "variadic_parameter_declaration": ParameterShape(
            kind=ParameterKind.MANY, name=("declarator",), required=False
        ),
    },
)
