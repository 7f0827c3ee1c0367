"""The postcard printed by one reused page of headless Chromium, the fastest way there is with a browser."""

import base64
import html
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import postcard
from benchmarks.devtools import BrowserFailed, Page, a_page, find_browser
from benchmarks.plain_typst import drawn_qr
from benchmarks.postcard import Words, filled
from benchmarks.rounds import Engine

INCHES = {"paperWidth": postcard.WIDTH_MM / 25.4, "paperHeight": postcard.HEIGHT_MM / 25.4}
MARGINS = {"marginTop": 0, "marginBottom": 0, "marginLeft": 0, "marginRight": 0}
# Canvas pixels are 1/150 inch, those of a page 1/96.
ZOOM = 96 * postcard.WIDTH_MM / 25.4 / postcard.WIDTH


def open_chromium(records: Sequence[Mapping[str, str]], folder: Path, open_until: ExitStack) -> Engine | str:
    """Return Chromium, running until the stack is closed; or in words why it is not measured."""
    browser = find_browser()
    if browser is None:
        return "no Chromium is installed"
    try:
        page = open_until.enter_context(a_page(browser, folder / "chromium"))
        _lay_out(page)
    except (BrowserFailed, OSError) as error:
        return f"Chromium does not run here: {error}"
    return Engine("Chromium, one page", lambda lot: sum(len(_print(page, record)) for record in lot), records)


def _lay_out(page: Page) -> None:
    page.evaluate(f"document.write({json.dumps(_document())}); document.close()")
    page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    page.evaluate("Promise.all([...document.fonts].map(font => font.load()))")


def _print(page: Page, record: Mapping[str, str]) -> bytes:
    texts = [filled(words.text, record) for words in postcard.TEXTS]
    page.evaluate(
        f"{json.dumps(texts)}.forEach((text, number) => document.getElementById('t' + number).textContent = text);"
        f"document.getElementById('qr').innerHTML = {json.dumps(drawn_qr(record['link']))}"
    )
    printed = page.command("Page.printToPDF", INCHES | MARGINS | {"printBackground": True, "pageRanges": "1"})
    return base64.b64decode(printed["data"])


def _document() -> str:
    faces = "".join(
        f"@font-face{{font-family:'{postcard.FAMILY}';font-weight:{weight};src:url({_url('font/ttf', data)})}}"
        for weight, data in ((weight, path.read_bytes()) for weight, path in postcard.FACES.items())
    )
    style = (
        "*{margin:0}div,img{position:absolute;white-space:pre}#qr svg{width:100%;height:100%}"
        f"#all{{zoom:{ZOOM:.6f};font-family:'{postcard.FAMILY}'}}"
    )
    whole = _place(0, 0, postcard.WIDTH, postcard.HEIGHT)
    logo = _place(postcard.LOGO_LEFT, postcard.LOGO_TOP, postcard.LOGO_WIDTH, postcard.LOGO_HEIGHT)
    panels = "".join(
        f'<div style="{_place(panel.left, panel.top, panel.width, panel.height)};background:white"></div>'
        for panel in postcard.PANELS
    )
    texts = "".join(_text(words, number) for number, words in enumerate(postcard.TEXTS))
    qr = _place(postcard.QR_LEFT, postcard.QR_TOP, postcard.QR_SIDE, postcard.QR_SIDE)
    return (
        f'<!doctype html><meta charset="utf-8"><style>{faces}{style}</style><div id="all">'
        f'<img style="{whole}" src="{_url("image/jpeg", postcard.background())}">'
        f'<img style="{logo}" src="{_url("image/png", postcard.logo())}">'
        f'{panels}{texts}<div id="qr" style="{qr}"></div></div>'
    )


def _text(words: Words, number: int) -> str:
    wrap = "" if words.width is None else f"width:{words.width}px;white-space:pre-wrap;"
    style = f"{wrap}font-size:{words.size}px;font-weight:{words.weight};line-height:1.31;color:{words.colour}"
    return f'<div id="t{number}" style="left:{words.left}px;top:{words.top}px;{style}">{html.escape(words.text)}</div>'


def _place(left: float, top: float, width: float, height: float) -> str:
    return f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
