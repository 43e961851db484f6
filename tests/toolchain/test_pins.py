import re
from pathlib import Path

import pytest

from toolchain import parts, pins
from toolchain.golang import GoPart

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", list(pins.PLUGINS))
def test_a_plugin_has_the_version_of_its_python_sdk(name: str) -> None:
    locked = re.search(rf"^pulumi-{name}==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)

    assert locked
    assert locked[1] == pins.PLUGINS[name]


def test_the_module_that_is_built_has_the_engine_s_version() -> None:
    text = (ROOT / "toolchain/go/pulumi/go.mod").read_text()

    assert f"github.com/pulumi/pulumi/pkg/v3 v{pins.PULUMI}" in text
    assert f"github.com/pulumi/pulumi/sdk/v3 v{pins.PULUMI}" in text


def test_the_language_host_s_module_has_its_version() -> None:
    text = (ROOT / "toolchain/go/language-python/go.mod").read_text()

    assert f"github.com/pulumi/pulumi/sdk/v3 v{pins.LANGUAGE_HOST}" in text


@pytest.mark.parametrize("part", parts.ALL, ids=lambda part: part.name)
def test_every_part_pins_its_modules_by_hash(part: GoPart) -> None:
    assert " h1:" in (ROOT / "toolchain/go" / part.name / "go.sum").read_text()
