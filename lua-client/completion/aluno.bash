# Completion of aluno for bash. The program itself knows what may stand next.
_aluno() {
    local line word
    COMPREPLY=()
    while IFS= read -r line; do
        word=${line%%$'\t'*}
        COMPREPLY+=("$word")
        [[ $word != *[[:space:]/]* ]] || compopt -o filenames # which quotes
        [[ $word != *[/,] ]] || compopt -o nospace
    done < <("$1" completar -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "${2//\\/}" 2>/dev/null)
}
complete -F _aluno aluno
