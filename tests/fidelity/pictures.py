"""How much a drawn page differs from Fabric's picture of it, beyond what two rasterisers' anti-aliasing makes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from fidelity.published import Pixels
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]
Grey = NDArray[np.float32]
Box = Sequence[float]
"""Left, top, right and bottom."""

LEVEL = 32
"""A channel that differs by more, of 255, is another colour and no anti-aliasing."""

MOST_DIFFERING = 0.010
"""Share of the page's pixels."""

LEAST_SIMILARITY = {"pdfium": 0.97, "poppler": 0.96}
"""Structural similarity; poppler's small letters come out a little heavier."""

MOST_OF_EDGES = {"text": 0.10, "thin": 0.08, "shape": 0.20}
"""Differing pixels of an object's box, as shares of the pixels on edges in it."""

MOST_INK = 0.05
"""By which a text's ink may differ: a bold face of equal widths passes everything else."""

MOST_OF_A_TILE = 0.35
"""Differing pixels of a window of 48 pixels, as a share of the pixels on edges in it."""

MOST_SHIFT = 1.5
"""Golden pixels by which a text may lie better elsewhere."""

TILE = 48
THIN = 8
LEAST_EDGES = 60
LEAST_TILE_EDGES = 250
LEAST_INK = 20_000
LARGEST_SHIFTED = 1_200_000
FARTHEST = 5
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Grey of ITU-R BT.601."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which pixels differ, how large their share is, how similar the pages are, and what is wrong in words."""

    differing: Mask
    share: float
    similarity: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of one size, where they differ, and the golden's edges with the pixels beside them."""

    golden: Grey
    drawn: Grey
    differing: Mask
    edges: Mask


def compare_pictures(golden: Pixels, drawn: Pixels, meta: Mapping[str, Any], viewer: str) -> Comparison:
    kept = _kept(golden.shape[:2], meta["masks"])
    drawn = np.where(kept[..., None], drawn, golden)
    differing = differing_pixels(golden, drawn)
    pair = Pair(golden.astype(np.float32) @ LUMA, drawn.astype(np.float32) @ LUMA, differing, _edges(golden))
    share, similarity = float(differing.sum() / kept.sum()), structural_similarity(pair.golden, pair.drawn)
    faults = [
        *_faults_of_page(share, similarity, LEAST_SIMILARITY[viewer]),
        *_faults_of_tiles(pair),
        *(fault for item in meta["boxes"] for fault in _faults_of_object(pair, item)),
    ]
    return Comparison(differing, share, similarity, tuple(faults))


def differing_pixels(golden: Pixels, drawn: Pixels) -> Mask:
    """Pixels whose colour is not found within one pixel, in half-pixel steps, in the other picture, either way."""
    differing: Mask = np.abs(golden - drawn).max(-1) > LEVEL
    rows, columns = np.nonzero(differing)
    differing[rows, columns] = _alone(golden, drawn, rows, columns) | _alone(drawn, golden, rows, columns)
    return differing


def structural_similarity(golden: Grey, drawn: Grey) -> float:
    """The mean SSIM of two pictures (Wang et al. 2004: Gaussian windows of 11 pixels, K1 0.01, K2 0.03)."""
    steady, steadier = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean, other = _smooth(golden), _smooth(drawn)
    spread, other_spread = _smooth(golden * golden) - mean * mean, _smooth(drawn * drawn) - other * other
    together = _smooth(golden * drawn) - mean * other
    likeness = (2 * mean * other + steady) * (2 * together + steadier)
    return float((likeness / ((mean * mean + other * other + steady) * (spread + other_spread + steadier))).mean())


def best_shift(golden: Grey, drawn: Grey) -> tuple[int, int]:
    """By how many pixels (right, down) the drawn picture lies off, by least mean difference; none for plain areas."""
    height, width = golden.shape
    if min(height, width) < 2 * FARTHEST + 4:
        return 0, 0
    core = golden[FARTHEST:-FARTHEST, FARTHEST:-FARTHEST]
    if core.std() < 4:
        return 0, 0
    steps = range(-FARTHEST, FARTHEST + 1)

    def difference(right: int, down: int) -> float:
        rows = slice(FARTHEST + down, height - FARTHEST + down)
        moved = drawn[rows, FARTHEST + right : width - FARTHEST + right]
        return float(np.abs(core - moved).mean()) + 0.01 * (abs(right) + abs(down))

    return min(((right, down) for down in steps for right in steps), key=lambda move: difference(*move))


def _kept(shape: tuple[int, ...], masks: Sequence[Box]) -> Mask:
    kept = np.ones(shape, np.bool_)
    for mask in masks:
        kept[_window(mask, kept, 0)] = False
    return kept


