#!/usr/bin/env python3
"""Recounts the study's fixture from its pages and prints the figures as JSON: another hand, another parser, standard library only,
nothing of the program. With --as-of: from what was published by then. --ledger holds each project against ledger.toml, --expect the
figures against expected.toml, --alter checks by alterations.toml which figures move.

    recount_study.py [--as-of 2019-09-24] [--projects | --ledger | --expect | --alter] [FOLDER]
"""

import argparse
import json
import re
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from study_pages import TOPIC, read

SINCE = date(2016, 12, 12)
FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "study-2019"

# ------------------------------------------------------------------ places

PROVINCES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北",
             "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆"]
CITIES = {"深圳": "广东", "广州": "广东", "佛山": "广东", "济南": "山东", "成都": "四川", "武汉": "湖北", "厦门": "福建", "海淀": "北京"}


def province(text):
    """The province that a name or an address begins with, or carries in brackets."""
    inside = re.findall(r"[（(]([^）)]+)[）)]", text)
    for part in [text, *inside]:
        for name, home in [*((name, name) for name in PROVINCES), *CITIES.items()]:
            if part.startswith(name):
                return home
    return ""


# ------------------------------------------------------------------ classes

CLASSES = {
    "教育科研": "大学 学院 学校 研究院 实验室 实训 教学 课程 科研",
    "财政金融": "财政 金融 银行 税务 发票 票据 审计 彩票",
    "出入境": "海关 口岸 边检 出入境 通关 跨境",
    "交通": "交通 公路 航运 港口 铁路 民航 物流",
    "就业创业": "人才 就业 创业 招聘 劳动",
    "服务三农": "农业 农村 农民 农产品 扶贫 粮食 林业",
    "网络安全": "网信 互联网信息办公室 网络安全 信息安全 密码 舆情",
    "社会保障": "社会保障 社会保险 社保 民政 养老 救助 公积金 福利",
    "医疗卫生": "卫生 医院 医疗 医保 疾控 药品 疫苗",
    "政务服务": "政务 一网通办 大数据 电子证照 不动产",
    "司法": "法院 检察院 公证 存证 仲裁 司法",
    "旅游": "旅游 文旅 导游",
}


def category(buyer, title, items):
    """The buyer's nature first, then the title, then the items; the first class that any of its words puts there."""
    for text in (buyer, title, " ".join(items)):
        for name, words in CLASSES.items():
            if any(word in text for word in words.split()):
                return name
    return "unclassified"


# ------------------------------------------------------------------ from notices to projects


def stem(notice):
    text = notice["name"] or notice["title"]
    return re.sub(r"（二次）|(公开招标|竞争性磋商|中标|成交|结果)?公告$", "", text.replace(notice["buyer"], ""))


def grouped(notices):
    groups = defaultdict(list)
    for notice in notices:
        groups[(notice["buyer"], notice["number"] or stem(notice))].append(notice)
    return [sorted(group, key=lambda notice: (notice["at"], notice["id"])) for group in groups.values()]


def same_announcement(one, two):
    near = abs(one["at"] - two["at"]) <= timedelta(days=3)
    winners = lambda notice: {name for lot in notice["won"].values() for name, _ in lot["suppliers"]}
    told = lambda notice: (notice["budget"], notice["award"], winners(notice))
    return one["kind"] == two["kind"] and one["kind"] in ("tender", "award") and near and one["round"] == two["round"] and told(one) == told(two)


