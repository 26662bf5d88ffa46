# Completion of aluno for fish. The program itself knows what may stand next.
function __aluno_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor | string replace --all --regex '^["\']|\\\\' '')
    $words[1] completar -- $words[2..-1] "$typed" 2>/dev/null
end
complete --command aluno --no-files --arguments '(__aluno_complete)'
