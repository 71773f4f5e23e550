"""核对一份导出的收件日志（BagIt 目录，RFC 8493）。不需要收文系统，只用 Python 3.8 以上的标准库。

用法：python verify_log.py 目录 [--seal 封印文件或文件夹 …] [--archive 原件库目录]
退出码：0 全部相符；4 有不符，逐条列出；2 用法有误。最后一行写明没有核对什么。
"""

from __future__ import annotations

# fmt: off
import argparse
import csv
import json
import re
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
SIGHTING = "accession account folder uidvalidity uid size received gone"
SEAL = "number at first last head items sightings corrections previous"
WHOLE = "number 序号 year size isolated attempts uidvalidity uid first last items sightings corrections"
EMPTY = "due begun received gone"
PAYLOAD = "log.jsonl log.csv items.jsonl sightings.jsonl corrections.jsonl seals.jsonl 说明.txt verify_log.py"
TAGS = "bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt"
INFO = "Bagging-Date Payload-Oxum External-Description Bag-Software-Agent Masked Originals Log-Head Log-Seals"
ITEM_ACTIONS = ["capture", "begin", "file", "defer", "hold", "interrupt", "release", "dismiss", "reprocess"]
HEADERS = "序号 北京时间 UTC时间 收文号 动作 经办 结果 原状态 新状态 说明 依据规则 状态行摘要 言词摘要 盐 上一条摘要 本条摘要"
MEANT = "number beijing utc accession action actor outcome before after detail rule row said salt previous digest"
CODES = "capture sight begin fixity unpack identify classify file defer hold interrupt release dismiss correct attach reprocess"
CODES += " restore vanish reappear captured filed held dismissed"
CHINESE = "接收 再次见到 开始办理 原件核对 拆件读取 认定单位 归类 归档 推迟 转待人工 办理中断 放行 不予受理 更正 补入材料"
CHINESE += " 重新办理 从备份恢复 服务器已无 服务器又有 已接收 已归档 待人工 不予受理"
HEAD = HEADERS.split()
WORD = dict(zip(CODES.split(), CHINESE.split()))  # noqa: B905 - Python 3.8 knows no strict
WITHHELD, STAR = "（含个人信息，未列出；--full 的副本里有）", "＊＊"
UNSEEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
PLACE = "{account} {folder} UIDVALIDITY {uidvalidity} UID {uid}"
SEEN = PLACE + "，服务器标 {size} 字节、{received} 收到 {gone}"
CLOCKS, WAIT = (("utc", 0), ("beijing", 8)), timedelta(minutes=1)
found: list[str] = []


def check(holds: object, otherwise: str) -> None:
    """记下不符之处。"""
    found.extend([] if holds else [otherwise])


def digest(row: dict[str, Any], names: str) -> str:
    """求一行中所列字段的摘要。"""
    fields = {name: row.get(name) for name in names.split()}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def sound(row: dict[str, Any], names: str) -> bool:
    """字段不多不少，类型对，时间是规定的写法。遮盖的行有 masked: true，没有盐。"""
    want = set(names.split()) - ({"salt"} if "masked" in row else {"masked"})
    kinds = ((one, int if one in WHOLE.split() else bool if one == "masked" else str) for one in row)
    good = all(type(row[one]) is kind or (row[one] is None and one in EMPTY.split()) for one, kind in kinds)
    at = row.get("at", "2024-01-01T00:00:00.000000+00:00")
    written = datetime.fromisoformat(at).isoformat(timespec="microseconds") == at < "9" and at[26:] == "+00:00"
    return row.keys() == want and good and written and row.get("masked", True)


def rows(path: Path, names: str) -> list[dict[str, Any]]:
    """读一个 JSON 行文件；names：应有的字段。同名字段会使人和程序各读各的，也不行。"""
    good: list[dict[str, Any]] = []
    check(path.is_file(), f"缺少文件 {path.name}")
    lines = path.read_bytes().decode("utf-8", "replace").split("\n") if path.is_file() else []
    for number, line in enumerate(lines[:-1] if lines[-1:] == [""] else lines, 1):
        try:
            row = json.loads(line, object_pairs_hook=lambda a: dict(a) if len(dict(a)) == len(a) else {})
            whole = sound(row, names)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            whole = False
        check(whole, f"{path.name} 第 {number} 行：不是一条完整的 JSON，或字段缺失、多出、同名、类型不对")
        good += [row] if whole else []
    return good


