"""Each filter gives the pixels that Fabric's gives, computed by hand from its formula."""

from typing import Any

import pytest
from PIL import Image

from pressrun.domain.letters.canvas.objects import Filter
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.images.filter_reading import read_filters
from pressrun.domain.letters.images.filters import filter_image
from schemas.faults import Fault

Pixel = tuple[int, ...]

BLUR_3 = [1 / 9] * 9
# Red from green, green from blue, blue from red with a tenth of full blue added.
TURNED = [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0.1, 0, 0, 0, 1, 0]


def the_filters(
    *raw: Any, faults: list[Fault] | None = None, warnings: list[Fault] | None = None
) -> tuple[Filter, ...]:
    item = Properties(
        {"type": "Image", "filters": list(raw)},
        "design.json objects[0]",
        [] if faults is None else faults,
        [] if warnings is None else warnings,
    )
    return read_filters(item)


def a_filter(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, **properties}


def of_pixel(pixel: Pixel, *raw: Any) -> Pixel:
    """Return what the filters make of a picture of one pixel."""
    image = Image.new("RGBA", (1, 1), pixel if len(pixel) == 4 else (*pixel, 255))
    return tuple(filter_image(image, the_filters(*raw)).tobytes()[: len(pixel)])


def a_row(*values: int) -> Image.Image:
    image = Image.new("RGBA", (len(values), 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), (value, value, value, 255))
    return image


def reds(image: Image.Image) -> list[int]:
    return list(image.getchannel("R").tobytes())


@pytest.mark.parametrize(
    ("raw", "before", "after"),
    [
        (a_filter("Grayscale"), (10, 20, 60), (30, 30, 30)),
        (a_filter("Grayscale", mode="average"), (10, 20, 61), (30, 30, 30)),
        (a_filter("Grayscale", mode="luminosity"), (100, 50, 200), (71, 71, 71)),
        (a_filter("Grayscale", mode="lightness"), (10, 20, 60), (35, 35, 35)),
        (a_filter("Brightness", brightness=0.2), (10, 20, 230), (61, 71, 255)),
        (a_filter("Brightness", brightness=-0.2), (10, 100, 230), (0, 49, 179)),
        # 255 * 0.3 = 76.5 counts as 76: f = 259 * 331 / (255 * 183) = 1.83711.
        (a_filter("Contrast", contrast=0.3), (128, 100, 180), (128, 77, 224)),
        (a_filter("Contrast", contrast=-1), (0, 128, 255), (128, 128, 128)),
        (a_filter("Invert"), (0, 100, 255), (255, 155, 0)),
        (a_filter("Invert", invert=False), (0, 100, 255), (0, 100, 255)),
        # 200 stays; 100 - 0.5 * 100, 40 - 0.5 * 160.
        (a_filter("Saturation", saturation=0.5), (200, 100, 40), (200, 50, 0)),
        (a_filter("Saturation", saturation=-0.5), (200, 100, 40), (200, 150, 120)),
        # Mean 110, so 90 * 2 / 255 * 0.5 = 0.35294: 100 - 35.3, 30 - 60.
        (a_filter("Vibrance", vibrance=0.5), (200, 100, 30), (200, 65, 0)),
        (a_filter("HueRotation", rotation=2 / 3), (250, 40, 10), (10, 250, 40)),
        (a_filter("Sepia"), (100, 50, 20), (82, 73, 57)),
        (a_filter("BlackWhite"), (50, 60, 70), (15, 15, 15)),
        (a_filter("Brownie"), (100, 100, 100), (115, 60, 54)),
        (a_filter("Vintage"), (100, 100, 100), (100, 78, 54)),
        (a_filter("Kodachrome"), (100, 100, 100), (133, 111, 123)),
        (a_filter("Technicolor"), (100, 100, 100), (108, 65, 118)),
        (a_filter("Polaroid"), (100, 100, 100), (131, 113, 145)),
        (a_filter("Gamma", gamma=[1, 0.5, 2]), (100, 100, 100), (100, 39, 160)),
        (a_filter("ColorMatrix", matrix=TURNED), (1, 2, 3), (2, 3, 27)),
        (a_filter("BlendColor", color="#804020", mode="multiply", alpha=1), (200, 100, 50), (100, 25, 6)),
        (a_filter("BlendColor", color="#804020", mode="screen", alpha=1), (200, 100, 50), (228, 139, 76)),
        (a_filter("BlendColor", color="#804020", mode="add", alpha=0.5), (200, 100, 50), (255, 132, 66)),
        (a_filter("BlendColor", color="#804020", mode="difference", alpha=1), (200, 10, 50), (72, 54, 18)),
        (a_filter("BlendColor", color="#804020", mode="subtract", alpha=1), (200, 10, 50), (72, 0, 18)),
        (a_filter("BlendColor", color="#804020", mode="darken", alpha=1), (200, 10, 50), (128, 10, 32)),
        (a_filter("BlendColor", color="#804020", mode="lighten", alpha=1), (20, 10, 50), (128, 64, 50)),
        (a_filter("BlendColor", color="#804020", mode="overlay", alpha=1), (200, 100, 50), (200, 50, 13)),
        (a_filter("BlendColor", color="#804020", mode="exclusion", alpha=1), (200, 100, 50), (127, 114, 69)),
        (a_filter("BlendColor", color="#804020", mode="tint", alpha=0.25), (200, 100, 40), (182, 91, 38)),
    ],
)  # fmt: skip
def test_a_pixel_becomes_what_the_formula_says(raw: dict[str, Any], before: Pixel, after: Pixel) -> None:
    assert of_pixel(before, raw) == pytest.approx(after, abs=0)


