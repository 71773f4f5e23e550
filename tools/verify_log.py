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

START, WORDS, FACTS = "0" * 64, "salt actor outcome detail", "number at accession action before after rule row said previous"
ITEM = "accession year number sha256 size state received received_from captured due begun isolated attempts reason basis filing"
DECIDED, LATER = ["correct", "undo", "sign"], {"act": "decide", "about": 0, "workbook": "", "anchor": "", "machine": ""}  # 后加的栏；是这些值的不入摘要
CORRECTION, ADDED, SEAL = "accession field old new by why at " + " ".join(LATER), "accession place sha256 size", "number at first last head items sightings corrections previous"
PAYLOAD = "log.jsonl log.csv items.jsonl sightings.jsonl corrections.jsonl attachments.jsonl seals.jsonl 说明.txt verify_log.py"
TAGS, INFO = "bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt", "Bagging-Date Payload-Oxum External-Description Bag-Software-Agent Masked Originals Log-Head Log-Seals"
ITEM_ACTIONS = ["capture", "begin", "file", "defer", "hold", "interrupt", "release", "dismiss", "reprocess"]
HEAD = "序号 北京时间 UTC时间 收文号 动作 经办 结果 原状态 新状态 说明 依据规则 状态行摘要 言词摘要 盐 上一条摘要 本条摘要".split()
MEANT = "number beijing utc accession action actor outcome before after detail rule row said salt previous digest".split()
WITHHELD, STAR = "（含个人信息，未列出；--full 的副本里有）", "＊＊"
UNSEEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
SIGHTING, PLACE = "accession account folder uidvalidity uid size received gone", "{account} {folder} UIDVALIDITY {uidvalidity} UID {uid}"
SEEN = PLACE + "，服务器标 {size} 字节、{received} 收到 {gone}"
found: list[str] = []
def check(holds: object, otherwise: str) -> None:
    """记下不符之处。"""
    found.extend([] if holds else [otherwise])
def digest(row: Any, names: str) -> str:
    """求一行中所列字段的摘要：键按字母排序、无空白、不转义的 JSON（UTF-8）的 SHA-256。"""
    fields = {name: row.get(name) for name in names.split()}
    return sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")).hexdigest()
def octets(path: Path) -> bytes:
    """文件的内容，没有就是空。"""
    return path.read_bytes() if path.is_file() else b""
def rows(path: Path, names: str) -> list[Any]:
    """一个 JSON 行文件，字段不多不少；遮盖的事件没有盐，遮盖的其他行只有收文号和摘要。同名字段会使人和程序各读各的，也不行。"""
    good: list[Any] = []
    want, slim = set(names.split()), {"accession", "digest", "masked"}
    check(path.is_file(), f"缺少文件 {path.name}")
    lines = octets(path).decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, 1):
        try:
            row = json.loads(line, object_pairs_hook=lambda a: dict(a) if len(dict(a)) == len(a) else {})
            keys = want - ({"salt"} if row.get("masked") is True else {"masked"})
            bare = slim | ({"sha256"} & want) if keys == want and row.get("masked") is True else keys
            whole = row.keys() in (bare, bare - LATER.keys()) and all(type(row.get(one, 0)) is int for one in ("number", "last", "year", "uid", "place", "about"))
            datetime.fromisoformat(row.get("at", "2024-01-01"))
        except (ValueError, TypeError, AttributeError, RecursionError):
            whole = False
        check(whole, f"{path.name} 第 {number} 行：不是一条完整的 JSON，或字段缺失、多出、同名、类型不对")
        good += [row] if whole else []
    return good
def manifests(bag: Path, items: list[Any], info: dict[str, str]) -> None:
    """目录里只有该有的文件，两份清单与它们一一相符。"""
    there = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
    check(not any(path.is_symlink() for path in bag.rglob("*")), "目录里有符号链接，应全是普通文件")
    kept = {f"originals/{a[:2]}/{a[2:4]}/{a}" for a in (one["sha256"] for one in items) if info.get("Originals") == "yes"}
    for path in sorted(there.keys() ^ {*TAGS.split(), *(f"data/{one}" for one in {*PAYLOAD.split(), *kept})}):
        check(False, f"{path}：副本里{'不该有的文件' if path in there else '应有，缺失'}（Originals：{info.get('Originals')}）")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        text = octets(bag / name).decode("utf-8", "replace")
        listed = {line.partition("  ")[2]: line.partition("  ")[0] for line in text.split("\n") if line}
        have = {one for one in there if one.startswith("data/") == (name[0] == "m") and one[:4] != "tagm"}
        check(listed and len(listed) == text.count("\n"), f"{name} 缺失、为空，或有一个文件列了两次")
        for path in sorted(have | listed.keys()):
            check(path in have and path in listed, f"{path}：{'目录' if path in listed else name} 里没有，清单与目录对不上")
            same = path not in have or listed.get(path) in (None, sha256(there[path].read_bytes()).hexdigest())
            check(same, f"{path}：与 {name} 所记摘要不符，文件被改过")
