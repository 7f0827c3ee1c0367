"""What a letter brings itself as bytes: its content streams, its own objects, and the end of the file."""

from collections.abc import Sequence

from pressrun.domain.letters.canvas.paints import Pattern
from pressrun.domain.letters.drawing.tiling import Cell, tile_content, tile_entries
from pressrun.domain.letters.stamping.assembly import Skeleton


def write_tail(skeleton: Skeleton, contents: Sequence[bytes], own: Sequence[bytes | None]) -> bytes:
    """Return everything after the prefix, without an /ID."""
    objects, offsets = write_objects(skeleton, contents, own)
    return objects + write_end(skeleton, offsets, "", len(skeleton.prefix) + len(objects))


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
    rows = [b"0000000000 00000 f \n" if offset is None else b"%010d 00000 n \n" % offset for offset in offsets]
    head = b"xref\n%d %d\n%b" % (skeleton.first, len(rows), b"".join(rows))
    return head + write_trailer(skeleton, identity, start)


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
