"""What MySQL's character sets are called in Python.

Source: the Character Sets chapters of the MySQL and MariaDB manuals.
"""

SAFE_CODEC = "ascii"
"""For a character set that is not listed: what every one of them holds."""

CODECS: dict[str, str] = {
    # every character
    "utf8mb4": "",
    "utf16": "",
    "utf16le": "",
    "utf32": "",
    "gb18030": "gb18030",
    # Unicode's first 65,536 characters
    "utf8": "bmp",
    "utf8mb3": "bmp",
    "ucs2": "bmp",
    # the server's latin1 is Windows-1252
    "latin1": "cp1252",
    "latin2": "iso8859_2",
    "latin5": "iso8859_9",
    "latin7": "iso8859_13",
    "ascii": "ascii",
    "greek": "iso8859_7",
    "hebrew": "iso8859_8",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "cp850": "cp850",
    "cp852": "cp852",
    "cp866": "cp866",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "macroman": "mac_roman",
    "macce": "mac_latin2",
    "big5": "big5",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "sjis": "shift_jis",
    "cp932": "cp932",
    "ujis": "euc_jp",
    "eucjpms": "euc_jp",
    "euckr": "euc_kr",
    "tis620": "tis_620",
}
