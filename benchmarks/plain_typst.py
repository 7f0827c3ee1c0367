"""The postcard set by typst, one compilation for each recipient in one compiler that keeps its fonts."""

import importlib
import importlib.util
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import segno

from benchmarks import postcard
from benchmarks.postcard import POINTS, Words, filled
from benchmarks.rounds import Engine


def open_typst(records: Sequence[Mapping[str, str]], folder: Path) -> Engine | str:
    """Return typst, its files in a folder; or in words why it is not measured."""
    if importlib.util.find_spec("typst") is None:
        return "the package typst is not installed"
    typst = importlib.import_module("typst")
    place = Path(tempfile.mkdtemp(prefix="typst-", dir=folder))
    (place / "background.jpg").write_bytes(postcard.background())
    (place / "logo.png").write_bytes(postcard.logo())
    (place / "postcard.typ").write_text(_source(), encoding="utf-8")
    compiler = typst.Compiler(place / "postcard.typ", font_paths=[postcard.FONTS], ignore_system_fonts=True)
    return Engine("typst", lambda lot: sum(len(_draw(compiler, record)) for record in lot), records)


def _draw(compiler: Any, record: Mapping[str, str]) -> bytes:
    texts = [filled(words.text, record) for words in postcard.TEXTS]
    return bytes(
        compiler.compile(format="pdf", sys_inputs={"texts": json.dumps(texts), "qr": drawn_qr(record["link"])})
    )


def drawn_qr(content: str) -> str:
    """Return the code as SVG, its mask fixed: choosing the best of eight would take segno eight times as long."""
    stream = io.BytesIO()
    code = segno.make_qr(content, error="m", mask=3, boost_error=False)
    code.save(stream, "svg", border=postcard.QUIET_MODULES, light="#fff", xmldecl=False, omitsize=True)
    return stream.getvalue().decode()


def _source() -> str:
    logo = f'image("logo.png", width: {_pt(postcard.LOGO_WIDTH)}, height: {_pt(postcard.LOGO_HEIGHT)})'
    panels = "".join(
        _placed(panel.left, panel.top, f"rect(width: {_pt(panel.width)}, height: {_pt(panel.height)}, fill: white)")
        for panel in postcard.PANELS
    )
    texts = "".join(_text(words, number) for number, words in enumerate(postcard.TEXTS))
    qr = f'image(bytes(sys.inputs.qr), format: "svg", width: {_pt(postcard.QR_SIDE)})'
    return (
        f"#set page(width: {postcard.WIDTH_MM}mm, height: {postcard.HEIGHT_MM}mm, margin: 0pt,"
        ' background: image("background.jpg", width: 100%, height: 100%, fit: "stretch"))\n'
        f'#set text(font: "{postcard.FAMILY}", hyphenate: false)\n'
        "#let texts = json(bytes(sys.inputs.texts))\n"
        f"{_placed(postcard.LOGO_LEFT, postcard.LOGO_TOP, logo)}{panels}{texts}"
        f"{_placed(postcard.QR_LEFT, postcard.QR_TOP, qr)}"
    )


def _text(words: Words, number: int) -> str:
    width = "auto" if words.width is None else _pt(words.width)
    style = (
        f'size: {_pt(words.size)}, weight: {words.weight}, fill: rgb("{words.colour}"), '
        'top-edge: "ascender", bottom-edge: "descender"'
    )
    body = f"block(width: {width}, {{ set par(leading: {_pt(words.size * 0.3)}); text({style}, texts.at({number})) }})"
    return _placed(words.left, words.top, body)


def _placed(left: float, top: float, body: str) -> str:
    return f"#place(top + left, dx: {_pt(left)}, dy: {_pt(top)}, {body})\n"


def _pt(pixels: float) -> str:
    return f"{pixels * POINTS:.3f}pt"
