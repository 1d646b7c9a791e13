"""The embedded broker: kombu's filesystem transport, made safe to share.

The stock transport writes a message under its final name while readers already see
it, and readers move half-written files: under load it loses messages. Here a message
appears by rename, whole or not at all, and a reader claims it by rename within the
same folder, so that exactly one reader gets it. The table of queues is replaced the
same way. Only a doorbell goes through: the run row in the database is the truth
(docs/adr/0002-the-run-row-is-the-truth.md).
"""

import fcntl
import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import time_ns

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A channel that publishes, claims and binds atomically."""

    @property
    def _folder(self):
        """Where messages wait."""
        return Path(self.data_folder_in)

    def _put(self, queue, payload, **kwargs):
        """Publish a message to a queue."""
        name = f"{time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        write_whole(self._folder / name, dumps(payload))

    def _get(self, queue):
        """Claim the oldest message of a queue; whoever renames it first has it."""
        for name in sorted(self._names(queue)):
            claimed = self._folder / f".{uuid.uuid4().hex}.claimed"
            try:
                (self._folder / name).rename(claimed)
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
            (self._folder / name).unlink(missing_ok=True)
        return len(names)

    def _names(self, queue):
        """List the files of one queue; drafts and claims start with a dot."""
        names = (name.partition(".") for name in os.listdir(self._folder))
        return [
            start + dot + rest
            for start, dot, rest in names
            if start and rest == f"{queue}.msg"
        ]

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        """Remember that the exchange delivers to the queue."""
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._editing(exchange) as table:
            if row not in table:
                table.insert(0, row)

    def _delete(self, queue, exchange, routing_key, pattern, *args, **kwargs):
        """Forget a binding, and the messages of its queue."""
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._editing(exchange) as table:
            if row in table:
                table.remove(row)

    @contextmanager
    def _editing(self, exchange):
        """Hand out the exchange's table under a lock, and replace it if it changed."""
        path = self._exchange_file(exchange)
        with (path.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file releases it
            before = self.get_table(exchange)
            table = list(before)
            yield table
            if table != before:
                write_whole(path, dumps(table))


class Transport(filesystem.Transport):
    """Named by the ``broker_transport`` setting."""

    Channel = Channel


def write_whole(path, text):
    """Write a file that readers see complete or not at all, even after a power cut."""
    draft = path.parent / f".{uuid.uuid4().hex}.draft"
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
