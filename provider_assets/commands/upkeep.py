"""`doctor` and `dev`: whether all is in order, and the web UI."""

from typing import Annotated

import typer

from provider_assets.commands.output import NOT_LOADED, AsJson, plain, print_json


def doctor(*, as_json: AsJson = False) -> None:
    """Check settings, folders, database and rights: what is wrong, and how to fix it."""
    from provider_assets.commands.printed import print_findings
    from provider_assets.orchestration.command.doctor import examine

    findings = examine()
    print_json([plain(each) for each in findings]) if as_json else print_findings(findings)
    if any(each.level == "error" for each in findings):
        raise typer.Exit(NOT_LOADED)


def dev(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 3000,
) -> None:
    """Start Dagster's web UI, and watch the drop folder."""
    from provider_assets.orchestration.command.instance import run_dagster_dev
    from provider_assets.settings import process_settings

    run_dagster_dev(process_settings(), host, port)
