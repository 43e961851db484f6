"""What the environment says."""

import pytest

from dokploy_provider.context import Context
from dokploy_provider.errors import NotConfigured
from dokploy_provider.timing import Timing

ENV = {"DOKPLOY_URL": "http://dokploy.test", "DOKPLOY_API_KEY": "the-key"}


def test_without_more_the_defaults_stand() -> None:
    here = Context.from_env(ENV)
    here.client.close()

    assert (here.registry_password, here.connect_to, here.ca_file) == (None, None, None)
    assert here.timing == Timing(poll=1.0, settle=10.0)


def test_everything_that_may_stand_in_the_environment_is_read() -> None:
    more = {"REGISTRY_PASSWORD": "pw", "STRATA_CONNECT_TO": "127.0.0.1:1", "SSL_CERT_FILE": "/ca.pem"}
    here = Context.from_env({**ENV, **more, "STRATA_SETTLE_SECONDS": "0", "STRATA_POLL_SECONDS": "0.1"})
    here.client.close()

    assert (here.registry_password, here.connect_to, here.ca_file) == ("pw", "127.0.0.1:1", "/ca.pem")
    assert here.timing == Timing(poll=0.1, settle=0.0)


def test_v6_every_credential_of_the_environment_is_masked() -> None:
    secrets = {"REGISTRY_PASSWORD": "pw-1", "VAULT_TOKEN": "vt-1", "GITHUB_TOKEN": "gt-1"}
    here = Context.from_env({**ENV, **secrets})
    here.client.close()

    assert here.client.hidden >= {"the-key", *secrets.values()}


def test_an_empty_environment_names_what_is_missing() -> None:
    with pytest.raises(NotConfigured, match="DOKPLOY_URL and DOKPLOY_API_KEY"):
        Context.from_env({})
