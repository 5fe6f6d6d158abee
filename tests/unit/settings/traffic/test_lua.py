"""Scripts that are Lua and scripts that are not, each with the line that is wrong."""

import pytest

from quayside.settings.traffic.lua import defined, wrong_syntax

RIGHT = [
    "",
    "-- a comment\nlocal a, b = 1, 0x1F\nlocal c",
    "--[[ a long\ncomment ]] x = [==[ text with ]] in it ]==]",
    "local function f(a, ...) return select('#', ...) end",
    "function a.b.c:d(e) if e then return elseif not e then return nil else e = -#e end end",
    "for i = 1, 10, 2 do print(i) end for k, v in pairs(t) do t[k] = v end",
    "while x < 3 do x = x + 1 if x == 2 then break end end repeat local y = x until y >= 3 do end",
    "t = {1, 2; x = 3, ['y'] = 4, f(), {}, } print{...} print'a' print [[b]]",
    "a.b['c'].d, e = f(1)(2):g{}:h'x', (function() end)()",
    "(f or g)(1); ('x'):rep(3)",
    "goto done ::done::",
    "x = 1 .. 2 ^ -3 % 4 == not true and 3. or .5e-3",
    "x = 'it\\'s \\\n more' y = \"a\\\"b\"",
    "function envoy_on_response(h)\n  if h:headers():get(':status') == '503' then\n    h:logWarn('gone')\n  end\nend",
]

WRONG = [
    ("function f(a\nend", 2, "')' expected near 'end'"),
    ("function envoy_on_request(h)\n  if x then\n    y()\nend\n", 5, "'end' expected (to close 'function' at line 1) near '<eof>'"),
    ("x = = 1", 1, "unexpected symbol near '='"),
    ("local 1 = 2", 1, "'<name>' expected near '1'"),
    ("x()\n--[[ never ends\nx()", 3, "unfinished long comment near '<eof>'"),
    ("goto nowhere", 1, "undefined label 'nowhere'"),
    ("x = 1 // 2", 1, "unexpected symbol near '/'"),
    ("f(" * 5000, 1, "function or expression too complex near '('"),
]


@pytest.mark.parametrize("script", RIGHT)
def test_lua_is_lua(script: str) -> None:
    assert wrong_syntax(script) is None


@pytest.mark.parametrize(("script", "line", "message"), WRONG, ids=[each[2] for each in WRONG])
def test_what_is_wrong_is_told_with_its_line(script: str, line: int, message: str) -> None:
    assert wrong_syntax(script) == (line, message)


def test_a_script_is_not_run() -> None:
    assert wrong_syntax("error('ran') os.exit(1)") is None
    assert wrong_syntax("while true do end") is None


def test_functions_that_envoy_calls_are_found_where_they_are_global() -> None:
    script = "function envoy_on_request(h) end\nlocal function other() end\nenvoy_on_response = function(h) end"
    assert defined(script) == {"envoy_on_request", "envoy_on_response"}