def manifests(bag: Path, items: list[dict[str, Any]], info: dict[str, str]) -> None:
    """目录里只有该有的文件，两份清单与它们一一相符。"""
    there = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
    check(not any(path.is_symlink() for path in bag.rglob("*")), "目录里有符号链接，应全是普通文件")
    kept = {f"originals/{one['sha256'][:2]}/{one['sha256'][2:4]}/{one['sha256']}" for one in items}
    kept = kept if info.get("Originals") == "yes" else set()
    for path in sorted(there.keys() ^ {*TAGS.split(), *(f"data/{one}" for one in {*PAYLOAD.split(), *kept})}):
        check(path not in there, f"{path}：副本里不该有的文件（bag-info.txt 的 Originals 是 {info.get('Originals')}）")
        check(path in there, f"{path}：副本里应有，缺失")
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


def table(path: Path, events: list[dict[str, Any]]) -> None:
    """log.csv 逐格与 log.jsonl 相同：不可见字符不列，会成公式的前面加撇号，此外一字不差。"""
    text = path.read_bytes().decode("utf-8-sig", "replace") if path.is_file() else ""
    try:
        lines = list(csv.reader(text[:-1].split("\n"))) if text[-1:] == "\n" else []
    except csv.Error:
        lines = []
    check(lines[:1] == [HEAD], f"log.csv 读不出，或表头不是“{'、'.join(HEAD)}”")
    check(len(lines) == len(events) + 1, f"log.csv 有 {len(lines) - 1} 条，log.jsonl 有 {len(events)} 条")
    for event, cells in zip(events, lines[1:]):  # noqa: B905 - as above
        told = [" ".join(re.sub(UNSEEN, "", str(event[one])).split()) for one in HEAD]
        told = ["'" * (one[:1] in tuple("=+-@＝＋－＠")) + one for one in told]
        bad = [one for one, cell, same in zip(HEAD, cells, told) if cell != same]  # noqa: B905 - as above
        bad += [f"第 {len(HEAD) + 1} 格起"] * (len(cells) > len(HEAD)) + HEAD[len(cells) :]
        check(not bad, f"日志第 {event['number']} 条的“{'、'.join(bad)}”在 log.csv 里与 log.jsonl 不同：被改过")


def chain(events: list[dict[str, Any]], full: bool) -> list[str]:
    """事实、言词、前后次序、中文栏。返回言词没有核对的是哪几条。"""
    number, previous, unseen = 0, START, []
    for event in events:
        here, where = event["number"], f"日志第 {event['number']} 条（{event['accession'] or '无收文号'}）"
        check(here <= number + 1, f"日志第 {number} 条之后缺 {here - number - 1} 条：被删")
        check(here > number, f"{where}排在第 {number} 条之后：次序被改，或重复插入")
        check(here != number + 1 or event["previous"] == previous, f"{where}与前一条接不上：有被换或插入的")
        check(digest(event, FACTS) == event["digest"], f"{where}的事实与本条摘要不符：这一条被改过")
        hidden = "masked" in event and not full
        check(hidden or digest(event, WORDS) == event["said"], f"{where}的言词与言词摘要不符：被改过")
        shown = any(one in event["actor"] + event["outcome"] + event["detail"] for one in (STAR, "***", WITHHELD))
        check(shown or not hidden, f"{where}标为已遮盖，却没有遮盖的字：被改过")
        clock = {one: str(datetime.fromisoformat(event["at"][:19]) + timedelta(hours=h)) for one, h in CLOCKS}
        words = {one: WORD.get(event[one], event[one]) for one in ("action", "before", "after")}
        meant = {"salt": "", **event, **clock, **words}
        bad = [one for one, name in zip(HEAD, MEANT.split()) if event[one] != meant[name]]  # noqa: B905 - as above
        check(not bad, f"{where}的“{'、'.join(bad)}”与同一行的机器字段不一致：被改过")
        number, previous = here, event["digest"]
        unseen += [str(here)] if hidden else []
    return unseen


def sealed(seals: list[dict[str, Any]], kept: list[dict[str, Any]], events: list[dict[str, Any]]) -> int:
    """封印自身、前后号、与日志都相符；另处保存的还要与副本里的同号封印相同。返回可用的封印到第几条。"""
    heads, number, previous, good = {0: START, **{one["number"]: one["digest"] for one in events}}, 0, START, 0
    late: dict[int, str] = {}
    for place, seal in enumerate(seals + kept):
        mine, before = place >= len(seals), len(found)
        where = f"第 {seal['number']} 号封印" + "（另处保存的一份）" * mine
        check(digest(seal, SEAL) == seal["digest"], f"{where}与自身摘要不符：封印被改过")
        linked = mine or (seal["number"], seal["previous"]) == (number + 1, previous)
        check(linked, f"{where}与前一号接不上：中间的封印被删、被换或被插入")
        check(not mine or seal in seals, f"{where}不在这份副本的封印里：副本较旧，或日志被整个重写过")
        check(seal["last"] in heads, f"{where}时日志到第 {seal['last']} 条，这里没有：尾部被截，或副本较旧")
        check(heads.get(seal["last"], seal["head"]) == seal["head"], f"{where}所记末条与日志不同：日志被改写")
        good = max(good, seal["last"]) if mine == bool(kept) and len(found) == before else good
        since = str(datetime.fromisoformat(seal["at"]) - WAIT).replace(" ", "T")
        after = (one for one in events if one["number"] > seal["last"] and one["at"] < since)
        late.update((one["number"], where) for one in after)
        number, previous = seal["number"], seal["digest"]
    for one, where in sorted(late.items()):
        check(False, f"日志第 {one} 条在{where}之后写入，所写时间却早于封印：早于封印的时间补记")
    return good


