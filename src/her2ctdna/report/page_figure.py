"""A drawing as the page holds it: the same picture in a third of the bytes.

Matplotlib writes six decimals, a group for each mark and its style in full. On a page
a hundredth of a point cannot be seen, and equal styles are one class.
"""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DRAWN = ("d", "transform", "x", "y", "width", "height", "points")
_LEAST_SHARED = 3
"""From how many marks on a style is worth a class."""
_SAFE = " !$&'()*+,-./:;=?@[]^_`{|}~"
"""What may stand as it is in an address inside double quotes."""

ElementTree.register_namespace("", _SVG.strip("{}"))


def page_address(svg: str) -> str:
    """Return a drawing as an address that holds the drawing itself."""
    return f"data:image/svg+xml,{quote(shrink_svg(svg), safe=_SAFE)}"


def shrink_svg(svg: str) -> str:
    """Return a drawing of Matplotlib's in fewer bytes.

    Numbers keep a twentieth of a point where they are large and three decimals where
    they are small (scales are), names that nothing refers to go, styles that several
    marks share become classes. The picture is the same to the eye.
    """
    root = ElementTree.fromstring(svg)
    names = {name: f"i{i}" for i, name in enumerate(dict.fromkeys(_referred(root)))}
    classes = _classes_of(root)
    for element in root.iter():
        _shorten(element, names, classes)
    _unwrap(root)
    style = Element(f"{_SVG}style")
    rules = "".join(f".{name}{{{text}}}" for text, name in classes.items())
    style.text = _rename(rules, names)
    root.insert(0, style)
    return ElementTree.tostring(root, encoding="unicode")


def _referred(root: Element) -> Iterator[str]:
    """Yield what marks refer to, in the order that they do."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == _LINK:
                yield value.removeprefix("#")
            yield from _REFERENCE.findall(value)


def _classes_of(root: Element) -> dict[str, str]:
    """Return the class of each style that several marks share."""
    counts = Counter(element.attrib.get("style", "") for element in root.iter())
    shared = [style for style, n in counts.items() if style and n >= _LEAST_SHARED]
    return {_tight(style): f"c{i}" for i, style in enumerate(shared)}


def _tight(style: str) -> str:
    return re.sub(r"\s*([:;])\s*", r"\1", style)


def _shorten(element: Element, names: dict[str, str], classes: dict[str, str]) -> None:
    own = element.attrib
    if (name := own.pop("id", None)) in names:
        own["id"] = names[str(name)]
    if _LINK in own:
        own["href"] = f"#{names[own.pop(_LINK).removeprefix('#')]}"
    if style := _tight(own.pop("style", "")):
        own["class" if style in classes else "style"] = classes.get(style, style)
    for key, value in own.items():
        drawn = _NUMBER.sub(_round, value) if key in _DRAWN else value
        if key == "d":
            drawn = " ".join(re.sub(r"\s*([A-Za-z])\s*", r"\1", drawn).split())
        own[key] = _rename(drawn, names)


def _rename(text: str, names: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", text)


def _round(found: re.Match[str]) -> str:
    value = float(found[0])
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _unwrap(element: Element) -> None:
    """Take out groups that say nothing, what describes the file, and its spaces."""
    kept: list[Element] = []
    for child in element:
        _unwrap(child)
        child.tail = None
        is_group = child.tag == f"{_SVG}g"
        if is_group and not child.attrib:
            kept += list(child)
        elif child.tag != f"{_SVG}metadata" and (len(child) or not is_group):
            kept.append(child)
    element[:] = kept
    if not (element.text or "").strip():
        element.text = None
