"""The words of the planted season: what units write in reports and letters, and what strangers write.

Purpose: templates that tests/planting.py fills in. Limits: made up; every activity says its category plainly.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

EXPERIENCE = (
    "坚持早谋划、早部署，提前一个月排定任务清单，责任落实到人，是活动办得实的关键。",
    "把活动办到科技工作者身边，少开会、多走访，大家愿意来、听得进。",
    "与属地单位共建共享场地和专家资源，一家出题、多家答卷，花小钱办成了事。",
    "用身边人讲身边事，比请名家更能打动人，这一做法值得坚持。",
)
ADVICE = (
    "建议市科协来年提前一个月下发通知，便于各单位统筹安排。",
    "建议建立全市科学家精神宣讲专家库，供各单位点单使用。",
    "建议对基层开展活动给予经费支持，并组织经验交流。",
    "建议统一制作一批宣传素材，供各单位下载使用。",
)
PLACES = (
    "实验小学",
    "阳光社区",
    "滨江社区",
    "第二中学",
    "产业园区",
    "文化广场",
    "职业教育中心",
    "乡镇卫生院",
)

WITH_FIGURES = (
    (
        "科技志愿服务进社区",
        "{d}，{short}组织科技志愿者走进{p}开展科技志愿服务活动，现场提供健康义诊、家电维修和科普咨询，{n}名居民参加，发放科普资料{m}份。",
    ),
    (
        "走访慰问一线科技工作者",
        "{d}，{short}走访慰问一线科技工作者，送去慰问信和慰问品，倾听他们的所需所盼，现场帮助解决职称申报方面的难题2个，{n}名科技工作者参加座谈。",
    ),
    (
        "科学家精神宣讲进校园",
        "{d}，{short}在{p}举办科学家精神宣讲报告会，宣讲团成员讲述老一辈科学家的感人故事，{n}名师生到场聆听。",
    ),
    (
        "科学家精神主题展览",
        "{d}，{short}在{p}举办“弘扬科学家精神”主题展览，展出展板40块，{n}名观众到场参观。",
    ),
    (
        "专题学习会",
        "{d}，{short}召开专题学习会，深入学习贯彻习近平总书记关于科技创新的重要论述，{n}名科技工作者参加学习并交流发言。",
    ),
)
BARE = (
    (
        "科学家精神主题展览",
        "{d}，{short}在{p}举办“弘扬科学家精神”主题展览，展板摆进了大厅，来往的人都可以看。",
    ),
    (
        "科学家精神宣讲进校园",
        "{d}，{short}在{p}举办科学家精神宣讲报告会，宣讲团成员讲述了老一辈科学家的故事。",
    ),
)
NUMERALS = "一二三四五六七八"
OPENINGS = (
    "为庆祝第八个“全国科技工作者日”，{short}按照通知要求开展了系列活动，现将有关情况总结如下。",
    "根据通知安排，{short}结合实际认真组织了“全国科技工作者日”活动，现将活动情况报告如下。",
    "5月下旬以来，{short}围绕“全国科技工作者日”组织开展了一批活动，现将情况报告如下。",
)


def report(
    name: str, short: str, chance: random.Random, *, lacks: Sequence[str], contact: str, day: str
) -> str:
    """A whole report in the marks of tools/samplemaker/documents.py, without what *lacks* names.

    contact: 联系人 with phone, "" for none. day: of the signature.
    """
    told = BARE if "成效" in lacks else WITH_FIGURES
    chosen = chance.sample(told, k=min(len(told), chance.randint(1, 3)))
    lines = [f"# {short}2024年“全国科技工作者日”活动总结", chance.choice(OPENINGS).format(short=short)]
    heads = [(title, _told(words, short, chance)) for title, words in chosen]
    if "经验" not in lacks:
        heads.append(("典型经验", chance.choice(EXPERIENCE)))
    if "建议" not in lacks:
        heads.append(("意见建议", chance.choice(ADVICE)))
    for number, (title, words) in enumerate(heads):
        lines += [f"## {NUMERALS[number]}、{title}", words]
    lines += [f"> {name}", f"> {day}"]
    if contact:
        lines.append(f"联系人：{contact}")
    return "\n".join(lines)


def section(name: str, title: str, words: str, day: str) -> str:
    """One section alone, as a supplement brings it."""
    return "\n".join((f"# {title}", words, f"> {name}", f"> {day}"))


def _told(words: str, short: str, chance: random.Random) -> str:
    return words.format(
        d=f"5月{chance.randint(8, 31)}日",
        short=short,
        p=chance.choice(PLACES),
        n=chance.randint(20, 480),
        m=chance.randint(100, 900),
    )


OTHERS = (
    (
        "彩页通图文",
        "promo@caiyetong.example",
        "科技工作者日物料一站式：展架、KT板、志愿者马甲",
        "尊敬的各单位领导：\n本店专做科协系统活动物料，科普宣传单2000张只要180元，当天下单，次日到货，可开发票。\n退订请回复TD",
    ),
    (
        "会务组",
        "huiwu@meeting.example",
        "关于召开2024年科普工作交流会的预通知",
        "各有关单位：\n兹定于7月中旬召开科普工作交流会，诚邀参会，报名回执见网站。\n会务组",
    ),
    (
        "电子期刊",
        "news@kepu.example",
        "《科普参考》2024年第6期电子期刊",
        "本期导读：低空经济、人工智能、夏季防汛。\n退订请点击页面底部。",
    ),
)
QUESTION = (
    "{short}小何",
    "请教报送材料的几个问题",
    "谢老师：\n您好！我是{short}的工作人员，想请教：\n1.总结要不要盖章扫描，还是发Word就行？\n2.影像资料太大发不出来，能不能分几次发？\n麻烦您有空时回一下，谢谢！\n{short}",
)
AUTOMATIC = ("自动回复：通知已收到", "您好，您的邮件已收到，我会尽快处理。这是一封自动回复邮件。")
