"""The same work as `benches/ingest.rs` measures, as one writes it plainly in Python: lxml for the page, XPath for its summary, regular
expressions for labels and sums, sqlite3 for notices, lots, projects and running totals. One process, one core. Reads the fields that
tenderwatch reads of such pages; lacks evidence, versions, changes, conflicts of sums, and everything rare.

    plain.py FOLDER DATABASE [--no-bodies] [--dump FILE]

FOLDER holds `list.tsv` (file, address) and the pages. Prints one line of JSON.
"""

import datetime
import decimal
import hashlib
import json
import os
import re
import resource
import sqlite3
import sys
import time
import zlib

import lxml.html

BATCH = 100
TOPIC = "区块链"

KINDS = [
    ("correction", re.compile("更正|变更|澄清|延期")),
    ("candidates", re.compile("候选人|拟中标|预中标")),
    ("contract", re.compile("合同")),
    ("single_source", re.compile("单一来源.*(公示|公告)|单一来源")),
    ("failed", re.compile("废标|流标|终止|失败")),
    ("award", re.compile("中标|成交|结果")),
    ("tender", re.compile("招标|磋商|谈判|询价|采购")),
]
SECTIONS = {
    "gkzb": "tender", "yqzb": "tender", "jzxcs": "tender", "jzxtpgg": "tender", "xjgg": "tender", "zgysgg": "prequalification",
    "gzgg": "correction", "zbgg": "award", "cjgg": "award", "fblbgg": "failed", "zzgg": "failed", "dylygg": "single_source",
    "htgg": "contract",
}
PROVINCES = (
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 "
    "湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区"
).split()
SHORT = {re.sub("省|市|壮族自治区|回族自治区|维吾尔自治区|自治区", "", name): name for name in PROVINCES}
CODES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()
CODE = {name: code + "0000" for name, code in zip(PROVINCES, CODES)}
PROVINCE = re.compile("|".join(SHORT))

BLOCKS = {"p", "div", "tr", "br", "h1", "h2", "h3", "h4", "h5", "li", "table", "ul", "ol", "section", "blockquote", "tbody"}
NUMBER = re.compile(r"(?:项目编号|采购编号|招标编号|项目号|磋商编号|谈判编号)\s*(?:（[^）]*）|\([^)]*\))?\s*[:：]\s*([^\s，,。；;|]{4,60})")
BUDGET = re.compile(r"(?:采购)?(?:项目)?预算(?:金额|总额)?\s*(?:（([^）]*)）|\(([^)]*)\))?\s*[:：]\s*(?:人民币|￥|¥)?\s*([\d,，]+(?:\.\d+)?)\s*[（(]?\s*(亿元|万元|元)?")
AWARD = re.compile(r"(?:总)?(?:中标|成交)(?:（成交）|\(成交\)|（中标）)?(?:总)?(?:金额|价格?)\s*(?:（([^）]*)）|\(([^)]*)\))?\s*[:：]\s*(?:人民币|￥|¥)?\s*([\d,，]+(?:\.\d+)?)\s*[（(]?\s*(亿元|万元|元)?")
CONTRACT = re.compile(r"合同(?:总)?金额\s*(?:（([^）]*)）|\(([^)]*)\))?\s*[:：]\s*(?:人民币|￥|¥)?\s*([\d,，]+(?:\.\d+)?)\s*[（(]?\s*(亿元|万元|元)?")
WINNER = re.compile(r"(?:(?:中标|成交)(?:（成交）|\(成交\))?)?(?:供应商|人|单位)(?:名称)?\s*[:：]\s*([^\n；;|]+)")
COMPANY = re.compile(r"[^\s、,，；;：:（）()|]+(?:（[^）]{1,8}）[^\s、,，；;：:（）()|]*)?(?:公司|研究院|大学|集团|中心|厂|事务所|合作社|店)")
SUMMARY_SUM = re.compile(r"([\d,]+(?:\.\d+)?)\s*(亿元|万元|元)")
DAY = re.compile(r"(\d{4})[年/\-.](\d{1,2})[月/\-.](\d{1,2})日?\s*(?:(\d{1,2}):(\d{2}))?")
ID = re.compile(r"t\d{8}_(\d+)\.htm")
ROUND = re.compile(r"[（(]第?[一二三四五六七八九\d]+次[)）]|公告|公示|中标|成交|更正|废标|结果|合同|公开招标|竞争性磋商|竞争性谈判|询价|单一来源|候选人")
LOSERS = re.compile("未中标|未成交|落标|评审报价|投标供应商|候选")
STAMP = re.compile("区块链已存证.*")
UNITS = {"元": 1, "万元": 10_000, "亿元": 100_000_000, None: 1}


