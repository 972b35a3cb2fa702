"""Random rosters of two hospitals, full and delta, with departures, against plain dicts."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from provider_assets.database.approval import approve, dismiss, waiting_departures
from provider_assets.database.history import list_imports
from provider_assets.database.load import load_providers
from provider_assets.database.planning import plan_providers
from provider_assets.database.prepare import prepare
from provider_assets.database.trace import trace
from provider_assets.database.undo import undo
from provider_assets.providers.departures import DeparturePolicy
from provider_assets_tests.database.departures import FULL, asked, mentions
from provider_assets_tests.database.rosters import Provider, clean, execute, held, open_url

NPIS = tuple(f"900000000{digit}" for digit in range(1, 8))
NAMES = ("Ann", "ann")
WRITES, CLEAN = ("delete", "restore"), ("inserted", "updated", "unchanged")
NAMING, LEFT = (*CLEAN, "named"), ("left", "held", "departed")


@dataclass
class Row:
    action: str
    undoing: str
    value: str | None = None
    old: str | None = None
    by_absence: bool = False


@dataclass
class Import:
    number: int
    content: str
    hospital: str
    settings: tuple[str, str, DeparturePolicy]
    arrived: int
    state: str = "loaded"
    departing: str | None = None
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def policy(self) -> DeparturePolicy:
        return self.settings[2]


@dataclass
class Model:
    """What table and history should be, every rule in plain dicts."""

    table: dict[str, str] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)

    def in_force(self) -> list[Import]:
        return [one for one in self.imports if one.state == "loaded"]

    def written_since(self, one: Import, npi: str, until: int = 10**6) -> bool:
        return any(
            one.number < i.number < until
            and npi in i.rows
            and i.rows[npi].action in ("inserted", "updated")
            for i in self.in_force()
        )

    def intact(self, one: Import, npi: str) -> bool:
        same = self.table.get(npi) == one.rows[npi].value
        return same and not self.written_since(one, npi)

    def take_out(self, one: Import, new: Import | None = None) -> None:
        rows = {} if new is None else new.rows
        for npi, row in one.rows.items():
            yielded = npi in rows and rows[npi].action in CLEAN
            if row.undoing in WRITES and not yielded and self.intact(one, npi):
                if row.undoing == "delete":
                    del self.table[npi]
                else:
                    self.table[npi] = row.old
        for npi, row in one.rows.items():
            again = npi in rows and rows[npi].undoing == "insert"
            if row.undoing != "insert" or again or npi in self.table:
                continue
            if not self.written_since(one, npi):
                self.table[npi] = row.old

    def event(self, npi: str) -> tuple[Import, Row] | None:
        """The newest event in force about a provider."""
        found = [
            (i, i.rows[npi])
            for i in self.in_force()
            if npi in i.rows and i.rows[npi].undoing != "leave"
        ]
        return found[-1] if found else None

    def wrote_last(self, one: Import, npi: str) -> Row | None:
        last = self.event(npi)
        if last is None or last[1].undoing not in WRITES or last[0].hospital != one.hospital:
            return None
        return last[1] if last[0].number < one.number else None

    def put_there(self, npi: str) -> bool:
        """Whether an import's insertion of the row is not followed by a departure."""
        ways = [
            i.rows[npi].undoing
            for i in self.in_force()
            if npi in i.rows and i.rows[npi].undoing in ("delete", "insert")
        ]
        return bool(ways) and ways[-1] == "delete"

    def fulls(self) -> list[Import]:
        whole = [i for i in self.in_force() if i.policy.covers == "full"]
        return sorted(whole, key=lambda i: i.arrived)

    def newer(self, one: Import) -> bool:
        return any(
            i.hospital == one.hospital and i.content != one.content and i.arrived > one.arrived
            for i in self.fulls()
        )

    def elsewhere(self, one: Import, npi: str) -> bool:
        since = {i.hospital: i.arrived for i in self.fulls()}
        others = [i for i in self.in_force() if i.hospital != one.hospital and npi in i.rows]
        return any(
            i.rows[npi].action in NAMING
            and i.number >= since.get(i.hospital, 0)
            and not any(
                o.number > i.number and o.hospital == i.hospital and o.rows[npi].action in LEFT
                for o in others
            )
            for i in others
        )

    def named_since(self, one: Import, npi: str) -> bool:
        return any(
            i.number > one.number
            and i.hospital == one.hospital
            and npi in i.rows
            and i.rows[npi].action in NAMING
            for i in self.in_force()
        )

    def load(self, content, hospital, how, roster, named, left) -> bool:
        prior = next((i for i in self.in_force() if i.content == content), None)
        if prior and prior.settings == how:
            return False
        number = len(self.imports) + 1
        came = [i.number for i in self.imports if i.content == content]
        new = Import(number, content, hospital, how, min([number, *came]))
        own = {}
        if prior:
            own = {n: r for n, r in prior.rows.items() if r.undoing in WRITES}
            own = {n: r for n, r in own.items() if self.intact(prior, n)}
            prior.state = "superseded"
        self.imports.append(new)
        for npi in named:
            new.rows[npi] = Row("named", "leave")
        for npi in left:
            new.rows[npi] = Row("left", "leave")
        for npi, value in roster.items():
            new.rows[npi] = Row("inserted", "delete", value)
        if prior:
            self.take_over(prior, new)
            self.take_out(prior, new)
        for npi, value in roster.items():
            self.write(prior, new, npi, value, own.get(npi), how[1])
        self.depart(new)
        return True

    def take_over(self, prior: Import, new: Import) -> None:
        for npi, row in prior.rows.items():
            said = new.rows[npi].action if npi in new.rows else None
            by_word = said == "left" and new.policy.on_terminated == "delete"
            whole = new.policy.covers == "full" and new.policy.absent == "delete"
            if row.undoing != "insert" or not (by_word or (said is None and whole)):
                continue
            if not self.written_since(prior, npi, new.number):
                new.rows[npi] = Row("departed", "insert", None, row.old, said is None)

    def write(self, prior, new, npi, value, own, on_existing) -> None:
        there, row = self.table.get(npi), new.rows[npi]
        gone_since = prior is not None and any(
            i.number > prior.number and npi in i.rows and i.rows[npi].undoing == "insert"
            for i in self.in_force()
        )
        if there is None:
            before = prior.rows.get(npi) if prior else None
            if gone_since and before is not None and before.undoing in WRITES:
                new.rows[npi] = Row("unchanged", before.undoing, value, before.old)
                return
        elif own is not None:
            action = "unchanged" if there == value else "updated"
            new.rows[npi] = Row(action, own.undoing, value, own.old)
        elif on_existing == "update" and there != value:
            new.rows[npi] = Row("updated", "restore", value, there)
        else:
            new.rows[npi] = Row("unchanged", "leave", value)
        row = new.rows[npi]
        if row.action != "unchanged":
            self.table[npi] = value

    def depart(self, new: Import) -> None:
        policy = new.policy
        for npi, row in new.rows.items():
            if row.action == "left" and npi in self.table and self.wrote_last(new, npi):
                row.action = "held"
        of = sum(
            {"delete": 1, "insert": -1}.get(row.undoing, 0)
            for i in self.in_force()
            if i.hospital == new.hospital and i.number < new.number
            for row in i.rows.values()
        )
        absent = []
        if policy.covers == "full" and not self.newer(new):
            absent = [
                npi
                for npi in sorted(self.table)
                if npi not in new.rows
                and self.wrote_last(new, npi)
                and not self.elsewhere(new, npi)
            ]
        for npi in absent:
            new.rows[npi] = Row("absent", "leave", by_absence=True)
        waits = policy.absent == "delete" and policy.is_too_many(len(absent), of)
        new.departing = "waiting" if waits else None
        goes = policy.absent == "delete" and not waits
        self.go(new, [npi for npi in absent if goes])
        if policy.on_terminated == "delete":
            self.go(new, [npi for npi, row in new.rows.items() if row.action == "held"])

    def go(self, one: Import, npis: list[str]) -> None:
        for npi in npis:
            last, row = self.wrote_last(one, npi), one.rows[npi]
            unchanged = last is not None and self.table.get(npi) == last.value
            elsewhere = self.elsewhere(one, npi) or self.named_since(one, npi)
            if unchanged and self.put_there(npi) and not elsewhere:
                old = self.table.pop(npi)
                one.rows[npi] = Row("departed", "insert", None, old, row.by_absence)

    def waiting(self) -> list[Import]:
        return [i for i in self.in_force() if i.departing == "waiting" and not self.newer(i)]

    def approve(self, one: Import) -> None:
        self.go(one, [npi for npi, row in one.rows.items() if row.action == "absent"])
        one.departing = "approved"

    def undo(self, one: Import) -> None:
        if one.state == "loaded":
            self.take_out(one)
            one.state = "undone"