def project_of(notices):
    repeats = [later for at, later in enumerate(notices) if any(same_announcement(later, earlier) for earlier in notices[:at])]
    kept = [notice for notice in notices if notice not in repeats]
    status, lots, award, budget, items = "planned", {}, None, None, {}
    for notice in kept:
        if notice["kind"] in ("tender", "single_source"):
            status = "tendering" if status in ("planned", "failed") else status
            budget = notice["budget"] if notice["budget"] is not None else budget
        elif notice["kind"] == "correction" and notice["budget"] is not None:
            budget = notice["budget"]
        elif notice["kind"] == "failed":
            status = "failed"
        elif notice["kind"] == "award":
            status, lots, award = "awarded", notice["won"], notice["award"]
            budget = budget if budget is not None else notice["budget"]
        elif notice["kind"] == "contract":
            status, lots = "contracted", lots or notice["won"]
        if notice["items"]:
            items[notice["kind"]] = notice["items"]
    awarded = status in ("awarded", "contracted")
    place = next(place for place in ("subject", "item", "mention", "stamp") if place in {notice["place"] for notice in kept})
    whole = award if awarded else budget
    listed = items.get("award" if awarded else "tender", [])
    topical = [total for name, total in listed if TOPIC in name]
    lines = sum(topical) if topical and None not in topical else None
    first = kept[0]
    return {
        "title": first["name"], "buyer": first["buyer"], "first": first["at"].date(), "level": first["level"], "status": status, "place": place,
        "region": next(filter(None, (province(text) for text in (first["field"], first["buyer"], first["address"], first["zone"]))), ""),
        "budget": budget, "award": award if awarded else "none", "part": whole if place == "subject" else lines,
        "category": category(first["buyer"], first["name"], [name for name, _ in listed]),
        "lots": lots, "lost": [label for notice in kept if notice["kind"] == "award" for label in notice["lost"]],
        "notices": [notice["id"] for notice in notices], "repeats": [notice["id"] for notice in repeats],
    }


def is_counted(project):
    return project["place"] in ("subject", "item") and project["status"] in ("tendering", "awarded", "contracted")


# ------------------------------------------------------------------ figures


def exact(sum_):
    return str(sum_.quantize(Decimal("0.01"))) if isinstance(sum_, Decimal) else str(sum_)


def total(projects, key):
    sums = [project[key] for project in projects if isinstance(project[key], Decimal)]
    return {"sum": exact(sum(sums, Decimal(0))), "disclosed": len(sums), "of": sum(project[key] != "none" for project in projects)}


def rounded(value):
    return int((value * 1000).quantize(Decimal(1), ROUND_HALF_UP))


def growth(projects, key, as_of):
    """Tenths of a percent, or why there is none. The running year is compared by its months that are over; a year that began before
    the window is known in part only, and no rate starts from it."""
    over = lambda year: min(12, max(0, (as_of.year - year) * 12 + as_of.month - 1 + ((as_of + timedelta(days=1)).month != as_of.month)))
    of = [project for project in projects if project[key] != "none"]
    years = sorted({project["first"].year for project in of})

    def window(year, months):
        within = [project[key] for project in of if project["first"].year == year and project["first"].month <= months]
        return within, [sum_ for sum_ in within if isinstance(sum_, Decimal)]

    def ratio(base, late, months):
        (before, told), (after, told_after) = window(base, months), window(late, months)
        if before and not told or after and not told_after:
            raise ValueError("undisclosed")
        if not sum(told):
            raise ValueError("from_nothing")
        return sum(told_after, Decimal(0)) / sum(told)

    def base(months):
        for year in range(min(years, default=as_of.year), as_of.year):
            if date(year, 1, 1) >= SINCE and sum(window(year, months)[1]):
                return year
        raise ValueError("too_early")

    def answer(compute):
        try:
            return compute()
        except ValueError as why:
            return str(why)

    def mean():
        start = base(12)
        rates = [ratio(year - 1, year, over(year)) - 1 for year in range(start + 1, as_of.year + 1)]
        return {"tenths": rounded(sum(rates) / len(rates)), "from": start, "to": as_of.year}

    def compound():
        months = over(as_of.year)
        start = base(months)
        factor = ratio(start, as_of.year, months)
        return {"tenths": rounded(factor ** (Decimal(1) / (as_of.year - start)) - 1), "from": start, "to": as_of.year}

    return {"mean_yoy": answer(mean), "cagr": answer(compound)}


