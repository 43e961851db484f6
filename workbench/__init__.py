"""Layer 1, what a save sets off: which tests that a change can break, moon's tasks,
and the watch around both.

Development only: it is not in the wheel.
"""
