"""Images of this project's making for a machine that reaches package registries and no image registry.

Each folder of `images` is one: what of the official image's contract is used here, from Debian, PyPI and npm
packages. They are built only on an Engine with the label `strata.standins=yes` and carry the pinned names
there, so that nothing else knows of them. `table` lists them, `ingredients` are the packages, `base` is the
Debian below them, `settings` is what they take over from the machine.
"""
