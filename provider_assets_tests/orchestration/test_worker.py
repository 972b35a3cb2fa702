"""A worker whose parent has died."""

from multiprocessing import Pipe

import pytest

from provider_assets.orchestration.command.worker import _Turn


def test_roster_that_is_loaded_stays_so_where_the_parent_has_died():
    parent, own = Pipe()
    parent.close()
    turn = _Turn(own)
    turn.loaded()
    with pytest.raises(KeyboardInterrupt):  # and the next one does not begin
        turn.judge()
