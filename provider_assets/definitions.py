"""What `dagster dev` and the code server load; importing it touches neither disk nor network."""

from provider_assets.orchestration.build import own_definitions
from provider_assets.system import keep_to_group

keep_to_group()
defs = own_definitions()
