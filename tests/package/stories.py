"""What is done with a booted machine, and what must be so afterwards."""
import glob
import itertools
import json
import os
import re

from checks import leftovers
from machine import Failed
from page import commands, not_said

SETTINGS = "/etc/quiniela/server.ini"
KEPT = "/var/lib/quiniela", "/var/log/quiniela"
DRAWS = "/var/lib/quiniela-draws", "/var/log/quiniela-draws"


def setting_of_unit(machine, key, unit="quiniela.service"):
    with open(f"{machine.root}/usr/lib/systemd/system/{unit}", encoding="utf-8") as file:
        return re.search(rf"(?m)^{key}=(.*)$", file.read())[1]


def must(truth, what, shown=""):
    if not truth:
        raise Failed(f"{what}\n{shown}")


def status(machine, settings=SETTINGS):
    return json.loads(machine.run("quiniela", "status", "--json", "--config", settings))


def drawn(machine, agencies, settings=SETTINGS):
    """The draw is made, and every agency has finished."""
    now = status(machine, settings)
    must(now["state"] == "drawn", "the draw is not made", json.dumps(now, indent=1))
    must(now["finished"] == agencies, f"not all {agencies} agencies have finished", json.dumps(now, indent=1))
    return now


def is_active(machine, unit):
    return machine.run("systemctl", "is-active", unit, good=(0, 3, 4)).strip() == "active"


def pid(machine, unit="quiniela.service"):
    return machine.run("systemctl", "show", "--value", "--property=MainPID", unit).strip()


def shell(machine, commands):
    return machine.run("bash", "-e", "-u", "-o", "pipefail", "-c", commands)


def page(machine, path):
    """What the page has for a machine with systemd, block by block."""
    name = os.path.basename(path)
    found = commands(path, "systemd")
    must(found, f"{name} has no block for systemd: <!-- on: systemd --> before ```sh")
    for _, block in itertools.groupby(found, key=lambda command: command.block):
        block = list(block)
        said = shell(machine, "cd /root\n" + "\n".join(command.text for command in block))
        line = not_said(block[-1].shown, said)
        must(line is None, f"{name} says that this is printed, and it is not: {line}", said)


def installed(machine):
    """What docs/install.md ends with: two draws, and one that could be signed."""
    for unit in "quiniela.socket", "quiniela.service", "quiniela@second.service":
        must(is_active(machine, unit), f"{unit} does not run")
    said = machine.run("systemctl", "cat", "quiniela.service")
    must("\nLoadCredential=sign.key:" in said, "the unit does not get the key", said)


def foreign(machine):
    """A store that came with another owner is the service's at its next start, whatever has looked at the folders before."""
    shell(machine, """systemctl stop quiniela.socket quiniela.service
        chown -R 64000:64000 /var/lib/quiniela
        systemd-tmpfiles --create quiniela.conf
        systemctl start quiniela""")
    drawn(machine, 5)


def hung(machine):
    """A draw that is still about to start."""
    shell(machine, """mkdir -p /run/systemd/system/quiniela@hung.service.d
        printf '[Service]\\nExecStartPre=/bin/sleep infinity\\nTimeoutStartSec=infinity\\n' >/run/systemd/system/quiniela@hung.service.d/hang.conf
        systemctl daemon-reload
        systemctl start --no-block quiniela@hung.service
        until [ "$(systemctl show --value --property=SubState quiniela@hung.service)" = start-pre ]; do sleep 0.1; done
        mkdir /var/lib/quiniela-draws/lost+found""")


def confined(machine):
    """As its user alone, with its own confinement on top of the unit's; a reload and a restart change nothing of that."""
    shell(machine, """cd /var/lib  # as a unit with DynamicUser= has left it
        mkdir -p -m 700 private && mv quiniela private/ && ln -s private/quiniela quiniela && chown -R 64000:64000 private/quiniela""")
    machine.run("systemctl", "start", "quiniela")
    said = machine.run("journalctl", "-u", "quiniela", "-o", "cat", "--no-pager")
    must("no_new_privileges: on" in said and "seccomp: on" in said, "the server has not given up its rights", said)
    must(machine.run("stat", "-c", "%U %a", "/var/lib/quiniela").split() == ["quiniela", "700"], "the store's folder is not its own")
    must(not os.path.islink(f"{machine.root}/var/lib/quiniela"), "the store's folder is still in that of dynamic users")
    must(machine.run("stat", "-c", "%U", f"/proc/{pid(machine)}").strip() == "quiniela", "the server runs as somebody else")
    machine.run("systemctl", "reload", "quiniela")
    before = pid(machine)
    machine.run("systemctl", "restart", "quiniela")
    must(pid(machine) not in ("0", before) and drawn(machine, 5), "a restart has not gone on")
    said = machine.run("journalctl", "-u", "quiniela", "-o", "cat", "--no-pager")
    must("action: drain | result: success" in said, "a restart was not gentle", said)
    machine.run("logrotate", "--force", "/etc/logrotate.d/quiniela")
    machine.run("systemctl", "reload", "quiniela")  # an order, which is the next record; systemd does not wait for it
    shell(machine, "timeout 60 sh -c 'until [ -s /var/log/quiniela/audit.log ]; do sleep 0.05; done'")
    machine.run("quiniela", "verify", "--audit", "/var/log/quiniela/audit.log.1", "/var/log/quiniela/audit.log")


