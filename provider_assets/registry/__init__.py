"""The reference that rosters are held against: NPPES, its deactivations, OIG's exclusions.

Reading their files, the store that is made of them, and what it says about a row. Pure but for
the store; no Dagster, and nothing of the network: the files are brought by people or by another
job, and a roster's rows never leave the house.
"""
