"""What `doctor` finds among the runs: who is at work, and what dead ones left behind."""

from provider_assets.database.finding import Finding
from provider_assets.orchestration.process.at_rest import is_at_rest
from provider_assets.settings import Settings

NOBODY: frozenset[str] = frozenset()
WELL = Finding("runs", "ok", "no dead run keeps others from writing")


def look_at_runs(settings: Settings) -> tuple[list[Finding], frozenset[str]]:
    """Whether a dead run keeps others from writing; and the ids of those that are under way."""
    if not (settings.dagster_home / "dagster.yaml").is_file():
        return [Finding("runs", "ok", "none yet")], NOBODY
    if is_at_rest(settings.dagster_home):
        return [WELL], NOBODY
    from dagster import DagsterInstance

    from provider_assets.orchestration.process.liveness import alive_folder
    from provider_assets.orchestration.process.remains import living_runs, lost_runs, places

    alive = alive_folder(settings.home)
    try:
        with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            orphaned = [place for place in places(instance, alive) if place.orphaned]
            lost = lost_runs(instance, alive)
            under_way = living_runs(instance, alive)
    except Exception as error:  # noqa: BLE001 - its storage may be down, its YAML be damaged
        told = f"Dagster's storage cannot be opened ({type(error).__name__})"
        advice = f"see to {settings.dagster_home / 'dagster.yaml'} and to the database it names"
        return [Finding("runs", "error", told, advice)], NOBODY
    sentences = {
        **{f"{run} is shown as at work; its process was killed": None for run in lost},
        **{
            f"{place.holder} keeps its place in {place.pool}; {place.orphaned}": None
            for place in orphaned
        },
    }
    mend = "the next `provider-assets load` clears it up by itself, and so does the daemon of `dev`"
    found = [Finding("runs", "note", sentence, mend) for sentence in sentences]
    return found or [WELL], under_way
