"""The phrases in which pathologists write HER2, in English and Chinese.

Each says what it tells and at which scores it may stand. They are taken out of a cell
in their order: the longer and the denied ones come first. Text is in one form before
(`her2ctdna.her2.her2_cells.plain_text`): narrow, lower case, one kind of dash.
"""

import re
from typing import NamedTuple

NOT_DONE = frozenset(
    {
        *("unknown", "unk", "nd", "unk/nd", "not done", "not performed", "not tested"),
        *("not available", "pending", "failed", "failure", "test failure"),
        *("未知", "不详", "未做", "未检", "未检测", "未行", "待检", "待查", "失败"),
    }
)
"""Words for a test without a result; ``NA`` is not among them, it is text."""


class Phrase(NamedTuple):
    """What a phrase tells: of ISH, of staining, and the scores that it fits.

    ``ish`` may be ``none``: a test without a result. ``staining`` may be ``named``:
    some, unless another word or a percentage says how much. ``is_zero`` says IHC 0 by
    itself; ``is_pattern`` tells where something is stained, not whether anything is.
    """

    pattern: re.Pattern[str]
    ish: str = ""
    staining: str = ""
    fits: tuple[str, ...] = ("0", "1+", "2+", "3+")
    is_zero: bool = False
    is_pattern: bool = False


