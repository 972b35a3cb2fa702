"""What table and history should be after any loads, replays, undos and approvals: plain dicts.

The rules stand in `docs/decisions/departures.md` and `docs/decisions/undo.md`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from provider_assets.providers.departures import DeparturePolicy

WRITES, CLEAN = ("delete", "restore"), ("inserted", "updated", "unchanged")
SAYS = (*CLEAN, "overtaken", "present")
NAMING, LEFT = (*SAYS, "named"), ("left", "held", "departed")


@dataclass
class Row:
    """What an import did about a provider: it found `before` and left `after` (None: no row)."""

    action: str
    undoing: str
    value: str | None = None
    old: str | None = None
    by_absence: bool = False

    @property
    def before(self) -> str | None:
        return None if self.undoing == "delete" else self.old

    @property
    def after(self) -> str | None:
        return None if self.undoing == "insert" else self.value

    def found(self, before: str | None) -> None:
        """Say that the row was found otherwise: what came before it is out of force."""
        if self.undoing == "insert":
            self.undoing = "leave" if before is None else "insert"
        elif before is None:
            self.undoing = "delete"
        else:
            self.undoing = "leave" if before == self.value else "restore"
        self.old = None if self.undoing in ("leave", "delete") else before


@dataclass
class Import:
    """An import; `arrived` is its place in the order of all, `older` that it came too late."""

    number: int
    content: str
    hospital: str
    settings: tuple[str, str, DeparturePolicy]
    arrived: int
    state: str = "loaded"
    departing: str | None = None
    by_word: str = ""
    dismissed: bool = False
    absence_waits: bool = False
    older: bool = False
    overtaken: int = 0
    of: int = 0
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def policy(self) -> DeparturePolicy:
        return self.settings[2]

    def is_newer(self, other: "Import") -> bool:
        """By their own days within a layout that dates its rosters, else by arrival."""
        mine, its = self.policy.as_of, other.policy.as_of
        if self.hospital == other.hospital and mine is not None and its is not None:
            return mine > its
        return self.arrived > other.arrived

    def puts_over(self, other: "Import") -> bool:
        """Whether its values would come after those of another."""
        return self.settings[1] == "update" and self.is_newer(other)

    @property
    def is_settled(self) -> bool:
        """Whether nobody has still to say, or denied, that its departures count."""
        return self.departing in (None, "approved")

    @property
    def counts_as_whole(self) -> bool:
        """Whether it is a full roster whose silence counts."""
        undated = self.policy.dated and self.policy.as_of is None
        return self.policy.covers == "full" and self.is_settled and not undated


@dataclass
class Model:
    """The table by NPI, and every import."""

    table: dict[str, str] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)

    def in_force(self) -> list[Import]:
        """In the order in which their contents arrived."""
        return sorted((i for i in self.imports if i.state == "loaded"), key=lambda i: i.arrived)

    def after(self, one: Import, npi: str) -> Iterator[tuple[Import, Row]]:
        for i in self.in_force():
            if i.arrived > one.arrived and npi in i.rows:
                yield i, i.rows[npi]

    def next_event(self, one: Import, npi: str) -> Row | None:
        return next((row for _, row in self.after(one, npi) if row.undoing != "leave"), None)

    def heir(self, one: Import, npi: str, newer_than: Import | None = None) -> Row | None:
        """Who first, before the next event, names whom one put there or says the same."""
        wrote = one.rows[npi]
        for i, row in self.after(one, npi):
            if row.undoing != "leave":
                return None
            same = row.action == "present" or row.value == wrote.value
            says = row.action in SAYS and (newer_than is None or i.puts_over(newer_than))
            if says and (same or wrote.undoing == "delete"):
                return row
        return None

    def release(self, one: Import, npi: str) -> str:
        """Take one import's part in a provider's story out; what became of the row."""
        row, later = one.rows[npi], self.next_event(one, npi)
        if later is not None:
            heir = self.heir(one, npi) if row.undoing in WRITES else None
            before = row.before if heir is None else self.says(heir, row)
            if later.before == row.after != before:
                later.found(before)
            if heir is not None:
                heir.undoing, heir.old, heir.value = row.undoing, row.old, before
            return "spared"
        if row.undoing == "insert":
            return self.give_back(one, npi)
        if self.table.get(npi) == row.value:
            return self.take_back(one, npi)
        return "spared"

    def give_back(self, one: Import, npi: str) -> str:
        if npi in self.table or self.claim(one, npi):
            return "spared"
        self.table[npi] = one.rows[npi].old
        return "returned"

    def says(self, heir: Row, wrote: Row) -> str | None:
        return wrote.value if heir.action == "present" else heir.value

    def take_back(self, one: Import, npi: str) -> str:
        row = one.rows[npi]
        heir = self.heir(one, npi)
        if heir is not None:
            heir.value = self.says(heir, row)
            heir.undoing, heir.old = row.undoing, row.old
            self.table[npi] = heir.value
            return "spared"
        if row.undoing == "delete":
            del self.table[npi]
            return "removed"
        self.table[npi] = row.old
        return "restored"

    def claim(self, one: Import, npi: str) -> bool:
        """Whether a later roster of the layout says, too, that the provider has left."""
        if self.elsewhere(one, npi):
            return False
        old = one.rows[npi].old
        for i in self.in_force():
            if i.hospital != one.hospital or i.arrived <= one.arrived:
                continue
            row, policy = i.rows.get(npi), i.policy
            word = row is not None and row.action == "left" and policy.on_terminated == "delete"
            word = word and i.by_word in ("", "approved")
            silence = row is None and policy.absent == "delete" and i.counts_as_whole
            if word or (silence and not i.older):
                i.rows[npi] = Row("departed", "insert", None, old, by_absence=silence)
                return True
        return False

    def event(self, npi: str, without: Import | None = None) -> tuple[Import, Row] | None:
        """The newest event in force about a provider."""
        others = [i for i in self.in_force() if i is not without]
        found = [(i, i.rows[npi]) for i in others if npi in i.rows]
        return next(((i, row) for i, row in reversed(found) if row.undoing != "leave"), None)

    def owned_before(self, one: Import) -> int:
        """How many rows of the table were the layout's before an import wrote its own."""
        new = {npi for npi, row in one.rows.items() if row.action == "inserted"}
        lasts = [self.event(npi, one) for npi in self.table if npi not in new]
        return sum(
            last is not None
            and last[1].undoing in WRITES
            and last[0].hospital == one.hospital
            and last[0].arrived < one.arrived
            for last in lasts
        )

    def wrote_last(self, one: Import, npi: str) -> Row | None:
        last = self.event(npi)
        if last is None or last[1].undoing not in WRITES or last[0].hospital != one.hospital:
            return None
        return last[1] if last[0].arrived < one.arrived else None

    def let_go(self, one: Import, npi: str, *, deleting: bool = False) -> bool:
        """Whether the row is another hospital's, and that one, like all others, has let it go."""
        last = self.event(npi)
        if last is None or last[1].undoing not in WRITES or last[0].arrived >= one.arrived:
            return False
        by = [i for i in self.in_force() if i.hospital != one.hospital and npi in i.rows]
        held = [i for i in by if i.rows[npi].action == "held"]
        if deleting:
            held = [i for i in held if i.policy.on_terminated == "delete"]
            held = [i for i in held if i.by_word in ("", "approved")]
        other = last[0].hospital != one.hospital
        return other and bool(held) and not self.elsewhere(one, npi)

    def named_before(self, one: Import, npi: str) -> bool:
        its = [i for i in self.in_force() if i.hospital == one.hospital and i is not one]
        return any(npi in i.rows and i.rows[npi].action in NAMING for i in its)

    def put_there(self, npi: str) -> bool:
        """Whether an import's insertion of the row is not followed by a departure."""
        rows = [i.rows[npi].undoing for i in self.in_force() if npi in i.rows]
        ways = [way for way in rows if way in ("delete", "insert")]
        return bool(ways) and ways[-1] == "delete"

    def fulls(self, hospital: str) -> list[Import]:
        return [i for i in self.in_force() if i.policy.covers == "full" and i.hospital == hospital]

    def has_newer_full(self, one: Import) -> bool:
        return any(i.content != one.content and i.is_newer(one) for i in self.fulls(one.hospital))

    def elsewhere(self, one: Import, npi: str) -> bool:
        others = [i for i in self.in_force() if i.hospital != one.hospital and npi in i.rows]
        return any(
            i.rows[npi].action in NAMING
            and not any(full.is_newer(i) for full in self.fulls(i.hospital))
            and not any(
                o.is_newer(i) and o.hospital == i.hospital and o.rows[npi].action in LEFT
                for o in others
            )
            for i in others
        )

    def named_since(self, one: Import, npi: str) -> bool:
        return any(
            i.hospital == one.hospital
            and i.is_newer(one)
            and npi in i.rows
            and i.rows[npi].action in NAMING
            for i in self.in_force()
        )

    def is_overtaken(self, one: Import, npi: str) -> bool:
        """Whether a newer roster says what the provider is, or that they left."""
        if self.next_event(one, npi) is not None:
            return True
        for i in self.in_force():
            if i is one or not i.is_newer(one):
                continue
            row = i.rows.get(npi)
            puts = row is not None and row.action in SAYS and i.settings[1] == "update"
            if puts or (row is not None and row.undoing != "leave"):
                return True
            if i.hospital != one.hospital or (npi in self.table and not i.is_settled):
                continue
            if row.action in (*LEFT, "absent") if row is not None else i.counts_as_whole:
                return True
        return False

    def load(self, content, hospital, how, roster, named=(), left=(), present=()) -> bool:
        read = len(roster) + len(named) + len(left) + len(present)
        prior = next((i for i in self.in_force() if i.content == content), None)
        if prior and prior.settings == how:
            return False
        number = len(self.imports) + 1
        came = [i.number for i in self.imports if i.content == content]
        new = Import(number, content, hospital, how, min([number, *came]))
        if prior:
            prior.state = "superseded"
        self.imports.append(new)
        for words, npis in (("named", named), ("left", left), ("present", present)):
            new.rows |= {npi: Row(words, "leave") for npi in npis}
        own = self.replace(prior, new, roster) if prior else {}
        new.rows |= {npi: Row("unchanged", "leave", value) for npi, value in roster.items()}
        for npi, value in roster.items():
            self.write(new, npi, value, own.get(npi))
        for npi in roster:
            if new.rows[npi].action == "unchanged" and npi not in self.table:
                new.rows[npi].action = "overtaken"
        if prior is not None and prior.by_word != "waiting":
            new.by_word = prior.by_word
        self.depart(
            new,
            dismissed=prior is not None and prior.dismissed,
            read=read,
            said=len(left),
        )
        return True

    def replace(self, prior: Import, new: Import, roster: dict[str, str]) -> dict[str, Row]:
        """Take the import that is replaced out, but what the new one takes over from it."""
        own = {}
        for npi, row in prior.rows.items():
            if row.undoing == "leave":
                continue
            said = new.rows[npi].action if npi in new.rows else None
            stays_gone = (said == "left" and new.policy.on_terminated == "delete") or (
                said is None and new.policy.covers == "full" and new.policy.absent == "delete"
            )
            if row.undoing == "insert" and npi not in roster and stays_gone:
                new.rows[npi] = Row("departed", "insert", None, row.old, said is None)
            elif row.undoing == "insert" or npi not in roster:
                self.release(prior, npi)
            elif self.next_event(prior, npi) is not None:
                own[npi] = row
            elif self.table.get(npi) == row.value:
                if row.value != roster[npi] and self.heir(prior, npi, new) is not None:
                    self.release(prior, npi)
                else:
                    own[npi] = row
        return own

    def write(self, new: Import, npi: str, value: str, own: Row | None) -> None:
        there, row = self.table.get(npi), new.rows[npi]
        if own is not None:
            row.undoing, row.old = own.undoing, own.old
            later = self.next_event(new, npi)
            if later is not None:
                new.overtaken += 1
                if later.before == own.after != value:
                    later.found(value)
                return
            row.action = "unchanged" if there == value else "updated"
        elif self.is_overtaken(new, npi):
            new.overtaken += 1
        elif there is None:
            row.action, row.undoing = "inserted", "delete"
        elif new.settings[1] == "update" and there != value:
            row.action, row.undoing, row.old = "updated", "restore", there
        if row.action != "unchanged":
            self.table[npi] = value

    def depart(self, new: Import, *, dismissed: bool, read: int, said: int) -> None:
        policy, new.dismissed = new.policy, dismissed
        for npi, row in new.rows.items():
            owns = self.wrote_last(new, npi) or self.let_go(new, npi)
            if row.action == "left" and npi in self.table and owns:
                row.action = "held"
        owned = [npi for npi in sorted(self.table) if self.wrote_last(new, npi)]
        absent = []
        new.older = policy.covers == "full" and self.has_newer_full(new)
        undated = policy.dated and policy.as_of is None
        if policy.covers == "full" and not new.older and not undated:
            lacks = [npi for npi in owned if npi not in new.rows]
            lacks += [
                npi
                for npi in sorted(self.table)
                if npi not in new.rows and self.let_go(new, npi) and self.named_before(new, npi)
            ]
            absent = [
                npi
                for npi in lacks
                if not self.elsewhere(new, npi) and not self.named_since(new, npi)
            ]
            new.of = self.owned_before(new)
        for npi in absent:
            new.rows[npi] = Row("absent", "leave", by_absence=True)
        held = [npi for npi, row in new.rows.items() if row.action == "held"]
        of = self.owned_before(new)
        doubted = not new.by_word and policy.doubts_word(said, read, len(held), of)
        if doubted and held and policy.on_terminated == "delete":
            new.by_word = "waiting"
        too_many = policy.is_too_many(len(absent), new.of) or (doubted and bool(absent))
        waits = policy.absent == "delete" and too_many
        new.absence_waits = waits and not dismissed
        asks = new.absence_waits or new.by_word == "waiting"
        new.departing = "waiting" if asks else "dismissed" if dismissed else None
        goes = policy.absent == "delete" and not waits and not dismissed
        self.go(new, [npi for npi in absent if goes])
        if policy.on_terminated == "delete" and new.by_word in ("", "approved"):
            self.go(new, held)

    def go(self, one: Import, npis: list[str]) -> None:
        for npi in npis:
            last, row = self.wrote_last(one, npi), one.rows[npi]
            if last is None and self.let_go(one, npi, deleting=True):
                last = self.event(npi)[1]
            unchanged = last is not None and self.table.get(npi) == last.value
            elsewhere = self.elsewhere(one, npi) or self.named_since(one, npi)
            if unchanged and self.put_there(npi) and not elsewhere:
                old = self.table.pop(npi)
                one.rows[npi] = Row("departed", "insert", None, old, row.by_absence)

    def waiting(self) -> list[Import]:
        waits = [i for i in self.in_force() if i.departing == "waiting"]
        return sorted((i for i in waits if not self.has_newer_full(i)), key=lambda i: i.number)

    def approve(self, one: Import) -> None:
        if one.absence_waits:
            self.go(one, [npi for npi, row in one.rows.items() if row.action == "absent"])
        if one.by_word == "waiting":
            self.go(one, [npi for npi, row in one.rows.items() if row.action == "held"])
            one.by_word = "approved"
        one.departing, one.absence_waits = "dismissed" if one.dismissed else "approved", False

    def dismiss(self, one: Import) -> None:
        one.departing, one.absence_waits, one.dismissed = "dismissed", False, True
        if one.by_word == "waiting":
            one.by_word = "dismissed"

    def undo(self, one: Import) -> dict[str, int]:
        """Take an import back; how many rows were removed, restored, spared, returned."""
        told = dict.fromkeys(("removed", "restored", "spared", "returned"), 0)
        if one.state == "loaded":
            one.state = "undone"
            for npi, row in one.rows.items():
                if row.undoing != "leave":
                    told[self.release(one, npi)] += 1
        return told

    def ours(self) -> int:
        """How many rows the imports in force put into the table, less those that they took out."""
        ways = [row.undoing for i in self.in_force() for row in i.rows.values()]
        return ways.count("delete") - ways.count("insert")
