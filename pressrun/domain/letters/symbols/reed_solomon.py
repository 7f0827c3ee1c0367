"""Reed-Solomon codes over GF(256) as QR codes use them: what check codewords each data codeword asks for."""

from functools import cache
from operator import xor
from typing import Final

# x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004:2015, 7.5.2).
_FIELD: Final = 0x11D


@cache
def remainders(checks: int, count: int) -> list[bytes]:
    """Return the check codewords of 1 at the last, last but one ... place: x^(checks + i) modulo the generator."""
    generator = _generator(checks)
    found = [generator]
    while len(found) < count:
        last = found[-1]
        carried = generator.translate(multiples(last[0]))
        found.append(bytes(map(xor, (*last[1:], 0), carried)))
    return found


def _generator(checks: int) -> bytes:
    """Return the coefficients below the leading 1 of the product of x - 2^i (ISO/IEC 18004:2015, annex A)."""
    product, root = bytes([1]), 1
    for _ in range(checks):
        product = bytes(map(xor, (*product, 0), (0, *product.translate(multiples(root)))))
        root = multiples(2)[root]
    return product[1:]


@cache
def multiples(factor: int) -> bytes:
    """Return the products of `factor` with 0 to 255 in GF(256)."""
    products = [0]
    for _ in range(8):
        products += [product ^ factor for product in products]
        factor = factor << 1 ^ (_FIELD if factor & 0x80 else 0)
    return bytes(products)
