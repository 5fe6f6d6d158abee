"""The words of Lua 5.1, as LuaJIT reads it: what its parser is given."""

import re
from typing import NamedTuple

_KEYWORDS = frozenset(
    [
        "and",
        "break",
        "do",
        "else",
        "elseif",
        "end",
        "false",
        "for",
        "function",
        "goto",
        "if",
        "in",
        "local",
        "nil",
        "not",
        "or",
        "repeat",
        "return",
        "then",
        "true",
        "until",
        "while",
    ]
)
_TOKEN = re.compile(
    r"""(?P<space>\s+|--(?!\[=*\[)[^\n]*|--\[(=*)\[.*?\]\2\])
    |(?P<string>\[(=*)\[.*?\]\4\]|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<number>0[xX][0-9A-Fa-f]+(?:[uU]?[lL][lL])?|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:[uU]?[lL][lL]|i)?(?![A-Za-z0-9_.]))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\.\.\.|\.\.|==|~=|<=|>=|::|[-+*/%^\#<>=(){}\[\];:,.])""",
    re.VERBOSE | re.DOTALL,
)
_OPENED = re.compile(r"""--\[=*\[|\[=*\[|["']""")
"""What begins a string or a comment."""


class Wrong(NamedTuple):
    """What is not Lua."""

    line: int
    message: str


class NotLua(Exception):
    """With a Wrong."""


class Token(NamedTuple):
    """A word of a script. kind: name, keyword, string, number, sign or, after the last, end."""

    kind: str
    text: str
    line: int


def tokens(script: str) -> list[Token]:
    """The words of a script, without space and comments, and with an empty one at the end."""
    found, at, line = [], 0, 1
    while at < len(script):
        match = _TOKEN.match(script, at)
        unfinished = _OPENED.match(script, at)
        if match is None or (unfinished and match.lastgroup == "sign"):
            wrong = "begins a string or comment that has no end" if unfinished else "has a character that is not Lua"
            raise NotLua(Wrong(line, wrong))
        kind, text = match.lastgroup or "", match.group()
        if kind == "name" and text in _KEYWORDS:
            kind = "keyword"
        if kind != "space":
            found.append(Token(kind, text, line))
        line += text.count("\n")
        at = match.end()
    return [*found, Token("end", "", line)]
