"""Why a row or file of an official source was refused or noted: each code with what was expected and what to do, in both languages.

`{names}` are filled from the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodstanding.kernel.finding import Finding


@dataclass(frozen=True)
class Cause:
    """What was expected and what to do, in English and Chinese."""

    en: str
    zh: str
    remedy_en: str
    remedy_zh: str

    def expected(self, language: str, said: Mapping[str, object]) -> str:
        """Say what was expected."""
        return (self.zh if language == "zh" else self.en).format_map(_Said(said))

    def remedy(self, language: str, said: Mapping[str, object]) -> str:
        """Say what to do."""
        return (self.remedy_zh if language == "zh" else self.remedy_en).format_map(_Said(said))


class _Said(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


_NONE = ("nothing needs to be done", "无需处理")
_MEND_ROW = ("have the source mend this row and import the file again", "请数据来源更正该行后重新导入")
_OFFICIAL = ("take the file again from the official source", "请从官方来源重新获取文件")

CAUSES: Mapping[str, Cause] = {
    # files
    "file-not-read": Cause("a file that can be read", "可读取的文件", "look at the path and the rights on the file", "请检查路径和文件权限"),
    "file-empty": Cause("a file with rows", "有内容的文件", *_OFFICIAL),
    "file-damaged": Cause("an archive that can be unpacked to its end", "可完整解压的归档文件", *_OFFICIAL),
    "file-too-large": Cause("at most {high} bytes of text", "至多 {high} 字节的文本", "cut the file by year and import the parts together", "请按年份拆分后一并导入"),
    "file-not-text": Cause("a text file with separated columns (CSV)", "以分隔符分列的文本文件（CSV）", "save the table as CSV in UTF-8", "请将表格另存为 UTF-8 编码的 CSV"),
    "file-utf16": Cause("text in UTF-8 or Windows-1252", "UTF-8 或 Windows-1252 编码的文本", "save the file as CSV in UTF-8", "请另存为 UTF-8 编码的 CSV"),
    "file-is-spreadsheet": Cause("a CSV file", "CSV 文件", "save the sheet as CSV in UTF-8", "请将工作表另存为 UTF-8 编码的 CSV"),
    "file-is-web-page": Cause("a CSV file, not a web page", "CSV 文件，而非网页", "the server has sent a page, perhaps of an error; " + _OFFICIAL[0], "服务器返回了网页（可能是错误页）；" + _OFFICIAL[1]),
    "archive-members": Cause("an archive with one CSV file", "只含一个 CSV 文件的归档", "unpack it and name the file", "请解压后指定文件"),
    "no-rows": Cause("rows", "数据行", *_OFFICIAL),
    "no-header": Cause("the header of this source among the first rows", "前若干行中应有该来源的表头", "look whether this is the file of this source", "请确认这是该来源的文件"),
    "wrong-separator": Cause("columns separated by commas", "以逗号分隔的列", "save the file again with commas", "请以逗号为分隔符重新保存"),
    "column-twice": Cause("each column once; {column} stands twice", "每列只出现一次；{column} 出现了两次", *_OFFICIAL),
    "required-column-absent": Cause("the columns {column}", "应有的列：{column}", *_OFFICIAL),
    "unknown-column": Cause("only columns that are known; {column} was passed over", "仅含已知列；已忽略 {column}", *_NONE),
    "no-data": Cause("rows below the header", "表头之下应有数据行", *_OFFICIAL),
    "same-edition-twice": Cause("files of different days", "不同日期的文件", "name each edition once", "每一版本只指定一次"),
    "edition-not-said": Cause("the day of the edition above the header, where several files are named", "指定多个文件时，表头之上应有版本日期", "import files without a day one by one", "请逐个导入未注明日期的文件"),
    # lines
    "line-too-long": Cause("at most {high} bytes in a line", "每行至多 {high} 字节", *_MEND_ROW),
    "row-unreadable": Cause("a row of CSV with closed quotes", "引号成对的 CSV 行", *_MEND_ROW),
    "undecodable-bytes": Cause("only bytes that the encoding {encoding} defines", "仅含 {encoding} 编码所定义的字节", *_MEND_ROW),
    "control-sign": Cause("no control characters", "不得含控制字符", *_MEND_ROW),
    "row-width": Cause("as many cells as the header has: {expected}", "单元格数应与表头一致：{expected}", *_MEND_ROW),
    # rows of any source
    "rows-contradict": Cause("one row per {column}; the lines {lines} contradict each other and none was taken", "每个 {column} 一行；第 {lines} 行相互矛盾，均未采用", *_MEND_ROW),
    "row-repeated": Cause("one row per {column}; this one says the same as line {first}", "每个 {column} 一行；本行与第 {first} 行相同", *_NONE),
    "not-a-whole-number": Cause("a whole number without sign, point or separator", "不带符号、小数点和分隔符的整数", *_MEND_ROW),
    "number-too-large": Cause("at most {high}", "至多 {high}", *_MEND_ROW),
    "key-missing": Cause("a number in {column}", "{column} 应为编号", *_MEND_ROW),
    "text-too-long": Cause("at most {high} characters; the text was left out", "至多 {high} 个字符；该文本已略去", *_NONE),
    # EU ETS
    "not-a-year": Cause("a year from 2005 on, four digits", "2005年起的四位年份", *_MEND_ROW),
    "several-allocations": Cause("one number; the cell holds several kinds and is taken as missing", "单一数字；该单元格含多种配额，按缺失处理", *_NONE),
    "date-out-of-range": Cause("a day from 1950 to 2035; taken as missing", "1950年至2035年之间的日期；按缺失处理", *_NONE),
    "lei-fails": Cause("a legal entity identifier of 20 signs whose check fits; it was left out", "校验相符的20位法人机构识别编码；已略去", *_NONE),
    "country-unknown": Cause("a country by its English name; the jurisdiction is missing", "英文国名；管辖地按缺失处理", *_NONE),
    "holder-differs": Cause("one country and one identifier of one registered holder; the first was taken", "同一登记持有人应有一致的国别和编码；取首个", *_NONE),
    "holder-not-vouched": Cause("a holder whose registered name or number shows an organisation; it is registered without name and never judged", "登记名称或编号能表明其为组织的持有人；本行不登记名称，且不作评价", "an officer may vouch for it after a look at its register", "经人工核对登记簿后可予确认"),
    "account-without-holder": Cause("a row of the holders' file for each account; the account stands for itself", "每个账户在持有人文件中应有一行；该账户以自身为主体", *_NONE),
    "no-holder-file": Cause("the holders' file beside the years' file; each account stands for itself", "除年度文件外还应有持有人文件；各账户以自身为主体", *_NONE),
    "account-without-years": Cause("years of each account; this one has none", "每个账户应有年度数据；该账户没有", *_NONE),
    "no-years-file": Cause("the years' file beside the holders' file; there is nothing to judge", "除持有人文件外还应有年度文件；没有可评价的内容", "name the years' file as well", "请同时指定年度文件"),
    # list under article 69-B
    "layout-of-2018": Cause("the layout of 20 columns; that of 17 does not tell page and gazette apart", "20列的版式；17列的旧版式无法区分网站与公报", "take a later edition of the list", "请使用较新版本的名单"),
    "natural-person": Cause("a registration number of 12 signs; 13 are a natural person's, and nothing of the row was taken", "12位税号；13位为自然人，该行内容一概未采用", *_NONE),
    "rfc-malformed": Cause("a registration number of a legal person: three letters, a date, three signs", "法人税号：三个字母、日期、三位字符", *_MEND_ROW),
    "rfc-check-fails": Cause("a registration number whose check digit fits; taken as listed", "校验位相符的税号；仍按名单采用", *_NONE),
    "date-unreadable": Cause("days as DD/MM/YYYY, of 2014 or later", "DD/MM/YYYY 格式、2014年及以后的日期", *_MEND_ROW),
    "notice-without-date": Cause("a day of publication beside a notice; without one it has no effect", "通知旁应有公布日期；否则不生效", *_NONE),
    "notice-unreadable": Cause("number and date of a notice; they are missing", "通知的编号和日期；按缺失处理", *_NONE),
    "notices-unpaired": Cause("as many notices as days of publication; numbers are missing", "通知数应与公布日期数一致；编号按缺失处理", *_NONE),
    "gazette-before-page": Cause("the day on the page not after that in the gazette; the earlier one counts", "网站公布日期不晚于公报日期；以较早者为准", *_NONE),
    "no-notice": Cause("a notice with a day", "至少一项注明日期的通知", *_MEND_ROW),
    "stages-tie": Cause("notices of different stages on different days; nobody can say which came last, and all of the row are held", "不同阶段的通知应在不同日期；先后无法确定，本行全部搁置", "an officer decides which came last", "由人工判定先后"),
    "proceeding-twice": Cause("one row per taxpayer and presumption; the lines {lines} contradict each other, and all of both are held", "每一纳税人每一推定一行；第 {lines} 行相互矛盾，全部搁置", "an officer decides which is right", "由人工判定"),
    "names-differ": Cause("one name of one registration number; that of the latest notice was taken", "同一税号应为同一名称；取最近通知所载名称", *_NONE),
}  # fmt: skip


def cause_of(found: Finding) -> Cause:
    """Give the sentences of a finding; raises KeyError for a code that no importer gives."""
    return CAUSES[found.code]


def reason_row(found: Finding) -> tuple[str, ...]:
    """Give the row of the reason list: file, line, column, code, weight, found, expected and remedy in both languages."""
    said = {**dict(found.said), "expected": found.expected, "found": found.found}
    cause = cause_of(found)
    return (
        found.place.file,
        str(found.place.line or ""),
        str(said.get("column", "")),
        found.code,
        found.severity.value,
        found.found,
        cause.expected("en", said),
        cause.expected("zh", said),
        cause.remedy("en", said),
        cause.remedy("zh", said),
    )


REASON_COLUMNS = (
    "file", "row", "column", "code", "weight", "found", "expected", "expected_zh", "remedy", "remedy_zh",
)  # fmt: skip
