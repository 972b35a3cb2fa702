"""Random rosters of two hospitals, full and delta, with departures, against plain dicts."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from provider_assets.database.departures.approval import approve, dismiss, waiting_departures
from provider_assets.database.history import list_imports
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.departures import DeparturePolicy
from provider_assets_tests.database.departures import FULL, asked, mentions
from provider_assets_tests.database.machine import Sequences, check
from provider_assets_tests.database.model import Model
from provider_assets_tests.database.rosters import Provider, clean, execute, held

NPIS = tuple(f"9{digit}0{digit}00000{digit}" for digit in range(1, 8))  # none a slip for another
NAMES = ("Ann", "ann")
CLEAN = ("inserted", "updated", "unchanged")

PLACES = st.dictionaries(
    st.sampled_from(NPIS), st.sampled_from((*NAMES, *NAMES, "named", "left")), max_size=7
)
DAYS = (None, None, "2026-01-31", "2026-02-28", "2026-03-31")
POLICIES = st.builds(
    lambda day, **policy: DeparturePolicy(dated=day is not None, as_of=day, **policy),
    st.sampled_from(DAYS),
    covers=st.sampled_from(("full", "delta")),
    absent=st.sampled_from(("report", "delete", "delete")),
    on_terminated=st.sampled_from(("report", "delete", "delete")),
)


class TwoHospitals(Sequences):
    """Drives the database and the model side by side."""

    @initialize(edits=st.booleans())
    def begin(self, edits: bool) -> None:
        self.edits = edits
        self.empty()
        self.model, self.by_hand = Model(), False
        everybody = dict.fromkeys(NPIS, "Ann")
        self.bring("north first", "north", ("first", "update", FULL), everybody)

    @rule(
        content=st.sampled_from(("jan", "feb", "mar")),
        hospital=st.sampled_from(("north", "south")),
        mended=st.sampled_from(("first", "mended")),
        on_existing=st.sampled_from(("reject", "update")),
        policy=POLICIES,
        places=PLACES,
    )
    def load(self, content, hospital, mended, on_existing, policy, places) -> None:
        self.bring(content, hospital, (mended, on_existing, policy), places)

    def bring(self, content, hospital, how, places) -> None:
        mended, on_existing, policy = how
        if on_existing == "reject":  # the table has the very same: that is no clean row
            same = {npi for npi, said in places.items() if self.model.table.get(npi) == said}
            places = places | dict.fromkeys(same & self.rejects(content, hospital), "present")
        roster = {npi: said for npi, said in places.items() if said in NAMES}
        named = sorted(npi for npi, said in places.items() if said == "named")
        left = sorted(npi for npi, said in places.items() if said == "left")
        present = sorted(npi for npi, said in places.items() if said == "present")
        besides = mentions(named, left, present=present)
        content = f"{hospital} {content}"
        providers = [Provider(None, None, None, name, npi) for npi, name in roster.items()]
        options = {"layout": mended, "on_existing": on_existing}
        wanted = asked(content, hospital, policy, rows=len(places), left=len(left), **options)
        plan = plan_providers(self.database, clean(providers), wanted, besides)
        before = len(self.model.imports)
        loads = self.model.load(content, hospital, how, roster, named, left, present)
        result = load_providers(self.database, clean(providers), wanted, besides)
        assert result.already_loaded == (not loads)
        assert plan.rows == result.rows
        assert (plan.removed, plan.kept) == (result.removed, result.kept)
        if loads:
            rows = self.model.imports[before].rows.values()
            actions = [row.action for row in rows]
            kept_out = actions.count("overtaken")
            assert result.departures.kept_out == plan.departures.kept_out == kept_out
            counts = {name: getattr(result.rows, name) for name in (*CLEAN, "departed")}
            counts["unchanged"] -= kept_out  # which are among them
            assert counts == {name: actions.count(name) for name in counts}
            assert result.rows.clean == len(roster)
            assert result.departures.held == actions.count("held")
            assert result.departures.of == self.model.imports[before].of
            assert result.departures.overtaken == self.model.imports[before].overtaken
            assert plan.departures.overtaken == result.departures.overtaken

    def rejects(self, content: str, hospital: str) -> set[str]:
        """Whom the sifting would find in the table: all but what this content put there."""
        live = [i for i in self.model.in_force() if i.content == f"{hospital} {content}"]
        put = {npi for i in live for npi, row in i.rows.items() if row.undoing == "delete"}
        return set(NPIS) - put

    @rule(hospital=st.sampled_from(("north", "south")), places=PLACES, short=st.booleans())
    def send_full(self, hospital: str, places: dict[str, str], short: bool) -> None:
        """A full roster of new content: of few, or of nearly all."""
        names = {npi: "Ann" if said in NAMES else said for npi, said in places.items()}
        if not short:
            names = dict.fromkeys(NPIS[:-1], "Ann") | names
        content = f"full {len(self.model.imports)}"
        self.bring(content, hospital, ("first", "update", FULL), names)

    @rule(which=st.integers(0, 30))
    def undo(self, which: int) -> None:
        if not self.model.imports:
            return
        which %= len(self.model.imports)
        told = undo(self.database, which + 1, dry_run=True)
        done = undo(self.database, which + 1)
        assert told == done
        counted = self.model.undo(self.model.imports[which])
        assert counted == {
            "removed": done.removed,
            "restored": done.restored,
            "spared": len(done.spared),
            "returned": done.returned,
        }

    @rule(which=st.integers(0, 3), dismissed=st.booleans())
    def decide(self, which: int, dismissed: bool) -> None:
        waiting = self.model.waiting()
        if not waiting:
            return
        one, size = waiting[which % len(waiting)], len(self.model.table)
        if dismissed:
            assert dismiss(self.database, one.number).done
            self.model.dismiss(one)
            return
        told = approve(self.database, one.number, dry_run=True)
        done = approve(self.database, one.number)
        assert told == done
        self.model.approve(one)
        assert size - len(self.model.table) == done.departed

    @precondition(lambda self: self.edits)
    @rule(npi=st.sampled_from(NPIS), value=st.sampled_from((*NAMES, "hand", None)))
    def application_writes(self, npi: str, value: str | None) -> None:
        self.by_hand = True
        execute(self.application, f"DELETE FROM providerinfo WHERE PROV_NPI = '{npi}'")
        self.model.table.pop(npi, None)
        if value is not None:
            execute(
                self.application,
                f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('{value}', '{npi}')",
            )
            self.model.table[npi] = value

    @invariant()
    def table_history_and_waiting_are_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        model = self.model
        assert [(one[4], one[3]) for one in held(self.database)] == sorted(model.table.items())
        records = list(reversed(list_imports(self.database)))
        assert [(r.state, r.departing, r.arrived) for r in records] == [
            (one.state, one.departing, one.arrived) for one in model.imports
        ]
        columns = "import_id, npi, action, undoing, full_name, old_full_name, sheet = ''"
        with self.database.connect() as connection:
            found = connection.execute(
                text(f"SELECT {columns} FROM provider_import_row ORDER BY import_id, npi")
            )
            rows = [(*row[:6], bool(row[6])) for row in found]
        assert rows == [
            (i.number, npi, row.action, row.undoing, row.value, row.old, row.by_absence)
            for i in model.imports
            for npi, row in sorted(i.rows.items())
        ]
        waiting = [one.record.id for one in waiting_departures(self.database)]
        assert waiting == [one.number for one in reversed(model.waiting())]

    @invariant()
    def rows_are_those_put_less_those_taken_out(self) -> None:
        if hasattr(self, "model") and not self.by_hand:
            assert len(self.model.table) == self.model.ours()

    @invariant()
    def trace_tells_each_departure(self) -> None:
        if not hasattr(self, "model"):
            return
        told = trace(self.database, NPIS[0])
        steps = [(step.record.id, step.action) for step in reversed(told.steps)]
        assert steps == [
            (i.number, i.rows[NPIS[0]].action) for i in self.model.imports if NPIS[0] in i.rows
        ]


def test_departures_in_any_sequence_on_sqlite_are_the_models():
    check(TwoHospitals, 25, 12)


@pytest.mark.mysql
def test_departures_in_any_sequence_on_the_server_are_the_models(mysql_schema):
    check(TwoHospitals, 6, 10, mysql_schema.url, mysql_schema.admin_url)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_departures_in_many_sequences_on_sqlite_are_the_models():
    check(TwoHospitals, 60, 25)


@pytest.mark.slow
@pytest.mark.mysql
@pytest.mark.timeout(1200)
def test_departures_in_many_sequences_on_the_server_are_the_models(mysql_schema):
    check(TwoHospitals, 40, 20, mysql_schema.url, mysql_schema.admin_url)
