import pytest

from provider_assets.errors import UsageError
from provider_assets.settings import load_settings, process_settings, use_settings


def test_settings_without_environment_lie_below_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({}, None)
    assert settings.home == tmp_path / "var"
    assert settings.drop_folder == tmp_path / "var" / "drop"
    assert settings.storage == str(tmp_path / "var" / "storage")
    assert settings.dagster_home == tmp_path / "var" / "dagster"
    url = settings.database_url.get_secret_value()
    assert url == f"sqlite:///{tmp_path / 'var' / 'providers.db'}"
    assert settings.on_existing == "reject"
    assert settings.max_reject_rate == 0.5


def test_settings_dotenv_gives_way_to_environment(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("PROVIDER_ASSETS_ON_EXISTING=update\nPROVIDER_ASSETS_MAX_REJECT_RATE=0.1\n")
    settings = load_settings({"PROVIDER_ASSETS_MAX_REJECT_RATE": "0.2"}, dotenv)
    assert (settings.on_existing, settings.max_reject_rate) == ("update", 0.2)


def test_setting_given_as_file_is_the_content_of_the_file(tmp_path):
    secret = tmp_path / "url"
    secret.write_text("mysql+pymysql://loader:s3cret@127.0.0.1/app\n")
    settings = load_settings({"PROVIDER_ASSETS_DATABASE_URL_FILE": str(secret)}, None)
    assert settings.database_url.get_secret_value() == "mysql+pymysql://loader:s3cret@127.0.0.1/app"
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings.model_dump())


@pytest.mark.parametrize(
    ("environment", "written", "used"),
    [
        ({"_FILE": "here"}, {"": "json://there"}, "json://here"),
        ({"": "json://plain"}, {"_FILE": "there"}, "json://plain"),
        ({"_FILE": "here"}, {"_FILE": "there"}, "json://here"),
        ({"": "json://plain", "_FILE": "here"}, {}, "json://plain"),
        ({"": "", "_FILE": "here"}, {"": "json://there"}, "json://here"),
        ({"_FILE": ""}, {"": "json://plain"}, "json://plain"),
        ({"": "", "_FILE": ""}, {"": "json://plain", "_FILE": "there"}, None),
        ({"": ""}, {"": "json://plain"}, None),
        ({"": ""}, {"_FILE": "there"}, None),
    ],
)
def test_environment_wins_over_dotenv_whether_value_or_file(tmp_path, environment, written, used):
    for name in ("here", "there"):
        (tmp_path / name).write_text(f"json://{name}\n")

    def told(given):
        places = {key: str(tmp_path / value) for key, value in given.items() if value and key}
        return {f"PROVIDER_ASSETS_NOTIFY{key}": value for key, value in (given | places).items()}

    dotenv = tmp_path / ".env"
    dotenv.write_text("".join(f"{name}={value}\n" for name, value in told(written).items()))

    urls = [url.get_secret_value() for url in load_settings(told(environment), dotenv).notify]
    assert urls == ([used] if used else [])


def test_secret_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "url").write_bytes(b"mysql://l:\xe9@h/app")
    with pytest.raises(UsageError) as caught:
        load_settings({"PROVIDER_ASSETS_DATABASE_URL_FILE": str(tmp_path / "url")}, None)
    assert str(caught.value) == (
        "settings: PROVIDER_ASSETS_DATABASE_URL_FILE: the file is not a text in UTF-8; "
        "save it as one"
    )


def test_settings_with_wrong_names_and_values_are_told_together(tmp_path):
    environment = {
        "PROVIDER_ASSETS_ON_EXISTING": "overwrite",
        "PROVIDER_ASSETS_MAX_REJECT_RAT": "0.1",
        "PROVIDER_ASSETS_MAX_REJECT_RATE": "7",
        "PROVIDER_ASSETS_DATABASE_URL_FILE": str(tmp_path / "gone"),
        "PROVIDER_ASSETS_TEST_MYSQL_URL": "the tests' own",
    }
    with pytest.raises(UsageError) as caught:
        load_settings(environment, None)
    assert str(caught.value) == (
        "settings: "
        "PROVIDER_ASSETS_DATABASE_URL_FILE: the file cannot be read (No such file or directory); "
        "PROVIDER_ASSETS_MAX_REJECT_RAT is not a setting; "
        "did you mean PROVIDER_ASSETS_MAX_REJECT_RATE?; "
        "PROVIDER_ASSETS_ON_EXISTING: input should be 'reject' or 'update', "
        "and it is 'overwrite'; "
        "PROVIDER_ASSETS_MAX_REJECT_RATE: input should be less than or equal to 1, "
        "and it is '7'"
    )


def test_notify_setting_splits_at_blanks_and_commas():
    settings = load_settings({"PROVIDER_ASSETS_NOTIFY": "json://one, mailto://two json://3"}, None)
    urls = [url.get_secret_value() for url in settings.notify]
    assert urls == ["json://one", "mailto://two", "json://3"]


def test_process_settings_can_be_replaced_and_read_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(tmp_path / "a"))
    use_settings(None)
    assert process_settings().home == tmp_path / "a"
    use_settings(load_settings({}, None, home=tmp_path / "b"))
    assert process_settings().home == tmp_path / "b"
    use_settings(None)
    assert process_settings().home == tmp_path / "a"
    use_settings(None)


def test_value_that_cannot_be_used_is_quoted_unless_it_is_a_secret():
    wrong = {
        "PROVIDER_ASSETS_MAX_REJECT_RATE": "half",
        "PROVIDER_ASSETS_ON_EXISTING": "over\nwrite",
    }
    with pytest.raises(UsageError) as caught:
        load_settings(wrong, None)
    assert "and it is 'half'" in caught.value.message
    assert "and it is 'over\\nwrite'" in caught.value.message
