"""Whether a text layer can be what the page shows: fonts without a map, and layers of a recogniser that knew no Chinese.

Purpose: `is_plausible()` decides whether a page of a PDF is read from its text or from its picture.
Source: ISO 32000-1 section 9.10 (ToUnicode; without it a reader only guesses); the commonest Chinese characters, which
make three quarters of any running text and a tenth of a random one.
Limits: judges a page as a whole; a page of names and figures alone is believed.
"""

from __future__ import annotations

import re

FEW = 30
"""Chinese characters below which their choice says nothing."""
STRANGE = 0.15
"""Share of signs that no report holds (private use, controls, unmapped glyphs) from which on the layer is none."""
COMMON_SHARE = 0.35
"""Share of common ones among Chinese characters below which they were not written by a person."""
WORDS_SHARE = 0.6
"""Share of signs in words and figures below which Latin letters are what a recogniser made of Chinese."""

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外"
    "天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很"
    "情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她"
    "手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思"
    "术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科"
    "张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千"
    "周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格"
    "养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严村街镇乡社协医校讲宣馆赛览访慰问座谈培训普弘扬神"
)
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff\U000f0000-\U0010ffff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"(?<![^\s(\"'])(?:[A-Za-z][a-z]+|[A-Z]{2,}|[\d.,:/%-]+)(?![^\s.,;:!?)\"'])")


def is_plausible(text: str, unmapped: int = 0, *, pictured: bool = False) -> bool:
    """Say whether *text* can be the words of a page.

    Args:
        text: the layer of one page. unmapped: signs in it that the font gives no character for.
        pictured: the page is a picture under that layer, so that a recogniser has made it.
    """
    signs = len(re.sub(r"\s", "", text))
    if not signs:
        return True
    if len(_STRANGE.findall(text)) + unmapped > STRANGE * signs:
        return False
    chinese = _HAN.findall(text)
    if len(chinese) >= FEW:
        return sum(sign in _COMMON for sign in chinese) >= COMMON_SHARE * len(chinese)
    if not pictured or len(chinese) > signs / 4:
        return True
    return sum(len(word) for word in _WORD.findall(text)) >= WORDS_SHARE * signs
