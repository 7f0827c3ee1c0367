"""Whatever stands in a row ends in a letter that holds it as it is, or in a refusal."""

from collections.abc import Callable

import pytest
from hostility import EXPECTED, a_text, print_or_report
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.letters import CompiledDesign, DesignSource, Letter, Refusal, read_design

Source = Callable[..., DesignSource]
Compile = Callable[..., CompiledDesign]


@pytest.mark.parametrize(
    "name",
    ["__class__", "__init__.__globals__", "name.upper", "name[0]", "0", "name!r", "name:>99999", "%(name)s", "$(name)"],
)
def test_a_variable_is_a_name_and_nothing_is_evaluated(
    a_source: Source, a_compiled: Compile, read_text: Callable[[object], str], name: str
) -> None:
    (variable,) = read_design(a_source(a_text(f"Dear {{{{{name}}}}}"))).variables
    compiled = a_compiled(a_text(f"Dear {{{{{name}}}}}"))

    assert variable.name == name
    assert read_text(compiled.stamp({name: "Zoe"})) == "Dear Zoe"
    missing = compiled.stamp({"name": "Zoe"})
    assert isinstance(missing, Refusal)
    assert missing.code == "variable_missing"


@pytest.mark.parametrize("text", ["{{", "{{}}", "{{ }}", "{{name", "{{{{name}}}}", "{{a|{{b}}}}", "{{a\n|b}}"])
def test_braces_that_begin_no_placeholder_are_a_fault_or_printed(a_source: Source, text: str) -> None:
    print_or_report(a_source(a_text(text)), {"name": "Zoe", "a": "x", "b": "y"})


@pytest.mark.parametrize("value", ["{{name}}", "{{other}}", "{{", "}}", "{{name|x}}", "{% raw %}", "%s%n", "{0}"])
def test_a_value_is_printed_as_it_is(a_compiled: Compile, read_text: Callable[[object], str], value: str) -> None:
    compiled = a_compiled(a_text("Dear {{name}}!"))

    assert read_text(compiled.stamp({"name": value, "other": "LEAK"})) == f"Dear {value}!"


VALUES = [
    "\x00",
    "\x07\x1b[31m",
    "\x7f\x85",
    "\u2028\u2029",
    "\ufeff\u200b",
    "\ud800",
    "\udc00\ud800",
    "\ufffe\uffff",
    "\U0010ffff",
    "\u202e gnorw",
    "e" + "\u0301" * 500,
    "\u0301",
    "x" * 10_000,
    "x " * 10_000,
    "\n" * 10_000,
    "\t" * 1000,
    "\u00ad" * 1000,
    "(\\)<>[]/%",
    "\u05d0\u05d1 12 \u05d2",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u1100\u1161\u11a8",
]


@pytest.fixture(
    scope="module",
    params=[
        {},
        {"type": "IText"},
        {"splitByGrapheme": True},
        {"overflow": "shrink", "height": 60},
        {"overflow": "clip", "height": 60},
        {"textAlign": "justify", "charSpacing": 300},
        {"direction": "rtl"},
        {"width": 1, "underline": True},
    ],
    ids=repr,
)
def compiled_text(a_compiled: Compile, request: pytest.FixtureRequest) -> CompiledDesign:
    return a_compiled(a_text("Dear {{name}}", **request.param), characters="Dear x(\\)<>[]/%e\u0301gnorw12")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_an_unlikely_value_is_a_letter_or_a_refusal_fit_to_print(compiled_text: CompiledDesign, value: str) -> None:
    outcome = compiled_text.stamp({"name": value})

    assert isinstance(outcome, Letter) or outcome.code in EXPECTED
    assert isinstance(outcome, Letter) or outcome.message.isprintable()


@settings(max_examples=60, deadline=None)
@given(value=st.text(st.characters(), max_size=60))
def test_any_unicode_is_a_letter_or_a_refusal(a_source: Source, value: str) -> None:
    print_or_report(a_source(a_text("Dear {{name|you}}", textAlign="justify")), {"name": value})
