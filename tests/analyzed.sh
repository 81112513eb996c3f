# Which sources clang's analyzer looks at in script/test. To be sourced where the project's root is the working directory.

# changed ENDING: the files that differ from the last commit, or that the last 20 commits of src/ and lib/ have changed; all, where a
# shallow clone does not know.
changed() {
    {
        git diff --name-only HEAD -- src lib
        git log -20 --format= --name-only -- src lib
    } | awk -v ending="$1" 'substr($0, length - length(ending) + 1) == ending'
}

# users: the sources that include a header of the input themselves.
users() {
    local header patterns=()
    while read -r header; do
        patterns+=(-e "#include \"${header#src/}\"")
    done
    [ "${#patterns[@]}" -eq 0 ] || git grep -lF "${patterns[@]}" -- 'src/*.c' ':(glob)lib/*.c' || true
}

# quarter: each source's turn comes with about one commit in four, however many commits there are: a shallow clone has one.
quarter() {
    local turn
    turn=$(git rev-parse HEAD)
    git ls-files -- 'src/*.c' ':(glob)lib/*.c' | awk -v turn="$((16#${turn:0:4}))" 'NR % 4 == turn % 4'
}

analyzed() {
    {
        changed .c
        changed .h | sort -u | users
        quarter
    } | sort -u | comm -12 - <(git ls-files -- 'src/*.c' ':(glob)lib/*.c' | sort)
}
