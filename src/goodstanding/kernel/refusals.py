"""Why a row or a file of a register is refused: each reason with a stable code and its sentences in both languages.

`expected` goes into the file of refused rows; a `{name}` in it is filled from the column or the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """What was expected, in English and Chinese."""

    en: str
    zh: str

    def expected(self, language: str, said: Mapping[str, object]) -> str:
        """Give the sentence of a language."""
        return (self.zh if language == "zh" else self.en).format_map(_Said(said))


class _Said(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


# Rows, in the order of precedence: of several reasons all are written, the first counts.
ROW_REASONS: Mapping[str, Reason] = {
    "identity-number": Reason(
        "no number of a natural person's identity card; the value is not repeated here",
        "不得出现自然人身份证号码；该值不在此处重复",
    ),
    "identity-number-possible": Reason(
        "no text that looks like an identity card number; held until an officer has looked at it, not repeated here",
        "不得出现疑似身份证号码的文字；须经人工核对，该值不在此处重复",
    ),
    "missing-value": Reason("a value; this column is required", "必填列须有值"),
    "wrong-bucket": Reason(
        "the first two bytes of the SHA-256 of the id, big-endian", "编号 SHA-256 的前两个字节（大端）"
    ),
    "not-a-choice": Reason("one of: {words}", "下列之一：{words}"),
    "out-of-bounds": Reason("between {low} and {high}", "介于 {low} 与 {high} 之间"),
    "wrong-century": Reason("a day from 1900-01-01 to 2199-12-31", "1900-01-01 至 2199-12-31 之间的日期"),
    "control-character": Reason(
        "no control character, zero width or change of direction in a text", "文字中不得有控制字符、零宽字符或改变方向的字符"
    ),
    "too-long": Reason("at most {high} characters", "至多 {high} 个字符"),
    "known-backwards": Reason(
        "a log position from 0 to {position}, and an end after the beginning", "日志位置介于 0 与 {position} 之间，且终点在起点之后"
    ),
    "known-twice": Reason(
        "one version known at a time under this id", "同一编号在同一时刻只有一个已知版本"
    ),
    "filed-twice": Reason(
        "an id of one filing; it stands in another dataset too", "一份申报只有一个编号；另一数据集中也有此编号"
    ),
    "held-backwards": Reason("an end after the beginning", "终点在起点之后"),
    "two-holders": Reason("one holder of a unit at a time", "同一单元在同一时刻只有一个持有人"),
    "person-like-form": Reason(
        "no person-like legal form among organisations (FAIRNESS 2)", "不得将类自然人的法律形式列为组织（公平原则第2条）"
    ),
    "form-not-vouched": Reason(
        "an official form code known as that of organisations, or who vouches for the row and why",
        "已知属于组织的官方形式代码，或注明由谁担保及理由",
    ),
    "same-as-itself": Reason("two different ids", "两个不同的编号"),
    "broken-json": Reason("JSON: rule to cycle of origin", "JSON：规则与其起始周期"),
}

# Files and folders: what is wrong, in the words of a finding (found, expected).
FILE_REASONS: Mapping[str, Reason] = {
    "no-register": Reason("This is not a register: {found}.", "这不是登记库：{found}。"),
    "unreadable-data-file": Reason("This file cannot be read as Parquet: {found}.", "无法按 Parquet 读取此文件：{found}。"),
    "missing-column": Reason("The column {name} is missing; expected type {expected}.", "缺少列 {name}；应为类型 {expected}。"),
    "wrong-column-type": Reason(
        "The column {name} has type {found}; expected {expected}.", "列 {name} 的类型为 {found}；应为 {expected}。"
    ),
    "undeclared-column": Reason(
        "The column {name} is not declared by the law; a register holds nothing else.", "法律未规定列 {name}；登记库不得保存其他内容。"
    ),
    "unknown-record-type": Reason(
        "The law given knows no record type {name}; its rows are not read.", "所给法律没有记录类型 {name}；其各行不予读取。"
    ),
    "unknown-type-version": Reason(
        "The law given knows no version {found} of the record type {name}.", "所给法律没有记录类型 {name} 的第 {found} 版。"
    ),
    "unknown-subject": Reason(
        "{found} rows of {name} are about ids that are not among the organisations or units; they are judged by nobody.",
        "{name} 有 {found} 行的编号不在组织或单元之中；不予评价。",
    ),
    "refused-rows": Reason(
        "{found} rows were refused; the reasons are in {name}.", "拒绝 {found} 行；理由见 {name}。"
    ),
}
