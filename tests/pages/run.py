"""Runs every command of a page, as whoever types them in order: run.py [--machine NAME] [--program PROGRAM] PAGE.

Prints each command with its line, and at the end how many were run, and which were not, and why. docs/testing.md ("The pages'
commands") says how commands stand in a page. The exit status is 0, or 1 when one does not do what the page says, or 77 when no
machine can be made for it here.
"""
import argparse
import collections
import os
import sys
import tempfile

import machine as machines
import names
import page as pages

GIVEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "given")


def wrong_names(program, page, text, found):
    """What a page names and there is not, a line each."""
    wrong = [f"{page}:{number}: {said}: `{code}`" for number, code in names.inline(text)
             for said in [names.wrong_in(program, code)] if said]
    wrong += [f"{command.where()}: {said}" for command in found if "given" not in command.marks
              for said in [names.wrong_in(program, command.text)] if said]
    return wrong


def given_text(name):
    """Its commands, of which none may fail."""
    with open(os.path.join(GIVEN, name + ".sh"), encoding="utf-8") as file:
        return "failed=0; set -E; trap failed=1 ERR\n" + file.read() + "trap - ERR; set +E; [ $failed = 0 ]\n"


def play(machine, command):
    """What it has printed so far."""
    if "given" in command.marks:
        return machine.run(given_text(command.text))
    if "background" in command.marks:
        return machine.start(command.text)
    return machine.run(command.text, command.status)


def play_all(program, found, on, is_told):
    """What went wrong, or None."""
    with tempfile.TemporaryDirectory(prefix="quiniela-page-") as folder:
        machine = machines.Machine(folder, program)
        try:
            if on:
                machine.run(given_text("on-" + on))
            block, said = 0, ""
            for command in found:
                if command.block != block:
                    block, said = command.block, ""
                if is_told:
                    print(f"{command.where()}: {command.text}", flush=True)
                try:
                    said += play(machine, command)
                    missing = pages.not_said(command.shown, said)
                    if missing:
                        raise machines.Failed(f"does not print, where the page has it: {missing}\n{said}")
                except machines.Failed as failed:
                    return f"{command.where()}: {command.text}\n{failed}"
        finally:
            machine.end()
    return None


def left_out(found, chosen):
    """Why commands are not run here, and how many for that reason."""
    why = collections.Counter()
    for command in found:
        if command in chosen:
            continue
        marks = command.marks
        why["not run: " + marks["not run"] if "not run" in marks else "run by " + marks["by"] if "by" in marks
            else "its names only" if "names only" in marks else "on a machine with " + marks["on"] if "on" in marks else "on any machine"] += 1
    return why


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", choices=["postgres"], help="the commands that need such a machine")
    parser.add_argument("--program", default=os.environ.get("QUINIELA", os.path.join(machines.ROOT, "build/dev/quiniela")))
    parser.add_argument("--quiet", action="store_true", help="only what is wrong, and the result")
    parser.add_argument("page")
    given = parser.parse_args()
    program = os.path.abspath(given.program)
    if not os.access(program, os.X_OK):
        parser.error(f"{given.program}: is no program; script/build dev makes it")
    try:
        with open(given.page, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        parser.error(f"{given.page}: {error.strerror}")
    try:
        found = pages.read(text, given.page)
    except pages.Wrong as wrong:
        print(wrong)
        return 1
    wrong = wrong_names(program, given.page, text, found)
    if wrong:
        print("\n".join(wrong))
        return 1
    chosen = [command for command in found if command.machine == given.machine and not command.only_named]
    if chosen and not machines.can_be_made():
        print("skipped: no network and folders of its own can be had here")
        return 77
    failed = play_all(program, chosen, given.machine, not given.quiet) if chosen else None
    if failed:
        print(failed)
        return 1
    ran = [command for command in chosen if "given" not in command.marks]
    print(f"{given.page}: {len(ran)} commands do what the page says")
    for why, count in sorted(left_out(found, chosen).items()):
        print(f"  {count} {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
