"""One letter of a design, made the way a batch makes it, but without broker and storage: to look at first."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from pressrun.domain.letters import DesignSource, Letter, Profile, Refusal, compile_design, read_design
from pressrun.domain.recipients.canonical import Canonicaliser
from pressrun.domain.recipients.inline import rows_of_objects
from pressrun.domain.recipients.mapping import Want, map_columns


def prove_letter(source: DesignSource, record: Mapping[str, object]) -> Letter | Refusal:
    """The letter of one recipient, compiled for this record alone; raises FaultyInput for the design and the names."""
    design = read_design(source)
    wants = [Want(v.name, required=v.default is None, measured=v.kind == "qr") for v in design.variables]
    header, rows = rows_of_objects([record])
    # What a list lacks is its fault; what one record lacks is a recipient without a value.
    columns = map_columns(header, [replace(want, required=False) for want in wants], {})
    canonical = Canonicaliser(header, wants, columns)
    (line,) = canonical.feed(rows)
    row = orjson.loads(line)
    if "fault" in row:
        return Refusal(row["fault"]["code"], row["fault"]["message"])
    compiled = compile_design(design, Profile(canonical.characters, canonical.lengths))
    values = zip(wants, row["values"], strict=True)
    return compiled.stamp({want.name: value for want, value in values if value is not None})
