"""The launcher's former address, which a `dagster.yaml` in a `DAGSTER_HOME` may still name.

That file is copied once, when the home is made, and is its owner's from then on.
"""

from provider_assets.orchestration.process.launcher import WarmRunLauncher

__all__ = ["WarmRunLauncher"]
