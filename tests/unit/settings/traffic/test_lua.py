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
    ("function f(a\nend", 2, "lacks ')' for 'function' of line 1 before 'end'"),
    ("function envoy_on_request(h)\n  if x then\n    y()\nend\n", 5, "lacks 'end' for 'function' of line 1 at the end of the script"),
    ("x = = 1", 1, "lacks a value before '='"),
    ("if x == 1\n  y()\nend", 2, "lacks 'then' for 'if' of line 1 before 'y'"),
    ("if x = 1 then end", 1, "lacks 'then' before '='"),
    ("local 1 = 2", 1, "lacks a name before '1'"),
    ("x != 1", 1, "has a character that is not Lua"),
    ("print('a)", 1, "begins a string or comment that has no end"),
    ("x()\n--[[ never ends\nx()", 2, "begins a string or comment that has no end"),
    ("x = [[ never ends", 1, "begins a string or comment that has no end"),
    ("f() = 1", 1, "gives a value to what is no variable"),
    ("(a) = 1", 1, "gives a value to what is no variable"),
    ("a.b", 1, "has a value that nothing is done with at the end of the script"),
    ("a:b", 1, "lacks the arguments of a call at the end of the script"),
    ("x = {1, 2", 1, "lacks '}' at the end of the script"),
    ("return 1\nx = 2", 2, "has something after return or break, which must be the last of a block"),
    ("do end end", 1, "has 'end' that belongs to nothing"),
    ("for x do end", 1, "lacks 'in' before 'do'"),
    ("x = 1 +", 1, "lacks a value at the end of the script"),
    ("x = 1y", 1, "has a character that is not Lua"),
    ("f(" * 5000, 1, "begins what is nested too deeply"),
]


@pytest.mark.parametrize("script", RIGHT)
def test_lua_is_lua(script: str) -> None:
    assert wrong_syntax(script) is None


@pytest.mark.parametrize(("script", "line", "message"), WRONG, ids=[each[0][:20] for each in WRONG])
def test_what_is_wrong_is_told_with_its_line(script: str, line: int, message: str) -> None:
    assert wrong_syntax(script) == (line, message)


def test_functions_that_envoy_calls_are_found_where_they_are_global() -> None:
    script = "function envoy_on_request(h) end\nlocal function other() end\nenvoy_on_response = function(h) end"
    assert defined(script) == {"envoy_on_request", "envoy_on_response"}
