"""What `dagster dev` and the code server load; importing it touches neither disk nor network."""

from provider_assets.orchestration.build import build_definitions

defs = build_definitions()
