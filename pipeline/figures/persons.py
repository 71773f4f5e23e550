"""Nouns for people in reports: who usually comes, who usually serves, who speaks, who is honoured.

Purpose: classes of head nouns, so that a count is read by its clause and not by a list of sentences.
Limits: a class is a habit, not a fact; the verb of the clause overrules it (pipeline/figures/roles.py).
"""

from __future__ import annotations

AUDIENCE = (
    r"(?:小记者|群众|居民|村民|乡亲们?|老乡|市民|公众|农民工?|农户|[果药茶菜椒蚕烟蔗花粮橘柚梨桃竹菌蜂瓜薯]农|"
    r"林农|农友|社员|种植户|养殖户|种粮大户|大户|户主"
    r"|师生|学生|同学|学员|学子|新生|中学生|小学生|大学生|高中生|初中生|儿童|少年|孩子们?|小朋友|朋友|"
    r"娃儿?|娃娃|幼儿|家长|亲子|老人|长者|患者|病友|病人|家属|妇女"
    r"|观众|听众|游客|来宾|来访者|访客|参观者|参会者|参训者|与会者|与会人员|参会人员|参加者|参与者|参赛者|受众|网友|网民"
    r"|职工|员工|工人|技工|工友|学徒|从业者|从业人员|选手|参赛队员|参会代表|护生|规培生|会员(?!单位)|读者|"
    r"实习生|见习生|徒弟|街坊|邻居|住户|租户|店主|姐妹|婆婆|爷爷|奶奶|大爷|大妈|大娘|[嬢孃]{2}|姑娘|小伙子?|"
    r"[茶乘旅顾食看]客|爱好者|业主|商户|消费者|劳动者|驾驶员|司机|快递员|骑手)"
)
"""People whom an activity is for."""
HELPER = (
    r"(?:专家|摊主|志愿者|志愿服务者|志愿服务队员|义工|讲解员|解说员|医生|医师|大夫|医护人员|医护|医务人员|护士|"
    r"药师|营养师|工作人员|服务人员|教授|讲师|技术员|特派员|宣讲员|辅导员|宣讲团成员"
    r"|律师|农艺师|畜牧师|兽医|咨询师|治疗师|裁判员?|裁判组|评委|评审|预报员|机手|安全员|引导员|导师|老师|"
    r"领队|班子成员|师傅|队员|教练|带教\S{0,2}|干部|作家|民警|消防员)"
)
"""People who mostly staff an activity; they are its participants where they attend, learn or sit."""
SPEAKER = (
    r"(?:演职人员|演职员|演员|朗读者|朗诵者|讲述人|讲述者|领读人?|领读者|主讲人?|报告人|发言人|发言者|"
    r"嘉宾|讲者|宣讲人|表演者|主持人|点评人|(?<!小)记者|院士|分享者)"
)
"""People who speak, perform or report."""
HONOURED = (
    r"(?:获奖者|获奖人员?|获得者|入选者|入选人员|候选人|当选者|受表彰者|最美\S{2,6}?者|标兵|劳模|劳动模范|"
    r"先进个人|先进工作者|先进人物|先进典型|人物|十佳\S{0,5}?者"
    r"|元勋|先驱|巨匠|科学家(?!精神)|前辈|先辈|榜样|好医生|工匠)"
)
"""People who are made known or chosen."""
NEUTRAL = (
    r"(?:科技工作者|科研工作者|科研人员|科技人员|技术人员|研发人员|管理人员|专业人员|业务人员|骨干|人才|"
    r"工程师|技师|博士后?|硕士|研究生|教师|青年|年轻人|代表|委员|理事|监事|专员"
    r"|负责人|秘书长?|主席|会长|党员|领导|同志|同事|同行|同仁|同道|学者|研究员|科学传播者|创业者|企业家|"
    r"经理|主任|校长|园长|书记|工会主席|站长|人员|成员|[矿船电焊钳瓦]工|[木石铁篾]匠|绣娘|"
    r"[\u4e00-\u9fff]{1,2}(?<![动全满复])员(?![工会外额])|[\u4e00-\u9fff]{1,3}师(?![傅资德生大范])|(?<!人)人(?!人)|者)"
)
"""People of whom the noun alone says nothing."""
PERSON = rf"(?:{AUDIENCE}|{HELPER}|{SPEAKER}|{HONOURED}|{NEUTRAL})"
CLASSES = (
    ("helper", HELPER),
    ("speaker", SPEAKER),
    ("honoured", HONOURED),
    ("audience", AUDIENCE),
    ("neutral", NEUTRAL),
)
"""In this order: the first class whose noun ends the phrase is its class."""
