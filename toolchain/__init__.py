"""Provide Python packages, the Pulumi engine and its plugins, with the standard library alone.

`python3 -m toolchain` runs before any virtual environment exists, so nothing here imports a
package that has to be installed first. Modules, from the outside in: `cli` is the command,
`virtualenv` and `engine` are the two things it provides, `path_engine`, `release` and `golang`
are the three places an engine comes from, the rest are nouns they share.
"""
