#!/usr/bin/env python3
"""Holds the program's report of the study's fixture against the independent recount: figure by figure, each from another hand. Reads both
as JSON (`tenderwatch report --format json`, `recount_study.py`); standard library only; says each figure that differs.

    compare_study.py REPORT RECOUNT
"""

import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

PROVINCES = {"11": "北京", "12": "天津", "22": "吉林", "23": "黑龙江", "31": "上海", "33": "浙江", "35": "福建", "37": "山东", "41": "河南", "42": "湖北",
             "44": "广东", "45": "广西", "51": "四川", "52": "贵州", "53": "云南", "62": "甘肃"}
CATEGORIES = {"education": "教育科研", "finance": "财政金融", "border": "出入境", "transport": "交通", "employment": "就业创业",
              "agriculture": "服务三农", "security": "网络安全", "welfare": "社会保障", "health": "医疗卫生", "government": "政务服务",
              "justice": "司法", "tourism": "旅游", "charity": "社会公益"}
# What the report calls the recount's reasons.
REASONS = {"further": "same_project", "repeat": "repeat", "near_miss": "only_mention", "off_topic": "only_stamp", "failed": "failed"}


def place(word):
    return PROVINCES.get(word[:2], word) or "unknown"


def yuan(money):
    return f"{Decimal(money['value']):.2f}" if money else "0.00"


def total(kinds):
    """Sum, n and N of one kind of total."""
    sums = [line for line in kinds["sums"] if line["money"]["currency"] == "CNY"]
    return {"sum": yuan(sums[0]["money"]) if sums else "0.00", "disclosed": sums[0]["disclosed"] if sums else 0, "of": kinds["of"]}


def rate(line):
    return line["not_computable"] or {"tenths": line["tenths"], "from": line["from_year"], "to": line["to_year"]}


def named(rows, unknown, name, rest):
    counts = Counter({name(row["word"]): row.get("count", row.get("winners")) for row in rows})
    counts[rest] += unknown.get("count", unknown.get("winners"))
    return dict(+counts)


def years(tables):
    """Year → projects and the three totals, out of one table for each measure."""
    found = {}
    for table in tables:
        for line in table["years"]:
            year = found.setdefault(str(line["year"]), {})
            if table["measure"] == "projects":
                year["projects"] = line["of"]
            else:
                year[table["measure"]] = {"sum": yuan(line["money"]), "disclosed": line["disclosed"], "of": line["of"]}
    return found


def reshaped(study):
    """The report's figures in the recount's shape."""
    shares = {breakdown["by"]: breakdown for breakdown in study["shares"]}
    projects = {project["id"]: project for project in study["projects"]}
    shared = lambda by, name, rest: named(shares[by]["rows"], shares[by]["unknown"], name, rest)
    bins = {found["why"]: found["count"] for found in study["hits"]["bins"]}
    status = {line["word"]: line["count"] for line in study["status"]}
    winners = study["winners"]
    brief = lambda project, key, money: {"on": project["first_on"], "buyer": project["buyers"][0], "title": project["title"], key: yuan(money)}
    first = projects[study["firsts"]["first"]["projects"][0]]
    largest = next(record for record in study["firsts"]["records"] if record["kind"] == "topic_part")
    return {
        "hits": study["hits"]["hits"],
        "excluded": {REASONS.get(why, why): count for why, count in bins.items() if why != "counted"},
        "projects": study["counted"]["count"],
        "status": {"tendering": status.get("tendering", 0), "awarded": sum(count for word, count in status.items() if word != "tendering")},
        "contracted": status.get("contracted", 0),
        "levels": shared("level", str, "unknown"),
        "regions": shared("region", place, "unknown"),
        "categories": shared("category", lambda word: CATEGORIES.get(word, word), "unclassified"),
        "totals": {kind["kind"]: total(kind) for kind in study["totals"]},
        "years": years(study["growth"]),
        "growth": {table["measure"]: {key: rate(table[key]) for key in ("mean_yoy", "cagr")} for table in study["growth"] if table["measure"] != "projects"},
        "winners": winners["parties"],
        "wins": winners["wins"],
        "top": sorted(([row["name"], row["wins"]] for row in winners["rows"] if row["wins"] > 1), key=lambda pair: (-pair[1], pair[0])),
        "winner_regions": named(winners["places"]["rows"], winners["places"]["unknown"], place, "unknown"),
        "first": brief(first, "budget", first["budget"]["money"]),
        "largest_part": brief(projects[largest["projects"][0]], "part", largest["money"]),
    }


def main():
    report, recount = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    told = reshaped(report["study"])
    wrong = 0
    for figure, value in told.items():
        if figure == "years":
            # A year without any award has no line of its own there.
            recount["years"] = {year: {key: of for key, of in line.items() if key in value.get(year, {})} for year, line in recount["years"].items()}
        same = value == recount[figure]
        wrong += not same
        print(f"{'agree' if same else 'DIFFER'}: {figure}" + ("" if same else f"\n  report  {value}\n  recount {recount[figure]}"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
