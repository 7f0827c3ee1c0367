"""Pictures as PDF objects (PDF 1.7, 8.9.5), for the shared prefix and for a letter's own."""

from typing import Final

import pikepdf
from pikepdf import Pdf, Stream

from pressrun.domain.letters.images.rasters import Raster, Samples

_SPACES: Final = {"gray": "/DeviceGray", "rgb": "/DeviceRGB", "cmyk": "/DeviceCMYK"}
_CHANNELS: Final = {"gray": 1, "rgb": 3, "cmyk": 4}


def embed_raster(pdf: Pdf, raster: Raster) -> Stream:
    """Add a picture to the document that becomes the prefix."""
    image = _stream(pdf, raster.colour)
    if raster.alpha:
        image.SMask = pdf.make_indirect(_stream(pdf, raster.alpha))
    return image


def picture_bodies(raster: Raster, alpha_number: int) -> list[bytes]:
    """Return a picture's object and, where it has one, its alpha's, which gets the object number given."""
    mask = f"/SMask {alpha_number} 0 R" if raster.alpha else ""
    bodies = [_body(raster.colour, mask)]
    return [*bodies, _body(raster.alpha, "")] if raster.alpha else bodies


def _stream(pdf: Pdf, samples: Samples) -> Stream:
    head = pikepdf.Object.parse(f"<<{describe_samples(samples)}>>".encode("ascii"))
    image = Stream(pdf, samples.data)
    for key, value in head.items():
        image[key] = value
    return image


def _body(samples: Samples, more: str) -> bytes:
    head = f"<<{describe_samples(samples)}{more}/Length {len(samples.data)}>>".encode("ascii")
    return b"%b\nstream\n%b\nendstream" % (head, samples.data)


def describe_samples(samples: Samples) -> str:
    """Return the entries of an image's dictionary, without its length."""
    # Browsers smooth enlarged pictures; so do viewers that are asked to.
    head = (
        f"/Type/XObject/Subtype/Image/Width {samples.width}/Height {samples.height}/BitsPerComponent 8/Interpolate true"
    )
    if samples.coding == "dct":
        # Adobe writes CMYK inverted.
        decode = "/Decode[1 0 1 0 1 0 1 0]" if samples.inverted else ""
        return f"{head}/ColorSpace{_SPACES[samples.space]}/Filter/DCTDecode{decode}"
    channels = _CHANNELS[samples.space]
    space = _SPACES[samples.space]
    if samples.palette:
        channels = 1
        space = f"[/Indexed/DeviceRGB {len(samples.palette) // 3 - 1}<{samples.palette.hex()}>]"
    parameters = f"<</Predictor 15/Colors {channels}/BitsPerComponent 8/Columns {samples.width}>>"
    return f"{head}/ColorSpace{space}/Filter/FlateDecode/DecodeParms{parameters}"
