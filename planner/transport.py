"""The embedded broker: kombu's filesystem transport, made safe to share.

The stock transport writes a message under its final name while readers already see
it, and readers move half-written files: under load it loses messages. Here a message
appears by rename, whole or not at all, and a reader claims it by rename within the
same file system, so that exactly one reader gets it. Only a doorbell goes through:
the run row in the database is the truth (see docs/adr).
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A channel that publishes and claims messages atomically."""

    def _put(self, queue, payload, **kwargs):
        """Write beside the queue, then rename into it."""
        name = f"{time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        draft = folder / f".{name}.draft"
        with draft.open("w") as file:
            file.write(dumps(payload))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / name)

    def _get(self, queue):
        """Claim the oldest message of the queue; whoever renames first has it."""
        folder = Path(self.data_folder_in)
        for name in sorted(self._names(queue)):
            claimed = folder / f".{uuid.uuid4().hex}.claimed"
            try:
                (folder / name).rename(claimed)
            except FileNotFoundError:  # another reader was faster
                continue
            payload = loads(claimed.read_text())
            claimed.unlink()
            return payload
        raise Empty

    def _size(self, queue):
        """Count the messages that wait."""
        return len(self._names(queue))

    def _purge(self, queue):
        """Remove the messages that wait; return how many."""
        names = self._names(queue)
        for name in names:
            (Path(self.data_folder_in) / name).unlink(missing_ok=True)
        return len(names)

    def _names(self, queue):
        """List the files of one queue, skipping drafts and claims."""
        ending = f".{queue}.msg"
        return [
            name
            for name in os.listdir(self.data_folder_in)
            if not name.startswith(".") and name.partition(".")[2] == ending[1:]
        ]


class Transport(filesystem.Transport):
    """Named by the ``broker_transport`` setting."""

    Channel = Channel
