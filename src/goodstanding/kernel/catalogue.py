"""What may be recorded at all: the closed table of acts, and the words that no record type may speak of.

FAIRNESS 1 and 3. The filing check and the law check both read these tables; no law file can widen them.
"""

from __future__ import annotations

import re

# An act is something an organisation or an authority did, or a state that is measured; nothing else is recorded.
ACTS: tuple[str, ...] = (
    "decision",
    "duty met",
    "duty late",
    "duty missed",
    "amount due",
    "amount paid",
    "permit state",
    "measured value",
    "commitment kept",
    "commitment broken",
)

AUDIENCES: tuple[str, ...] = ("public", "restricted", "offices")
GRADE_AUDIENCES: tuple[str, ...] = ("public", "subject", "offices")

# Subjects of which no record type speaks, by English words (whole words, any inflection listed) and Chinese terms.
REFUSED_SUBJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "membership": (("membership", "memberships", "member", "members"), ("会员", "成员身份")),
    "belief": (("belief", "beliefs", "religion", "religious", "faith"), ("信仰", "宗教")),
    "worship": (("worship", "church", "mosque", "temple"), ("礼拜", "做礼拜", "寺庙", "教堂")),
    "party organisation": (
        (
            "party branch",
            "party organisation",
            "party organization",
            "party committee",
            "party building",
            "political party",
        ),
        ("党组织", "党支部", "党建", "党委", "党员", "政党"),
    ),
    "publication": (
        ("press", "publishing", "editorial", "newspaper", "broadcast"),
        ("出版", "报刊", "发表文章", "刊物"),
    ),
    "opinion": (
        ("opinion", "opinions", "speech", "statement of opinion"),
        ("意见领袖", "言论", "舆论"),
    ),
    "news": (("news", "media", "negative press"), ("新闻", "媒体", "负面报道")),
    "petition": (("petition", "petitions", "petitioner"), ("信访", "上访", "请愿")),
    "assembly": (
        ("assembly", "assemblies", "demonstration", "protest", "protests", "mass incident"),
        ("集会", "游行", "示威", "群体性事件"),
    ),
    "strike": (("strike", "strikes", "walkout"), ("罢工", "停工事件")),
    "a complaint lodged": (
        ("complaint", "complaints", "complainant", "whistleblower", "report received"),
        ("投诉", "举报", "申诉次数"),
    ),
    "a suit brought or lost": (
        ("lawsuit", "lawsuits", "suit", "suits", "litigation", "plaintiff", "sued"),
        ("起诉", "诉讼", "败诉", "原告"),
    ),
    "a relation to another subject": (
        (
            "related party",
            "related parties",
            "affiliate",
            "affiliates",
            "affiliated",
            "shareholder",
            "shareholders",
            "shareholding",
            "parent company",
            "subsidiary",
            "subsidiaries",
            "guarantor of",
        ),
        ("关联方", "关联企业", "关联关系", "股东", "母公司", "子公司", "控股"),
    ),
    "public mood": (
        (
            "sentiment",
            "public mood",
            "reputation",
            "popularity",
            "rating by users",
            "social evaluation",
        ),
        ("舆情", "情绪", "口碑", "社会评价", "声誉"),
    ),
}

# Words of a natural person. A field of such a name is refused whatever its type, except where PERSON_EVENTS allows it.
PERSON_WORDS: tuple[str, ...] = (
    "legal representative", "representative", "owner", "beneficial owner", "beneficiary", "responsible person", "person", "persons",
    "individual", "individuals", "director", "manager", "worker", "employee", "consumer", "creditor", "customer name", "complainant",
    "citizen", "surname", "first name", "last name", "full name", "given name", "id card", "id number", "identity card", "passport",
    "social security number", "ssn", "curp", "nif", "birth", "birthday", "gender", "sex", "age", "ethnicity", "nationality", "marital",
    "phone", "mobile", "email", "home address", "biometric", "face", "fingerprint", "spouse", "family", "children", "contact",
    "legal rep", "staff", "accountant", "officer", "applicant name", "driver",
)  # fmt: skip
PERSON_WORDS_ZH: tuple[str, ...] = (
    "法定代表人", "法人代表", "负责人", "责任人", "自然人", "个人", "身份证", "姓名", "护照", "出生", "性别", "民族", "手机", "电话", "邮箱", "住址",
    "实际控制人", "受益人", "职工姓名", "员工姓名", "消费者", "债权人", "公民", "配偶", "家庭", "人脸", "指纹", "当事人姓名",
)  # fmt: skip
# These words of persons may stand in a date ("representative changed"), a truth or a number ("workers unpaid"): none identifies anybody.
PERSON_EVENTS: frozenset[str] = frozenset(
    {
        "legal representative",
        "representative",
        "owner",
        "worker",
        "employee",
        "staff",
        "manager",
        "director",
        "creditor",
        "consumer",
        "accountant",
        "officer",
        "driver",
        "person",
        "persons",
    }
)
# Phrases that hold a refused word and mean something else.
HARMLESS: tuple[str, ...] = (
    "third party", "assembly line", "press release", "struck off", "strike off", "strike price", "audit opinion", "auditor opinion",
    "age of debt", "age of permit", "not a person", "member state", "temple of", "media type", "storage media", "filter media",
    "statement of opinion of the auditor", "protest of a bill", "suitable", "legal person", "printing press",
)  # fmt: skip
HARMLESS_ZH: tuple[str, ...] = ("法人", "非个人", "环境介质")


def words_of(name: str) -> str:
    """Give a name or title as lower-case words between single blanks.

    >>> words_of("Legal_representative-name")
    'legal representative name'
    """
    return " ".join(re.findall(r"[a-z0-9]+", name.lower()))


def refused_subject(*texts: str) -> tuple[str, str]:
    """Name the refused subject that the texts speak of, and the word that does; two empty texts where none does."""
    for text in texts:
        words = _without_harmless(text)
        for subject, (english, chinese) in REFUSED_SUBJECTS.items():
            for word in english:
                if f" {word} " in words:
                    return subject, word
            for word in chinese:
                if word in text:
                    return subject, word
    return "", ""


def person_word(name: str, title: str = "", *, event: bool = False) -> str:
    """Give the word of a natural person that a field's name or title holds, or an empty text.

    `event` tells that the field is a date, a truth or a number, where some of the words identify nobody.
    """
    words = _without_harmless(name)
    plain = words.strip()
    if plain in {"name", "names"}:
        return plain
    for word in PERSON_WORDS:
        if event and word in PERSON_EVENTS:
            continue
        if f" {word} " in words or f" {word}s " in words:
            return word
    text = title + name
    for harmless in HARMLESS_ZH:
        text = (
            text.replace(harmless, "")
            if harmless != "法人"
            else text.replace("法人代表", "法定代表人").replace("法人", "")
        )
    return next(
        (word for word in PERSON_WORDS_ZH if word in text and not (event and word == "法定代表人")),
        "",
    )


def _without_harmless(text: str) -> str:
    words = f" {words_of(text)} "
    for phrase in HARMLESS:
        words = words.replace(f" {phrase} ", " ")
    return words
