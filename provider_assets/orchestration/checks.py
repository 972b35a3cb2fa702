"""The asset checks of a roster: what has to hold before it loads, and what is proven after.

They are grouped by when they run, each group in a file of its own.
"""

from provider_assets.orchestration.checks_after import after_the_load
from provider_assets.orchestration.checks_before import before_the_load

CHECKS = (before_the_load, after_the_load)
