"""核对一份导出的收件日志（BagIt 目录，RFC 8493）。不需要收文系统，只用 Python 3.8 以上的标准库。

用法：python verify_log.py 目录 [--seal 封印文件 …] [--archive 原件库目录]
退出码：0 全部相符；4 有不符，逐条列出；2 用法有误。最后一行写明没有核对什么。
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

START = "0" * 64
WORDS = "salt actor outcome detail"
FACTS = "number at accession action before after rule row said previous"
ITEM = "accession year number sha256 size state received received_from captured due begun isolated attempts reason basis filing"
CORRECTION = "accession field old new by why at"
SEAL = "number at first last head items sightings corrections previous"
ITEM_ACTIONS = ["capture", "begin", "file", "defer", "hold", "interrupt", "release", "dismiss", "reprocess"]
HEADERS = "序号 收文号 经办 结果 说明 盐 依据规则 状态行摘要 言词摘要 上一条摘要 本条摘要"
MEANT = "number accession actor outcome detail salt rule row said previous digest"
SAME = dict(zip(HEADERS.split(), MEANT.split()))  # noqa: B905 - Python 3.8 knows no strict
NAMED = {"动作": "action", "原状态": "before", "新状态": "after"}
CLOCKS = {"UTC时间": 0, "北京时间": 8}
BARE = {one: None for one in range(0x10000) if one in (0x20, 0x27) or not chr(one).isprintable()}
PLACE = "{account} {folder} UIDVALIDITY {uidvalidity} UID {uid}"
SEEN = PLACE + "，服务器标 {size} 字节、{received} 收到 {gone}"
found: list[str] = []


def check(holds: object, otherwise: str) -> None:
    """记下不符之处。"""
    found.extend([] if holds else [otherwise])


def digest(row: dict[str, Any], names: str) -> str:
    """求一行中所列字段的摘要。"""
    fields = {name: row.get(name) for name in names.split()}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def rows(path: Path, whole: str, text: str) -> list[dict[str, Any]]:
    """一个 JSON 行文件；whole、text：必有的整数字段和文字字段。同名字段会使人和程序各读各的，也不行。"""
    good: list[dict[str, Any]] = []
    check(path.is_file(), f"缺少文件 {path.name}")
    lines = path.read_bytes().decode("utf-8", "replace").split("\n") if path.is_file() else []
    kinds = [(one, int) for one in whole.split()] + [(one, str) for one in text.split()]
    for number, line in enumerate(lines[:-1] if lines[-1:] == [""] else lines, 1):
        try:
            row = json.loads(line, object_pairs_hook=lambda a: dict(a) if len(dict(a)) == len(a) else {})
            sound = all(type(row.get(one)) is kind for one, kind in kinds)
            datetime.fromisoformat(row.get("at", "2024-01-01"))
        except (ValueError, TypeError, AttributeError, RecursionError):
            sound = False
        check(sound, f"{path.name} 第 {number} 行：不是一条完整的 JSON，或字段缺失、同名、类型不对")
        good += [row] if sound else []
    return good


def manifests(bag: Path) -> None:
    """两份清单与目录里的文件一一相符。"""
    there = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
    check(not any(path.is_symlink() for path in bag.rglob("*")), "目录里有符号链接，应全是普通文件")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        text = there[name].read_text("utf-8", "replace") if name in there else ""
        listed = {line.partition("  ")[2]: line.partition("  ")[0] for line in text.split("\n") if line}
        have = {one for one in there if one.startswith("data/") == (name[0] == "m") and one[:4] != "tagm"}
        check(listed and len(listed) == text.count("\n"), f"{name} 缺失、为空，或有一个文件列了两次")
        for path in sorted(have | listed.keys()):
            check(path in have, f"{path}：{name} 里有，目录里没有")
            check(path in listed, f"{path}：目录里有，{name} 里没有")
            now = sha256(there[path].read_bytes()).hexdigest() if path in have else ""
            check(listed.get(path, now) == now or not now, f"{path}：与 {name} 所记摘要不符，文件被改过")


def chain(events: list[dict[str, Any]], table: list[dict[str, str]], full: bool) -> int:
    """table：log.csv 的各行，不可见字符和为防公式加的撇号不计。返回言词没有核对的条数。"""
    number, previous, masked = 0, START, 0
    names: dict[object, object] = {}
    check(len(table) == len(events), f"log.csv 有 {len(table)} 条，log.jsonl 有 {len(events)} 条")
    for place, event in enumerate(events):
        here, where = event["number"], f"日志第 {event['number']} 条（{event['accession'] or '无收文号'}）"
        check(here <= number + 1, f"日志第 {number} 条之后缺 {here - number - 1} 条：被删")
        check(here > number, f"{where}排在第 {number} 条之后：次序被改，或重复插入")
        check(here != number + 1 or event["previous"] == previous, f"{where}与前一条接不上：有被换或插入的")
        check(digest(event, FACTS) == event["digest"], f"{where}的事实与本条摘要不符：这一条被改过")
        hidden = event.get("masked") is True and "salt" not in event and not full
        check(hidden or digest(event, WORDS) == event["said"], f"{where}的言词与言词摘要不符：被改过")
        at = datetime.fromisoformat(event["at"][:19])
        bad = [one for one, name in SAME.items() if event.get(one) != event.get(name, "")]
        bad += [one for one, h in CLOCKS.items() if event.get(one) != str(at + timedelta(hours=h))]
        bad += [a for a, b in NAMED.items() if names.setdefault((a, event[b]), event.get(a)) != event.get(a)]
        check(not bad, f"{where}的“{'、'.join(bad)}”与同一行的机器字段不一致：被改过")
        for one in (*SAME, *NAMED, *CLOCKS) if place < len(table) else ():
            cell, told = (str(row.get(one)).translate(BARE) for row in (table[place], event))
            check(cell == told, f"{where}的“{one}”在 log.csv 里与 log.jsonl 不同：被改过")
        number, previous, masked = here, event["digest"], masked + hidden
    return masked


def sealed(seals: list[dict[str, Any]], kept: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    """封印自身、前后号、与日志都相符；另处保存的还要与副本里的同号封印相同。"""
    heads, number, previous = {0: START, **{one["number"]: one["digest"] for one in events}}, 0, START
    for place, seal in enumerate(seals + kept):
        mine = place >= len(seals)
        where = f"第 {seal['number']} 号封印" + "（另处保存的一份）" * mine
        check(digest(seal, SEAL) == seal["digest"], f"{where}与自身摘要不符：封印被改过")
        linked = mine or (seal["number"], seal["previous"]) == (number + 1, previous)
        check(linked, f"{where}与前一号接不上：中间的封印被删、被换或被插入")
        check(not mine or seal in seals, f"{where}不在这份副本的封印里：副本较旧，或日志被整个重写过")
        check(seal["last"] in heads, f"{where}时日志到第 {seal['last']} 条，这里没有：尾部被截，或副本较旧")
        check(heads.get(seal["last"], seal["head"]) == seal["head"], f"{where}所记末条与日志不同：日志被改写")
        number, previous = seal["number"], seal["digest"]


def register(data: Path, events: list[dict[str, Any]], items: list[dict[str, Any]], full: bool) -> int:
    """来文、见信处、更正与日志互相对得上；返回言词没有核对的行数。"""
    corrections = rows(data / "corrections.jsonl", "", "accession field digest")
    for one in items + corrections:
        what, names = (f"更正 {one['field']}", CORRECTION) if "field" in one else ("登记行", ITEM)
        whole = (one.get("masked") is True and not full) or digest(one, names) == one["digest"]
        check(whole, f"来文 {one['accession']} 的{what}与摘要不符：被改过")
    last = {one["accession"]: one["row"] for one in events if one["action"] in ITEM_ACTIONS}
    there = Counter(one["accession"] for one in items)
    now = {one["accession"]: one["digest"] for one in items}
    for one in sorted(last.keys() | there.keys()):
        check(one in last, f"来文 {one}：有登记行，日志里没有：登记行是加进来的")
        check(there[one] == 1, f"来文 {one}：日志里有，登记行有 {there[one]} 条：登记行被删或重复")
        check(now.get(one) == last.get(one) or one not in now, f"来文 {one} 的登记行与日志最后所记不符")
    for year in sorted({one["year"] for one in items}):
        numbers = {one["number"] for one in items if one["year"] == year}
        gap = next(one for one in range(1, len(numbers) + 2) if one not in numbers)
        check(gap > max(numbers), f"收文号断号：{year} 年缺第 {gap} 号")
    seen = rows(data / "sightings.jsonl", "uidvalidity uid size", "accession account folder")
    seen = [{"received": 0, "gone": 0, **one} for one in seen]
    told = {(a["accession"], PLACE.format(**a)): SEEN.format(**a).replace("、None 收到", "") for a in seen}
    logged: dict[tuple[str, str], str] = {}
    for event in (one for one in events if one["action"] in ("capture", "sight", "vanish", "reappear")):
        place, gone = event["detail"].partition("，服务器标")[0], event["action"] == "vanish"
        logged[event["accession"], place] = f"{event['detail']} {event['at'] if gone else None}"
    for accession, place in sorted({key for key, _ in logged.items() ^ told.items()}):
        check(False, f"来文 {accession} 见于 {place}：日志和 sightings.jsonl 所记不同")
    wanted = Counter(one["row"] for one in events if one["action"] == "correct")
    have = Counter(one["digest"] for one in corrections)
    for one in sorted(wanted.keys() | have.keys()):
        check(wanted[one] == have[one], f"更正 {one}：日志里 {wanted[one]} 条，更正表里 {have[one]} 条")
    return sum(one.get("masked") is True for one in items + corrections)


def main() -> int:
    """核对，列出不符之处，返回退出码。"""
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("bag", type=Path)
    parser.add_argument("--seal", type=Path, nargs="+", action="extend", default=[])
    parser.add_argument("--archive", type=Path)
    given = parser.parse_args()
    data, path = given.bag / "data", given.bag / "bag-info.txt"
    kinds = ("number first last items sightings corrections", "at head previous digest")
    kept = [one for path in given.seal for one in rows(path, *kinds)]
    if found or not data.is_dir() or not (given.archive or data).is_dir():
        parser.error("；".join(found) or "没有这个目录，或它不是导出的日志")
    manifests(given.bag)
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    info = {line.partition(": ")[0]: line.partition(": ")[2] for line in text.split("\n")}
    texts = "at accession action actor outcome before after detail rule row said previous digest"
    events, seals = rows(data / "log.jsonl", "number", texts), rows(data / "seals.jsonl", *kinds)
    items = rows(data / "items.jsonl", "year number size attempts", "accession sha256 digest")
    path, full = data / "log.csv", info.get("Masked") == "no"
    lines = path.read_text("utf-8-sig", "replace").split("\n") if path.is_file() else []
    words, hidden = chain(events, list(csv.DictReader(lines)), full), register(data, events, items, full)
    sealed(seals, kept, events)
    for name, told in (("Log-Head", events), ("Log-Seals", seals)):
        head = f"{told[-1]['number']} {told[-1]['digest']}" if told else f"0 {START}"
        check(info.get(name) == head, f"bag-info.txt 的 {name} 不是实有的末条 {head}：尾部被截，或被改过")
    folders = [data / "originals"] * (info.get("Originals") == "yes") + [given.archive] * bool(given.archive)
    for folder, item in ((folder, item) for folder in folders for item in items):
        path = folder / item["sha256"][:2] / item["sha256"][2:4] / item["sha256"]
        now = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        fact = "与收到时不符：被改过或换过" if now else "缺失"
        check(now == path.name, f"来文 {item['accession']} 的原件{fact}（{path}）")
    unseen = f"已遮盖的言词（日志 {words} 条、登记和更正 {hidden} 行）；" * bool(words + hidden)
    unseen += "原件；" * (not folders) + "归档结果的内容（这里只有摘要）；"
    unseen += "日志连同封印被所有者整个重写，或拿旧的一份来充（另处保存的封印能看出）。" * (not kept)
    end = [f"查了 {len(events)} 条日志、{len(items)} 件来文、{len(seals)} 号封印，{len(found)} 处不符"]
    end += [f"没有核对、看不出来的：{unseen}"]
    for line in [f"✗ {one}" for one in found] + end:
        sys.stdout.buffer.write(line.encode(sys.stdout.encoding, "replace") + b"\n")
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
