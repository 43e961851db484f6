"""The deployed page in a real browser, through the ingress and its TLS."""

from pathlib import Path

from tests.browser import Opened, launched
from tests.containers.staging import HOST, Staging


def test_somebody_uses_the_deployed_page_at_its_public_address(staging: Staging, tmp_path: Path) -> None:
    (tmp_path / "november.pdf").write_bytes(b"%PDF-1.7 " + b"november " * 100_000)
    leads_there = f"MAP {HOST}:443 127.0.0.1:{staging.cloud.sandbox.ports.ingress}"
    release = staging.cloud.outputs("staging")["release"]

    with (
        launched(f"--host-resolver-rules={leads_there}") as browser,
        Opened.at(browser, f"https://{HOST}", trusting=True) as opened,
    ):
        opened.add_account("Seen from outside")
        opened.choose("Seen from outside")
        opened.add_entry(amount="-12.50", description="Bread & <b>butter</b>")
        kept = opened.upload(tmp_path / "november.pdf")
        opened.shows(version=release["version"], commit=release["commit"])

    assert kept == (tmp_path / "november.pdf").read_bytes()
    assert "Seen from outside" in staging.accounts()
    assert opened.complaints == []
    assert opened.hosts == {HOST}