def table(path: Path, events: list[Any]) -> None:
    """中文栏与机器字段一致；log.csv 逐格与它们相同：不可见字符不列，会成公式的前面加撇号，此外一字不差。"""
    text = octets(path).decode("utf-8-sig", "replace")
    try:
        lines = list(csv.reader(text[:-1].split("\n"))) if text[-1:] == "\n" else []
    except csv.Error:
        lines = []
    check(lines[:1] == [HEAD], f"log.csv 读不出，或表头不是“{'、'.join(HEAD)}”")
    check(len(lines) == len(events) + 1, f"log.csv 有 {len(lines) - 1} 条，log.jsonl 有 {len(events)} 条")
    for event, cells in zip(events, lines[1:] + [[]] * len(events)):  # noqa: B905 - as above
        at = datetime.fromisoformat(event["at"][:19])
        meant = {"salt": "", **event, "action": event["动作"], "before": event["原状态"], "after": event["新状态"], "utc": str(at), "beijing": str(at + timedelta(hours=8))}
        bad = [one for one, name in zip(HEAD, MEANT) if event[one] != meant[name]]  # noqa: B905 - as above
        check(not bad, f"日志第 {event['number']} 条的“{'、'.join(bad)}”与同一行的机器字段不一致：被改过")
        told = (" ".join(re.sub(UNSEEN, "", str(event[one])).split()) for one in HEAD)
        same = cells == ["'" * (one[:1] in tuple("=+-@＝＋－＠")) + one for one in told]
        check(not cells or same, f"日志第 {event['number']} 条在 log.csv 里与 log.jsonl 不同：被改过")
def chain(events: list[Any], full: bool) -> list[str]:
    """事实、言词、前后次序。返回言词没有核对的是哪几条。"""
    number, previous, unseen = 0, START, [""] * 0
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
        number, previous, unseen = here, event["digest"], unseen + [str(here)] * hidden
    return unseen
def sealed(seals: list[Any], kept: list[Any], events: list[Any]) -> int:
    """封印自身、前后号、与日志都相符；另处保存的还要与副本里的同号封印相同。返回可用的封印到第几条。"""
    heads, number, previous, good = {0: START, **{one["number"]: one["digest"] for one in events}}, 0, START, 0
    for place, seal in enumerate(seals + kept):
        mine, before = place >= len(seals), len(found)
        where = f"第 {seal['number']} 号封印" + "（另处保存的一份）" * mine
        check(digest(seal, SEAL) == seal["digest"], f"{where}与自身摘要不符：封印被改过")
        check(mine or (seal["number"], seal["previous"]) == (number + 1, previous), f"{where}与前一号接不上：有被删、换或插入的")
        check(not mine or seal in seals, f"{where}不在这份副本的封印里：副本较旧，或日志被整个重写过")
        fact = "与日志不同：日志被改写" if seal["last"] in heads else "这里没有：尾部被截，或副本较旧"
        check(heads.get(seal["last"]) == seal["head"], f"{where}所记末条（第 {seal['last']} 条）{fact}")
        good = max(good, seal["last"]) if mine == bool(kept) and len(found) == before else good
        since = str(datetime.fromisoformat(seal["at"]) - timedelta(minutes=1)).replace(" ", "T")
        late = [str(one["number"]) for one in events if one["number"] > seal["last"] and one["at"] < since]
        check(not late, f"日志第 {'、'.join(late)} 条在{where}之后写入，所写时间却早于封印：早于封印的时间补记")
        number, previous = seal["number"], seal["digest"]
    return good
def register(data: Path, events: list[Any], items: list[Any], corrections: list[Any], added: list[Any]) -> None:
    """来文、更正、补入材料、见信处与日志互相对得上；收文号不断。"""
    for one in items + corrections + added:
        what, names = (f"更正 {one['field']}", " ".join(name for name in CORRECTION.split() if one.get(name, LATER.get(name)) != LATER.get(name, ...))) if "field" in one else ("补入材料", ADDED) if "place" in one else ("登记行", ITEM)
        taken = [event["outcome"] for event in events if (event["accession"], event["action"]) == (one["accession"], "capture")]
        same = ("sha256" not in one or f"SHA-256 {one.get('sha256')}；" in "".join(taken)) if "masked" in one else digest(one, names) == one["digest"]
        check(same, f"来文 {one['accession']} 的{what}与摘要不符：被改过")
    last = {one["accession"]: one["row"] for one in events if one["action"] in ITEM_ACTIONS}
    there, now = Counter(one["accession"] for one in items), {one["accession"]: one["digest"] for one in items}
    for name in sorted(last.keys() | there.keys()):
        fact = f"日志里有，登记行有 {there[name]} 条：登记行被删或重复" if name in last else "日志里没有：登记行是加进来的"
        check(name in last and there[name] == 1, f"来文 {name}：{fact}")
        check(now.get(name) == last.get(name) or name not in now, f"来文 {name} 的登记行与日志最后所记不符")
    for year in sorted({name.partition("-")[0] for name in now}):
        numbers = {int(name.partition("-")[2]) for name in now if name.startswith(f"{year}-")}
        gap = next(one for one in range(1, len(numbers) + 2) if one not in numbers)
        check(gap > max(numbers), f"收文号断号：{year} 年缺第 {gap} 号")
    for what, actions, kept in (("更正", DECIDED, corrections), ("补入材料", ["attach"], added)):
        wanted, have = [(one["accession"], one["row"]) for one in events if one["action"] in actions], [(one["accession"], one["digest"]) for one in kept]
        for one in sorted({*wanted, *have}):
            check(wanted.count(one) == have.count(one), f"来文 {one[0]} 的{what} {one[1]}：日志里 {wanted.count(one)} 条，{what}表里 {have.count(one)} 条")
        check(sorted(wanted) != sorted(have) or wanted == have, f"{what}的先后与日志不同：次序被改")
    seen = rows(data / "sightings.jsonl", SIGHTING)
    told = {(a["accession"], PLACE.format(**a)): SEEN.format(**a).replace("、None 收到", "") for a in seen}
    check(len(told) == len(seen), "sightings.jsonl 里有一处列了两次")
    logged: dict[tuple[str, str], str] = {}
    for event in (one for one in events if one["action"] in ("capture", "sight", "vanish", "reappear")):
        gone = event["at"] if event["action"] == "vanish" else None
        logged[event["accession"], event["detail"].partition("，服务器标")[0]] = f"{event['detail']} {gone}"
    for name, place in sorted({key for key, _ in logged.items() ^ told.items()}):
        check(False, f"来文 {name} 见于 {place}：日志和 sightings.jsonl 所记不同")