def recount(all_notices, as_of):
    notices = [notice for notice in all_notices if notice["at"].date() <= as_of]
    projects = [project_of(group) for group in grouped(notices)]
    counted = [project for project in projects if is_counted(project)]
    excluded = Counter()
    for project in projects:
        if project["place"] in ("mention", "stamp"):
            excluded["only_" + project["place"]] += len(project["notices"])
        elif project["status"] == "failed":
            excluded["failed"] += len(project["notices"])
        elif not is_counted(project):
            excluded["no_project"] += len(project["notices"])
        else:
            excluded["repeat"] += len(project["repeats"])
            excluded["same_project"] += len(project["notices"]) - len(project["repeats"]) - 1
    wins = Counter(name for project in counted for lot in project["lots"].values() for name, _ in lot["suppliers"])
    homes = {name: province(address) or province(name) for project in counted for lot in project["lots"].values() for name, address in lot["suppliers"]}
    with_part = [project for project in counted if isinstance(project["part"], Decimal)]
    largest = max(with_part, key=lambda project: project["part"], default=None)
    first = min(counted, key=lambda project: project["first"], default=None)
    years = sorted({project["first"].year for project in counted})
    brief = lambda project, key: project and {"on": str(project["first"]), "buyer": project["buyer"], "title": project["title"], key: exact(project[key])}
    return {
        "hits": len(notices),
        "excluded": dict(sorted(excluded.items())),
        "projects": len(counted),
        "status": dict(Counter("tendering" if project["status"] == "tendering" else "awarded" for project in counted)),
        "contracted": sum(project["status"] == "contracted" for project in counted),
        "levels": dict(sorted(Counter(project["level"] for project in counted).items())),
        "regions": dict(Counter(project["region"] or "unknown" for project in counted).most_common()),
        "categories": dict(Counter(project["category"] for project in counted).most_common()),
        "totals": {"budget": total(counted, "budget"), "award": total(counted, "award"), "topic_part": total(counted, "part")},
        "years": {year: {"projects": len(of), "budget": total(of, "budget"), "award": total(of, "award"), "topic_part": total(of, "part")}
                  for year in years for of in [[project for project in counted if project["first"].year == year]]},
        "growth": {name: growth(counted, key, as_of) for name, key in (("budget", "budget"), ("award", "award"), ("topic_part", "part"))},
        "winners": len(wins),
        "wins": sum(wins.values()),
        "top": [[name, count] for name, count in sorted(wins.items(), key=lambda pair: (-pair[1], pair[0])) if count > 1],
        "winner_regions": dict(Counter(home or "unknown" for home in homes.values()).most_common()),
        "first": brief(first, "budget"),
        "largest_part": brief(largest, "part"),
        "failed_lots": sum(len(project["lost"]) for project in counted),
    }, counted


def zones_of(folder):
    """The region beside each row of the listings, which must hold as many rows as they count, one for each page."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "listings").glob("page-*.html"))]
    ids = [found for text in texts for found in re.findall(r'href="http://www\.ccgp\.gov\.cn/cggg/[^"]*_(\d+)\.htm"', text)]
    said = {int(found) for text in texts for found in re.findall(r"共找到\s*<span[^>]*>(\d+)</span>", text)}
    pages = {path.stem for path in (folder / "pages").iterdir()}
    if said != {len(ids)} or set(ids) != pages:
        sys.exit(f"the listings say {said}, hold {len(ids)} rows, and {len(pages)} pages stand here")
    rows = [row for text in texts for row in text.split("<li>")[1:]]
    zones = {re.search(r"_(\d+)\.htm", row)[1]: "".join(re.findall(r'void\(0\)">([^<]*)</a>', row)) for row in rows}
    return zones


# ------------------------------------------------------------------ alterations


def altered(folder, notices, alteration):
    """The notices with one page read anew after each of the alteration's replacements was made, each of which must find its place."""
    changed = {notice["id"]: notice for notice in notices}
    for edit in alteration["edit"]:
        text = (folder / "pages" / f"{edit['page']}.html").read_text(encoding="utf-8")
        for old, new in edit["replace"]:
            if old not in text:
                sys.exit(f"{alteration['name']}: {old} is not in {edit['page']}")
            text = text.replace(old, new)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / f"{edit['page']}.html"
            path.write_text(text, encoding="utf-8")
            changed[edit["page"]] = {**read(path), "zone": changed[edit["page"]]["zone"]}
    return list(changed.values())


