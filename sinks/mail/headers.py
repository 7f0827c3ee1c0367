"""Guards what goes into mail headers: no line breaks, no encoded-words, and addresses that are one address.

The standard library decoded an encoded-word with CR LF into a second header until CVE-2024-6923 and CVE-2026-1299 were
fixed (3.11.15, 3.12.13, 3.13.12), so we refuse before it sees one.
"""

import re

from sinks.mail.errors import AddressInvalid, HeaderUnsafe

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\\?")
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254
"""Both in octets, RFC 5321 section 4.5.3.1 and its erratum 1690."""


def safe_header(value: str, what: str) -> str:
    """The value, unchanged. Raises HeaderUnsafe, which names `what` it is and the code point, never the value."""
    unsafe = _UNSAFE.search(value)
    if unsafe is None:
        return value
    found = "an encoded-word" if unsafe[0] == "=?" else f"U+{ord(unsafe[0]):04X}"
    raise HeaderUnsafe(f"The {what} contains {found}, which no mail header may contain.")


def safe_address(value: str, what: str) -> str:
    """A plain address (`local@domain`, no display name) with its domain in ASCII.

    Raises HeaderUnsafe as safe_header does, and AddressInvalid for all else that is not one address.
    """
    local, at, domain = safe_header(value.strip(" "), what).rpartition("@")
    try:
        address = f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        address = ""
    match = _ADDRESS.fullmatch(address)
    if match is None or len(match[1]) > _LONGEST_LOCAL_PART or len(address) > _LONGEST_ADDRESS:
        raise AddressInvalid(f"The {what} is not one plain mail address like name@example.com.")
    return address
