"""The address: what is refused before anything is sent, TLS, and where the password is not."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from provider_assets.database import DatabaseAddress, open_database
from provider_assets.database.prepare import prepare
from provider_assets.database.questions.diagnosis import diagnose
from provider_assets.database.transaction import read
from provider_assets.errors import DatabaseError, TerminalDatabaseError, UsageError
from provider_assets_tests.database.rosters import MICKEY, held, load, open_url
from provider_assets_tests.mysql.certificates import make_certificates
from provider_assets_tests.mysql.server import server_kind, start_server

WITHOUT_TLS = {"mariadb": "--skip-ssl", "mysql": "--tls-version="}
SECRET = "t0p%2Fs3cret"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "providers.db",
        "postgresql://me:t0p@localhost/app",
        "mysql+pymysql://me:t0p@localhost",
        "mysql+pymysql://me:t0p@localhost:port/app",
    ],
)
def test_url_that_cannot_be_used_is_a_wrong_setting_and_not_repeated(url):
    with pytest.raises(UsageError, match="the database URL") as caught:
        open_database(DatabaseAddress(SecretStr(url)))
    assert "t0p" not in caught.value.message


@pytest.mark.parametrize("host", ["db.hospital.example", "10.0.0.7", "[2001:db8::1]"])
def test_plaintext_to_another_machine_is_refused_unless_it_is_allowed(host):
    url = SecretStr(f"mysql+pymysql://me:{SECRET}@{host}/app")
    with pytest.raises(UsageError, match="is another machine") as caught:
        open_database(DatabaseAddress(url))
    assert "s3cret" not in caught.value.message
    assert "SSL_CA" in caught.value.message
    assert open_database(DatabaseAddress(url, allow_plaintext=True)).engine.url.database == "app"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_this_machine_needs_no_tls(host):
    assert open_url(f"mysql+pymysql://me:{SECRET}@{host}/app").place.startswith('schema "app" at')


def test_ca_file_that_is_missing_is_a_wrong_setting(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        open_url(f"mysql+pymysql://me:{SECRET}@localhost/app", ssl_ca=tmp_path / "none.pem")


def test_password_is_in_no_repr_and_in_no_place():
    address = DatabaseAddress(SecretStr(f"mysql+pymysql://me:{SECRET}@localhost/app"))
    database = open_database(address)
    shown = f"{address!r} {address} {database!r} {database} {database.place} {database.engine!r}"
    assert "s3cret" not in shown


def test_password_of_any_characters_is_accepted(mysql_server, mysql_schema):
    user, password = "w_ird", "pä:ss/w@rd%ł😀"
    mysql_server.execute(
        f"CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'",
        f"GRANT ALL ON `{mysql_schema.name}`.* TO '{user}'@'%'",
    )
    try:
        url = mysql_server.admin.set(username=user, password=password, database=mysql_schema.name)
        database = open_url(url.render_as_string(hide_password=False))
        assert load(database, [MICKEY]).rows.inserted == 1
    finally:
        mysql_server.execute(f"DROP USER '{user}'@'%'")


def test_session_is_strict_whatever_the_server_is(mysql_server, mysql_url):
    before = mysql_server.execute("SELECT @@GLOBAL.sql_mode")[0][0]
    mysql_server.execute("SET GLOBAL sql_mode = ''")
    try:
        told = read(
            open_url(mysql_url),
            lambda connection: connection.execute(text("SHOW SESSION VARIABLES")).all(),
        )
    finally:
        mysql_server.execute(f"SET GLOBAL sql_mode = '{before}'")
    session = {row[0]: row[1] for row in told}
    level = session.get("transaction_isolation", session.get("tx_isolation"))
    assert "STRICT_ALL_TABLES" in session["sql_mode"]
    assert (session["character_set_client"], level) == ("utf8mb4", "READ-COMMITTED")


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """A server with TLS for the name `localhost`, its CA, and another CA."""
    folder = tmp_path_factory.mktemp("tls")
    made = make_certificates(folder, "localhost")
    options = [f"--ssl-ca={made.ca}", f"--ssl-cert={made.certificate}", f"--ssl-key={made.key}"]
    with start_server([*options, "--require-secure-transport=1"], private=True) as server:
        yield server, made


def _as(server, host, schema):
    return server.admin.set(host=host, database=schema).render_as_string(hide_password=False)


def test_tls_with_the_right_ca_and_name_is_encrypted_and_loads(secure):
    server, made = secure
    schema = server.create_schema()
    database = open_url(_as(server, "localhost", schema.name), ssl_ca=made.ca)
    assert load(database, [MICKEY]).rows.inserted == 1
    assert held(database) == [MICKEY]
    tls = [one for one in diagnose(database) if one.subject == "tls"]
    assert [one.level for one in tls] == ["ok"]


def test_tls_by_a_ca_in_the_url_is_verified_too(secure):
    server, made = secure
    schema = server.create_schema()
    url = _as(server, "localhost", schema.name)
    assert load(open_url(f"{url}?ssl_ca={made.ca}"), [MICKEY]).rows.inserted == 1
    with pytest.raises(DatabaseError, match="TLS failed"):
        prepare(open_url(f"{url}?ssl_ca={made.other_ca}", tries=1))


@pytest.mark.parametrize("switch", ["ssl_disabled=true", "ssl_check_hostname=false"])
def test_tls_cannot_be_weakened_by_the_url(secure, switch):
    server, made = secure
    url = _as(server, "127.0.0.1", server.create_schema().name)
    with pytest.raises(TerminalDatabaseError, match="TLS failed"):
        prepare(open_url(f"{url}?{switch}", ssl_ca=made.ca))


def test_tls_with_another_ca_is_refused_at_once(secure):
    server, made = secure
    database = open_url(_as(server, "localhost", "x"), ssl_ca=made.other_ca)
    with pytest.raises(TerminalDatabaseError, match="see that PROVIDER_ASSETS_DATABASE_SSL_CA"):
        prepare(database)


def test_tls_under_another_name_is_refused_at_once(secure):
    server, made = secure
    database = open_url(_as(server, "127.0.0.1", "x"), ssl_ca=made.ca)
    with pytest.raises(TerminalDatabaseError, match="TLS failed"):
        prepare(database)


def test_server_without_tls_is_refused_where_a_ca_is_named(secure):
    _, made = secure
    with start_server([WITHOUT_TLS[server_kind()]], private=True) as plain:
        database = open_url(_as(plain, "localhost", "x"), ssl_ca=made.ca)
        with pytest.raises(TerminalDatabaseError, match="TLS failed: the server offers none"):
            prepare(database)
