# Sourced by scripts whose arguments a Python tool reads: it does so before anything is installed, built or started.

# understood TOOL ARGUMENT …: returns when the tool understands its arguments. Otherwise the script ends here: with 2, or with 0
# where its help was wanted.
understood() {
    if ! command -v python3 >/dev/null; then
        echo "python3 is missing, which reads the arguments: script/bootstrap installs it" >&2
        exit 1
    fi
    said=$(QUINIELA_ONLY_READ=yes python3 -B "$@")
    if [ -n "$said" ]; then
        printf '%s\n' "$said"
        exit 0
    fi
}
