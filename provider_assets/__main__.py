"""`python -m provider_assets`: the command line where its script is not on the path."""

from provider_assets.cli import run

run()