def test_filters_run_in_order_and_clamp_after_each() -> None:
    lighter, darker = a_filter("Brightness", brightness=1), a_filter("Brightness", brightness=-1)

    assert of_pixel((10, 20, 30), lighter, darker) == (0, 0, 0)
    assert of_pixel((10, 20, 30), darker, lighter) == (255, 255, 255)


def test_composed_filters_are_their_parts() -> None:
    parts = [a_filter("Invert"), a_filter("Composed", subFilters=[a_filter("Sepia")])]

    assert the_filters(a_filter("Composed", subFilters=parts)) == the_filters(a_filter("Invert"), a_filter("Sepia"))


@pytest.mark.parametrize(
    "raw",
    [
        a_filter("Brightness", brightness=0),
        a_filter("Contrast", contrast=0),
        a_filter("Saturation", saturation=0),
        a_filter("Vibrance", vibrance=0),
        a_filter("HueRotation", rotation=0),
        a_filter("Blur", blur=0),
        a_filter("Noise", noise=0),
        a_filter("Pixelate", blocksize=1),
        a_filter("Gamma", gamma=[1, 1, 1]),
        a_filter("Invert", invert=False),
        a_filter("Resize", scaleX=1, scaleY=1),
        a_filter("Composed", subFilters=[]),
        None,
    ],
)
def test_what_does_nothing_is_left_out(raw: Any) -> None:
    assert the_filters(raw) == ()


def test_alpha_stays_unless_a_filter_is_about_it() -> None:
    assert of_pixel((10, 20, 30, 100), a_filter("Invert")) == (245, 235, 225, 100)
    assert of_pixel((10, 20, 30, 100), a_filter("Invert", alpha=True)) == (245, 235, 225, 155)
    assert of_pixel((10, 20, 30, 100), a_filter("Vibrance", vibrance=1), a_filter("Sepia"))[3] == 100


