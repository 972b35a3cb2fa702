"""Any sequence of loads, replays, undos and the application's own edits, against plain dicts."""

import hashlib

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import text

from provider_assets.database.history import list_imports
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.departures import DeparturePolicy
from provider_assets_tests.database.machine import Sequences, check
from provider_assets_tests.database.model import Model
from provider_assets_tests.database.rosters import clean, execute, held, load, request

NPIS = ("9000000001", "9000000002", "9000000003", "9000000004")
NAMES = ("Ann", "ann", "Ánn")
ROSTERS = st.dictionaries(st.sampled_from(NPIS), st.sampled_from(NAMES), max_size=4)


class LoadsAndUndos(Sequences):
    """Drives the database and the model side by side."""

    @initialize()
    def begin(self) -> None:
        self.empty()
        self.model = Model()
        self.contents: dict[str, str] = {}
        self.deeds = self.looked_at = 0

    @rule(
        name=st.sampled_from(("north", "south", "east")),
        layout=st.sampled_from(("first", "mended")),
        policy=st.sampled_from(("reject", "update")),
        roster=ROSTERS,
    )
    def load(self, name: str, layout: str, policy: str, roster: dict[str, str]) -> None:
        self.deeds += 1
        providers = [(None, None, None, value, npi) for npi, value in roster.items()]
        self.contents[hashlib.sha256(name.encode()).hexdigest()] = name
        wanted = request(name, layout=layout, on_existing=policy)
        plan = plan_providers(self.database, clean(providers), wanted)
        before = len(self.model.imports)
        how = (layout, policy, DeparturePolicy())
        self.model.load(name, "hospital_a", how, roster)
        result = load(self.database, providers, name, layout=layout, on_existing=policy)
        assert result.already_loaded == (len(self.model.imports) == before)
        for side in ("removed", "kept", "already_loaded"):
            assert getattr(plan, side) == getattr(result, side)
        for count in ("clean", "inserted", "updated", "unchanged"):
            assert getattr(plan.rows, count) == getattr(result.rows, count)
        if not result.already_loaded:
            actions = [row.action for row in self.model.imports[-1].rows.values()]
            assert result.rows.inserted == actions.count("inserted")
            assert result.rows.updated == actions.count("updated")
            assert result.rows.unchanged == len(actions) - actions.count(
                "inserted"
            ) - actions.count("updated")

    @rule(number=st.integers(0, 20))
    def undo(self, number: int) -> None:
        if number >= len(self.model.imports):
            return
        self.deeds += 1
        import_id = self.ids()[number]
        told = undo(self.database, import_id, dry_run=True)
        done = undo(self.database, import_id)
        assert (told.removed, told.restored, told.spared) == (
            done.removed,
            done.restored,
            done.spared,
        )
        self.model.undo(self.model.imports[number])

    @rule(npi=st.sampled_from(NPIS), value=st.sampled_from((*NAMES, None)))
    def application_writes(self, npi: str, value: str | None) -> None:
        self.deeds += 1
        execute(self.application, f"DELETE FROM providerinfo WHERE PROV_NPI = '{npi}'")
        self.model.table.pop(npi, None)
        if value is not None:
            execute(
                self.application,
                f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('{value}', '{npi}')",
            )
            self.model.table[npi] = value

    @invariant()
    def the_table_is_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = {npi: (None, None, None, value, npi) for npi, value in self.model.table.items()}
        assert held(self.database) == [rows[npi] for npi in sorted(rows)]
        states = [record.state for record in reversed(list_imports(self.database))]
        assert states == [one.state for one in self.model.imports]

    @invariant()
    def the_history_is_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        columns = "import_id, npi, action, undoing, full_name, old_full_name"
        with self.database.connect() as connection:
            found = connection.execute(
                text(f"SELECT {columns} FROM provider_import_row ORDER BY import_id, npi")
            )
            rows = [tuple(row) for row in found]
        assert rows == [
            (import_id, npi, row.action, row.undoing, row.value, row.old)
            for import_id, one in zip(self.ids(), self.model.imports, strict=True)
            for npi, row in sorted(one.rows.items())
        ]

    @invariant()
    def every_value_is_traced_as_the_model_knows_it(self) -> None:
        if getattr(self, "deeds", 0) == getattr(self, "looked_at", 0):
            return  # nothing was done since: traces are most of what a sequence costs
        self.looked_at = self.deeds
        for npi in NPIS:
            told = trace(self.database, npi)
            there = self.model.table.get(npi)
            assert [row["full_name"] for row in told.held] == ([] if there is None else [there])
            if there is not None:
                origin = told.origins["full_name"]
                found = None if origin is None else self.contents[origin.record.sha256]
                known, newest = self.traced(npi)
                assert found in (known or [None])
                assert told.changed.get("full_name") == newest

    def traced(self, npi: str) -> tuple[list[str], int | None]:
        """Who, of those in force, gave the row its value without a break, the newest first.

        A replay may have written again what an earlier one says, too: then it is from either. And
        where it is nobody's, after whom it was changed.
        """
        value, contents = self.model.table[npi], []
        by_place = [i for i in reversed(self.model.in_force()) if npi in i.rows]
        events = [i for i in by_place if i.rows[npi].undoing != "leave"]
        if not events:  # an undo spared the row: the newest that ever wrote it
            wrote = [i for i in self.model.imports if npi in i.rows]
            events = [i for i in wrote if i.rows[npi].undoing in ("delete", "restore")][-1:]
            newest = None
        else:
            newest = self.ids()[events[0].number - 1]
        for one in events:
            row = one.rows[npi]
            if row.undoing == "insert" or row.value != value:
                break
            contents.append(one.content)
        return contents, (None if contents else newest)

    def ids(self) -> list[int]:
        return sorted(record.id for record in list_imports(self.database))


def test_any_sequence_on_sqlite_gives_the_models_table():
    check(LoadsAndUndos, 40, 12)


@pytest.mark.mysql
def test_any_sequence_on_the_server_gives_the_models_table(mysql_schema):
    check(LoadsAndUndos, 8, 10, mysql_schema.url, mysql_schema.admin_url)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_sequences_on_sqlite_give_the_models_table():
    check(LoadsAndUndos, 300, 12)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_long_sequences_on_sqlite_give_the_models_table():
    check(LoadsAndUndos, 60, 25)


@pytest.mark.slow
@pytest.mark.mysql
@pytest.mark.timeout(1800)
def test_many_sequences_on_the_server_give_the_models_table(mysql_schema):
    check(LoadsAndUndos, 300, 12, mysql_schema.url, mysql_schema.admin_url)
