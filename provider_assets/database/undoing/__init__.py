"""An import goes out of force: undone, or loaded anew under other rules."""
