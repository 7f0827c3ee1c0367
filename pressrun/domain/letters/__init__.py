"""Letters: a Fabric.js design compiled once for a batch, then stamped into one PDF per recipient."""

from pressrun.domain.letters.canvas.design import Design, read_design
from pressrun.domain.letters.canvas.placeholders import Variable
from pressrun.domain.letters.canvas.source import DesignSource, FontFile
from pressrun.domain.letters.stamping.compilation import compile_design
from pressrun.domain.letters.stamping.compiled import CompiledDesign
from pressrun.domain.letters.stamping.errors import CompiledDesignDamaged, CompiledDesignOutdated
from pressrun.domain.letters.stamping.letter import Letter, Refusal
from pressrun.domain.letters.stamping.program import RENDERER_VERSION, Profile

__all__ = [
    "RENDERER_VERSION",
    "CompiledDesign",
    "CompiledDesignDamaged",
    "CompiledDesignOutdated",
    "Design",
    "DesignSource",
    "FontFile",
    "Letter",
    "Profile",
    "Refusal",
    "Variable",
    "compile_design",
    "read_design",
]
