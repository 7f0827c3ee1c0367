"""What may stand in a mail header, and what is one address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.mail.errors import AddressInvalid, HeaderUnsafe
from sinks.mail.headers import safe_address, safe_header

INJECTIONS = [
    "x\r\nBcc: eve@example.com",
    "x\nBcc: eve@example.com",
    "x\rBcc: eve@example.com",
    "x\x00",
    "x\u2028Bcc: eve@example.com",
    "x\u2029Bcc: eve@example.com",
    "x\x85Bcc: eve@example.com",
    "x\x0bBcc: eve@example.com",
    "x\x0cBcc: eve@example.com",
    "=?utf-8?q?x=0D=0ABcc=3A_eve=40example.com?=",
    "=?utf-8?b?eA0KQmNjOiBldmVAZXhhbXBsZS5jb20=?=",
    "x\ud800",
]


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_header_that_could_become_two_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(HeaderUnsafe) as caught:
        safe_header(value, "batch id")
    assert caught.value.code == "header_unsafe"
    assert "batch id" in str(caught.value)
    assert "eve" not in str(caught.value)


@pytest.mark.parametrize("value", ["batch-7", "Łódź ✓", "a = b ?", ""])
def test_plain_text_is_a_header(value: str) -> None:
    assert safe_header(value, "batch id") == value


@pytest.mark.parametrize(
    "value", [f"ann@example.com{injection[1:]}" for injection in INJECTIONS if injection[0] == "x"]
)
def test_an_address_that_could_become_a_header_is_refused(value: str) -> None:
    with pytest.raises(HeaderUnsafe):
        safe_address(value, "recipient")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        (" ann@example.com ", "ann@example.com"),
        ("ann.o'neil+tag@sub.example.co.uk", "ann.o'neil+tag@sub.example.co.uk"),
        ("root@localhost", "root@localhost"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_a_plain_address_is_taken(value: str, address: str) -> None:
    assert safe_address(value, "recipient") == address


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@@example.com",
        "a b@example.com",
        ".ann@example.com",
        "ann..b@example.com",
        "ann@example..com",
        "ann@-example.com",
        "ann@example.com,bob@example.com",
        "ann@example.com bob@example.com",
        "Ann <ann@example.com>",
        '"ann"@example.com',
        "ann@[127.0.0.1]",
        "änn@example.com",
        "ann@" + "x" * 64 + ".com",
        "a" * 65 + "@example.com",
        "ann@" + "x." * 130 + "com",
        "ann@ü" + "x" * 80,
        "ann>@example.com",
    ],
)
def test_what_is_not_one_plain_address_is_refused(value: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        safe_address(value, "recipient")
    assert str(caught.value) == "The recipient is not one plain mail address like name@example.com."


@given(st.text(max_size=40))
def test_any_text_is_an_address_without_white_space_or_a_refusal(text: str) -> None:
    try:
        address = safe_address(text, "recipient")
    except (AddressInvalid, HeaderUnsafe):
        return
    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
