"""What the pages and forms of a design refer to by name: states, forms, patterns and places for a letter's own.

All names are of one dictionary of resources, shared by every page and form, so that anything may be drawn anywhere.
"""

from dataclasses import dataclass, field
from typing import Literal

from pressrun.domain.letters.canvas.paints import Pattern
from pressrun.domain.letters.drawing.tiling import Cell
from pressrun.domain.letters.images.rasters import Raster

Family = Literal["Font", "XObject", "Pattern", "ExtGState"]


@dataclass(frozen=True, slots=True)
class State:
    """A graphics state: either alpha of fills and outlines with a blend mode, or the form that masks what is drawn.

    A luminous mask lets through by its brightness, others by their alpha.
    """

    alpha: float = 1.0
    blend: str = "Normal"
    mask: str | None = None
    luminous: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for objects that each letter brings itself: the name of the first and how many follow each other."""

    name: str
    family: Family
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What a design has collected while its objects were painted; canvas sizes in pixels."""

    rasters: list[Raster]
    states: dict[State, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    tiles: dict[str, tuple[Pattern, Cell, str]] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)

    def state(self, state: State) -> str | None:
        """Return the name of a graphics state, or None for the one every page begins with."""
        if state == State():
            return None
        return self.states.setdefault(state, f"A{len(self.states)}")

    def form(self, operators: str, kind: str = "L") -> str:
        """Keep operators in canvas pixels as an isolated group."""
        name = f"{kind}{len(self.forms)}"
        self.forms[name] = operators
        return name

    def shown(self, name: str) -> set[str]:
        """Return the names of the forms that a form shows, those inside them too, and those that mask them."""
        masks = {called: state.mask for state, called in self.states.items() if state.mask}
        found: set[str] = set()
        waiting = {name}
        while waiting:
            words = {word[1:] for word in self.forms[waiting.pop()].split() if word.startswith("/")}
            shown = words | {masks[word] for word in words & masks.keys()}
            waiting |= (shown & self.forms.keys()) - found
            found |= shown & self.forms.keys()
        return found

    def pattern(self, body: str) -> str:
        """Keep a shading pattern's dictionary."""
        name = f"P{len(self.patterns)}"
        self.patterns[name] = body
        return name

    def tile(self, pattern: Pattern, cell: Cell, matrix: str) -> str:
        """Keep a tiling pattern, anchored by its matrix."""
        name = f"T{len(self.tiles)}"
        self.tiles[name] = (pattern, cell, matrix)
        return name

    def raster(self, raster: Raster) -> str:
        """Keep a picture made while compiling."""
        self.rasters.append(raster)
        return f"I{len(self.rasters) - 1}"

    def slot(self, family: Family, count: int = 1, name: str | None = None) -> Slot:
        """Reserve a place for `count` objects of each letter's own."""
        first = sum(slot.count for slot in self.slots)
        slot = Slot(name or f"O{first}", family, first, count)
        self.slots.append(slot)
        return slot
