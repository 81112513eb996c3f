"""An agency in Python never harms a file that was named by mistake, and waits for none."""
import errno
import os
import stat
import unittest
from unittest import mock

from story import PythonStory

import quiniela
from planted_central import maker
from quiniela import BadBets, BadSetting, BetsFile, BetsList, Dialogue, NotBelieved, Options
from quiniela.kept import Kept, KeptOther
from quiniela.promises import ReceiptsFile

VKEY = maker.SERVER.vkey.decode()
BET = "Ana,Paz,A1,2000-02-29,7"


class Receipts(PythonStory):
    def file(self, name, text):
        return self.path(self.write(name, text))

    def refuse(self, path, says):
        with self.assertRaisesRegex(BadSetting, says):
            ReceiptsFile(path, 1)

    def test_what_is_no_receipt_is_left_as_it_is(self):
        for number, text in enumerate((b"a", b"a\nb\nc\nd", BET.encode(), b"entry x\n", b"entry x\nindex 0\n", b"entries", b"\n",
                                       b"entry " + b"A" * 100_000)):
            with self.subTest(text[:20]):
                path = self.file(f"short-{number}", text)
                self.refuse(path, f"short-{number}:1: .*: move it away")
                self.assertEqual(self.read(f"short-{number}"), text)

    def test_what_was_cut_off_is_removed(self):
        for number, text in enumerate((b"e", b"entry ", b"entry QUJD")):
            with self.subTest(text):
                ReceiptsFile(self.file(f"cut-{number}", text), 1).close()
                self.assertEqual(self.read(f"cut-{number}"), b"")

    def test_the_file_of_bets_is_no_place_for_receipts(self):
        path = self.file("bets.csv", BET.encode())
        os.link(path, self.path("same"))
        for name in (path, self.path("same")):
            with self.subTest(name):
                options = Options(1, ["127.0.0.1:1"], central_key=VKEY, receipts=name)
                with self.assertRaisesRegex(BadSetting, "is the file of bets"):
                    quiniela.Agency(options, path)
                self.assertEqual(self.read("bets.csv"), BET.encode())

    def test_a_pipe_is_refused_and_not_waited_for(self):
        os.mkfifo(self.path("pipe"))
        self.refuse(self.path("pipe"), "is no ordinary file")
        os.mkfifo(self.path("agency.seal"))
        options = Options(1, ["127.0.0.1:1"], central_key=VKEY, receipts=self.path("agency.receipts"))
        with self.assertRaisesRegex(BadSetting, "agency.seal: is no ordinary file"):
            Dialogue(options, BetsList([BET]))
        with self.assertRaisesRegex(quiniela.QuinielaError, "is no ordinary file"):
            BetsFile(self.path("pipe"))


class FileSystems(PythonStory):
    """That can do less than most: FAT has no links, and some sync no folder."""

    def setUp(self):
        super().setUp()
        self.kept = Kept(self.path("agency.receipts"))

    def broken(self, name, reason):
        return mock.patch.object(os, name, side_effect=OSError(reason, os.strerror(reason)))

    def test_without_links_a_file_is_kept_and_none_replaced(self):
        for reason in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            with self.subTest(reason), self.broken("link", reason):
                suffix = f"text-{reason}"
                self.kept.write(suffix, b"one\n")
                self.kept.write(suffix, b"one\n")
                with self.assertRaises(KeptOther):
                    self.kept.write(suffix, b"two\n")
                self.assertEqual(self.kept.read(suffix), b"one\n")
        with self.broken("link", errno.EACCES), self.assertRaisesRegex(NotBelieved, "cannot be kept"):
            self.kept.write("seal", b"one\n")
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".tmp")], [])

    def failing_for_folders(self, reason):
        sync = os.fsync

        def fsync(descriptor):
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(reason, os.strerror(reason))
            sync(descriptor)
        return mock.patch.object(os, "fsync", fsync)

    def test_a_folder_is_synced_where_it_can_be(self):
        with self.failing_for_folders(errno.EINVAL):
            self.kept.write("seal", b"one\n")
        self.assertEqual(self.kept.read("seal"), b"one\n")
        with self.failing_for_folders(errno.EIO), self.assertRaisesRegex(NotBelieved, "cannot be kept: "):
            self.kept.write("seal", b"one\n")


class Bets(PythonStory):
    def test_a_message_shows_only_what_is_wrong_of_a_bet(self):
        with self.assertRaises(BadBets) as caught:
            BetsFile(self.path(self.write("bets.csv", b"Ana,Paz,A1,2001-02-29,7\n")))
        self.assertTrue(str(caught.exception).endswith('bets.csv:1: nacimiento: is not a real date: "2001-02-29"'), caught.exception)
        with self.assertRaisesRegex(BadBets, '^the list of bets: bet 1: nacimiento: is not a real date: "2001-02-29"$'):
            BetsList(["Ana,Paz,A1,2001-02-29,7"])

    def test_a_file_that_is_not_there_is_no_bad_bet(self):
        self.assertRaisesRegex(BadSetting, "none.csv: cannot be opened", BetsFile, self.path("none.csv"))


if __name__ == "__main__":
    unittest.main()