def test_a_colour_matrix_reaches_alpha_when_asked() -> None:
    rows = [1, 0, 0, 0.5, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0.1, 0, 0, 0.5, 0.2]

    assert of_pixel((10, 20, 30, 100), a_filter("ColorMatrix", matrix=rows, colorsOnly=False)) == (60, 20, 30, 102)
    assert of_pixel((10, 20, 30, 100), a_filter("ColorMatrix", matrix=rows)) == (10, 20, 30, 100)


def test_invisible_pixels_are_black_to_filters() -> None:
    assert of_pixel((90, 90, 90, 0), a_filter("Invert", alpha=True)) == (255, 255, 255, 255)


def test_a_colour_is_removed_with_what_is_near_it_in_every_channel() -> None:
    remove = a_filter("RemoveColor", color="#ffffff", distance=0.1)

    assert of_pixel((230, 240, 255, 255), remove)[3] == 0
    assert of_pixel((229, 240, 255, 255), remove)[3] == 255
    assert of_pixel((255, 255, 100, 80), remove)[3] == 80


def test_a_convolution_weighs_neighbours_in_reading_order() -> None:
    image = Image.new("RGBA", (3, 3), (0, 0, 0, 255))
    image.putpixel((1, 0), (100, 100, 100, 255))
    above = a_filter("Convolute", opaque=True, matrix=[0, 1, 0, 0, 0, 0, 0, 0, 0])

    moved = filter_image(image, the_filters(above))

    assert reds(moved) == [0, 0, 0, 0, 100, 0, 0, 0, 0]


def test_a_sharpened_edge_overshoots_and_outside_counts_nothing() -> None:
    sharpen = a_filter("Convolute", opaque=True, matrix=[0, -1, 0, -1, 5, -1, 0, -1, 0])

    assert reds(filter_image(a_row(50, 50, 60, 60), the_filters(sharpen))) == [200, 140, 190, 240]


def test_a_convolution_that_is_not_opaque_thins_the_border() -> None:
    image = Image.new("RGBA", (3, 3), (90, 90, 90, 255))

    blurred = filter_image(image, the_filters(a_filter("Convolute", matrix=BLUR_3)))

    assert blurred.getpixel((1, 1)) == (90, 90, 90, 255)
    assert blurred.getpixel((0, 0)) == (40, 40, 40, 113)


def test_five_by_five_is_weighed_too() -> None:
    weights = [0.0] * 25
    weights[14] = 1.0  # two to the right

    assert reds(filter_image(a_row(1, 2, 3, 4), the_filters(a_filter("Convolute", opaque=True, matrix=weights)))) == [
        3, 4, 0, 0,
    ]  # fmt: skip


def test_a_blur_is_a_tent_of_its_reach() -> None:
    image = Image.new("RGBA", (101, 101), (0, 0, 0, 255))
    image.paste((255, 255, 255, 255), (50, 0, 101, 101))
    # A blur of 1 reaches 0.12 * 101 = 12.12 pixels: an edge rises along (1 + x)² / 2 and 1 - (1 - x)² / 2.
    blurred = filter_image(image, the_filters(a_filter("Blur", blur=1)))

    row = [blurred.getpixel((x, 50)) for x in range(101)]
    for x in range(36, 65):
        share = (x + 0.5 - 50) / 12.12
        rise = (
            0.0 if share < -1 else 1.0 if share > 1 else (1 + share) ** 2 / 2 if share < 0 else 1 - (1 - share) ** 2 / 2
        )
        pixel = row[x]
        assert isinstance(pixel, tuple)
        assert pixel[0] == pytest.approx(255 * rise, abs=3)


def test_a_blur_takes_no_colour_from_what_is_transparent() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 20, 40))

    pixel = filter_image(image, the_filters(a_filter("Blur", blur=1))).getpixel((20, 20))

    assert isinstance(pixel, tuple)
    assert pixel[0] == pytest.approx(200, abs=2)
    assert 0 < pixel[3] < 255


