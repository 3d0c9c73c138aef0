"""Finished packets, the files that people gave as evidence, and the secret that links are signed with."""

import secrets as random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.packet import MadePacket
from rejoinder.errors import NotFound
from rejoinder.storage.dispute_tables import packets, secrets
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import drafts, evidence

UPLOAD = "upload:"
"""How the ids of evidence begin that a person gave as a file."""
SECRET_BYTES = 32


class PacketRows(Rows):
    """Packets, uploads and secrets."""

    def draft_of_case(self, case_id: int, draft_id: int) -> Draft:
        """Return a draft of this case.

        Raises:
            NotFound: the case has no such draft.
        """
        query = select(drafts.c.document).where(drafts.c.id == draft_id, drafts.c.case_id == case_id)
        with self.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        if document is None:
            raise NotFound(f"case {case_id} has no draft {draft_id}")
        return load(Draft, document)

    def made_packet(self, case_id: int, inputs: str) -> MadePacket | None:
        """Return the packet that was made of exactly these inputs."""
        query = select(packets.c.document).where(packets.c.case_id == case_id, packets.c.inputs == inputs)
        with self.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return load(MadePacket, document) if document else None

    def save_packet(self, case_id: int, inputs: str, made: MadePacket) -> None:
        """Keep what became of these inputs, in place of what was before."""
        values = {"draft_id": made.draft_id, "document": dump(made), "made_at": made.made_at}
        statement = insert(packets).values(case_id=case_id, inputs=inputs, **values)
        with self.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["case_id", "inputs"], set_=values))
            found = [problem.code for problem in made.problems]
            note(connection, "packet_made", case_id=case_id, draft_id=made.draft_id, pages=made.pages, problems=found)

    def uploads(self, case_id: int) -> Sequence[Evidence]:
        """Return the files that were given as evidence for a case, the first given first."""
        given = evidence.c.case_id == case_id, evidence.c.evidence_id.startswith(UPLOAD, autoescape=True)
        with self.reading() as connection:
            found = [load(Evidence, row.document) for row in connection.execute(select(evidence).where(*given))]
        return sorted(found, key=lambda item: (item.captured_at, item.evidence_id))

    def add_upload(self, case_id: int, given: Evidence, actor: str) -> None:
        """Keep a file as evidence; the same file again takes the place of the first."""
        values = {"document": dump(given)}
        statement = insert(evidence).values(case_id=case_id, evidence_id=given.evidence_id, **values)
        with self.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["case_id", "evidence_id"], set_=values))
            name = given.fields.get("file_name", "")
            note(connection, "evidence_given", actor=actor, case_id=case_id, kind=given.kind, file=name)

    def remove_upload(self, case_id: int, evidence_id: str, actor: str) -> None:
        """Take a file out of the evidence of a case; its bytes stay stored.

        Raises:
            NotFound: the case has no such upload.
        """
        named = evidence.c.case_id == case_id, evidence.c.evidence_id == evidence_id
        with self.begin() as connection:
            gone = connection.execute(delete(evidence).where(*named)) if evidence_id.startswith(UPLOAD) else None
            if gone is None or gone.rowcount != 1:
                raise NotFound(f"case {case_id} has no file {evidence_id!r}")
            note(connection, "evidence_removed", actor=actor, case_id=case_id, evidence_id=evidence_id)

    def secret(self, name: str) -> str:
        """Return the secret of this name; made up at its first use, the same for all processes."""
        made = insert(secrets).values(name=name, value=random.token_urlsafe(SECRET_BYTES)).on_conflict_do_nothing()
        with self.begin() as connection:
            connection.execute(made)
            return str(connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar_one())

    def note_file_confirmed(self, case_id: int, actor: str, problems: Sequence[Problem]) -> None:
        """Keep in the audit trail that somebody approved a letter in spite of what stands against its file."""
        codes = [problem.code for problem in problems]
        with self.begin() as connection:
            note(connection, "file_confirmed", actor=actor, case_id=case_id, problems=codes)

    def note_download(self, case_id: int, actor: str, *, until: datetime | None = None) -> None:
        """Keep in the audit trail that somebody took the finished file; by a link, `until` is when that ends."""
        link_until = until.isoformat() if until else ""
        with self.begin() as connection:
            note(connection, "file_downloaded", actor=actor, case_id=case_id, link_until=link_until)
