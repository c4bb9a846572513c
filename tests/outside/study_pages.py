"""Reads a page of the study's fixture for the recount: another parser than the program's, written for these pages only. Standard
library; lacks whatever no page of the fixture needs."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser

TOPIC = "区块链"

# ------------------------------------------------------------------ pages to lines and cells


class Page(HTMLParser):
    """Text by blocks, tables by rows of cells; the summary table apart."""

    BLOCKS = {"p", "div", "tr", "table", "h2", "h5", "li", "br", "td", "th", "ul"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.rows, self.row, self.cell = [], [], None, None
        self.open, self.silent, self.where = [], 0, ""
        self.heading, self.published, self.path = "", "", ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "style"):
            self.silent += 1
        classes = (attrs.get("class") or "").split()
        if tag == "div" and "table" in classes:
            self.where = "summary"
        if tag == "div" and ("vF_detail_content" in classes or "vT_detail_content" in classes):
            self.where = "body"
        if tag == "div" and "vF_detail_relcontent" in classes:
            self.where = ""
        if tag == "div" and "vF_deail_currentloc" in classes:
            self.where = "path"
        if tag == "h2" and not self.heading:
            self.where = "title"
        if attrs.get("id") == "pubTime":
            self.where = "published"
        if tag == "tr":
            self.row = []
        if tag in ("td", "th") and self.row is not None:
            self.cell = ""
        if tag in self.BLOCKS:
            self.blocks.append((self.where, "\n"))

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.silent -= 1
        if tag in ("td", "th") and self.cell is not None:
            self.row.append(tidy(self.cell))
            self.cell = None
        if tag == "tr" and self.row is not None:
            self.rows.append((self.where, self.row))
            self.row = None
        if tag == "table":
            self.rows.append((self.where, None))
        if tag == "span" and self.where == "published" or tag == "h2" or tag == "div" and self.where == "path":
            self.where = ""
        if tag in self.BLOCKS:
            self.blocks.append((self.where, "\n"))

    def handle_data(self, data):
        if self.silent:
            return
        if self.where == "title":
            self.heading += data
        elif self.where == "published":
            self.published += data
        elif self.where == "path":
            self.path += data
        elif self.cell is not None:
            self.cell += data
        elif self.where == "body":
            self.blocks.append(("body", data))

    def lines(self):
        text = "".join(piece for where, piece in self.blocks if where == "body")
        return [line for line in map(tidy, text.split("\n")) if line]

    def tables(self):
        """Tables of the body: lists of rows."""
        found, rows = [], []
        for where, row in self.rows:
            if where == "body" and row:
                rows.append(row)
            elif row is None and rows:
                found.append(rows)
                rows = []
        return found

    def summary(self):
        fields = {}
        for where, row in self.rows:
            if where == "summary" and row:
                for label, value in zip(row[::2], row[1::2]):
                    fields.setdefault(label, value)
        return fields


def fold(text):
    return unicodedata.normalize("NFKC", text).replace("〔", "[").replace("〕", "]").replace("－", "-")


def tidy(text):
    return re.sub(r"\s+", " ", text.replace("\xa0", " ").replace("\u3000", " ")).strip()


# ------------------------------------------------------------------ sums

CAPITALS = {c: at for at, c in enumerate("零壹贰叁肆伍陆柒捌玖")}


def in_yuan(text, header=""):
    """The sum that a text states, in yuan, or nothing; `header` carries the unit where the text has none."""
    plain = fold(text).replace(",", "")
    written = re.search(r"(\d+(?:\.\d+)?)\s*\)?\s*\(?\s*(亿元|万元|元)", plain)
    if written:
        return Decimal(written[1]) * {"亿元": 10**8, "万元": 10**4, "元": 1}[written[2]]
    bare = re.fullmatch(r"[¥￥]?\s*(\d+(?:\.\d+)?)", plain)
    if not bare:
        return None
    return Decimal(bare[1]) * (10**4 if "万元" in header else 1)


def settled(summary, body):
    """Summary and body of one sum: a value, None for undisclosed, 'conflict'. The body is the more precise of the two."""
    summary = summary or None
    if body is None or body == 0:
        return summary
    if summary is None or abs(summary - body) <= 100:
        return body
    if summary == body * 10**4 or body == summary * 10**4:
        return body
    return "conflict"


# ------------------------------------------------------------------ one notice


def kind_of(title, lost, won):
    if "更正" in title:
        return "correction"
    if "候选人" in title:
        return "candidates"
    if title.endswith("合同公告"):
        return "contract"
    if re.search(r"(废标|流标|终止)公告$", title) or title.endswith("结果公告") and lost and not won:
        return "failed"
    if "单一来源采购公示" in title:
        return "single_source"
    if re.search(r"(中标|成交|结果)公告$", title):
        return "award"
    return "tender" if re.search(r"(招标|磋商|谈判|询价)公告$", title) else "other"


def labelled(page):
    """Labels and values in the order of the body: of lines, and of tables with two columns."""
    for line in page.lines():
        found = re.match(r"(?:[一二三四五六七八九十]+、)?([^：:]{2,24})[：:](.*)", line)
        if found:
            yield tidy(found[1]), tidy(found[2]), line
        else:
            yield "", "", line
    for table in page.tables():
        if all(len(row) == 2 for row in table):
            for label, value in table:
                yield label, value, ""


def suppliers_of(cell):
    joint = "联合体" in cell
    names = [re.sub(r"（联合体[^）]*）", "", name).strip() for name in cell.split("、")]
    return [name for name in names if name and not name.startswith("详见")], joint


def lots_of(page):
    """Winners as the page gives them: label → (award, suppliers with addresses, joint), and the labels of what failed."""
    won, lost, label = {}, [], ""
    for table in page.tables():
        header = table[0]
        names = [at for at, cell in enumerate(header) if re.fullmatch(r"(中标|成交)供应商名称", cell)]
        if names:
            sums = next(at for at, cell in enumerate(header) if "金额" in cell)
            for row in table[1:]:
                found, joint = suppliers_of(row[names[0]])
                won[""] = {"award": in_yuan(row[sums], header[sums]), "suppliers": [(name, row[names[0] + 1]) for name in found], "joint": joint}
    for name, value, line in labelled(page):
        marked = re.match(r"(?:采购包|第)(\d+)(?:包|（)", line)
        if marked:
            label = marked[1]
        if re.fullmatch(r"(中标|成交)供应商(名称)?", name) and value:
            found, joint = suppliers_of(value)
            won[label] = {"award": None, "suppliers": [(one, "") for one in found], "joint": joint}
        elif re.fullmatch(r"地址|(中标|成交)供应商地址", name) and label in won and value != "/":
            parts = value.split("、")
            for at, (one, _) in enumerate(won[label]["suppliers"]):
                won[label]["suppliers"][at] = (one, parts[at] if len(parts) == len(won[label]["suppliers"]) else value)
        elif re.fullmatch(r"(中标|成交)金额(（元）)?", name) and label in won:
            won[label]["award"] = in_yuan(value, "元")
        elif name == "供应商（乙方）":
            won[label] = {"award": None, "suppliers": [(value, "")], "joint": False}
        elif name in ("废标原因", "流标原因"):
            lost.append(label)
    return won, lost


def items_of(page):
    for table in page.tables():
        if "标的名称" in table[0]:
            at = table[0].index("标的名称")
            sums = [place for place, cell in enumerate(table[0]) if cell.startswith(("总价", "预算金额"))]
            return [(row[at], in_yuan(row[sums[0]], table[0][sums[0]]) if sums else None) for row in table[1:]]
    return []


def budget_of(page):
    for name, value, line in labelled(page):
        if re.fullmatch(r"(采购项目)?预算金额(（元）)?|采购预算（元）|拟采购的货物或服务的预算金额", name):
            sums = re.findall(r"￥?\d[\d.]*元", value) or [value]
            return in_yuan(sums[-1], name)
    return None


def number_of(page):
    for name, value, _ in labelled(page):
        if name in ("项目编号", "采购项目编号") and re.search(r"\d", value):
            text = re.sub(r"[(（](第?[二三]次)[)）]$", "", fold(value)).upper().replace(" ", "")
            return re.sub(r"/\d{1,2}$", "", text)
    return ""


def read(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    summary, title = page.summary(), tidy(page.heading)
    won, lost = lots_of(page)
    kind = kind_of(title, lost, won)
    label = next((name for name in summary if re.fullmatch(r"总(中标|成交)金额", name)), "")
    buyer = summary.get("采购单位") or summary.get("采购人") or ""
    notice = {
        "id": path.stem, "title": title, "kind": kind, "buyer": buyer, "number": number_of(page), "level": "central" if "中央公告" in page.path else "local",
        "at": datetime.strptime(tidy(page.published), "%Y年%m月%d日 %H:%M"), "name": summary.get("采购项目名称", ""), "field": summary.get("行政区域", ""),
        "items": items_of(page), "won": won if kind in ("award", "contract") else {}, "lost": lost, "round": 2 if "（二次）" in title else 1,
        "budget": settled(in_yuan(summary.get("预算金额", "")), budget_of(page)), "award": None, "address": summary.get("采购单位地址", ""),
    }
    if kind == "award":
        awards = [lot["award"] for lot in won.values()]
        body = sum(awards) if awards and None not in awards else None
        notice["award"] = settled(in_yuan(summary.get(label, "")), body)
    if kind == "correction":
        rows = [row for table in page.tables() for row in table if len(row) == 4 and row[1] == "预算金额"]
        notice["budget"] = in_yuan(rows[-1][3]) if rows else None
    notice["place"] = place_of(notice, page)
    return notice


def place_of(notice, page):
    """Where the topic stands: title, items, elsewhere, or nowhere but in a platform's stamp."""
    if any(TOPIC in text.replace(notice["buyer"], "") for text in (notice["title"], notice["name"])):
        return "subject"
    if any(TOPIC in name for name, _ in notice["items"]):
        return "item"
    lines = [line for line in page.lines() if "区块链已存证" not in line] + [notice["title"]]
    return "mention" if any(TOPIC in line for line in lines) else "stamp"
