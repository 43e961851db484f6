import re
import unicodedata
import uuid
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from backend.api.values import AccountId, StatementId
from backend.errors import Refused, Unavailable
from backend.ledger import NewStatement, Statement
from backend.logs import logger
from backend.services import Services

_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,48}/[a-z0-9][a-z0-9!#$&^_.+-]{0,48}")
_UNKNOWN_TYPE = "application/octet-stream"
_LONGEST_NAME = 255

_log = logger(__name__)


def routes(services: Services) -> APIRouter:
    """`/accounts/{id}/statements` and `/statements/{id}/file`.

    Args:
        services: what it answers with.
    """
    router = APIRouter()

    @router.get("/accounts/{account_id}/statements")
    def listed(account_id: AccountId) -> list[dict[str, object]]:
        return [_shown(statement) for statement in services.ledger.statements(account_id)]

    @router.post("/accounts/{account_id}/statements", status_code=201)
    def added(account_id: AccountId, file: Annotated[UploadFile, File()]) -> dict[str, object]:
        services.ledger.account(account_id)
        new = _accepted(account_id, file, largest=services.largest_statement)
        services.files.put(new.key, file.file, content_type=new.content_type)
        try:
            return _shown(services.ledger.add_statement(account_id, new))
        except Unavailable as error:
            # lost while it committed, perhaps: a row without its file is worse than a file without a row
            _log.warning("file_left_behind", key=new.key, reason=str(error))
            raise
        except Exception:
            _dropped(services, new.key)
            raise

    @router.get("/statements/{statement_id}/file", response_class=StreamingResponse)
    def content(statement_id: StatementId) -> StreamingResponse:
        statement = services.ledger.statement(statement_id)
        opened = services.files.open(statement.key)
        return StreamingResponse(
            opened.chunks,
            headers={
                # not as media_type, to which a charset would be added that the file need not have
                "Content-Type": statement.content_type,
                "Content-Length": str(opened.size),
                # somebody else's file at our own origin: to be kept, never to be shown or run as a page
                "Content-Disposition": f"attachment; filename*=utf-8''{quote(statement.filename, safe='')}",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cache-Control": "private, no-store",
            },
        )

    return router


def own_name(sent: str | None) -> str:
    """A file's name without the path that some browsers send with it.

    Args:
        sent: as the request has it.

    Returns:
        The last part, without characters that a page or a log could not show; empty if there is nothing left.
    """
    last = re.split(r"[/\\]", sent or "")[-1]
    shown = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        # control, format (they can turn the reading direction), surrogates
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    ).strip()
    return "" if shown in {".", ".."} else shown


def _accepted(account_id: int, file: UploadFile, *, largest: int) -> NewStatement:
    filename = own_name(file.filename)
    if not filename:
        raise Refused("file", "has to have a name")
    if len(filename) > _LONGEST_NAME:
        raise Refused("file", f"has a name of more than {_LONGEST_NAME} characters")
    size = file.size or 0
    if size == 0:
        raise Refused("file", "is empty")
    if size > largest:
        raise HTTPException(413, f"file is larger than {largest} bytes")
    kind = (file.content_type or "").partition(";")[0].strip().lower()
    return NewStatement(
        # of our own making: a name that somebody sent can neither overwrite nor leave its place
        key=f"statements/{account_id}/{uuid.uuid4()}",
        filename=filename,
        content_type=kind if _CONTENT_TYPE.fullmatch(kind) else _UNKNOWN_TYPE,
        size=size,
    )


def _dropped(services: Services, key: str) -> None:
    try:
        services.files.delete(key)
    except Unavailable as error:
        _log.warning("file_left_behind", key=key, reason=str(error))


def _shown(statement: Statement) -> dict[str, object]:
    return {
        "id": statement.id,
        "account_id": statement.account_id,
        "filename": statement.filename,
        "content_type": statement.content_type,
        "size": statement.size,
        "created_at": statement.created_at.isoformat(),
    }
