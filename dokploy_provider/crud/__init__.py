"""One module per noun: `create`, `read`, `update`, `delete` as functions of a context and a wanted state.

Pattern of all: find what is ours or create it, converge it, read it back. Knows nothing of Pulumi.
"""
