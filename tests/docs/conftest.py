from tests.e2e.conftest import cloud, sandbox

__all__ = ["cloud", "sandbox"]
