"""The peers and us side by side, one command: `python -m benchmarks` writes `RESULTS.md`.

| module | holds |
|---|---|
| `rosters` | makes the data: the same rows in every run, on every machine |
| `peers/` | what people would use instead, a script each, in a virtualenv of its own |
| `contestants` | how each of them and we are started, and up to which size |
| `server` | the private database server, and what a table holds |
| `measure` | whole processes in turns: time, CPU seconds, peak memory |
| `small` | what `--help`, ten rows and a folder of 1,000 rosters cost |
| `growth` | the cost as the table and the history grow |
| `gains` | what our parts around Dagster still save, each with it and without |
| `without_load_data` | a load into a server that allows no `LOAD DATA LOCAL` |
| `registry` | the public registry at its real size: its store built, rosters held against it |
| `names` | how well two names of one person are told from those of two |
| `targets` | what the figures have to show |
| `results` | writes `RESULTS.md` |

A figure is a process's from its start to its end, with all of its children; no timing inside a
process. No module of this package imports pandas or `provider_assets` at its top: the processes
that are measured are children of this one, and a child's peak memory starts with its parent's.
"""