def hidden_item(item: dict[str, Any], steps: list[dict[str, Any]]) -> bool:
    """遮盖的登记行只许理由不列：把理由以外的各栏退回作决定之前的那一步，摘要须与日志所记相符。"""
    last, ends = steps[-1] if steps else {}, ("hold", "dismiss")
    base = ([one for one in steps if one["action"] not in ends] or [{}])[-1]
    tries = ((n, begun) for n in range(10) for begun in (None, base.get("at")))
    then = {**item, "state": base.get("after"), "reason": ""}
    tried = [n for n, begun in tries if digest({**then, "attempts": n, "begun": begun}, ITEM) == base.get("row")]
    same = last.get("action") in ends and last.get("masked") and item["state"] == last["after"]
    attempts = [0] if last.get("action") == "dismiss" else tried
    return bool(same and tried and item["attempts"] in attempts and (item["reason"], item["begun"]) == (WITHHELD, None))


def hidden_correction(one: dict[str, Any], event: dict[str, Any]) -> bool:
    """遮盖的更正：经办、收文号、时间与日志同一条相符，言词没有全遮的也相符。"""
    same = all(one[a] == event.get(b) for a, b in (("accession", "accession"), ("at", "at"), ("by", "actor")))
    words = " ".join(f"更正 {one['field']}：{one['why']}".split())[:500]
    told = WITHHELD in (one["why"], event.get("outcome")) or words == event.get("outcome")
    return same and told and "masked" in event and (one["by"].endswith(STAR) or WITHHELD in one.values())


def register(data: Path, events: list[dict[str, Any]], items: list[dict[str, Any]], full: bool) -> list[str]:
    """来文、更正与日志互相对得上；返回没有核对的是哪些来文的什么。"""
    corrections, unseen = rows(data / "corrections.jsonl", CORRECTION + " digest masked"), []
    steps: dict[str, list[dict[str, Any]]] = {one["accession"]: [] for one in events + items}
    for event in events:
        steps[event["accession"]] += [event] if event["action"] in ITEM_ACTIONS else []
    told = [one for one in events if one["action"] == "correct"]
    by_row = {one["row"]: one for one in told}
    for one in items + corrections:
        what, names = (f"更正 {one['field']}", CORRECTION) if "field" in one else ("登记行", ITEM)
        where, hidden = f"来文 {one['accession']} 的{what}", "masked" in one and not full
        check(hidden or digest(one, names) == one["digest"], f"{where}与摘要不符：被改过")
        right = "field" in one and hidden_correction(one, by_row.get(one["digest"], {}))
        right = right or ("field" not in one and hidden_item(one, steps[one["accession"]]))
        check(right or not hidden, f"{where}标为已遮盖，遮盖以外的栏与日志不符：被改过")
        unseen += [f"{one['accession']} {what}" + ("的理由" if "field" not in one else "的内容")] if hidden else []
    there = Counter(one["accession"] for one in items)
    for one in items:
        last = ([None] + [step["row"] for step in steps[one["accession"]]])[-1]
        check(last is None or last == one["digest"], f"来文 {one['accession']} 的登记行与日志最后所记不符")
    for name in sorted(steps.keys() - {""}):
        check(steps[name], f"来文 {name}：有登记行，日志里没有：登记行是加进来的")
        check(there[name] == 1, f"来文 {name}：日志里有，登记行有 {there[name]} 条：登记行被删或重复")
    wanted, have = [one["row"] for one in told], [one["digest"] for one in corrections]
    for name, a, b in ((name, wanted.count(name), have.count(name)) for name in sorted({*wanted, *have})):
        check(a == b, f"更正 {name}：日志里 {a} 条，更正表里 {b} 条")
    check(sorted(wanted) != sorted(have) or wanted == have, "更正的先后与日志不同：次序被改")
    return unseen


