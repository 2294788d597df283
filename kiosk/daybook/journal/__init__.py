"""A journal under TinyDB: append-only, checksummed, synced before memory changes.

TinyDB's own storages write the whole database for every change, and a power cut leaves most of
them unreadable. This one appends one frame for each commit, calls fdatasync, and only then changes
what is read back. It knows nothing of libraries and can be used on its own:

    from tinydb import TinyDB, where
    from kiosk.daybook.journal import JournalStorage, JournalTable

    class Journal(TinyDB):
        table_class = JournalTable
        default_storage_class = JournalStorage

    with Journal("loans") as db:                    # a folder, in one that is there
        db.insert({"item": "31234000381408"})       # on the disk when it returns
        with db.storage.together():                 # all of it, or nothing
            db.table("returns").insert({"item": "31234000381408"})
            db.remove(where("item") == "31234000381408")

All of TinyDB's API holds. Documents stay on the disk and are decoded when asked for; memory holds
where each one lies, in about 100 bytes. What is written is JSON: a date comes back as text.

It grows with each change, by what was changed. From time to time it is rewritten, which may also
change or drop documents (`revise`); see `compaction` for how to let a child process do the work:

    from kiosk.daybook.journal import compaction, segments

    with Journal("loans") as db:
        number = db.storage.seal()
        new = compaction.unfinished(db.storage.folder, number)
        compaction.write_base(new)
        compaction.publish(new)
        for _ in db.storage.adopt(number):          # commits may go on in between
            pass
        segments.remove(db.storage.release())       # after `revise`: clear the tables' caches

What is left of a damaged one is read, and put into a new one:

    from pathlib import Path
    from kiosk.daybook.journal import checking

    report, tables = checking.examine(Path("loans"))
    print(report.damaged, report.missing)           # and where, file by file
    left = {
        name: {doc_id: found.text for doc_id, found in documents.items()}
        for name, documents in tables.items()
    }
    compaction.create(Path("new"), 1, ((name, texts.items()) for name, texts in left.items()))

- `frames`: what is written for a commit
- `segments`: the files
- `recovery`: reading them after anything may have happened
- `places`: where each document lies, in memory
- `storage`, `table`: what TinyDB sees
- `compaction`: rewriting the oldest of it in another process, while commits go on
- `checking`: reading past damage, and telling what is wrong with which file

What can go wrong, and what is done about it:

- The power goes in the middle of a commit: it was not acknowledged, and is cut off.
- Bytes change inside: JournalDamagedError says where; nothing is skipped, nothing is changed.
  `checking.examine` gives all that can still be read.
- A write or sync fails: JournalError. What the disk holds is not known any more, and a failed fsync
  must not be retried. The storage takes nothing until it is opened again. The same where its file
  was removed.
- Two processes: the writer holds a lock, and another one gets JournalBusyError. Readers
  (`read_only=True`) take none; they see the state at their opening, stop at the last whole frame,
  and repair nothing.

One thread at a time may write. Any other may read documents by their ids meanwhile, but go through
a table only while nobody writes.
"""

from kiosk.daybook.journal.errors import JournalBusyError, JournalDamagedError, JournalError
from kiosk.daybook.journal.frames import LARGEST_DOCUMENT
from kiosk.daybook.journal.segments import SEGMENT_SIZE
from kiosk.daybook.journal.storage import JournalStorage
from kiosk.daybook.journal.table import JournalTable

__all__ = [
    "LARGEST_DOCUMENT",
    "SEGMENT_SIZE",
    "JournalBusyError",
    "JournalDamagedError",
    "JournalError",
    "JournalStorage",
    "JournalTable",
]