def money(number, unit):
    """Fen, or nothing where it is no sum."""
    try:
        fen = int(decimal.Decimal(number.replace(",", "").replace("，", "")) * UNITS[unit] * 100)
    except (decimal.InvalidOperation, ValueError):
        return None
    return fen or None


def labelled_sum(match):
    note = match.group(1) or match.group(2) or ""
    unit = match.group(4) or ("万元" if "万元" in note else "元")
    return money(match.group(3), unit)


def tidy(text):
    return " ".join(text.split())


def lines_of(element):
    """The text of a part of the page with a line for every block."""
    out = []

    def walk(node):
        tag = node.tag
        if not isinstance(tag, str) or tag in ("script", "style"):
            return
        block = tag in BLOCKS
        if block:
            out.append("\n")
        elif tag in ("td", "th"):
            out.append(" | ")
        if node.text:
            out.append(node.text)
        for child in node:
            walk(child)
            if child.tail:
                out.append(child.tail)
        if block:
            out.append("\n")

    walk(element)
    lines = (tidy(line) for line in "".join(out).split("\n"))
    return [line for line in lines if line and line != "|"]


def summary_of(page):
    fields = {}
    for row in page.xpath("//div[@class='table']//tr[td[@class='title']]"):
        label = None
        for cell in row.iterchildren("td"):
            text = tidy(cell.text_content())
            if cell.get("class") == "title":
                label = text
            elif label:
                fields.setdefault(label, text)
                label = None
    return fields


