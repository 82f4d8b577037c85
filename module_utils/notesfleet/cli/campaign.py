"""`notesfleet campaign`: check and load the campaign file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notesfleet.cli.settings import the_store

if TYPE_CHECKING:
    from notesfleet.fleet.campaign_file import Campaign

app = typer.Typer(
    help="Campaigns. Example: notesfleet campaign load campaign.yml", no_args_is_help=True, rich_markup_mode=None
)
File = Annotated[Path, typer.Argument(help="The campaign, YAML.")]


@app.command()
def check(file: File) -> None:
    """Say every mistake of a campaign file, with its line.

    Example: notesfleet campaign check campaign.yml
    """
    from notesfleet.fleet.campaign_file import read_campaign

    campaign = read_campaign(file)
    _warn(campaign, file)
    typer.echo(f"{file}: the campaign {campaign.name} has {len(campaign.waves)} waves and no mistake.")


@app.command()
def load(file: File) -> None:
    """Take a campaign into the store and choose the clients of its waves.

    Example: notesfleet campaign load campaign.yml
    """
    from notesfleet.fleet.campaign_file import read_campaign
    from notesfleet.fleet.stop import check_stop_file
    from notesfleet.fleet.waves import load_campaign

    store = the_store()
    campaign = read_campaign(file)
    check_stop_file(store, campaign, str(file))
    _warn(campaign, file)
    for wave in load_campaign(store, campaign, str(file)):
        typer.echo(
            f"wave {wave.name} ({wave.date}): {wave.clients} clients,"
            f" {len(wave.excluded)} excluded, {len(wave.left_out)} left out"
        )
        for client, why in (*wave.excluded, *wave.left_out):
            typer.echo(f"  {client}: {why}")


def _warn(campaign: Campaign, file: Path) -> None:
    from notesfleet.fleet.stop import warning_of

    if warning := warning_of(campaign):
        typer.echo(f"notesfleet: warning: {file}: {warning}", err=True)
