"""Parts that no reader reads: programs, drawings, junk of file managers, unknown formats.

Purpose: each is kept and listed with its reason; nothing is silent.
Source: the names that Windows, macOS, Office and WPS leave in folders; media types as kinds.py gives them.
Limits: looks at names, types and of one kind of file the first octets; opens nothing.
"""

from __future__ import annotations

import re

from pipeline.extract import kinds
from pipeline.records import Code, Content, Leaf, Problem, Status

_JUNK = re.compile(
    r"(?:^|/)(?:thumbs\.db|ehthumbs\.db|desktop\.ini|\.ds_store|\.localized|\.picasa\.ini|__macosx(?:/.*)?|\._[^/]*|"
    r"~\$[^/]*|\.~[^/]*|~wrl\d+\.tmp|[^/]*\.lnk|folder\.jpg\.tmp)$|(?:^|/)__macosx/",
    re.IGNORECASE,
)
_LIST_OF_FILES = re.compile(rb"\s*<xml[^>]{0,200}>\s*<o:MainFile\b")
"""filelist.xml, which Word writes beside a page that it saves, and into an .mht."""
_JUNK_TYPES = {kinds.THUMBNAILS, "application/x-ds-store", "application/x-appledouble"}
_PROGRAM_NAME = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|vbs?|vbe|jse?|wsf|wsh|ps1|msi|hta|cpl|jar|apk|reg|lnk)$", re.IGNORECASE
)
_PROGRAM_TYPES = {
    "application/x-msdownload",
    "application/x-executable",
    "application/java-archive",
    "application/x-ms-shortcut",
}
_REASONS = {
    "image/x-camera-raw": "相机原始格式（RAW）照片，不读取内容；原件已存，可请报送单位转为 JPG",
    "image/svg+xml": "SVG 矢量图，不读取内容；原件已存",
    "image/vnd.microsoft.icon": "图标文件，不读取内容；原件已存",
    "image/vnd.adobe.photoshop": "PSD 设计稿，不读取内容；原件已存",
    "image/wmf": "WMF 矢量图形，不读取内容；原件已存",
    "image/emf": "EMF 矢量图形，不读取内容；原件已存",
    "application/x-iso9660-image": "光盘映像（ISO），不解开；原件已存，请人工查看",
    "application/x-xar": "苹果安装包（XAR），不解开；原件已存，请人工查看",
    "application/vnd.visio": "Visio 图，不读取内容；原件已存",
    kinds.WORKS: "Works 文档，不能读取内容；请报送单位另存为 docx",
}

DRAWING_OCTETS = 100_000
"""A metafile inside a document that is smaller holds lines and words of a formula or an icon; a larger one may hold a photo."""
_DRAWINGS = ("image/wmf", "image/emf")
_INSIDE = re.compile(r"/(?:word|ppt|xl|visio)/media/", re.IGNORECASE)


def noise(leaf: Leaf, media_type: str) -> Content | None:
    """Say whether a part is no material at all: junk of file managers, lock files, empty parts; else None."""
    path = leaf.path.replace("\\", "/")
    name = leaf.name.replace("\\", "/")
    if _JUNK.search(path) or _JUNK.search(name) or media_type in _JUNK_TYPES:
        return Content(status=Status.NOISE, reason="系统或办公软件自动生成的文件，不是材料")
    if _LIST_OF_FILES.match(leaf.data):
        return Content(status=Status.NOISE, reason="网页的文件清单（Word 自动生成），不是材料")
    if leaf.data:
        return None
    if leaf.name and not leaf.body:
        return Content(status=Status.DAMAGED, reason="附件是空的（0 字节），请报送单位重发")
    return Content(status=Status.NOISE, reason="空白")


def keep(leaf: Leaf, media_type: str) -> Content:
    """Keep a part that no reader reads, with the reason; a program is a Problem."""
    if media_type in _PROGRAM_TYPES or _PROGRAM_NAME.search(leaf.name):
        reason = "可执行文件或脚本，没有打开，也没有运行；请与报送单位核实"
        problem = Problem(code=Code.EXECUTABLE, part=leaf.path, detail=reason)
        return Content(status=Status.UNSUPPORTED, reason=reason, problems=(problem,))
    if media_type == kinds.ENCRYPTED:
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：文档设有打开密码，请向报送单位索取")
    if media_type in _DRAWINGS and _INSIDE.search(leaf.path) and len(leaf.data) < DRAWING_OCTETS:
        return Content(
            status=Status.NOISE, reason="文档里的矢量图形（公式、图示或对象的图标），不是照片，不读取"
        )
    if media_type.startswith(("video/", "audio/")):
        reason = "视频或音频，不读取内容；作为影像资料保存"
    else:
        unknown = "不认识的格式" if media_type == kinds.BINARY else f"格式（{media_type}）"
        reason = _REASONS.get(media_type, f"{unknown}，不能读取；原件已存，请人工查看")
    return Content(status=Status.UNSUPPORTED, reason=reason)
