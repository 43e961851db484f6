"""The stack's configuration, whole: `pulumi.Config` reads single keys and would miss misspelt ones."""

import json
import os

import pulumi

from model.settings import Settings


def load_settings() -> Settings:
    """What the project's file and the stack's file say, validated.

    The language host hands the program its whole configuration as JSON in `PULUMI_CONFIG`:
    `<namespace>:<key>` to text, objects and lists as JSON text, defaults filled in, secrets decrypted
    (measured with engine 3.250 and its 2023 Python host on 2026-11-23).

    Raises:
        model.errors.SettingsError: a key is unknown, missing or not what it must be.
    """
    raw = json.loads(os.environ.get("PULUMI_CONFIG", "{}"))
    return Settings.load(raw, project=pulumi.get_project(), stack=pulumi.get_stack())
