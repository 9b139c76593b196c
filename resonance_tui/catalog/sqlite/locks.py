"""Who holds a database's locks, asked of the kernel: no lock is taken, and SQLite is not touched."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .files import kept_descriptor, wal_sidecar

# where SQLite puts its locks: https://sqlite.org/lockingv3.html, https://sqlite.org/walformat.html
_PENDING, _RESERVED, _SHARED, _SHARED_LENGTH = 0x40000000, 0x40000001, 0x40000002, 510
_WAL_WRITER, _WAL_CONNECTED = 120, 128
_FLOCK = "hhqqi4x"  # struct flock of 64-bit Linux
_WAL_IN_HEADER = 18
_BLIND = frozenset(("cifs", "smb3", "smbfs", "9p", "afs", "virtiofs", "vboxsf", "ceph", "lustre"))


@dataclass(frozen=True, slots=True)
class Locks:
    """What the kernel says about a database at one moment.

    Attributes
    ----------
    supported : bool
        False where the system or the file system cannot be asked; then nothing else means anything but
        `journal`.
    writer_active : bool
        Another process has a write transaction open.
    pid : int or None
        That process; None where it runs on another machine or out of sight.
    readers_blocked : bool
        Readers are kept out: the writer is committing, or has run out of cache and stays so until it commits.
    connected : bool
        A database with a write-ahead log: another process has it open, for reading or writing.
    journal : bool
        A rollback journal that counts lies beside it: with a writer, one that keeps readers out; without, one
        that died in the middle of a write.
    leftover : bool
        A rollback journal lies beside it that does not count, and nobody writes: the last transaction never ended.
        (With ``journal_mode = PERSIST``, which the acquisition does not use, one always does.)
    by_this_process : bool
        It is this very process that writes, as a notebook that runs the acquisition; `probe_own` asks for that, too.
    """

    supported: bool = False
    writer_active: bool = False
    pid: int | None = None
    readers_blocked: bool = False
    connected: bool = False
    journal: bool = False
    leftover: bool = False
    by_this_process: bool = False

    @property
    def interrupted(self) -> bool:
        """The writer died in the middle of a write: nobody can read before a writer has opened the file."""
        return self.supported and self.journal and not self.writer_active


_LOOKS_AGAIN = 2

NOTHING_KNOWN = Locks()
_OURS = Locks(supported=True, writer_active=True, pid=os.getpid(), by_this_process=True)


def probe(db_path: Path) -> Locks:
    """Ask who writes to a database, and whether it can be read.

    It costs some microseconds. A lock of this very process is no other's, and so is not told.
    """
    found = _probe_once(db_path)
    if found.interrupted or found.leftover:
        # between two of our questions a writer can have ended: only what stays counts
        found = _probe_once(db_path)
        for _ in range(
            _LOOKS_AGAIN
        ):  # a lock of our own can be given back between the journal and /proc/locks
            if not found.interrupted:
                break
            if _is_ours(db_path):
                return _OURS
            found = _probe_once(db_path)
    return found


def probe_own(db_path: Path) -> Locks:
    """As `probe`, and a lock of this very process is told, too; costs a reading of ``/proc/locks``."""
    return with_own(probe(db_path), db_path)


def with_own(found: Locks, db_path: Path) -> Locks:
    """Return what was probed, or that it is this very process that writes."""
    return _OURS if found.supported and not found.writer_active and _is_ours(db_path) else found


def process_started(pid: int) -> int | None:
    """When a process started, in clock ticks since the machine did; None where it has ended or cannot be seen.

    With its number it names a process for good: numbers are used again. One that has ended counts as such though
    its parent has not taken note yet (``proc(5)``, states Z and X).
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        if words[0] not in (b"Z", b"X", b"x"):
            return int(words[19])
    return None


