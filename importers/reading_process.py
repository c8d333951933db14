"""A pool of killable processes that open files, so that no file can hang or exhaust the server.

Each process is a fresh interpreter, never a fork of the threaded server, and inherits neither the
server's environment nor its main script.  It gets bytes over a pipe and answers with JSON.  What
the bytes mean is not known here.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from lims_msc.errors import UnreadableWorkbook

_MIB = 1 << 20
TIME_LIMIT_S = 20.0
MEMORY_LIMIT_BYTES = 512 * _MIB
PROCESSES = 2
_FILES_PER_PROCESS = 500
_ANSWER_BYTES = 256 * _MIB
_LENGTH = struct.Struct(">Q")
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_TRY_AGAIN = "Open the file in Excel, save it as 'Excel workbook (.xlsx)' and upload the new file."

logger = logging.getLogger(__name__)

type_of_reader = Callable[[str, bytes], dict[str, Any]]


class ReadingProcess:
    """One reading process; reads one file at a time and is thrown away after any trouble."""

    def __init__(self, reader: str, memory_limit_bytes: int) -> None:
        module, function = reader.split(":")
        code = (
            f"import sys; sys.path[:] = {sys.path!r}\n"
            f"from {__name__} import serve\n"
            f"from {module} import {function} as reader\n"
            f"serve(reader, {memory_limit_bytes})"
        )
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
            [sys.executable, "-B", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        )
        self.files_read = 0

    def read(self, file_name: str, data: bytes, time_limit_s: float) -> dict[str, Any] | None:
        """Return the answer, or ``None`` if the process died; it is killed at the time limit.

        :raises TimeoutError: if the time limit was reached.
        """
        self.files_read += 1
        timed_out = threading.Event()

        def give_up() -> None:
            timed_out.set()
            self._process.kill()

        watchdog = threading.Timer(time_limit_s, give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            pipe_in, pipe_out = self._process.stdin, self._process.stdout
            _write(pipe_in, file_name.encode("utf-8", "replace"))
            _write(pipe_in, data)
            found = _read(pipe_out)
        except OSError:
            found = None
        finally:
            watchdog.cancel()
        if timed_out.is_set():
            raise TimeoutError
        return None if found is None else json.loads(found)

    @property
    def is_usable(self) -> bool:
        """Whether the process still runs and may read another file."""
        return self._process.poll() is None and self.files_read < _FILES_PER_PROCESS

    def close(self) -> None:
        """End the process and wait for its end."""
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Let go of the pipes without touching the process, as a forked copy of a server must."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._process.returncode = self._process.returncode or 0


class ReadingPool:
    """Up to a few warm reading processes, shared by all threads of the server.

    :param reader: ``module:function`` that the processes call with a name and bytes.
    """

    def __init__(
        self,
        reader: str,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
        processes: int = PROCESSES,
    ) -> None:
        self._reader, self._memory_limit_bytes = reader, memory_limit_bytes
        self._time_limit_s, self._processes = time_limit_s, processes
        self._reset()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _reset(self) -> None:
        self._idle: list[ReadingProcess] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(self._processes)

    def _forked(self) -> None:
        for process in self._idle:
            process.forget()
        self._reset()

    def read(self, file_name: str, data: bytes) -> dict[str, Any]:
        """Have a process read a file and return its answer.

        :raises UnreadableWorkbook: if that took too long, too much memory, or failed.
        """
        with self._free:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is not None and not process.is_usable:
                process.close()
                process = None
            if process is None:
                process = ReadingProcess(self._reader, self._memory_limit_bytes)
            return self._read_in(process, file_name, data)

    def _read_in(self, process: ReadingProcess, file_name: str, data: bytes) -> dict[str, Any]:
        answer = None
        try:
            answer = process.read(file_name, data, self._time_limit_s)
        except TimeoutError as problem:
            raise UnreadableWorkbook(
                f"The file could not be read within {self._time_limit_s:g} seconds.",
                hint=_TRY_AGAIN,
            ) from problem
        finally:
            if answer is None or "broken" in answer or not process.is_usable:
                process.close()
            else:
                with self._lock:
                    self._idle.append(process)
        if answer is None or answer.get("broken") == "memory":
            raise UnreadableWorkbook(
                "The file needs too much memory to be read; it is damaged or too large.",
                hint=_TRY_AGAIN,
            )
        if "broken" in answer:
            logger.error("A file could not be read:\n%s", answer["broken"])
            raise UnreadableWorkbook("The file is damaged and cannot be read.", hint=_TRY_AGAIN)
        return answer

    def close(self) -> None:
        """End all idle processes; the pool starts new ones when it is asked again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()


# --- the other side of the pipe --------------------------------------------------------------


def serve(reader: type_of_reader, memory_limit_bytes: int) -> None:
    """Answer requests until the pipe closes; the life of a reading process."""
    pipe_in = os.fdopen(os.dup(0), "rb", buffering=0)
    pipe_out = os.fdopen(os.dup(1), "wb", buffering=0)
    # A library that prints must not write into the answers.
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    _limit_resources(memory_limit_bytes)
    while True:
        name, data = _read(pipe_in), _read(pipe_in)
        if name is None or data is None:
            return
        _write(pipe_out, json.dumps(_answer(reader, name, data)).encode())


def _answer(reader: type_of_reader, name: bytes, data: bytes) -> dict[str, Any]:
    try:
        return reader(name.decode("utf-8", "replace"), data)
    except MemoryError:
        return {"broken": "memory"}
    except RecursionError:
        return {"broken": "The file is nested too deep."}
    except Exception:  # noqa: BLE001 - the outermost handler of the process; the server logs it
        return {"broken": traceback.format_exc()}


def _limit_resources(memory_limit_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit still holds there.
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory_limit_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _write(pipe: BinaryIO | Any, data: bytes) -> None:
    for piece in (_LENGTH.pack(len(data)), data):
        rest = memoryview(piece)
        while rest:
            rest = rest[pipe.write(rest) :]


def _read(pipe: BinaryIO | Any) -> bytes | None:
    """Return the next message, or ``None`` if the other side is gone."""
    header = _read_exactly(pipe, _LENGTH.size)
    if header is None:
        return None
    length = _LENGTH.unpack(header)[0]
    return _read_exactly(pipe, length) if length <= _ANSWER_BYTES else None


def _read_exactly(pipe: BinaryIO | Any, size: int) -> bytes | None:
    pieces, missing = [], size
    while missing:
        piece = pipe.read(min(missing, _MIB))
        if not piece:
            return None
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
