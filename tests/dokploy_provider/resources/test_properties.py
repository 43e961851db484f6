"""Laws that hold for all inputs: nothing differs from itself, whatever form it arrives in."""

import functools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from dokploy_provider.models.base import canonical
from dokploy_provider.resources.shell import Shell, echo
from tests.dokploy_provider.engine import wire
from tests.dokploy_provider.nouns import NOUNS

WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
SOME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)
PLAIN = st.text("abcxyz019-", min_size=1, max_size=8)
MAP = st.dictionaries(WORD, WORD, max_size=2)
FORMS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("project_name", "environment_name", "registry_name", "registry_url", "username"), SOME),
    **dict.fromkeys(("network_name", "url", "mount", "compose_file", "docker_image"), SOME),
    **dict.fromkeys(("service_name", "compose_id"), SOME),
    **dict.fromkeys(("provider_name", "compose_name", "application_name", "stack"), PLAIN),
    "owner": PLAIN.map(lambda word: f"strata:finance-report/staging/{word}"),
    "driver": st.sampled_from(["overlay", "bridge"]),
    "compose_type": st.sampled_from(["docker-compose", "stack"]),
    "source_type": st.just("raw"),
    "replicas": st.integers(0, 100),
    "host": PLAIN.map(lambda word: f"a{word}"),
    "path": PLAIN.map(lambda word: f"/{word}"),
    "port": st.integers(1, 65535),
    "certificate_type": st.sampled_from(["none", "letsencrypt"]),
    "cert_resolver": st.none(),
    "application_id": st.none(),
    "revisions": st.lists(WORD, max_size=3),
    "apart_from": st.lists(WORD, max_size=2),
    "images": MAP,
    "secret_versions": st.dictionaries(WORD, st.integers(0, 2**40), max_size=2),
    "release": st.none() | st.fixed_dictionaries({"version": WORD, "images": MAP}),
    "probes": st.lists(
        st.fixed_dictionaries(
            {"url": st.just("https://x/health")},
            optional={
                "content_type": WORD | st.none(),
                "keys": st.lists(WORD, max_size=2),
                "identity": st.booleans(),
            },
        ),
        max_size=2,
    ),
    "history": st.just([]),
    "deploy_timeout": st.integers(1, 10_000),
    "queue_timeout": st.floats(1, 10_000),
    "healthy_timeout": st.integers(1, 10_000),
}
few = settings(max_examples=25, deadline=None)


def _field(model: type[BaseModel], name: str) -> st.SearchStrategy[Any]:
    annotation = model.model_fields[name].annotation
    form = FORMS.get(name, st.booleans() if annotation is bool else WORD)
    return form if model.model_fields[name].is_required() else form | st.none()


@functools.cache
def _inputs(provider: type[Shell]) -> st.SearchStrategy[dict[str, Any]]:
    names = provider.model.model_fields
    always = {"compose_file", "compose_id", "service_name"} & names.keys()
    fields = {n: FORMS[n] if n in always else _field(provider.model, n) for n in names}
    return st.fixed_dictionaries(fields)


@pytest.mark.parametrize("name", NOUNS)
@few
@given(data=st.data())
def test_s7_what_was_created_does_not_differ_from_its_inputs(name: str, data: st.DataObject) -> None:
    provider = NOUNS[name].provider()
    props = data.draw(_inputs(NOUNS[name].provider))
    news = wire(props)
    assert provider.check({}, news).failures == []
    want = provider.model.model_validate({k: v for k, v in news.items() if v is not None})
    outs = wire(echo(want))

    assert provider.diff("id", outs, news).changes is False
    assert provider.diff("id", news, outs).changes is False


@pytest.mark.parametrize("name", [name for name in NOUNS if name != "project"])
@few
@given(data=st.data())
def test_s6_a_diff_says_the_same_with_its_arguments_swapped(name: str, data: st.DataObject) -> None:
    provider = NOUNS[name].provider()
    one, other = (wire(data.draw(_inputs(NOUNS[name].provider))) for _ in range(2))

    assert provider.diff("id", one, other).changes == provider.diff("id", other, one).changes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_s6_a_value_is_the_same_after_its_way_through_the_engine(value: Any) -> None:
    assert canonical(wire({"value": value})) == canonical({"value": value})


@given(JSON)
def test_absent_null_and_empty_are_one(value: Any) -> None:
    assert canonical({"a": value, "b": None, "c": "", "d": [], "e": {}}) == canonical({"a": value})
