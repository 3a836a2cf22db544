"""Whether what a figure tells apart by colour is told apart by every eye and in grey.

Colours are compared as they are seen: with full colour vision, with protanopia,
deuteranopia and tritanopia (matrices of Machado, Oliveira and Fernandes, IEEE TVCG
2009;15:1291, severity 1), and as grey print.
"""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from her2ctdna.figures.marks import palette
from her2ctdna.figures.marks.palette import Look
from her2ctdna.figures.marks.style import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM
from her2ctdna.figures.oncoprint_cells import CELLS

VISIONS = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
LEAST_DELTA_E = 10.0
# what else tells the categories of a palette apart, wherever figures use it
CHANNELS = {
    "ALL_TREATED": (),
    "HER2_GROUPS": ("marker", "line"),
    "RESPONSES": ("hatch",),
    "STATES": ("marker",),
    "CLEARANCES": ("hatch", "line"),
    "LEVELS": (),
    "HER2_CATEGORIES": ("hatch",),
    "HER2_CLASSES": ("hatch",),
    "CONSEQUENCES": ("hatch",),
    "VAF_STEPS": (),
    "MODELS": ("marker", "line"),
}


def as_lab(colour: str, vision: str) -> np.ndarray:
    """Return CIELAB (D65) of a colour as it is seen."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISIONS[vision]) @ linear, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = (to_xyz @ seen) / (to_xyz @ np.ones(3))
    delta = 6 / 29
    f = np.where(ratio > delta**3, np.cbrt(ratio), ratio / (3 * delta**2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def alike(looks: list[Look], channels: tuple[str, ...], vision: str) -> list[str]:
    """Return the pairs that neither colour nor another channel tells apart."""
    found = []
    for one, other in combinations(looks, 2):
        delta_e = np.linalg.norm(
            as_lab(one.colour, vision) - as_lab(other.colour, vision)
        )
        same = all(getattr(one, name) == getattr(other, name) for name in channels)
        if delta_e < LEAST_DELTA_E and same:
            found.append(f"{one.label} / {other.label}: {delta_e:.1f}")
    return found


def test_every_palette_is_tested():
    named = {
        name
        for name, value in vars(palette).items()
        if isinstance(value, dict)
        and value
        and all(isinstance(look, Look) for look in value.values())
    }
    assert named == set(CHANNELS)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", CHANNELS)
def test_categories_are_told_apart(name, vision):
    looks = list(getattr(palette, name).values())
    assert alike(looks, CHANNELS[name], vision) == []


@pytest.mark.parametrize("vision", VISIONS)
def test_the_marks_of_the_oncoprint_are_told_from_each_other(vision):
    assert alike(list(CELLS.values()), ("marker",), vision) == []
    filled = list(palette.VAF_STEPS.values())
    empty = CELLS["undetected"]
    assert alike([*filled, empty], (), vision) == []


@pytest.mark.parametrize("vision", VISIONS)
def test_steps_of_vaf_grow_darker_whatever_is_seen(vision):
    lightness = [as_lab(look.colour, vision)[0] for look in palette.VAF_STEPS.values()]
    assert all(np.diff(lightness) < -LEAST_DELTA_E)


@pytest.mark.parametrize("name", CHANNELS)
def test_lines_and_words_are_dark_enough_on_white(name):
    white = as_lab("#FFFFFF", "grey")[0]
    for look in getattr(palette, name).values():
        if look.dark:
            assert white - as_lab(look.ink, "grey")[0] > 35, look.label


def test_a_pair_that_only_red_and_green_part_is_found():
    pair = [Look("red", "#C00000"), Look("olive", "#7A6B00")]
    assert alike(pair, (), "full") == []
    assert alike(pair, (), "deuteranopia") != []
    grey = [Look("a", "#777777"), Look("b", "#7A7A7A", hatch="//")]
    assert alike(grey, (), "grey") != []
    assert alike(grey, ("hatch",), "grey") == []


def test_colour_spaces_agree_with_known_values():
    np.testing.assert_allclose(as_lab("#FFFFFF", "full"), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(
        as_lab("#FF0000", "full"), [53.24, 80.09, 67.20], atol=0.02
    )
    assert as_lab("#FF0000", "grey")[1:] == pytest.approx([0, 0], abs=1e-3)


def test_figures_have_the_widths_of_journals():
    assert (SINGLE_COLUMN_MM, DOUBLE_COLUMN_MM) == (89.0, 183.0)
