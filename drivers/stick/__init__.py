"""USB sticks: find the one that is in, mount it, and let it be pulled out again.

devices    which block devices are sticks (lsblk)
stick      one of them, mounted while it is needed (udisksctl)

Whatever goes wrong is an OSError:

    ENOMEDIUM     no stick is in
    ENOTUNIQ      more than one is in, and nobody can say which is meant
    EMEDIUMTYPE   it has no file system that this machine could use
    EPERM         udisks does not let this user mount it (see systemd/polkit-1)
    ENOSYS        lsblk or udisksctl is not installed
    ETIMEDOUT     it takes too long
    EROFS         it is write-protected
    EIO           anything else: it is broken, or was pulled out
"""

from drivers.stick.devices import FileSystem, find
from drivers.stick.stick import Stick

__all__ = ["FileSystem", "Stick", "find"]
