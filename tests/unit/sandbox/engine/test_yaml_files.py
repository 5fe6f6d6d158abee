"""Whatever lies where a settings file should be: one line that says what to mend, in bounded time and memory."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from quayside_sandbox.engine import EngineRefused, project_name
from quayside_sandbox.language.configuration_limit import LIMIT, too_large
from quayside_sandbox.stack_files import InvalidStackFile, schema_of, write_copy
from quayside_sandbox.yaml_files import MAX_BYTES, MAX_DEPTH, MAX_VALUES


def bomb(levels: int, first: str = "[x]") -> str:
    """Nine times as many values on each line, by aliases."""
    lines = [f"  a0: &a0 {first}"] + [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "config:\n" + "\n".join(lines) + "\n"


SERVICES = "config:\n  quayside:services:\n" + "".join(f"    s{number}: {{image: acme/x:1}}\n" for number in range(350_000))
CASES: dict[str, tuple[bytes, str]] = {
    "unclosed": (b'config:\n  a: "x\n', "Pulumi.dev.yaml, line 3: not valid YAML (found unexpected end of stream): look at indentation"),
    "tab": (b"config:\n\ta: x\n", "Pulumi.dev.yaml, line 2: not valid YAML (found character that cannot start any token)"),
    "latin-1": ("config:\n  a: café\n".encode("latin-1"), "Pulumi.dev.yaml, line 2: the text is not in UTF-8"),
    "utf-16": ("config:\n  a: x\n".encode("utf-16"), "Pulumi.dev.yaml, line 1: the text is not in UTF-8"),
    "nul": (b"config:\n  a: x\0y\n", "Pulumi.dev.yaml, line 2: holds the control character U+0000"),
    "bell": (b"config:\n  a: x\n  b: x\x07y\n", "Pulumi.dev.yaml, line 3: holds the control character U+0007"),
    "ten megabytes": (SERVICES.encode(), f"Pulumi.dev.yaml is larger than {MAX_BYTES // 1024} KiB"),
    "deep list": (b"config:\n  a: " + b"[" * 200_000, f"Pulumi.dev.yaml, line 2: is nested deeper than {MAX_DEPTH} levels"),
    "deep map": (b"config:\n  a: " + b"{b: " * 2000 + b"1" + b"}" * 2000, f"line 2: is nested deeper than {MAX_DEPTH} levels"),
    "bomb": (bomb(7).encode(), f"line 7: holds more than {MAX_VALUES} values, repetitions by '*' counted"),
    "bomb of one word": (bomb(7, "x").encode(), f"holds more than {MAX_VALUES} values"),
    "endless": (b"config: &a\n  b: [*a]\n", "Pulumi.dev.yaml, line 2: '*a' stands inside of what it repeats"),
    "alias of nothing": (b"config: *a\n", "Pulumi.dev.yaml, line 1: not valid YAML (found undefined alias"),
    "key twice": (b"config:\n  a: 1\n  b: 2\n  a: 3\n", "Pulumi.dev.yaml, line 4: the key 'a' stands here and in line 2"),
    "two documents": (b"config: {}\n---\nconfig: {}\n", "Pulumi.dev.yaml, line 2: a second document begins"),
    "list": (b"- a\n", "Pulumi.dev.yaml is no map: write 'config:'"),
    "config as text": (b"a: 1\nconfig: x\n", "Pulumi.dev.yaml, line 2: 'config' is no map"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_what_to_mend(case: str, tmp_path: Path) -> None:
    data, expected = CASES[case]
    (tmp_path / "Pulumi.dev.yaml").write_bytes(data)
    with pytest.raises(InvalidStackFile) as error:
        write_copy(tmp_path / "Pulumi.dev.yaml", tmp_path / "copy.yaml")
    assert expected in str(error.value)
    assert str(error.value).startswith("Pulumi.dev.yaml")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "copy.yaml").exists()


@pytest.mark.parametrize("case", ["ten megabytes", "deep list", "bomb", "bomb of one word", "endless"])
def test_it_takes_little_memory_and_time(case: str, tmp_path: Path) -> None:
    """In a process that may take no more than 300 MB and ten seconds of a processor, Python and its libraries included."""
    (tmp_path / "Pulumi.dev.yaml").write_bytes(CASES[case][0])
    program = (
        "import sys; from pathlib import Path; from quayside_sandbox.stack_files import InvalidStackFile, write_copy\n"
        "try: write_copy(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except InvalidStackFile as problem: print(problem)"
    )

    def bounds() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))

    words = [sys.executable, "-c", program, str(tmp_path / "Pulumi.dev.yaml"), str(tmp_path / "copy.yaml")]
    answer = subprocess.run(words, preexec_fn=bounds, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert CASES[case][1] in answer.stdout


def test_the_copy_means_to_the_engine_what_the_file_means(tmp_path: Path) -> None:
    """Python's YAML takes yes for true, 14:30 for 870 and 2026-01-01 for a date; what stays must stay as it is written."""
    text = "config:\n  a: yes\n  b: {at: 14:30, day: 2026-01-01, mode: 010, q: 'no'}\n  c: |\n    é\n    two\n  p: {secure: v1:abc}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    write_copy(tmp_path / "Pulumi.dev.yaml", tmp_path / "copy.yaml")
    assert (tmp_path / "copy.yaml").read_text() == (
        "config:\n  a: yes\n  b:\n    at: 14:30\n    day: 2026-01-01\n    mode: 010\n    q: 'no'\n  c: |\n    é\n    two\n"
    )


def test_aliases_and_a_mark_of_byte_order_are_read(tmp_path: Path) -> None:
    text = "\ufeffconfig:\n  a: &a {image: x}\n  b: *a\n  c: {<<: *a, port: 1}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    write_copy(tmp_path / "Pulumi.dev.yaml", tmp_path / "copy.yaml")
    config = yaml.safe_load((tmp_path / "copy.yaml").read_text())["config"]
    assert config == {"a": {"image": "x"}, "b": {"image": "x"}, "c": {"image": "x", "port": 1}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", r"Pulumi.yaml, line \d: not valid YAML"),
        ("runtime: python\n", "names no project"),
        ("name: ../../elsewhere\n", "names no project"),
        ("name: ..\n", "names no project"),
        ("- a\n", "names no project"),
    ],
)
def test_a_wrong_project_file_is_said(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(EngineRefused, match=expected):
        project_name(tmp_path)


def test_a_schema_that_is_none_is_said_and_one_that_turns_in_circles_ends(tmp_path: Path) -> None:
    file, schema = tmp_path / "Pulumi.dev.yaml", tmp_path / "schema.json"
    file.write_text("# yaml-language-server: $schema=./schema.json\nconfig:\n  a: {secure: v1:x}\n")
    schema.write_text("{")
    with pytest.raises(InvalidStackFile, match=r"Pulumi.dev.yaml names ./schema.json as its schema, which is no JSON"):
        schema_of(file)
    schema.write_text('{"$ref": "#"}')
    assert [one.example for one in write_copy(file, tmp_path / "copy.yaml")] == ["example-of-a"]


def test_settings_that_the_official_host_could_not_hand_over_are_said() -> None:
    assert too_large({"a": "x" * (LIMIT - 100)}) is None
    assert "129 KiB as JSON" in (too_large({"a": "x" * (LIMIT + 1024)}) or "")
    assert too_large({"a": '"' * (LIMIT // 2)}), "escapes count"
