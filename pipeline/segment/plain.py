"""Text as the rules of judging read it: simplified characters, full-width stops, half-width digits, sign for sign.

Purpose: a rule is written once, for one way of writing. Every sign becomes one sign, so that places stay what they were.
Limits: the few hundred traditional characters that reports use; what is shown to people is never this text.
"""

from __future__ import annotations

import re

_TRADITIONAL = (
    "個个點点條条議议驗验體体會会學学習习國国區区縣县鎮镇鄉乡醫医護护師师員员請请來来時时間间開开辦办舉举動动講讲課课談谈論论"
    "話话說说讀读書书報报導导務务實实業业產产園园場场館馆廳厅畫画覽览參参觀观訪访問问節节總总結结類类級级給给與与為为"
    "創创設设備备計计劃划擬拟準准預预後后還还將将應应該该這这過过進进長长達达發发從从無无數数據据統统約约萬万餘余億亿"
    "協协聯联組组織织團团隊队黨党廣广眾众傳传統统記记錄录圖图電电視视網网線线頭头衛卫藥药療疗檢检測测義义診诊幾几兩两"
    "單单雙双農农戶户歲岁紀纪號号樓楼處处裡里臺台灣湾環环麼么沒没題题聽听寫写見见對对難难處处願愿讓让優优獎奖賽赛"
    "選选評评審审職职稱称質质項项關关懷怀愛爱貢贡獻献顧顾勵励強强調调現现當当場场啟启啓启術术機机構构歷历參参謝谢"
)
_STOPS = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
_SIGNS = {
    **{_TRADITIONAL[at]: _TRADITIONAL[at + 1] for at in range(0, len(_TRADITIONAL), 2)},
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
}
_TABLE = str.maketrans(_SIGNS)
_HALF = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;!?()]")


def plain(text: str) -> str:
    """Return *text* for judging, as long as it was: 「點」 and 「点」, "," and "，", "５" and "5" are one."""
    written = text.translate(_TABLE)
    if not re.search(r"[\u4e00-\u9fff]", written):
        return written
    return _HALF.sub(lambda hit: _STOPS[hit.group()], written)
