"""Collect from nbgrader's exchange without following what students put there."""

from __future__ import annotations

import os
import shutil
import stat

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns


class CollectAsItIs(ExchangeCollect):
    """nbgrader's collect, which copies a link as a link and leaves named pipes and devices where
    they are.

    nbgrader follows links, with the rights of the instructor: a link to the gradebook would become
    a copy of it. A submission that cannot be copied is named, and the others are collected.
    """

    def do_copy(self, src, dest, log=None):
        """Copy one submission; what goes wrong with it is logged."""
        try:
            if os.path.islink(src):
                raise OSError("it is a link, not a folder")
            if (size := self.get_size(src)) > 1000 * self.coursedir.max_dir_size:
                most = 1000 * self.coursedir.max_dir_size
                raise OSError(
                    f"it holds {size:,} bytes, more than {most:,}; see CourseDirectory.max_dir_size"
                )
            shutil.copytree(src, dest, symlinks=True, ignore=self._ignored)
        except OSError as problem:
            self.log.error(
                "%s is not collected: %s. Ask the student to submit again.", src, problem
            )
            shutil.rmtree(dest, ignore_errors=True)
            return
        for folder, _, files in os.walk(dest) if self.coursedir.groupshared else ():
            for path, more in [
                (folder, 0o2770),
                *((os.path.join(folder, name), 0o660) for name in files),
            ]:
                if not os.path.islink(path):
                    os.chmod(path, (os.stat(path).st_mode | more) & 0o2777)

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        """What nbgrader's settings leave out, and what is neither a file, a folder nor a link."""
        links = {name for name in names if os.path.islink(os.path.join(folder, name))}
        special = {name for name in set(names) - links if not _plain(os.path.join(folder, name))}
        for name in special:
            self.log.warning("%s is no file and is not collected", os.path.join(folder, name))
        settings = ignore_patterns(
            self.coursedir.ignore, self.coursedir.include, self.coursedir.max_file_size, self.log
        )
        return {
            *special,
            *settings(folder, [name for name in names if name not in links | special]),
        }


def _plain(path: str) -> bool:
    mode = os.lstat(path).st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
