import pytest
from sqlalchemy.exc import DataError, IntegrityError
from structlog.testing import capture_logs

from backend.api.statements import own_name
from backend.errors import NotFound, Unavailable
from unit.asking import Asking
from unit.conftest import LARGEST
from unit.doubles import NOW, MemoryFiles, MemoryLedger

STATEMENTS = "/api/accounts/1/statements"


@pytest.fixture(autouse=True)
def giro(ledger: MemoryLedger) -> None:
    ledger.add_account(name="Giro", currency="EUR")


def test_a_statement_is_kept_listed_and_given_back(http: Asking) -> None:
    added = http.upload(STATEMENTS, b"a;b\n", filename="November.csv")

    assert (added.status, added.json) == (
        201,
        {
            "id": 2,
            "account_id": 1,
            "filename": "November.csv",
            "content_type": "text/csv",
            "size": 4,
            "created_at": NOW.isoformat(),
        },
    )
    assert http.get(STATEMENTS).json == [added.json]
    assert http.get("/api/statements/2/file").body == b"a;b\n"


def test_its_place_in_the_store_is_of_our_own_making(http: Asking, files: MemoryFiles) -> None:
    for _ in range(2):
        http.upload(STATEMENTS, b"x", filename="../../November.csv")

    assert len(files.contents) == 2
    assert [key for key in files.contents if "November" in key or ".." in key] == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\Auszug.pdf", "Auszug.pdf"),
        ("Auszu\u0308ge 11/Auszüge 2026.csv", "Auszüge 2026.csv"),
        ("発票.pdf", "発票.pdf"),
        ("cod\u202excod.exe", "codxcod.exe"),
        ("a\x00b\n.csv", "ab.csv"),
        (" a.csv ", "a.csv"),
        ("..", ""),
        ("folder/", ""),
        (None, ""),
    ],
)
def test_a_name_is_kept_without_its_path(sent: str | None, kept: str) -> None:
    assert own_name(sent) == kept


def test_a_name_of_any_language_comes_back_as_it_was(http: Asking) -> None:
    added = http.upload(STATEMENTS, b"x", filename="Auszüge 発票.csv")

    disposition = http.get("/api/statements/2/file").headers["content-disposition"]

    assert added.json["filename"] == "Auszüge 発票.csv"
    assert disposition == "attachment; filename*=utf-8''Ausz%C3%BCge%20%E7%99%BA%E7%A5%A8.csv"


def test_v1_a_file_is_never_a_page_of_ours(http: Asking) -> None:
    http.upload(STATEMENTS, b"<script>", filename="a.html", kind="text/html; charset=utf-8")

    headers = http.get("/api/statements/2/file").headers

    assert headers["content-type"] == "text/html"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize("kind", ["", "text", "text/\x7f", "a/" + "b" * 100])
def test_a_content_type_that_is_none_is_not_believed(kind: str, http: Asking) -> None:
    assert http.upload(STATEMENTS, b"x", kind=kind).json["content_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("content", "filename", "field"),
    [(b"", "a.csv", "file"), (b"x", "..", "file"), (b"x", "a" * 256, "file"), (b"x", "a.csv", "other")],
)
def test_what_does_not_do_is_named_and_not_kept(
    content: bytes, filename: str, field: str, http: Asking, files: MemoryFiles
) -> None:
    answer = http.upload(STATEMENTS, content, filename=filename, field=field)

    assert (answer.status, answer.json["fields"]) == (422, ["file"])
    assert files.contents == {}


@pytest.mark.parametrize("size", [LARGEST + 1, 10 * LARGEST])
def test_a_file_that_is_too_large_is_413(size: int, http: Asking, files: MemoryFiles) -> None:
    answer = http.upload(STATEMENTS, b"x" * size)

    assert (answer.status, answer.json["error"]) == (413, "too_large")
    assert files.contents == {}


def test_a_file_of_the_limits_size_is_kept(http: Asking) -> None:
    assert http.upload(STATEMENTS, b"x" * LARGEST).status == 201


def test_an_account_that_is_not_there_has_no_statements(http: Asking, files: MemoryFiles) -> None:
    assert [http.get("/api/accounts/9/statements").status, http.get("/api/statements/9/file").status] == [
        404
    ] * 2
    assert http.upload("/api/accounts/9/statements", b"x").status == 404
    assert files.contents == {}


def test_a_store_that_is_down_is_503_and_nothing_is_listed(http: Asking, files: MemoryFiles) -> None:
    files.reason = "unreachable"

    answer = http.upload(STATEMENTS, b"x")

    assert (answer.status, answer.json["detail"]) == (503, "storage: unreachable")
    assert http.get(STATEMENTS).json == []


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (NotFound("there is no account 1"), 404),
        (IntegrityError("INSERT", {}, Exception("no such account any more")), 500),
        (DataError("INSERT", {}, Exception("a value does not do")), 500),
    ],
    ids=["not found", "constraint", "value"],
)
def test_a_file_whose_row_was_refused_is_not_left_behind(
    failure: Exception, status: int, http: Asking, ledger: MemoryLedger, files: MemoryFiles
) -> None:
    ledger.statement_fails = failure

    with capture_logs() as logged:
        answer = http.upload(STATEMENTS, b"x")

    assert (answer.status, files.contents) == (status, {})
    assert "file_left_behind" not in [line["event"] for line in logged]


@pytest.mark.parametrize("rows", [0, 1], ids=["not kept", "kept"])
def test_a_file_whose_row_may_have_been_kept_stays_and_is_named(
    rows: int, http: Asking, ledger: MemoryLedger, files: MemoryFiles
) -> None:
    """A connection that is lost while it commits says nothing of what the database has done."""
    ledger.statement_fails = Unavailable("database", "connection lost")
    ledger.statement_is_kept_all_the_same = rows == 1

    with capture_logs() as logged:
        answer = http.upload(STATEMENTS, b"x")

    (key,) = files.contents
    assert answer.status == 503
    assert [line for line in logged if line["event"] == "file_left_behind"] == [
        {
            "event": "file_left_behind",
            "log_level": "warning",
            "key": key,
            "reason": "database: connection lost",
        }
    ]
    assert [http.get(f"/api/statements/{each.id}/file").body for each in ledger.filed] == [b"x"] * rows


def test_a_file_that_cannot_be_removed_again_is_named(
    http: Asking, ledger: MemoryLedger, files: MemoryFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_key: str) -> None:
        raise Unavailable("storage", "unreachable")

    ledger.statement_fails = NotFound("there is no account 1")
    monkeypatch.setattr(files, "delete", fails)

    with capture_logs() as logged:
        answer = http.upload(STATEMENTS, b"x")

    (key,) = files.contents
    assert answer.status == 404
    assert [(line["key"], line["reason"]) for line in logged if line["event"] == "file_left_behind"] == [
        (key, "storage: unreachable")
    ]


def test_a_file_that_is_gone_from_the_store_is_404(http: Asking, files: MemoryFiles) -> None:
    http.upload(STATEMENTS, b"x")
    files.contents.clear()

    assert http.get("/api/statements/2/file").status == 404
