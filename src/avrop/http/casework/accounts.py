"""The account over HTTP: agreement, register, timeline and checkpoint, and the whole of it as files to verify alone."""

import io
import tarfile
import tempfile
from pathlib import Path

from fastapi import APIRouter, Response

from avrop.accounts.register import RegisterEntry
from avrop.accounts.timeline import Line
from avrop.actions import account, standing
from avrop.http.who import Who
from avrop.signed import Signed
from avrop.system import System


def routes(system: System) -> APIRouter:
    """`/api/v1/register` and `/api/v1/account/…`. Register, checkpoint and public keys are for anybody."""
    router = APIRouter(prefix="/api/v1", tags=["account"])

    @router.get("/register")
    def register() -> tuple[RegisterEntry, ...]:
        """The public register."""
        return account.show_register(system)

    @router.get("/account/timeline/{reference}")
    def timeline(who: Who, reference: str) -> tuple[Line, ...]:
        """What happened in a call-off, as far as it is the asker's to see."""
        return standing.timeline(system, who, reference)

    @router.get("/account/agreement")
    def agreement() -> Signed:
        """The framework agreement in force, signed by the provider."""
        return account.export_agreement(system)

    @router.get("/account/public-keys")
    def public_keys() -> dict[str, object]:
        """The public keys of the account. Compare them by another way before you rely on them."""
        return account.public_keys(system)

    @router.get("/account/checkpoint", response_class=Response)
    def checkpoint() -> Response:
        """A signed checkpoint of the log as it stands: a note in text."""
        return Response(account.make_checkpoint(system), media_type="text/plain; charset=utf-8")

    @router.get("/account/bundle", response_class=Response)
    def bundle(who: Who) -> Response:
        """The whole account as a tar of the files that `avrop verify` checks. For the parties of the agreement."""
        standing.require_any_party(system, who)
        with tempfile.TemporaryDirectory(dir=system.zone.root) as folder:
            account.export_bundle(system, Path(folder) / "bundle")
            return Response(_tar(Path(folder) / "bundle"), media_type="application/x-tar")

    return router


def _tar(folder: Path) -> bytes:
    """The files of a folder, in order, without owners and times: the same files give the same bytes."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = tarfile.TarInfo(str(path.relative_to(folder)))
                entry.size = path.stat().st_size
                with path.open("rb") as data:
                    archive.addfile(entry, data)
    return target.getvalue()