def sightings(data: Path, events: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
    """见信处与日志相符；收文号不断。"""
    for year in sorted({one["year"] for one in items}):
        numbers = {one["number"] for one in items if one["year"] == year}
        gap = next(one for one in range(1, len(numbers) + 2) if one not in numbers)
        check(gap > max(numbers), f"收文号断号：{year} 年缺第 {gap} 号")
    seen = rows(data / "sightings.jsonl", SIGHTING)
    told = {(a["accession"], PLACE.format(**a)): SEEN.format(**a).replace("、None 收到", "") for a in seen}
    check(len(told) == len(seen), "sightings.jsonl 里有一处列了两次")
    logged: dict[tuple[str, str], str] = {}
    for event in (one for one in events if one["action"] in ("capture", "sight", "vanish", "reappear")):
        place, gone = event["detail"].partition("，服务器标")[0], event["action"] == "vanish"
        logged[event["accession"], place] = f"{event['detail']} {event['at'] if gone else None}"
    for accession, place in sorted({key for key, _ in logged.items() ^ told.items()}):
        check(False, f"来文 {accession} 见于 {place}：日志和 sightings.jsonl 所记不同")


def main() -> int:
    """核对，列出不符之处，返回退出码。"""
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("bag", type=Path)
    parser.add_argument("--seal", type=Path, nargs="+", action="extend", default=[])
    parser.add_argument("--archive", type=Path)
    given = parser.parse_args()
    data, path = given.bag / "data", given.bag / "bag-info.txt"
    files = [one for path in given.seal for one in (sorted(path.glob("seal-*.json")) if path.is_dir() else [path])]
    kept = [one for path in files for one in rows(path, SEAL + " digest")]
    check(kept or not given.seal, "--seal 所指的地方没有封印（seal-*.json）")
    if found or not data.is_dir() or not (given.archive or data).is_dir():
        parser.error("；".join(found) or "没有这个目录，或它不是导出的日志")
    lines = path.read_text("utf-8", "replace").split("\n") if path.is_file() else []
    info = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
    check([line.partition(": ")[0] for line in lines] == [*INFO.split(), ""], "bag-info.txt 的各行不是应有的各行")
    check({info.get("Masked"), info.get("Originals")} <= {"yes", "no"}, "bag-info.txt 的 Masked、Originals 应为 yes 或 no")
    events = rows(data / "log.jsonl", " ".join([*HEAD, FACTS, WORDS, "digest masked"]))
    items, seals = rows(data / "items.jsonl", ITEM + " digest masked"), rows(data / "seals.jsonl", SEAL + " digest")
    full = info.get("Masked") == "no"
    manifests(given.bag, items, info)
    table(data / "log.csv", events)
    words, hidden = chain(events, full), register(data, events, items, full)
    check(full or words or hidden, "bag-info.txt 说已遮盖，却没有一处遮盖：Masked 被改过")
    sightings(data, events, items)
    good = sealed(seals, kept, events)
    for name, told in (("Log-Head", events), ("Log-Seals", seals)):
        head = f"{told[-1]['number']} {told[-1]['digest']}" if told else f"0 {START}"
        check(info.get(name) == head, f"bag-info.txt 的 {name} 不是实有的末条 {head}：尾部被截，或被改过")
    folders = [data / "originals"] * (info.get("Originals") == "yes") + [given.archive] * bool(given.archive)
    for folder, item in ((folder, item) for folder in folders for item in items):
        path = folder / item["sha256"][:2] / item["sha256"][2:4] / item["sha256"]
        now = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        fact = "与收到时不符：被改过或换过" if now else "缺失"
        check(now == path.name, f"来文 {item['accession']} 的原件{fact}（{path}）")
    unseen = f"已遮盖的言词（日志 {len(words)} 条、登记和更正 {len(hidden)} 行）；" * bool(words + hidden)
    unseen += "原件；" * (not folders) + "归档结果的内容（这里只有摘要）；"
    unseen += "日志连同封印被所有者整个重写，或拿旧的一份来充（另处保存的封印能看出）；" * (not kept)
    rest = (events[-1]["number"] if events else 0) - good
    unseen += f"最新一号可用封印到第 {good} 条，之后的 {rest} 条没有封印，整段改写看不出来"
    end = [f"未核对的言词：日志第 {'、'.join(words)} 条"] * bool(words) + [f"未核对：来文 {one}" for one in hidden]
    end += [f"查了 {len(events)} 条日志、{len(items)} 件来文、{len(seals)} 号封印，{len(found)} 处不符"]
    end += [f"没有核对、看不出来的：{unseen}"]
    for line in [f"✗ {one}" for one in found] + end:
        sys.stdout.buffer.write(line.encode(sys.stdout.encoding, "replace") + b"\n")
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