def _window(box: Box, picture: NDArray[Any], margin: int) -> tuple[slice, slice]:
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    rows = slice(max(0, int(top) - margin), min(height, int(np.ceil(bottom)) + margin))
    return rows, slice(max(0, int(left) - margin), min(width, int(np.ceil(right)) + margin))


def _alone(here: Pixels, there: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
    """Which of these pixels differ from everything within a pixel of their place in the other picture."""
    padded = np.pad(there, ((2, 2), (2, 2), (0, 0)), mode="edge")
    wanted = here[rows, columns]
    least = np.full(len(rows), 255, np.int16)
    for down in range(-2, 3):
        top = rows + 2 + down // 2
        bottom = top + down % 2
        for right in range(-2, 3):
            near = columns + 2 + right // 2
            far = near + right % 2
            found = (padded[top, near] + padded[top, far] + padded[bottom, near] + padded[bottom, far]) // 4
            least = np.minimum(least, np.abs(wanted - found).max(-1))
    return least > LEVEL


def _smooth(picture: Grey) -> Grey:
    smoothed: Grey = ndimage.gaussian_filter(picture, 1.5, truncate=3.5)
    return smoothed


def _edges(golden: Pixels) -> Mask:
    size = (3, 3, 1)
    steep = (ndimage.maximum_filter(golden, size) - ndimage.minimum_filter(golden, size)).max(-1) > 24
    edges: Mask = ndimage.binary_dilation(steep, iterations=2)
    return edges


def _faults_of_page(share: float, similarity: float, least: float) -> Iterator[str]:
    if share > MOST_DIFFERING:
        yield f"{share:.2%} of the page differs, at most {MOST_DIFFERING:.2%}"
    if similarity < least:
        yield f"similarity {similarity:.4f}, at least {least}"


def _faults_of_tiles(pair: Pair) -> Iterator[str]:
    differing, edges = _counts(pair.differing), _counts(pair.edges)
    shares = np.where(edges > LEAST_TILE_EDGES, differing / np.maximum(edges, LEAST_TILE_EDGES), 0)
    if shares.size and shares.max() > MOST_OF_A_TILE:
        row, column = np.unravel_index(int(shares.argmax()), shares.shape)
        where = f"({(column + 1) * TILE // 2}, {(row + 1) * TILE // 2})"
        yield f"{shares.max():.0%} of the edges around {where} differ, at most {MOST_OF_A_TILE:.0%}"


def _counts(mask: Mask) -> Grey:
    """How many pixels are set in each of the half-overlapping windows."""
    shares = ndimage.uniform_filter(mask.astype(np.float32), TILE, mode="constant")
    counts: Grey = shares[TILE // 2 :: TILE // 2, TILE // 2 :: TILE // 2] * TILE * TILE
    return counts


def _faults_of_object(pair: Pair, item: Mapping[str, Any]) -> Iterator[str]:
    kind, window = _kind_of(item), _window(item["box"], pair.edges, 3)
    differing, edges = pair.differing[window], pair.edges[window]
    if not edges.size:
        return
    name, share = f"object {item['object']} ({item['type']})", differing.sum() / max(edges.sum(), LEAST_EDGES)
    if share > MOST_OF_EDGES[kind]:
        yield f"{name}: {share:.1%} of its edges differ, at most {MOST_OF_EDGES[kind]:.0%}"
    if kind == "text":
        yield from (f"{name}: {fault}" for fault in _faults_of_letters(pair, item["box"], window))


def _kind_of(item: Mapping[str, Any]) -> str:
    left, top, right, bottom = item["box"]
    if "text" in item["type"].lower():
        return "text"
    return "thin" if min(right - left, bottom - top) < THIN else "shape"


def _faults_of_letters(pair: Pair, box: Box, window: tuple[slice, slice]) -> Iterator[str]:
    ink = _more_ink(pair.golden[window], pair.drawn[window])
    if abs(ink) > MOST_INK:
        yield f"{ink:+.1%} ink, at most {MOST_INK:.0%} more or less"
    if pair.differing[window].any() and pair.differing[window].size < LARGEST_SHIFTED:
        wider = _window(box, pair.edges, 6)
        right, down = best_shift(pair.golden[wider], pair.drawn[wider])
        if max(abs(right), abs(down)) > MOST_SHIFT:
            yield f"lies {right} px right and {down} px down of its place"


def _more_ink(golden: Grey, drawn: Grey) -> float:
    """The drawn text's ink beyond the golden's, as a share of it; 0 where the ground is not plain."""
    ground = np.median(golden)
    if (np.abs(golden - ground) < 6).mean() <= 0.5:
        return 0.0
    wanted = float(np.abs(golden - ground).sum())
    return float(np.abs(drawn - ground).sum()) / wanted - 1 if wanted > LEAST_INK else 0.0
