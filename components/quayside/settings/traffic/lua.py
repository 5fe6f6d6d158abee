"""The syntax of Lua 5.1 (the reference manual's chapter 8, with LuaJIT's goto): whether a script parses, and what it defines.

A parser of our own: a dependency for it would be one more in every stack, with a parser generator below it, for what is one file.
"""

import re

from quayside.settings.traffic.lua_words import NotLua, Token, Wrong, tokens

_BINARY = frozenset(["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"])
_ENDS = frozenset(["end", "else", "elseif", "until", ""])


def wrong_syntax(script: str) -> Wrong | None:
    """The first thing in a script that is not Lua, None where all of it is."""
    try:
        _Parser(script).chunk()
    except NotLua as error:
        return error.args[0]  # type: ignore[no-any-return]  # what each is raised with
    except RecursionError:
        return Wrong(1, "begins what is nested too deeply")
    return None


def defined(script: str) -> set[str]:
    """The global functions that a script defines by a statement of their own."""
    return set(re.findall(r"^\s*function\s+([A-Za-z_][A-Za-z0-9_]*)\s*\(", script, re.MULTILINE)) | set(
        re.findall(r"^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*function\b", script, re.MULTILINE)
    )


class _Parser:
    """By recursive descent: a method for each rule of the grammar."""

    def __init__(self, script: str) -> None:
        self._tokens = tokens(script)
        self._at = 0

    def chunk(self) -> None:
        self._block()
        if self._now.kind != "end":
            self._fail(f"has '{self._now.text}' that belongs to nothing")

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _fail(self, message: str) -> None:
        raise NotLua(Wrong(self._now.line, message))

    def _next(self) -> Token:
        token = self._now
        self._at += token.kind != "end"
        return token

    def _is(self, *texts: str) -> bool:
        return self._now.kind in ("keyword", "sign") and self._now.text in texts

    def _take(self, *texts: str) -> bool:
        if self._is(*texts):
            self._at += 1
            return True
        return False

    def _need(self, text: str, opened: Token | None = None) -> None:
        if not self._take(text):
            of = f" for '{opened.text}' of line {opened.line}" if opened and opened.line != self._now.line else ""
            self._fail(f"lacks '{text}'{of}{self._before()}")

    def _before(self) -> str:
        return " at the end of the script" if self._now.kind == "end" else f" before '{self._now.text[:20]}'"

    def _name(self) -> None:
        if self._now.kind != "name":
            self._fail(f"lacks a name{self._before()}")
        self._next()

    def _names(self) -> None:
        self._name()
        while self._take(","):
            self._name()

    def _block(self) -> None:
        while not (self._now.kind == "end" or self._is(*_ENDS)):
            if self._is("return", "break"):
                if self._next().text == "return" and not (self._now.kind == "end" or self._is(*_ENDS, ";")):
                    self._expressions()
                self._take(";")
                if not (self._now.kind == "end" or self._is(*_ENDS)):
                    self._fail("has something after return or break, which must be the last of a block")
                return
            self._statement()
            self._take(";")

    def _statement(self) -> None:
        opened = self._now
        if self._take("if"):
            self._if(opened)
        elif self._take("while"):
            self._expression()
            self._do(opened)
        elif self._is("do"):
            self._do(opened)
        elif self._take("for"):
            self._for(opened)
        elif self._take("repeat"):
            self._block()
            self._need("until", opened)
            self._expression()
        elif self._take("function"):
            self._name()
            while self._take("."):
                self._name()
            if self._take(":"):
                self._name()
            self._body(opened)
        elif self._take("local"):
            self._local(opened)
        elif self._take("goto"):
            self._name()
        elif self._take("::"):
            self._name()
            self._need("::", opened)
        else:
            self._assignment_or_call()

    def _if(self, opened: Token) -> None:
        self._expression()
        self._need("then", opened)
        self._block()
        while self._take("elseif"):
            self._expression()
            self._need("then", opened)
            self._block()
        if self._take("else"):
            self._block()
        self._need("end", opened)

    def _do(self, opened: Token) -> None:
        self._need("do", opened)
        self._block()
        self._need("end", opened)

    def _for(self, opened: Token) -> None:
        self._name()
        if self._take("="):
            self._expression()
            self._need(",", opened)
            self._expression()
            if self._take(","):
                self._expression()
        else:
            while self._take(","):
                self._name()
            self._need("in", opened)
            self._expressions()
        self._do(opened)

    def _local(self, opened: Token) -> None:
        if self._take("function"):
            self._name()
            self._body(opened)
            return
        self._names()
        if self._take("="):
            self._expressions()

    def _body(self, opened: Token) -> None:
        self._need("(", opened)
        while not self._is(")"):
            if self._take("..."):
                break
            self._name()
            if not self._take(","):
                break
        self._need(")", opened)
        self._block()
        self._need("end", opened)

    def _assignment_or_call(self) -> None:
        kinds = {self._suffixed()}
        if not self._is("=", ","):
            if kinds != {"call"}:
                self._fail(f"has a value that nothing is done with{self._before()}")
            return
        while self._take(","):
            kinds.add(self._suffixed())
        if kinds != {"variable"}:
            self._fail("gives a value to what is no variable")
        self._need("=")
        self._expressions()

    def _expressions(self) -> None:
        self._expression()
        while self._take(","):
            self._expression()

    def _expression(self) -> None:
        while self._take("not", "-", "#"):
            pass
        self._simple()
        while self._take(*_BINARY):
            while self._take("not", "-", "#"):
                pass
            self._simple()

    def _simple(self) -> None:
        opened = self._now
        if self._now.kind in ("string", "number") or self._is("nil", "true", "false", "..."):
            self._next()
        elif self._is("{"):
            self._table()
        elif self._take("function"):
            self._body(opened)
        else:
            self._suffixed()

    def _suffixed(self) -> str:
        """A name, or something in parentheses, and what hangs on it. Whether that makes a variable, a call or a mere value."""
        opened, kind = self._now, "variable"
        if self._take("("):
            self._expression()
            self._need(")", opened)
            kind = "value"
        elif self._now.kind == "name":
            self._next()
        else:
            self._fail(f"lacks a value{self._before()}")
        while True:
            opened = self._now
            if self._take("."):
                self._name()
                kind = "variable"
            elif self._take("["):
                self._expression()
                self._need("]", opened)
                kind = "variable"
            elif self._take(":"):
                self._name()
                if not self._called:
                    self._fail(f"lacks the arguments of a call{self._before()}")
                self._arguments()
                kind = "call"
            elif self._called:
                self._arguments()
                kind = "call"
            else:
                return kind

    @property
    def _called(self) -> bool:
        """Whether arguments follow."""
        return self._is("(", "{") or self._now.kind == "string"

    def _arguments(self) -> None:
        opened = self._now
        if self._is("{"):
            self._table()
        elif self._take("("):
            if not self._is(")"):
                self._expressions()
            self._need(")", opened)
        else:
            self._next()

    def _table(self) -> None:
        opened = self._next()
        while not self._is("}"):
            if self._take("["):
                self._expression()
                self._need("]", opened)
                self._need("=", opened)
                self._expression()
            else:
                if self._now.kind == "name" and self._tokens[self._at + 1].text == "=" and self._tokens[self._at + 1].kind == "sign":
                    self._next()
                    self._next()
                self._expression()
            if not self._take(",", ";"):
                break
        self._need("}", opened)
