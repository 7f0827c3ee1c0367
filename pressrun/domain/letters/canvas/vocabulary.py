"""The properties that are understood, so that every other one is named in a warning instead of dropped in silence."""

from collections.abc import Mapping
from typing import Final

from pressrun.domain.letters.canvas.properties import Properties


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What Fabric saves for its editor and what has no part in the picture.
_OF_EDITOR: Final = _words(
    """
    type version name id data metadata selectable evented hasControls hasBorders hasRotatingPoint lockMovementX
    lockMovementY lockScalingX lockScalingY lockRotation lockUniScaling lockSkewingX lockSkewingY
    lockScalingFlip hoverCursor moveCursor cornerColor cornerStrokeColor cornerSize cornerStyle cornerDashArray
    transparentCorners borderColor borderDashArray borderScaleFactor borderOpacityWhenMoving padding
    perPixelTargetFind targetFindTolerance centeredScaling centeredRotation objectCaching noScaleCache
    statefullCache statefulCache excludeFromExport editable editingBorderColor cursorColor cursorWidth
    cursorDelay cursorDuration selectionColor activeOn includeDefaultValues minScaleLimit touchCornerSize
    absolutePositioned inverted interactive subTargetCheck layoutManager layout crossOrigin cacheProperties
    stateProperties zoomX zoomY ownMatrixCache owningCursor locked label title description tooltip layer layerId
    groupId
    """
)
_OF_OBJECT: Final = _words(
    """
    originX originY left top width height fill stroke strokeWidth strokeDashArray strokeLineCap strokeDashOffset
    strokeLineJoin strokeUniform strokeMiterLimit scaleX scaleY angle flipX flipY opacity shadow visible
    backgroundColor fillRule paintFirst globalCompositeOperation skewX skewY clipPath isQRCode isBarcode
    variableName qrContent qrLevel qrQuietZone qrDark qrLight qrStyle barcodeFormat barcodeContent
    """
)
_OF_TEXT: Final = _words(
    """
    text fontSize fontWeight fontFamily fontStyle lineHeight underline overline linethrough textAlign
    textBackgroundColor charSpacing styles direction path pathSide pathAlign pathStartOffset minWidth
    splitByGrapheme overflow overflowFloor allowOffPage textDecorationThickness textDecorationColor deltaY
    """
)
_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "rect": frozenset({"rx", "ry"}),
    "circle": frozenset({"radius", "startAngle", "endAngle", "counterClockwise"}),
    "ellipse": frozenset({"rx", "ry"}),
    "triangle": frozenset(),
    "line": frozenset({"x1", "x2", "y1", "y2"}),
    "polyline": frozenset({"points", "exactBoundingBox"}),
    "polygon": frozenset({"points", "exactBoundingBox"}),
    "path": frozenset({"path", "sourcePath", "pathOffset"}),
    "image": frozenset({"src", "cropX", "cropY", "filters", "isVariableImage", "imageFit", "srcFromAttribute"}),
    "group": frozenset({"objects"}),
    "text": _OF_TEXT,
    "itext": _OF_TEXT,
    "textbox": _OF_TEXT,
}
_OF_CANVAS: Final = _words(
    """
    version objects width height background backgroundImage backgroundColor overlay overlayColor overlayImage
    clipPath viewportTransform title name id type metadata preserveObjectStacking controlsAboveOverlay
    """
)


def warn_of_unknown(item: Properties, kind: str) -> None:
    """Warn of each property of an object that is neither drawn nor known to draw nothing."""
    known = _OF_TYPE.get(kind, frozenset())
    for name in item.raw:
        if name not in known and name not in _OF_OBJECT and name not in _OF_EDITOR:
            item.warn(name)


def warn_of_unknown_canvas(canvas: Properties) -> None:
    for name in canvas.raw:
        if name not in _OF_CANVAS:
            canvas.warn(name)