def several(machine):
    """A second draw beside the first, by the example that is installed; and a third, by a socket."""
    example = "/usr/share/doc/quiniela/examples/second-draw.ini"
    shell(machine, f"""
        sed 's/^AGENCIES = .*/AGENCIES = 1/' {example} >/etc/quiniela/second.ini
        sed 's/second/third/; s/^AGENCIES = .*/AGENCIES = 1/; /PORT/d' {example} >/etc/quiniela/third.ini
        mkdir -p /etc/systemd/system/quiniela@third.socket.d
        printf '[Socket]\\nListenStream=127.0.0.1:12365\\nListenStream=127.0.0.1:12366\\n' >/etc/systemd/system/quiniela@third.socket.d/ports.conf
        systemctl daemon-reload
        systemctl enable --now quiniela@second.service quiniela@third.socket
        cd /root && quiniela sample
        for port in 12355 12365; do
            quiniela client --id 1 --data-dir /root/data --server-address 127.0.0.1:$port --server-consult-address 127.0.0.1:$((port + 1))
        done""")
    for name in "second", "third":
        must(is_active(machine, f"quiniela@{name}.service"), f"quiniela@{name}.service does not run")
        drawn(machine, 1, f"/etc/quiniela/{name}.ini")
    drawn(machine, 5)


def upgrade(machine, older, newer):
    """A store of an older program goes on in the newer one; the operator's settings stay, once dpkg has asked."""
    machine.install(older)
    must("~before" in machine.run("dpkg-query", "-W", "quiniela"), "the older package is not the older one")
    shell(machine, f"""
        sed -i 's/^AGENCIES = .*/AGENCIES = 2/' {SETTINGS}
        cd /root && quiniela sample --sizes 3000,2000 --winners 3,2
        systemctl enable --now quiniela.socket quiniela.service
        quiniela client --id 1 --winners-file winners-1.txt >first.log 2>&1 &
        until quiniela status --json --config {SETTINGS} | grep -q '"finished": *1'; do sleep 0.1; done""")
    before = status(machine), pid(machine)
    said = machine.install(newer, good=(100,))  # dpkg asks, and nobody is there
    must(f"Configuration file '{SETTINGS}'" in said and "prompt" in said, "dpkg has not asked about the settings", said)
    machine.run("dpkg", "--force-confold", "--configure", "--pending")
    with open(machine.root + SETTINGS, encoding="utf-8") as file:
        must("AGENCIES = 2" in file.read(), "the operator's settings are gone")
    must(os.path.exists(f"{machine.root}{SETTINGS}.dpkg-dist"), "the package's settings are not beside the operator's")
    must(is_active(machine, "quiniela.service") and pid(machine) != before[1], "the server was not started again")
    must(machine.run("readlink", f"/proc/{pid(machine)}/exe").strip() == "/usr/bin/quiniela", "the old program still runs")
    must("action: drain | result: success" in machine.run("journalctl", "-u", "quiniela", "-o", "cat", "--no-pager"),
         "the old server was not ended gently")
    must(status(machine)["bets"] == before[0]["bets"] == 3000, "the store has not the bets of before")
    shell(machine, f"""cd /root
        quiniela client --id 2
        until [ -s winners-1.txt ]; do sleep 0.1; done
        quiniela check --config {SETTINGS}""")
    drawn(machine, 2)
    with open(f"{machine.root}/root/winners-1.txt", encoding="ascii") as file:
        must(len(file.readlines()) == 3, "the agency that waited across the upgrade has not its winners")


def remove(machine, before):
    """A removal ends what runs and leaves the settings; a purge leaves what was stored, and says where."""
    machine.run("apt-get", "remove", "-y", "-q", "quiniela")
    running = machine.run("systemctl", "list-units", "--plain", "--no-legend", "--state=active,activating,reloading,deactivating", "quiniela*")
    must(not running, "after the removal there still run", running)
    must(not os.path.exists(f"{machine.root}/usr/bin/quiniela"), "the removal has left the program")
    must(os.path.exists(machine.root + SETTINGS), "the removal has taken the settings")
    said = machine.run("dpkg", "--purge", "quiniela")
    must(os.path.exists(f"{machine.root}/var/lib/quiniela/quiniela.db"), "the purge has taken the store")
    for folder in KEPT:
        must(f"{folder} is kept" in said, f"the purge does not say where {folder} is", said)
    own = [path for path in glob.glob(f"{machine.root}/etc/systemd/system/quiniela*")]
    for path in own:
        must(f"{path.removeprefix(machine.root)} is kept" in said, f"the purge does not say that {path} is left", said)
    machine.run("apt-get", "autoremove", "--purge", "-y", "-q")
    leftovers(before, machine.paths(), (*KEPT, *DRAWS, "/etc/quiniela", *[path.removeprefix(machine.root) for path in own]))
