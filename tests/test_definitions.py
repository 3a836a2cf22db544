import subprocess

from her2ctdna.definitions import dump_definitions, identify_definitions

DEFINITIONS = {"her2": {"zero": ["absent"]}, "response": {"confirmed": True}}


def test_the_id_is_the_start_of_the_checksum_of_the_file(tmp_path):
    path = tmp_path / "definitions.yaml"
    path.write_text(dump_definitions(DEFINITIONS), encoding="utf-8")
    printed = subprocess.run(
        ["sha256sum", path], capture_output=True, text=True, check=True
    )
    assert printed.stdout.startswith(identify_definitions(DEFINITIONS))


def test_another_threshold_is_another_id():
    other = DEFINITIONS | {"response": {"confirmed": False}}
    assert identify_definitions(other) != identify_definitions(DEFINITIONS)


def test_words_in_any_script_stay_readable():
    assert "未知" in dump_definitions({"her2": {"recode": {"0?": "未知"}}})
