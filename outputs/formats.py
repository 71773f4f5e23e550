"""What staff call the formats of files.

Purpose: `format_of` a media type, and `readable` reasons of readers that name one.
Source: the media types that pipeline/extract/kinds.py gives; the names that the programs' own menus use.
Limits: a type that is not listed is called by its family; the exact one stands in `shouwen show --json`.
"""

from __future__ import annotations

import re

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
FORMATS = {
    "text/plain": "纯文本",
    "text/html": "网页",
    "text/csv": "CSV 表格",
    "text/calendar": "日程（ics）",
    f"{_OFFICE}wordprocessingml.document": "Word（docx）",
    f"{_OFFICE}spreadsheetml.sheet": "Excel（xlsx）",
    f"{_OFFICE}presentationml.presentation": "PowerPoint（pptx）",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "Excel（xlsb）",
    "application/vnd.ms-excel2003ml": "Excel 2003（xml）",
    "application/vnd.ms-word2006ml": "Word（xml）",
    "application/msword": "Word 97、WPS（doc、wps）",
    "application/vnd.ms-excel": "Excel 97、WPS（xls、et）",
    "application/vnd.ms-powerpoint": "PPT 97、WPS（ppt、dps）",
    "application/x-ole-encrypted": "加密的 Office 文档",
    "application/x-ole-storage": "其他 Office 文件",
    "application/vnd.ms-works": "Works（wps）",
    "application/vnd.uof.text": "UOF 文档",
    "application/vnd.visio": "Visio 图",
    "application/rtf": "RTF",
    "application/pdf": "PDF",
    "application/ofd": "OFD",
    f"{_ODF}text": "ODF 文档（odt）",
    f"{_ODF}spreadsheet": "ODF 表格（ods）",
    f"{_ODF}presentation": "ODF 演示（odp）",
    f"{_ODF}graphics": "ODF 绘图（odg）",
    "application/zip": "压缩包（zip）",
    "application/x-7z-compressed": "压缩包（7z）",
    "application/vnd.rar": "压缩包（rar）",
    "application/x-tar": "压缩包（tar）",
    "application/gzip": "压缩包（gz）",
    "application/x-bzip2": "压缩包（bz2）",
    "application/x-xz": "压缩包（xz）",
    "application/x-compress": "压缩包（Z）",
    "application/zstd": "压缩包（zst）",
    "application/vnd.ms-cab-compressed": "压缩包（cab）",
    "application/x-lzh-compressed": "压缩包（lzh）",
    "application/x-arj": "压缩包（arj）",
    "application/x-xar": "苹果安装包（xar）",
    "application/x-iso9660-image": "光盘映像（iso）",
    "application/ms-tnef": "Outlook 附件包（winmail.dat）",
    "application/vnd.ms-outlook": "Outlook 邮件（msg）",
    "application/pkcs7-mime": "签名或加密邮件（p7m）",
    "application/pkcs7-signature": "数字签名（p7s）",
    "application/pgp-signature": "PGP 签名",
    "application/pgp-encrypted": "PGP 加密内容",
    "application/applefile": "苹果附加文件",
    "application/mac-binhex40": "苹果附加文件",
    "application/x-base64": "base64 文本里的文件",
    "application/x-self-extracting": "自解压程序（exe）",
    "text/x-uuencode": "uuencode 文本里的文件",
    "application/x-appledouble": "苹果附加文件",
    "application/x-ds-store": "苹果文件夹信息",
    "application/x-thumbs-db": "缩略图缓存",
    "application/x-msdownload": "Windows 程序（exe）",
    "application/x-executable": "Linux 程序",
    "application/java-archive": "Java 程序（jar）",
    "application/x-ms-shortcut": "快捷方式（lnk）",
    "message/rfc822": "邮件",
    "message/global": "邮件",
    "message/news": "邮件",
    "message/partial": "拆开发送的邮件",
    "message/external-body": "存放在别处的附件",
    "message/delivery-status": "投递报告",
    "application/x-empty": "空文件",
    "application/octet-stream": "不明格式",
    "image/jpeg": "图片（JPEG）",
    "image/png": "图片（PNG）",
    "image/gif": "图片（GIF）",
    "image/bmp": "图片（BMP）",
    "image/heic": "图片（HEIC）",
    "image/avif": "图片（AVIF）",
    "image/webp": "图片（WebP）",
    "image/tiff": "图片（TIFF）",
    "image/x-camera-raw": "相机原始照片（RAW）",
    "image/vnd.adobe.photoshop": "设计稿（PSD）",
    "image/vnd.microsoft.icon": "图标（ICO）",
    "image/svg+xml": "矢量图（SVG）",
    "image/emf": "矢量图（EMF）",
    "image/wmf": "矢量图（WMF）",
    "video/mp4": "视频（MP4）",
    "video/quicktime": "视频（MOV）",
    "video/3gpp": "视频（3GP）",
    "video/x-msvideo": "视频（AVI）",
    "video/x-ms-asf": "视频或音频（WMV、WMA）",
    "video/x-matroska": "视频（MKV、WebM）",
    "video/mpeg": "视频（MPEG）",
    "video/mp2t": "视频（TS）",
    "video/x-flv": "视频（FLV）",
    "video/vnd.rn-realvideo": "视频（RM）",
    "audio/mp4": "音频（M4A）",
    "audio/mpeg": "音频（MP3）",
    "audio/aac": "音频（AAC）",
    "audio/amr": "录音（AMR）",
    "audio/ogg": "音频（OGG）",
    "audio/flac": "音频（FLAC）",
    "audio/wav": "音频（WAV）",
}
"""Media types as staff call them."""
_FAMILIES = {
    "image/": "其他图片",
    "video/": "其他视频",
    "audio/": "其他音频",
    "text/": "其他文本",
    "message/": "邮件系统报告",
    "multipart/": "邮件的一部分",
    _ODF: "ODF 文档",
}
_MEDIA_TYPE = re.compile(
    r"\b(?:application|audio|image|message|multipart|text|video)/[a-z0-9][a-z0-9.+-]*[a-z0-9]"
)


def format_of(media_type: str) -> str:
    """What staff call a media type; "" where there is none."""
    if not media_type or media_type in FORMATS:
        return FORMATS.get(media_type, "")
    family = (name for start, name in _FAMILIES.items() if media_type.startswith(start))
    return next(family, "其他格式")


def readable(reason: str) -> str:
    """A reason of a reader, with formats called as staff call them."""
    return _MEDIA_TYPE.sub(lambda found: format_of(found[0]), reason)
