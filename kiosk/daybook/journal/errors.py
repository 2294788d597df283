"""What can go wrong with a journal. Each message is fit to show to staff."""


class JournalError(Exception):
    """The journal cannot do what was asked. The message is fit to show to staff."""


class JournalBusyError(JournalError):
    """Another process is writing to this journal."""


class JournalDamagedError(JournalError):
    """Bytes inside the journal have changed since they were written."""
