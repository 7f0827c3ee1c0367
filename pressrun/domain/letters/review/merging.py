"""Merging equal objects of a PDF into one, as where many letters with the same pictures stand in one file."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import pikepdf

# Each of them is somebody's page: two that look the same are two all the same.
_KEPT: Final = ("/Page", "/Pages", "/Catalog")


def merge_objects(pdf: pikepdf.Pdf) -> None:
    """Let every reference to equal objects name the first of them; the others go when the file is saved.

    Works from the leaves up: what refers to equal objects is equal itself once these are merged.
    """
    while twins := _find_twins(pdf):
        for each in pdf.objects:
            _point_at_first(each, twins)


def _find_twins(pdf: pikepdf.Pdf) -> dict[tuple[int, int], pikepdf.Object]:
    first: dict[bytes, pikepdf.Object] = {}
    twins: dict[tuple[int, int], pikepdf.Object] = {}
    for each in _reachable(pdf):
        known = first.setdefault(_digest(each), each)
        if known.objgen != each.objgen:
            twins[each.objgen] = known
    return twins


def _reachable(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return what pages refer to, however far; what nobody refers to any more would be merged for ever."""
    found: dict[tuple[int, int], pikepdf.Object] = {}
    waiting: list[pikepdf.Object] = [page.obj for page in pdf.pages]
    while waiting:
        for _, child in _entries(waiting.pop()):
            if not isinstance(child, pikepdf.Object) or (child.is_indirect and child.objgen in found):
                continue
            if child.is_indirect:
                found[child.objgen] = child
            waiting.append(child)
    return [each for each in found.values() if _is_mergeable(each)]


def _entries(parent: pikepdf.Object) -> list[tuple[Any, Any]]:
    """Return key and value of a dictionary or a stream's, place and value of an array; values may be plain numbers."""
    if isinstance(parent, pikepdf.Dictionary | pikepdf.Stream):
        return [(key, value) for key, value in parent.items() if key != "/Parent"]
    return list(enumerate(list(parent))) if isinstance(parent, pikepdf.Array) else []


def _is_mergeable(each: pikepdf.Object) -> bool:
    named = isinstance(each, pikepdf.Dictionary) and str(each.get("/Type", ""))
    return named not in _KEPT


def _digest(each: pikepdf.Object) -> bytes:
    if isinstance(each, pikepdf.Stream):
        return hashlib.sha256(each.stream_dict.unparse() + b"\0" + each.read_raw_bytes()).digest()
    return hashlib.sha256(each.unparse(resolved=True)).digest()


def _point_at_first(parent: pikepdf.Object, twins: Mapping[tuple[int, int], pikepdf.Object]) -> None:
    for key, value in _entries(parent):
        if not isinstance(value, pikepdf.Object):
            continue
        if not value.is_indirect:
            _point_at_first(value, twins)
        elif value.objgen in twins:
            parent[key] = twins[value.objgen]
