"""Settings: checked when set, and back after the block."""

from __future__ import annotations

import pytest

from yrdgis import settings
from yrdgis.errors import LayerError, SettingError


def test_a_setting_changes_for_a_block_only():
    before = settings.get("language")
    with settings.override(language="zh"), settings.override(audience="internal"):
        assert (settings.get("language"), settings.get("audience")) == ("zh", "internal")
    assert settings.get("language") == before
    assert settings.get("audience") == "public"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("audience", "everyone"),
        ("cache", 1),
        ("cache_max_mb", -1),
        ("cache_max_mb", True),
        ("layers_dir", 3),
    ],
)
def test_a_wrong_value_is_refused(name, value):
    with pytest.raises(SettingError, match=f"Setting '{name}' takes"), settings.override(**{name: value}):
        pytest.fail("the block was entered")


def test_an_unknown_setting_is_refused_and_nothing_changes():
    with pytest.raises(SettingError, match="No setting named 'langauge'"), settings.override(langauge="zh"):
        pytest.fail("the block was entered")
    assert settings.get("language") == "both"


def test_each_setting_is_described():
    told = {name: value for name, value, _, _ in settings.describe()}
    assert told["cache_max_mb"] == 1024
    assert all(takes and meaning for _, _, takes, meaning in settings.describe())


def test_layers_come_from_the_setting_then_the_environment(tmp_path, monkeypatch):
    (tmp_path / "catalog.csv").write_text("layer_id,path,schema,valid_on\n", encoding="utf-8")
    monkeypatch.setenv("YRDGIS_LAYERS", str(tmp_path))
    assert settings.layers_dir() == tmp_path
    with settings.override(layers_dir=tmp_path / "none"), pytest.raises(LayerError, match="No layers found"):
        settings.layers_dir()


def test_the_cache_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("YRDGIS_CACHE", str(tmp_path / "c"))
    assert settings.cache_dir() == tmp_path / "c"
    assert not (tmp_path / "c").exists()
    with settings.override(cache_dir=tmp_path / "d"):
        assert settings.cache_dir() == tmp_path / "d"
