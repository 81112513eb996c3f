"""Programs on a machine of their own: its network has the addresses that the story gives it, and its root is ours but for /run."""
import os
import subprocess
import tempfile

# Without what tells that it is a container, where plain text is always allowed.
ROOT_OF_ITS_OWN = """
mkdir -p root
mount -t tmpfs none root
mount --make-unbindable root
for entry in /*; do
    if [ -L "$entry" ]; then
        cp -P "$entry" root/
    elif [ -d "$entry" ]; then
        mkdir "root$entry"
        [ "$entry" = /run ] || mount --rbind "$entry" "root$entry"
    fi
done
"""

# A hosts file of its own: the file `hosts` of the working directory.
HOSTS_OF_ITS_OWN = """
mkdir -p etc root/etc-of-the-host
mount --rbind /etc root/etc-of-the-host
ls /etc | sed 's|^|/etc-of-the-host/|' | xargs ln -sfnt etc
find /etc -maxdepth 1 -type f -exec cp -p --remove-destination -t etc {} +
cp hosts etc/hosts
rm -f etc/resolv.conf etc/nsswitch.conf
echo "nameserver 127.0.0.1" >etc/resolv.conf
echo "hosts: files dns" >etc/nsswitch.conf
mount --bind etc root/etc
"""


def machine(*addresses, hosts=False):
    """What has a program run there. The addresses, with the lengths of their prefixes, stand beside loopback's."""
    commands = ["ip link set lo up", *(f"ip address add {address} dev lo" for address in addresses),
                ROOT_OF_ITS_OWN, HOSTS_OF_ITS_OWN if hosts else "", 'exec chroot root env -u container -C "$PWD" "$@"']
    return ["unshare", "--net", "--mount", *(["--user", "--map-root-user"] if os.getuid() != 0 else []),
            "sh", "-ec", "\n".join(commands), "sh"]


def can_be_made():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "hosts"), "w", encoding="ascii"):
            pass
        return subprocess.run([*machine(hosts=True), "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
                              check=False).returncode == 0
