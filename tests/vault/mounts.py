"""A KV version 2 that takes writes: just mounted, it answers 400 "Upgrading…" for a while when busy."""

import hvac
from hvac.exceptions import InvalidRequest
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed


def mount_kv(client: hvac.Client, path: str) -> None:
    """Mount a KV version 2 and return when it is one."""
    client.sys.enable_secrets_engine("kv", path=path, options={"version": "2"})
    upgraded = Retrying(
        retry=retry_if_exception_type(InvalidRequest),
        wait=wait_fixed(0.05),
        stop=stop_after_delay(30),
        reraise=True,
    )
    upgraded(client.secrets.kv.v2.read_configuration, mount_point=path)
