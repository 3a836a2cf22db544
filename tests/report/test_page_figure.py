"""A drawing as the page holds it: fewer bytes, the same marks."""

from urllib.parse import unquote
from xml.etree import ElementTree

from her2ctdna.report.page_figure import page_address, shrink_svg

DRAWN = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="10pt" height="10pt"
     viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata>made by a program</metadata>
 <title>Three bars</title>
 <defs>
  <clipPath id="p8d4c">
   <rect x="1.500000" y="0" width="88.112086" height="9"/>
  </clipPath>
  <pattern id="h5db1"><path d="M 0 0 &#10;L 72 72 &#10;"/></pattern>
  <path id="C0_0_abc" d="M 12.345678 -0.04 &#10;L 1.23456 2 &#10;z&#10;"/>
 </defs>
 <g id="patch_1">
  <g id="patch_2">
   <path d="M 1 2" clip-path="url(#p8d4c)" style="fill: url(#h5db1); stroke: #ff0000"/>
  </g>
 </g>
 <path d="M 3 4" style="fill: url(#h5db1); stroke: #ff0000"/>
 <path d="M 5 6" style="fill: url(#h5db1); stroke: #ff0000"/>
 <use xlink:href="#C0_0_abc" style="fill: #00ff00" transform="scale(0.123456)"/>
</svg>
"""


def test_numbers_names_and_styles_are_shorter_and_the_marks_the_same() -> None:
    assert shrink_svg(DRAWN) == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" '
        'viewBox="0 0 10 10" version="1.1">'
        "<style>.c0{fill:url(#i1);stroke:#ff0000}</style>"
        "<title>Three bars</title>"
        '<defs><clipPath id="i0"><rect x="1.5" y="0" width="88.1" height="9" />'
        '</clipPath><pattern id="i1"><path d="M0 0L72 72" /></pattern>'
        '<path d="M12.3 -0.04L1.23 2z" id="i2" /></defs>'
        '<path d="M1 2" clip-path="url(#i0)" class="c0" />'
        '<path d="M3 4" class="c0" /><path d="M5 6" class="c0" />'
        '<use transform="scale(0.123)" href="#i2" style="fill:#00ff00" /></svg>'
    )


def test_an_address_holds_the_drawing_and_ends_no_attribute() -> None:
    address = page_address(DRAWN)
    kind, _, written = address.partition(",")
    assert kind == "data:image/svg+xml"
    assert not set('"<>#') & set(written)
    assert unquote(written) == shrink_svg(DRAWN)
    assert ElementTree.fromstring(unquote(written)).tag.endswith("svg")


def test_words_of_a_patient_stay_words() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg"><text>1.234567 &lt;b&gt;</text></svg>'
    )
    assert "1.234567 &lt;b&gt;" in shrink_svg(drawn)