def _probe_once(db_path: Path) -> Locks:
    lies, journal = _journal(db_path)
    if not sys.platform.startswith("linux"):
        return Locks(journal=journal)
    try:
        descriptor = kept_descriptor(db_path)
        system = _file_system(os.fstat(descriptor).st_dev)
        if system == "blind":
            return Locks(journal=journal)
        if os.pread(descriptor, 1, _WAL_IN_HEADER) == b"\x02":
            return _probe_wal(db_path, system)
        writer = _holder(descriptor, _PENDING, 2)
        shut = _holder(descriptor, _PENDING, 1) or _holder(descriptor, _SHARED, _SHARED_LENGTH)
    except (OSError, struct.error):
        return Locks(journal=journal)
    held = writer or shut
    return Locks(
        supported=True,
        writer_active=held is not None,
        pid=_visible(held, system),
        readers_blocked=shut is not None,
        connected=held is not None,
        journal=journal,
        leftover=lies and not journal and held is None,
    )


def _probe_wal(db_path: Path, system: str) -> Locks:
    log = wal_sidecar(db_path)
    shared = log.with_name(log.name.removesuffix("-wal") + "-shm")
    if not shared.exists():
        return Locks(supported=True)
    descriptor = kept_descriptor(shared)
    writer = _holder(descriptor, _WAL_WRITER, 1)
    connected = writer or _holder(descriptor, _WAL_CONNECTED, 1, exclusive=True)
    return Locks(
        supported=True,
        writer_active=writer is not None,
        pid=_visible(writer, system),
        connected=connected is not None,
    )


def _holder(descriptor: int, start: int, length: int, *, exclusive: bool = False) -> int | None:
    """Return the process whose lock would be in the way of one of ours; None where none would."""
    import fcntl

    kind = fcntl.F_WRLCK if exclusive else fcntl.F_RDLCK
    ask = struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0)
    held, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, ask))
    return int(pid) if held != fcntl.F_UNLCK else None


def _visible(pid: int | None, system: str) -> int | None:
    """Return a process id, if it can be one of this machine's."""
    known = pid is not None and pid > 0 and system == "local" and Path(f"/proc/{pid}").exists()
    return pid if known else None


def _is_ours(db_path: Path) -> bool:
    """Whether this process itself writes to it, as a notebook that runs the acquisition does."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        log = wal_sidecar(db_path)
        inodes = {b"%d" % db_path.stat().st_ino}
        with contextlib.suppress(OSError):
            inodes.add(b"%d" % log.with_name(log.name.removesuffix("-wal") + "-shm").stat().st_ino)
        ours = b"%d" % os.getpid()
        for line in Path("/proc/locks").read_bytes().splitlines():
            words = line.split()
            if len(words) > 5 and words[3:5] == [b"WRITE", ours] and words[5].rpartition(b":")[2] in inodes:
                return True
    return False


@lru_cache(maxsize=64)
def _file_system(device: int) -> str:
    """``local``, ``shared`` (the locks of other machines are seen) or ``blind`` (they are not)."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(errors="replace").splitlines():
            mount, _, kind = line.partition(" - ")
            words = kind.split()
            if mount.split()[2] != wanted or not words:
                continue
            if words[0] in ("nfs", "nfs4"):
                options = words[2].split(",") if len(words) > 2 else []
                deaf = any(o in ("nolock", "local_lock=all", "local_lock=posix") for o in options)
                return "blind" if deaf else "shared"
            return "blind" if words[0] in _BLIND or words[0].startswith("fuse") else "local"
    return "local"


def _journal(db_path: Path) -> tuple[bool, bool]:
    """Whether a rollback journal lies beside a database, and whether SQLite would roll it back.

    Its first byte is zero until that is so.
    """
    with contextlib.suppress(OSError, RuntimeError):
        real = os.path.realpath(db_path)  # SQLite puts it beside the file itself, not beside a link to it
        journal = f"{real}-journal"
        # nobody locks a journal, so that this descriptor may be closed; never wait, should it be a pipe
        descriptor = os.open(journal, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            first = os.read(descriptor, 1)
        finally:
            os.close(descriptor)
        return bool(first), first not in (b"", b"\0")
    return False, False
