"""Layer 1, what a save sets off: which tests a change can break, moon's tasks for it, and the watch around both.

Development only: it is not in the wheel.
"""
