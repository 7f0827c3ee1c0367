"""Letters: a Fabric.js design compiled once for a batch, then stamped into one PDF per recipient."""

from pressrun.domain.letters.compilation import compile_design
from pressrun.domain.letters.compiled import CompiledDesign
from pressrun.domain.letters.design import Design, read_design
from pressrun.domain.letters.errors import CompiledDesignDamaged, CompiledDesignOutdated
from pressrun.domain.letters.letter import Letter, Refusal
from pressrun.domain.letters.placeholders import Variable
from pressrun.domain.letters.program import RENDERER_VERSION, Profile
from pressrun.domain.letters.source import DesignSource, FontFile

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