def _one_of(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


def _words(*words: str) -> str:
    """Return a pattern of whole words; Chinese ones have no edges."""
    english = [word for word in words if word.isascii()]
    chinese = [word for word in words if not word.isascii()]
    edged = [rf"(?<![a-z]){_one_of(*english)}(?![a-z])"] if english else []
    return _one_of(*chinese, *edged)


_HER2 = r"(?:her-?2(?:[\s/-]*neu)?|c-?erbb-?2|erbb-?2)"
NAMES = re.compile(
    _one_of(_HER2, *(r"(?<![a-z])ihc(?![a-z])", "immunohistochemistry", "免疫组化"))
    + "|"
    + _one_of(r"(?<![a-z])score(?![a-z])", "评分")
)
_GENE = rf"(?:{_HER2}[\s-]*)?(?:gene\s+|基因)?"
_ISH = (
    r"(?:(?:reflex|dual[\s-]*probe|single[\s-]*probe|荧光)\s*|"
    rf"{_HER2}[\s-]*)*"
    r"(?:(?<![a-z])(?:fish|d-?dish|b?dish|cish|sish|ish)(?![a-z])|原位杂交)"
    r"(?:\s*(?:tests?|results?|检测|结果|法))*"
)
_DENIED = (
    rf"(?:not?|non|without|no evidence of)[\s-]*{_GENE}amplif(?:ied|ication)",
    rf"{_GENE}amplification\s+(?:absent|not (?:detected|seen|present))",
    rf"{_GENE}unamplified",
    rf"{_GENE}(?:未见|未检测到|未检出|没有|无|未|不|非)(?:明显)?{_GENE}扩增",
)
_AMPLIFIED = (
    rf"{_GENE}amplif(?:ied|ication)(?:\s+(?:present|detected))?",
    rf"{_GENE}(?:有|可见)?扩增",
)
_WORDS = {
    "equivocal": (
        _words("equivocal", "borderline", "临界值?", "不确定", "可疑"),
        r"\+/-|±",
    ),
    "none": (
        _words(
            *("pending", "not done", "not performed", "not tested", "not available"),
            *("unknown", "unk", "nd", "test failure", "failed", "failure", "awaited"),
            *("to follow", "recommended", "requested", "advised", "needed"),
            *("待检测?", "待查", "待做", "待定", "待回报", "未做", "未检测?", "未行"),
            *("未查", "失败", "建议", "待"),
        ),
    ),
    "negative": (
        *_DENIED,
        _words("negative", r"neg\.?", "阴性"),
        r"-ve(?![a-z])",
    ),
    "positive": (
        *_AMPLIFIED,
        _words("positive", r"pos\.?", "阳性"),
        r"\+ve(?![a-z])",
    ),
}
_SIGNS = {"negative": "-", "positive": r"\+(?!\+)"}
_SEPARATOR = r"[\s:=,(\[]*(?:(?:-|(?<=\s)-\s)(?=[a-z\u4e00-\u9fff]))?"


def _ish_phrases() -> tuple[Phrase, ...]:
    """Return the results of ISH that name the test, before or after them."""
    after = [
        Phrase(re.compile(f"{_ISH}{_SEPARATOR}{_one_of(*words)}"), ish=result)
        for result, words in _WORDS.items()
    ]
    signs = [
        Phrase(re.compile(rf"{_ISH}\s*[:=(\[]*\s*{sign}"), ish=result)
        for result, sign in _SIGNS.items()
    ]
    before = [
        Phrase(
            re.compile(rf"{_one_of(*words)}[\s-]*(?:by|on|for|in)?\s*{_ISH}"), result
        )
        for result, words in _WORDS.items()
    ]
    bare = [
        Phrase(re.compile(_one_of(*_DENIED)), ish="negative"),
        Phrase(re.compile(_one_of(*_AMPLIFIED)), ish="positive"),
    ]
    return (*after, *signs, *before, *bare)


_ANY = r"(?:(?:any|membranous|membrane|visible|detectable|faint|weak|tumou?r cell)\s+)*"
_ADVERB = r"(?:very\s+)?"
_STAINING = (
    Phrase(
        re.compile(
            rf"(?:(?<![a-z])(?:no|without|nil|absence of)\s+{_ANY}stain(?:ing|ed)"
            r"(?:\s+(?:cells?|observed|seen|detected|present))*"
            r"|(?<![a-z])unstained(?![a-z])|staining\s+absent"
            rf"|(?<![a-z])(?:{_HER2}[\s-]*)?null(?![a-z])"
            r"|(?:完全)?(?:无|未见|未|不|没有)(?:明显|任何)?(?:细胞)?膜?(?:着色|染色))"
        ),
        staining="none",
        fits=("0",),
        is_zero=True,
    ),
    Phrase(
        re.compile(r"(?<![a-z])absent(?![a-z])"),
        staining="none",
        fits=("0",),
    ),
    Phrase(
        re.compile(rf"(?:{_HER2}[\s-]*)?(?:(?<![a-z])ultra[\s-]*low|超低)(?:表达)?"),
        staining="some",
        fits=("0",),
        is_zero=True,
    ),
    Phrase(
        re.compile(
            rf"(?:{_HER2}[\s-]*)?(?:(?<![a-z])low(?:\s+expression)?(?![a-z])|低表达)"
        ),
        fits=("1+",),
    ),
    Phrase(
        re.compile(
            _words("weakly positive", "weak positive", "faintly positive", "弱阳性?")
        ),
        staining="some",
        fits=("1+", "2+"),
    ),
    Phrase(
        re.compile(_words("strongly positive", "strong positive", "强阳性")),
        staining="some",
        fits=("3+",),
    ),
    Phrase(
        re.compile(_words(r"weak(?:ly)?\s*(?:-|to)\s*moderate(?:ly)?", "弱至中等")),
        staining="some",
        fits=("2+",),
    ),
    Phrase(
        re.compile(
            _ADVERB
            + _words(
                *("faintly", "faint", "weakly", "weak", "slight", "barely perceptible"),
                *("barely visible", "incomplete", "partial", "微弱", "不完整"),
                "with membran(?:e|ous) staining",
            )
        ),
        staining="some",
        fits=("0", "1+", "2+"),
    ),
    Phrase(
        re.compile(
            _ADVERB
            + _words(
                *(
                    "moderate",
                    "strongly",
                    "strong",
                    "intense",
                    "completely",
                    "complete",
                ),
                *("circumferential", "中等", "完整"),
            )
        ),
        staining="some",
        fits=("2+", "3+"),
    ),
    Phrase(
        re.compile(
            _words(
                *("focally", "focal", "patchy", "heterogen(?:e)?ous(?:ly)?", "diffuse"),
                *("heterogeneity", "membranous", "membrane"),
                *("局灶性?", "灶性", "异质性", "细胞膜", "膜"),
            )
        ),
        is_pattern=True,
    ),
    Phrase(
        re.compile(_words("staining", "stained", "着色", "染色")),
        staining="named",
    ),
)
_OF_THE_SCORE = (
    Phrase(re.compile(_words("negative", r"neg\.?", "阴性")), fits=("0", "1+")),
    Phrase(re.compile(_words("equivocal", "borderline", "不确定")), fits=("2+",)),
    Phrase(re.compile(_words("positive", r"pos\.?", "阳性")), fits=("3+",)),
)
_NEUTRAL = (
    Phrase(NAMES),
    Phrase(
        re.compile(
            _words(
                *("outside", "invasive", "component", "tumou?r", "carcinoma", "cells?"),
                *("in", "of", "the", "and", "with", "浸润性?癌?", "癌", "肿瘤", "细胞"),
            )
        )
    ),
)
_QUALIFIER = _one_of(
    *("<=", ">=", "<", ">", "≤", "≥", "up to", "at most", "under", "below"),
    *("less than", "more than", "over", "about", r"approx(?:imately|\.)?", "~"),
    *("约", "大约", "小于", "少于", "不超过", "大于", "超过"),
)
_NUMBER = r"\d+(?:\.\d+)?"
PERCENT = re.compile(
    rf"(?:(?<![a-z])(?:in|of)\s+)?(?P<sign>{_QUALIFIER})?\s*(?P<first>{_NUMBER})\s*%?"
    rf"(?:\s*(?:-|to|~|and|至)\s*(?P<upper><=|<|≤)?\s*(?P<last>{_NUMBER})\s*%?)?"
    r"(?<=%)(?:\s*(?:of\s+)?(?:the\s+)?(?:invasive\s+|tumou?r\s+|cancer\s+|癌|肿瘤)*"
    r"(?:cells?|细胞))?"
    r"(?:\s*(?:pos(?:itive)?\.?|stained|staining|阳性|着色|染色)(?![a-z]))?"
)
"""A share of cells with its sign; what follows it of cells and staining is its own."""

AT_MOST = frozenset(
    {
        *("<=", "<", "≤", "up to", "at most", "under", "below", "less than"),
        *("小于", "少于", "不超过"),
    }
)
AT_LEAST = frozenset({">=", ">", "≥", "more than", "over", "大于", "超过"})

IHC_PHRASES = (*_ish_phrases(), *_STAINING, *_OF_THE_SCORE, *_NEUTRAL)
ISH_PHRASES = (
    *_ish_phrases(),
    *(
        Phrase(re.compile(_one_of(*words)), ish=result)
        for result, words in _WORDS.items()
    ),
    *_NEUTRAL,
    Phrase(re.compile(_ISH)),
)