def tables_of(body):
    """Lots as tables print them: label, winner, sum."""
    lots = []
    for table in body.iter("table"):
        rows = [[tidy(cell.text_content()) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
        if len(rows) < 2:
            continue
        head = rows[0]
        name_at = next((at for at, cell in enumerate(head) if re.search("供应商名称|中标人|成交人|中标供应商|成交供应商|中标单位", cell)), None)
        if name_at is None or any(LOSERS.search(cell) for cell in head):
            continue
        sum_at = next((at for at, cell in enumerate(head) if re.search("(中标|成交).*(金额|价)|报价", cell)), None)
        lot_at = next((at for at, cell in enumerate(head) if re.search("包号|标项|标段|包", cell)), None)
        unit = "万元" if sum_at is not None and "万元" in head[sum_at] else None
        for row in rows[1:]:
            if len(row) <= max(name_at, sum_at or 0):
                continue
            names = COMPANY.findall(row[name_at])
            if not names:
                continue
            fen = None
            if sum_at is not None:
                found = re.search(r"([\d,，]+(?:\.\d+)?)\s*[（(]?\s*(亿元|万元|元)?", row[sum_at])
                fen = money(found.group(1), found.group(2) or unit) if found else None
            lots.append((row[lot_at] if lot_at is not None and lot_at < len(row) else None, names, fen))
    return lots


def winners_of(lines):
    """Lots as lines print them: one winner and its sum after the other."""
    lots, lot, names = [], None, None
    for line in lines:
        mark = re.match(r"(?:包号\s*[:：]\s*(\w+)|(?:合同包|第?包|标项)\s*([一二三四五六七八九十\d]+))", line)
        if mark:
            lot = mark.group(1) or mark.group(2)
        if LOSERS.search(line):
            continue
        found = WINNER.search(line)
        if found and "采购人" not in found.group(0) and "采购单位" not in found.group(0) and "代理" not in line[: found.start() + 4]:
            companies = COMPANY.findall(found.group(1))
            if companies:
                names = companies
                lots.append([lot, names, None])
        paid = AWARD.search(line)
        if paid and lots and lots[-1][2] is None:
            lots[-1][2] = labelled_sum(paid)
        elif paid and not lots:
            lots.append([lot, [], labelled_sum(paid)])
    return [tuple(lot) for lot in lots]


def read(html, url):
    page = lxml.html.fromstring(html)
    heads = page.xpath("//div[contains(@class, '_detail_header')]//*[self::h2 or self::h1]") or page.xpath("//h2[@class='tc']")
    title = tidy(heads[0].text_content()) if heads else ""
    if not title:
        metas = page.xpath("//meta[@name='ArticleTitle']/@content")
        title = tidy(metas[0]) if metas else tidy(page.findtext(".//title") or "")
    summary = summary_of(page)
    printed = page.xpath("//span[@id='pubTime']/text()") or page.xpath("//meta[@name='PubDate']/@content") or [summary.get("公告时间", "")]
    day = DAY.search(printed[0]) or DAY.search(summary.get("公告时间", ""))
    published = None
    if day:
        year, month, date, hour, minute = (int(part) if part else 0 for part in day.groups())
        published = datetime.datetime(year, month, date, hour, minute, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    bodies = page.xpath("//div[contains(@class, 'vF_detail_content') or contains(@class, 'vT_detail_content')]")
    body = bodies[-1] if bodies else page
    if bodies and "container" in bodies[0].get("class") and len(bodies) == 1:
        body = bodies[0]
    lines = lines_of(body)
    text = "\n".join(lines)

    section = url.split("/")[5] if url.count("/") > 6 else ""
    kind = next((kind for kind, words in KINDS if words.search(title)), None) or SECTIONS.get(section, "other")
    if kind == "award" and re.search("废标|流标", section + title):
        kind = "failed"

    buyer = summary.get("采购单位") or summary.get("采购人") or ""
    if not buyer:
        found = re.search(r"(?:采购人|采购单位)(?:名称)?\s*[:：]\s*([^\n|]+)", text)
        buyer = tidy(found.group(1)) if found else ""
    region = summary.get("行政区域", "")
    province = None
    for source in (region, buyer, summary.get("采购单位地址", "")):
        found = PROVINCE.search(source)
        if found:
            province = CODE[SHORT[found.group(0)]]
            break
    found = NUMBER.search(text)
    number = found.group(1).strip("（）()") if found else ""

    budget = None
    found = SUMMARY_SUM.search(summary.get("预算金额", ""))
    if found:
        budget = money(found.group(1), found.group(2))
    else:
        found = BUDGET.search(text)
        budget = labelled_sum(found) if found else None
    lots, award = [], None
    if kind == "award":
        lots = tables_of(body) or winners_of(lines)
        sums = [fen for _, _, fen in lots if fen is not None]
        award = sum(sums) if sums else None
        if award is None:
            found = SUMMARY_SUM.search(summary.get("总中标金额") or summary.get("总成交金额") or "")
            award = money(found.group(1), found.group(2)) if found else None
    elif kind == "contract":
        lots = winners_of(lines)
        found = CONTRACT.search(text)
        award = labelled_sum(found) if found else None
    of_topic = "subject" if TOPIC in title else "item" if TOPIC in STAMP.sub("", text) else None
    native = ID.search(url)
    return {
        "id": native.group(1) if native else url,
        "kind": kind,
        "title": title,
        "published": published,
        "buyer": buyer,
        "region": region,
        "province": province,
        "number": number,
        "budget": budget,
        "award": award,
        "lots": lots,
        "winners": [name for _, names, _ in lots for name in names],
        "topic": of_topic,
        "text": text,
    }


SCHEMA = """
CREATE TABLE bodies (hash TEXT PRIMARY KEY, packed BLOB);
CREATE TABLE notices (id TEXT PRIMARY KEY, project INTEGER, body TEXT, kind TEXT, title TEXT, published TEXT, buyer TEXT, region TEXT,
                      province TEXT, number TEXT, budget INTEGER, award INTEGER, winners TEXT, topic TEXT, text TEXT);
CREATE INDEX notices_by_project ON notices (project);
CREATE TABLE lots (notice TEXT, position INTEGER, label TEXT, winners TEXT, award INTEGER, PRIMARY KEY (notice, position));
CREATE TABLE projects (id INTEGER PRIMARY KEY, key TEXT UNIQUE, title TEXT, buyer TEXT, status TEXT, first TEXT, budget INTEGER,
                       award INTEGER, topic INTEGER);
CREATE TABLE totals (topic INTEGER, year INTEGER, month INTEGER, status TEXT, projects INTEGER, budget INTEGER, award INTEGER,
                     PRIMARY KEY (topic, year, month, status));
"""

RANK = {"tender": 1, "prequalification": 1, "correction": 1, "candidates": 1, "single_source": 1, "failed": 2, "award": 3, "contract": 4}
STATUS = {0: "planned", 1: "tendering", 2: "failed", 3: "awarded", 4: "contracted"}


def squeeze(text):
    return re.sub(r"[\s\-_（）()\[\]【】]", "", text).lower()


def count(db, project, sign):
    topic, first, status, budget, award = project
    if not first:
        return
    db.execute(
        "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (topic, year, month, status) DO UPDATE SET "
        "projects = projects + excluded.projects, budget = budget + excluded.budget, award = award + excluded.award",
        (topic, int(first[:4]), int(first[5:7]), status, sign, sign * (budget or 0), sign * (award or 0)),
    )


def settle(db, notice, body_hash):
    published = notice["published"].isoformat() if notice["published"] else None
    stem = ROUND.sub("", notice["title"])
    key = squeeze(notice["buyer"]) + "|" + squeeze(notice["number"] or stem)
    row = db.execute("SELECT id, topic, first, status, budget, award FROM projects WHERE key = ?", (key,)).fetchone()
    if row:
        project, before = row[0], row[1:]
    else:
        project = db.execute(
            "INSERT INTO projects (key, title, buyer, status, topic) VALUES (?, ?, ?, 'planned', 0)", (key, stem, notice["buyer"])
        ).lastrowid
        before = None
    db.execute(
        "INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET project = excluded.project, "
        "body = excluded.body, kind = excluded.kind, title = excluded.title, published = excluded.published, buyer = excluded.buyer, "
        "region = excluded.region, province = excluded.province, number = excluded.number, budget = excluded.budget, "
        "award = excluded.award, winners = excluded.winners, topic = excluded.topic, text = excluded.text",
        (notice["id"], project, body_hash, notice["kind"], notice["title"], published, notice["buyer"], notice["region"],
         notice["province"], notice["number"], notice["budget"], notice["award"], "、".join(notice["winners"]), notice["topic"],
         notice["text"]),
    )
    db.execute("DELETE FROM lots WHERE notice = ?", (notice["id"],))
    db.executemany(
        "INSERT INTO lots VALUES (?, ?, ?, ?, ?)",
        [(notice["id"], at, label, "、".join(names), fen) for at, (label, names, fen) in enumerate(notice["lots"])],
    )
    # The project as its notices leave it: the latest word counts.
    status, first, budget, award, topic = 0, None, None, None, 0
    for kind, at, its_budget, its_award, of_topic in db.execute(
        "SELECT kind, published, budget, award, topic FROM notices WHERE project = ? ORDER BY published", (project,)
    ):
        first = first or at
        status = max(status, RANK.get(kind, 0))
        if its_budget is not None and kind in ("tender", "prequalification"):
            budget = its_budget
        if its_award is not None and kind == "award":
            award = its_award
        topic = max(topic, 1 if of_topic else 0)
    after = (topic, first, STATUS[status], budget, award)
    if before != after:
        if before:
            count(db, before, -1)
        count(db, after, 1)
        db.execute("UPDATE projects SET topic = ?, first = ?, status = ?, budget = ?, award = ? WHERE id = ?", (*after, project))


def dumped(notice):
    """One line for comparing fields."""
    fields = [
        notice["id"], notice["kind"], notice["title"], notice["published"].date().isoformat() if notice["published"] else "",
        notice["buyer"], notice["region"], notice["province"] or "", notice["number"],
        "" if notice["budget"] is None else str(notice["budget"]), "" if notice["award"] is None else str(notice["award"]),
        "、".join(notice["winners"]), "topic" if notice["topic"] else "",
    ]
    return "\t".join(field.replace("\t", " ") for field in fields) + "\n"


def main():
    folder, path = sys.argv[1:3]
    bodies = "--no-bodies" not in sys.argv
    dump = open(sys.argv[sys.argv.index("--dump") + 1], "w", encoding="utf-8") if "--dump" in sys.argv else None
    with open(os.path.join(folder, "list.tsv"), encoding="utf-8") as listed:
        pages = [line.rstrip("\n").split("\t") for line in listed]
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    started, spent = time.perf_counter(), time.process_time()
    for at in range(0, len(pages), BATCH):
        db.execute("BEGIN IMMEDIATE")
        for name, url in pages[at : at + BATCH]:
            with open(os.path.join(folder, name), "rb") as file:
                raw = file.read()
            body_hash = hashlib.sha256(raw).hexdigest()
            if bodies:
                db.execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", (body_hash, zlib.compress(raw)))
            notice = read(raw.decode("utf-8"), url)
            settle(db, notice, body_hash)
            if dump:
                dump.write(dumped(notice))
        db.execute("COMMIT")
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    projects, budget, award = db.execute("SELECT coalesce(sum(projects), 0), sum(budget), sum(award) FROM totals WHERE topic = 1").fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "pages": len(pages), "seconds": seconds, "processor": processor, "peak_kib": peak, "projects": projects,
        "budget": budget or 0, "award": award or 0,
    }))


if __name__ == "__main__":
    main()
