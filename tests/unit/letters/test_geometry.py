"""Objects stand where Fabric puts them."""

from dataclasses import replace

import pytest

from pressrun.domain.letters.geometry import Placement, apply, compose, object_matrix, rotation, scaling

PLACED = Placement(
    left=100,
    top=50,
    origin_x=-0.5,
    origin_y=-0.5,
    angle=0,
    scale_x=1,
    scale_y=1,
    flip_x=False,
    flip_y=False,
    skew_x=0,
    skew_y=0,
    stroke_width=0,
    stroke_uniform=False,
)


def centre(placement: Placement) -> tuple[float, float]:
    return apply(object_matrix(placement, 40, 20), 0, 0)


def test_compose_applies_the_inner_matrix_first() -> None:
    matrix = compose(rotation(90), scaling(2, 1))

    assert apply(matrix, 1, 0) == pytest.approx((0, 2))


def test_an_origin_at_the_corner_is_half_the_size_away_from_the_centre() -> None:
    assert centre(PLACED) == (120, 60)


def test_half_the_stroke_moves_an_object_even_where_none_is_drawn() -> None:
    assert centre(replace(PLACED, stroke_width=1)) == (120.5, 60.5)


def test_a_scaled_stroke_counts_scaled_and_a_uniform_one_as_it_is() -> None:
    scaled = replace(PLACED, scale_x=2, stroke_width=4)

    assert centre(scaled) == (100 + 44, 50 + 12)
    assert centre(replace(scaled, stroke_uniform=True)) == (100 + 42, 50 + 12)


def test_rotation_is_about_the_origin() -> None:
    assert centre(replace(PLACED, angle=90)) == pytest.approx((90, 70))


def test_a_centred_object_stands_at_left_and_top_whatever_its_size() -> None:
    assert centre(replace(PLACED, origin_x=0, origin_y=0, angle=33, scale_x=3)) == (100, 50)


def test_flips_mirror_about_the_centre() -> None:
    flipped = replace(PLACED, flip_x=True, flip_y=True)

    assert apply(object_matrix(flipped, 40, 20), 20, 10) == (100, 50)


def test_skew_widens_the_box_that_the_origin_refers_to() -> None:
    assert centre(replace(PLACED, skew_x=45)) == pytest.approx((100 + (40 + 20) / 2, 60))