PLACES = st.dictionaries(
    st.sampled_from(NPIS), st.sampled_from((*NAMES, *NAMES, "named", "left")), max_size=7
)
POLICIES = st.builds(
    DeparturePolicy,
    covers=st.sampled_from(("full", "delta")),
    absent=st.sampled_from(("report", "delete", "delete")),
    on_terminated=st.sampled_from(("report", "delete", "delete")),
)


class TwoHospitals(RuleBasedStateMachine):
    """Drives the database and the model side by side."""

    url = ""
    application_url = ""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.database = open_url(self.url or f"sqlite:///{Path(self.folder.name) / 'providers.db'}")
        self.application = self.database
        prepare(self.database)
        if self.application_url:
            self.application = open_url(self.application_url)
            for table in ("providerinfo", "provider_import_row", "provider_import"):
                execute(self.application, f"TRUNCATE TABLE {table}")
        self.model = Model()
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
        roster = {npi: said for npi, said in places.items() if said in NAMES}
        named = sorted(npi for npi, said in places.items() if said == "named")
        left = sorted(npi for npi, said in places.items() if said == "left")
        content = f"{hospital} {content}"
        providers = [Provider(None, None, None, name, npi) for npi, name in roster.items()]
        wanted = asked(content, hospital, policy, layout=mended, on_existing=on_existing)
        plan = plan_providers(self.database, clean(providers), wanted, mentions(named, left))
        before = len(self.model.imports)
        loads = self.model.load(content, hospital, how, roster, named, left)
        result = load_providers(self.database, clean(providers), wanted, mentions(named, left))
        assert result.already_loaded == (not loads)
        assert plan.rows == result.rows
        assert (plan.removed, plan.kept) == (result.removed, result.kept)
        if loads:
            rows = self.model.imports[before].rows.values()
            actions = [row.action for row in rows]
            counts = {name: getattr(result.rows, name) for name in (*CLEAN, "departed")}
            assert counts == {name: actions.count(name) for name in counts}
            assert result.rows.clean == len(roster)
            assert result.departures.held == actions.count("held")

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
        size = len(self.model.table)
        self.model.undo(self.model.imports[which])
        assert len(self.model.table) - size == done.returned - done.removed

    @rule(which=st.integers(0, 3), dismissed=st.booleans())
    def decide(self, which: int, dismissed: bool) -> None:
        waiting = self.model.waiting()
        if not waiting:
            return
        one, size = waiting[which % len(waiting)], len(self.model.table)
        if dismissed:
            assert dismiss(self.database, one.number).done
            one.departing = "dismissed"
            return
        told = approve(self.database, one.number, dry_run=True)
        done = approve(self.database, one.number)
        assert told == done
        self.model.approve(one)
        assert size - len(self.model.table) == done.departed

    @rule(npi=st.sampled_from(NPIS), value=st.sampled_from((*NAMES, "hand", None)))
    def application_writes(self, npi: str, value: str | None) -> None:
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
        if not hasattr(self, "database"):
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
    def trace_tells_each_departure(self) -> None:
        if not hasattr(self, "database"):
            return
        told = trace(self.database, NPIS[0])
        steps = [(step.record.id, step.action) for step in reversed(told.steps)]
        assert steps == [
            (i.number, i.rows[NPIS[0]].action) for i in self.model.imports if NPIS[0] in i.rows
        ]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


def _check(examples: int, steps: int, url: str = "", application_url: str = "") -> None:
    urls = {"url": url, "application_url": application_url}
    machine = type("Machine", (TwoHospitals,), urls)
    machine.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),  # shrinking such runs takes minutes
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase().runTest()


def test_departures_in_any_sequence_on_sqlite_are_the_models():
    _check(25, 12)


@pytest.mark.mysql
def test_departures_in_any_sequence_on_the_server_are_the_models(mysql_schema):
    _check(6, 10, mysql_schema.url, mysql_schema.admin_url)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_departures_in_many_sequences_on_sqlite_are_the_models():
    _check(60, 25)


@pytest.mark.slow
@pytest.mark.mysql
@pytest.mark.timeout(1200)
def test_departures_in_many_sequences_on_the_server_are_the_models(mysql_schema):
    _check(20, 20, mysql_schema.url, mysql_schema.admin_url)