def alter(folder, notices, as_of):
    """How many alterations move other figures than they say."""
    before, _ = recount(notices, as_of)
    wrong = 0
    for alteration in tomllib.loads((folder / "alterations.toml").read_text(encoding="utf-8"))["alteration"]:
        after, _ = recount(altered(folder, notices, alteration), as_of)
        moved = sorted(key for key in before if before[key] != after[key])
        at = lambda path: str(_get(after, path))
        values = {path: at(path) for path, value in alteration.get("then", {}).items() if at(path) != value}
        good = moved == sorted(alteration["moves"]) and not values
        wrong += not good
        print(f"{'as said' if good else 'NOT AS SAID'}: {alteration['name']}: moves {', '.join(moved) or 'nothing'}{f' {values}' if values else ''}")
    return wrong


def _get(figures, path):
    for step in path.split("."):
        figures = figures.get(step, figures.get(int(step)) if step.isdigit() else None) if isinstance(figures, dict) else None
    return figures


# ------------------------------------------------------------------ expectations


def expect(folder, notices, as_of):
    """How many expected figures are not what the pages come to; those that say where they stand are compared."""
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    wrong = 0
    for figure in [*expected["figure"], *expected["as_of"]]:
        where, value = figure.get("at"), figure.get("value")
        if where is None:
            continue
        figures, _ = recount(notices, date.fromisoformat(figure["day"]) if "day" in figure else as_of)
        found = _get(figures, where)
        same = {key: found.get(key) for key in value} == value and (where != "excluded" or found == value) if isinstance(value, dict) else found == value
        wrong += not same
        print(f"{'as expected' if same else 'NOT AS EXPECTED'}: {figure.get('row', figure.get('day'))} {figure.get('what', where)}{'' if same else f': {found}'}")
    return wrong


def against_ledger(folder, counted):
    """How many counted projects the pages make otherwise than the ledger has them: the recount's own proof."""
    entries = tomllib.loads((folder / "ledger.toml").read_text(encoding="utf-8"))["project"]
    entries = {frozenset(str(notice["id"]) for notice in entry["notice"]): entry for entry in entries if entry["role"] == "counted"}
    said = lambda value: f"{Decimal(value):.4f}" if value[:1].isdigit() else {"not_applicable": "none", "conflict": "conflict"}.get(value, "undisclosed")
    found = lambda value: f"{value:.4f}" if isinstance(value, Decimal) else value or "undisclosed"
    wrong = 0
    for project in counted:
        entry = entries.pop(frozenset(project["notices"]), None)
        repeats = sorted(str(notice["id"]) for notice in entry["notice"] if notice.get("repeat")) if entry else []
        wanted = entry and [*(entry[key] for key in ("status", "level", "category")), *(said(entry[key]) for key in ("budget", "award", "topic_part")), repeats]
        got = [*(project[key] for key in ("status", "level", "category")), *(found(project[key]) for key in ("budget", "award", "part")), sorted(project["repeats"])]
        if wanted != got:
            wrong += 1
            print(f"NOT AS IN THE LEDGER: {project['title']}: wanted {wanted}, got {got}")
    for entry in entries.values():
        wrong += 1
        print(f"NOT MADE OF THE PAGES: {entry['key']}")
    print(f"{len(counted)} projects, {wrong} otherwise than in the ledger")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2019, 9, 24))
    parser.add_argument("--projects", action="store_true", help="the counted projects instead of the figures")
    parser.add_argument("--expect", action="store_true", help="hold the figures against expected.toml")
    parser.add_argument("--ledger", action="store_true", help="hold each project against ledger.toml")
    parser.add_argument("--alter", action="store_true", help="alter pages as alterations.toml says")
    options = parser.parse_args()
    zones = zones_of(options.folder)
    notices = [{**read(path), "zone": zones[path.stem]} for path in sorted((options.folder / "pages").iterdir())]
    if options.alter:
        sys.exit(1 if alter(options.folder, notices, options.as_of) else 0)
    figures, counted = recount(notices, options.as_of)
    if options.ledger:
        sys.exit(1 if against_ledger(options.folder, counted) else 0)
    if options.expect:
        sys.exit(1 if expect(options.folder, notices, options.as_of) else 0)
    json.dump(counted if options.projects else figures, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


if __name__ == "__main__":
    main()
