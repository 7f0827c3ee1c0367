"""What a letter brings itself as bytes: its content streams, its own objects, and the end of the file."""

from collections.abc import Sequence

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.canvas.paints import Pattern
from pressrun.domain.letters.drawing.tiling import Cell, tile_content, tile_entries
from pressrun.domain.letters.stamping.assembly import Skeleton


def write_view(skeleton: Skeleton, content: bytes, own: Sequence[bytes | None], size: Point) -> bytes:
    """Return everything after the prefix of a file whose first page shows `content` alone, at a size in points."""
    objects, offsets = write_objects(skeleton, [content, *[b""] * (skeleton.pages - 1)], own)
    start = len(skeleton.prefix) + len(objects)
    leaf = (
        f"{skeleton.leaf} 0 obj\n<</Type/Page/Parent {skeleton.tree} 0 R/MediaBox[0 0 {size[0]:g} {size[1]:g}]"
        f"/Resources {skeleton.resources} 0 R/Contents {skeleton.first} 0 R"
        "/Group<</S/Transparency/CS/DeviceRGB>>>>\nendobj\n"
    ).encode("ascii")
    rows = _write_rows(offsets)
    table = b"xref\n%d 1\n%010d 00000 n \n%d %d\n%b" % (skeleton.leaf, start, skeleton.first, len(offsets), rows)
    return objects + leaf + table + write_trailer(skeleton, "", start + len(leaf))


def write_objects(
    skeleton: Skeleton, contents: Sequence[bytes], own: Sequence[bytes | None]
) -> tuple[bytes, list[int | None]]:
    """Return the objects and where each begins in the file; None for the slots this letter leaves empty."""
    at = len(skeleton.prefix)
    written: list[bytes] = []
    offsets: list[int | None] = []
    streams = [b"<</Length %d>>stream\n%b\nendstream" % (len(content), content) for content in contents]
    for number, body in enumerate((*streams, *own), start=skeleton.first):
        if body is None:
            offsets.append(None)
            continue
        offsets.append(at)
        written.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(written[-1])
    return b"".join(written), offsets


def write_end(skeleton: Skeleton, offsets: Sequence[int | None], identity: str, start: int) -> bytes:
    """Return the table of a letter's own objects and the trailer; `identity` is the document's /ID in hex."""
    head = b"xref\n%d %d\n%b" % (skeleton.first, len(offsets), _write_rows(offsets))
    return head + write_trailer(skeleton, identity, start)


def _write_rows(offsets: Sequence[int | None]) -> bytes:
    return b"".join(
        [b"0000000000 00000 f \n" if offset is None else b"%010d 00000 n \n" % offset for offset in offsets]
    )


def write_trailer(skeleton: Skeleton, identity: str, start: int) -> bytes:
    """Return the end of the file; `start` is where the letter's table begins."""
    named = f"/ID[<{identity}><{identity}>]" if identity else ""
    entries = f"/Size {skeleton.size}/Root {skeleton.root}/Info {skeleton.info}/Prev {skeleton.previous}{named}"
    return f"trailer\n<<{entries}>>\nstartxref\n{start}\n%%EOF\n".encode("ascii")


def form_body(operators: str, skeleton: Skeleton, *, pattern: str | None = None) -> bytes:
    """Return an isolated group as an object; with a `pattern` of its own, called P, it paints in gray."""
    data = operators.encode("ascii")
    box = " ".join(f"{edge:g}" for edge in skeleton.bounds)
    space = "DeviceRGB" if pattern is None else "DeviceGray"
    resources = f"{skeleton.resources} 0 R" if pattern is None else f"<</Pattern<</P {pattern}>>>>"
    head = (
        f"<</Type/XObject/Subtype/Form/BBox[{box}]/Group<</S/Transparency/CS/{space}/I true>>"
        f"/Resources {resources}/Length {len(data)}>>"
    )
    return b"%b\nstream\n%b\nendstream" % (head.encode("ascii"), data)


def tile_body(pattern: Pattern, cell: Cell, size: tuple[int, int], matrix: str, resources: int) -> bytes:
    """Return a repeated picture as an object; `size` in the picture's pixels."""
    content = tile_content(pattern, cell, size)
    head = f"<<{tile_entries(cell, size)}/Matrix[{matrix}]/Resources {resources} 0 R/Length {len(content)}>>"
    return b"%b\nstream\n%b\nendstream" % (head.encode("ascii"), content)