def main() -> int:
    """核对，列出不符之处，返回退出码。"""
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("bag", type=Path)
    parser.add_argument("--seal", type=Path, nargs="+", action="extend", default=[])
    parser.add_argument("--archive", type=Path)
    given = parser.parse_args()
    data = given.bag / "data"
    files = [sorted(path.glob("seal-*.json")) if path.is_dir() else [path] for path in given.seal]
    kept = [one for path in sum(files, []) for one in rows(path, SEAL + " digest")]
    check(kept or not given.seal, "--seal 所指的地方没有封印（seal-*.json）")
    if found or not data.is_dir() or not (given.archive or data).is_dir():
        parser.error("；".join(found) or "没有这个目录，或它不是导出的日志")
    lines = octets(given.bag / "bag-info.txt").decode("utf-8", "replace").split("\n")
    info = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
    check([line.partition(": ")[0] for line in lines] == [*INFO.split(), ""], "bag-info.txt 的各行不是应有的各行")
    events = rows(data / "log.jsonl", " ".join([*HEAD, FACTS, WORDS, "digest masked"]))
    items, seals = rows(data / "items.jsonl", ITEM + " digest masked"), rows(data / "seals.jsonl", SEAL + " digest")
    corrections, added = rows(data / "corrections.jsonl", CORRECTION + " digest masked"), rows(data / "attachments.jsonl", ADDED + " digest")
    manifests(given.bag, items + added, info)
    table(data / "log.csv", events)
    full = info.get("Masked") == "no"
    words, hidden = chain(events, full), [one["accession"] or "（单位）" for one in items + corrections if "masked" in one]
    check(full != bool(words or hidden), "bag-info.txt 的 Masked 与各行是否遮盖不符：被改过")
    register(data, events, items, corrections, added)
    good = sealed(seals, kept, events)
    for name, told in (("Log-Head", events), ("Log-Seals", seals)):
        head = f"{told[-1]['number']} {told[-1]['digest']}" if told else f"0 {START}"
        check(info.get(name) == head, f"bag-info.txt 的 {name} 不是实有的末条 {head}：尾部被截，或被改过")
    folders = [data / "originals"] * (info.get("Originals") == "yes") + [given.archive] * bool(given.archive)
    for folder, item in ((folder, item) for folder in folders for item in items + added):
        path = folder / item["sha256"][:2] / item["sha256"][2:4] / item["sha256"]
        fact = "与收到时不符：被改过或换过" if path.is_file() else "缺失"
        check(sha256(octets(path)).hexdigest() == path.name, f"来文 {item['accession']} 的{'补入材料' if 'place' in item else '原件'}{fact}（{path}）")
    unseen = f"已遮盖的言词（日志 {len(words)} 条、登记和更正 {len(hidden)} 行）；" * bool(words + hidden)
    unseen += "原件；" * (not folders) + "归档结果的内容（这里只有摘要）；" + "日志连同封印被所有者整个重写，或拿旧的一份来充（另处保存的封印能看出）；" * (not kept)
    unseen += f"最新一号可用封印到第 {good} 条，之后的 {(events[-1]['number'] if events else 0) - good} 条没有封印，整段改写看不出来"
    end = [f"只核对了摘要的：日志第 {'、'.join(words) or '—'} 条的言词，来文 {'、'.join(hidden) or '—'} 的登记行或更正"] * bool(words + hidden) + [f"查了 {len(events)} 条日志、{len(items)} 件来文、{len(seals)} 号封印，{len(found)} 处不符", f"没有核对、看不出来的：{unseen}"]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in [f"✗ {one}" for one in found] + end).encode(sys.stdout.encoding, "replace"))
    return 4 if found else 0
if __name__ == "__main__":
    sys.exit(main())
