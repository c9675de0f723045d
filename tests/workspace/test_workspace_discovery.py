"""Which workspace is meant, and where each setting comes from."""

import json
from pathlib import Path

import pytest

from cockpit.base.problems import ConfigError
from cockpit.workspace import (
    config_schema,
    find_workspace,
    load_user_settings,
    load_workspace,
    user_settings,
    workspace_settings,
)
from cockpit.workspace.discover import discover


@pytest.fixture
def places(tmp_path, own_home, monkeypatch):
    """Four folders that could be meant, each named in its own way."""
    names = ("option", "variable", "upwards", "user")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "cockpit.toml").write_text(f'name = "{name}"\n')
    deep = tmp_path / "upwards" / "a" / "b"
    deep.mkdir(parents=True)
    config = own_home / "config" / "cockpit"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f'workspace = "{tmp_path / "user"}"\ntheme = "dark"\n')
    monkeypatch.setenv("COCKPIT_WORKSPACE", str(tmp_path / "variable"))
    monkeypatch.chdir(deep)
    return tmp_path


def test_the_order_of_discovery(places, monkeypatch):
    assert find_workspace(places / "option") == places / "option"
    assert discover(str(places / "option")).origin == "option"
    assert discover().folder == places / "variable"
    assert discover().origin == "variable"
    monkeypatch.delenv("COCKPIT_WORKSPACE")
    assert discover().folder == places / "upwards"
    assert discover().origin == "folder"
    monkeypatch.chdir(places)
    assert discover().folder == places / "user"
    assert discover().origin == "user config"
    load_user_settings().path.unlink()
    assert discover() is None
    assert find_workspace() is None


def test_an_empty_variable_names_nothing(places, monkeypatch):
    monkeypatch.setenv("COCKPIT_WORKSPACE", "")
    assert discover().origin == "folder"


def test_the_nearest_folder_upwards_wins(places, monkeypatch):
    monkeypatch.delenv("COCKPIT_WORKSPACE")
    (places / "upwards" / "a" / "cockpit.toml").write_text("")
    assert find_workspace() == places / "upwards" / "a"
    assert find_workspace(start=places / "upwards") == places / "upwards"


def test_a_named_folder_without_a_workspace_is_an_error_not_a_demo(places):
    with pytest.raises(ConfigError, match="no such folder"):
        load_workspace(find_workspace("nowhere"))


def test_the_users_workspace_is_relative_to_the_file_and_knows_the_home(places, own_home, monkeypatch):
    path = load_user_settings().path
    path.write_text('workspace = "../ws"\n')
    assert load_user_settings().workspace == path.parent / "../ws"
    path.write_text('workspace = "~/ws"\n')
    assert load_user_settings().workspace == Path(own_home) / "ws"


def test_the_users_config_is_strict_too(places):
    load_user_settings().path.write_text('theme = "dark"\nkeymapp = "vim"\nworkspace = 3\n')
    with pytest.raises(ConfigError) as caught:
        load_user_settings()
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (2, "keymapp"),
        (3, "workspace"),
    ]
    assert caught.value.problems[0].hint == "did you mean keymap?"


def test_each_value_has_its_origin(tmp_path):
    (tmp_path / "cockpit.toml").write_text(
        'name = "x"\n\n[kpi]\nstale_days = 30\n\n[kpi.close_rate]\nwarn = 0.8\n\n'
        '[[control]]\nmetric = "won_amount"\nperiod = "FY27-Q1"\nexpected = 1\n\n'
        '[sources.fx]\npath = "fx.csv"\ncolumns = { currency = "C", rate = "R" }\n'
    )
    file = tmp_path / "cockpit.toml"
    shown = {
        setting.key: (setting.value, setting.origin)
        for setting in workspace_settings(load_workspace(tmp_path))
    }
    assert shown["name"] == ("x", f"{file}:1")
    assert shown["kpi.stale_days"] == (30, f"{file}:4")
    assert shown["kpi.close_rate.warn"] == (0.8, f"{file}:7")
    assert shown["control[1].metric"] == ("won_amount", f"{file}:10")
    assert shown["control[1].tolerance"] == (0.0, "default")
    assert shown["sources.fx.columns.rate"] == ("R", f"{file}:16")
    assert shown["sources.fx.on_duplicate"] == ("keep", "default")
    assert shown["as_of"] == ("today", "default")
    assert shown["display.units"] == ("auto", "default")
    assert "calendar" not in shown
    json.dumps([setting.as_json() for setting in workspace_settings(load_workspace(tmp_path))])


def test_the_users_settings_have_origins(places):
    user = load_user_settings()
    assert [(setting.key, setting.origin) for setting in user_settings(user)] == [
        ("theme", f"{user.path}:2"),
        ("density", "default"),
        ("workspace", f"{user.path}:1"),
    ]


def test_the_schema_describes_the_file():
    schema = config_schema()
    json.dumps(schema)
    whole = schema["$defs"]["Config"]
    assert whole["additionalProperties"] is False
    assert {"sources", "targets", "kpi", "control", "people", "quota", "as_of"} <= set(whole["properties"])
    assert "metrics" not in whole["properties"]
    assert schema["$defs"]["KpiConfig"]["additionalProperties"]["$ref"].endswith("MetricConfig")
    assert "date_format" in schema["$defs"]["SourceSpec"]["properties"]