@pytest.mark.parametrize(("side", "row"), [(2, [0, 0, 2, 2, 4]), (3, [0, 0, 0, 3, 3]), (7, [0, 0, 0, 0, 0])])
def test_a_block_has_the_colour_of_its_first_pixel(side: int, row: list[int]) -> None:
    pixelated = filter_image(a_row(0, 1, 2, 3, 4), the_filters(a_filter("Pixelate", blocksize=side)))

    assert reds(pixelated) == row


def test_blocks_also_lie_under_each_other() -> None:
    image = Image.new("RGBA", (4, 4), (9, 9, 9, 255))
    image.putpixel((2, 2), (70, 70, 70, 255))

    pixelated = filter_image(image, the_filters(a_filter("Pixelate", blocksize=2)))

    assert reds(pixelated) == [9] * 10 + [70, 70] + [9, 9, 70, 70]


def test_noise_is_the_same_every_time_and_within_half_its_strength() -> None:
    warnings: list[Fault] = []
    image = Image.new("RGBA", (50, 50), (128, 128, 128, 200))

    noise = the_filters(a_filter("Noise", noise=40), warnings=warnings)
    once, again = filter_image(image, noise), filter_image(image, noise)

    assert once.tobytes() == again.tobytes()
    assert (min(reds(once)), max(reds(once))) == (108, 148)
    assert once.getchannel("A").getextrema() == (200, 200)
    assert [warning.code for warning in warnings] == ["filter_random"]


def test_a_coarser_picture_keeps_its_size() -> None:
    image = a_row(*[0, 255] * 20)

    coarse = filter_image(image, the_filters(a_filter("Resize", scaleX=0.25, scaleY=1)))

    assert coarse.size == (40, 1)
    assert max(reds(coarse)) - min(reds(coarse)) < 40


def test_a_picture_larger_than_a_strip_has_no_seams() -> None:
    image = Image.linear_gradient("L").resize((1024, 600)).convert("RGBA")

    whole = filter_image(image, the_filters(a_filter("Vibrance", vibrance=0.7), a_filter("Invert")))

    assert whole.tobytes() == image.point([*[255 - value for value in range(256)] * 3, *range(256)]).tobytes()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (5, "design_invalid"),
        ({}, "design_invalid"),
        (a_filter("LensFlare"), "design_unsupported"),
        (a_filter("BlendImage", image={}), "design_unsupported"),
        (a_filter("Brightness", brightness="much"), "design_invalid"),
        (a_filter("Contrast", contrast=1.5), "design_invalid"),
        (a_filter("Blur", blur=-1), "design_invalid"),
        (a_filter("Grayscale", mode="sepia"), "design_invalid"),
        (a_filter("Gamma", gamma=[1, 0, 1]), "design_invalid"),
        (a_filter("ColorMatrix", matrix=[1, 2, 3]), "design_invalid"),
        (a_filter("Convolute", matrix=[1] * 49), "design_invalid"),
        (a_filter("Convolute", matrix=[float("nan")] * 9), "design_invalid"),
        (a_filter("BlendColor", color="reddish"), "design_invalid"),
        (a_filter("BlendColor", mode="burn"), "design_invalid"),
        (a_filter("Pixelate", blocksize=0), "design_invalid"),
        (a_filter("Composed", subFilters=[a_filter("LensFlare")]), "design_unsupported"),
    ],
)
def test_a_wrong_or_unknown_filter_is_a_fault(raw: Any, code: str) -> None:
    faults: list[Fault] = []

    the_filters(raw, faults=faults)

    assert [fault.code for fault in faults] == [code]


def test_filters_have_bounds() -> None:
    faults: list[Fault] = []
    nested: dict[str, Any] = a_filter("Invert")
    for _ in range(100):
        nested = a_filter("Composed", subFilters=[nested])

    the_filters(nested, faults=faults)
    the_filters(*[a_filter("Invert")] * 51, faults=faults)

    assert [fault.code for fault in faults] == ["design_invalid"] * 2
