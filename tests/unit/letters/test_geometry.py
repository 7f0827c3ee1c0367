"""Objects stand where Fabric puts them."""

from dataclasses import replace

import pytest

from pressrun.domain.letters.canvas.geometry import (
    IDENTITY,
    Placement,
    apply,
    compose,
    invert,
    object_matrix,
    rotation,
    scales,
    scaling,
    translation,
)

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


def test_a_size_may_leave_out_the_stroke_in_one_direction() -> None:
    """Up to Fabric 5 a straight line with butt ends is no longer by its stroke."""
    stroked = replace(PLACED, stroke_width=10)

    assert centre(replace(stroked, bare=(True, False))) == (120, 65)
    assert centre(replace(stroked, bare=(False, True))) == (125, 60)


def test_skew_is_applied_before_scale_and_turn() -> None:
    placed = replace(PLACED, origin_x=0, origin_y=0, skew_x=45, scale_x=3, angle=90)

    assert apply(object_matrix(placed, 40, 20), 0, 10) == pytest.approx((100 - 10, 50 + 30))


def test_scales_are_found_under_any_turn_and_flip() -> None:
    matrix = compose(rotation(33), scaling(-2, 0.5))

    assert scales(matrix) == pytest.approx((2, 0.5))
    assert scales(scaling(0, 3)) == (0, 0)


def test_an_inverse_leads_back_and_a_flat_matrix_has_none() -> None:
    matrix = compose(translation(30, -7), compose(rotation(20), scaling(2, -3)))
    back = invert(matrix)

    assert back is not None
    assert compose(back, matrix) == pytest.approx(IDENTITY)
    assert invert(scaling(0, 1)) is None
