"""Provide a Docker Engine, the Compose plugin of its command line, and images where no registry is in reach.

`host` is what `python -m toolchain docker` does; `client` is the docker command line, `daemon` an Engine
that was started by hand, `debian` where one is installed from, `compose` the plugin.
"""
