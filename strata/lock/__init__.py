"""Whose turn it is at a stack: a marker beside the state, written before a run starts (W6, docs/adr/0016)."""
