-- Further words for the commands, by their English verbs: what people try first. They work, and help names some of them;
-- Tab completes only the verbs.
return {
    create = {"cadastrar", "novo", "nova", "incluir", "adicionar", "register", "add", "new"},
    list = {"buscar", "procurar", "pesquisar", "alunos", "search", "find", "ls"},
    get = {"ver", "mostrar", "consultar", "ficha", "show"},
    update = {"editar", "alterar", "corrigir", "mudar", "edit", "change"},
    delete = {"excluir", "apagar", "remover", "remove"},
    restore = {"recuperar", "undelete"},
    report = {"imprimir"},
    chart = {"graph"},
    help = {"socorro", "comandos"},
    quit = {"fechar", "encerrar", "tchau", "bye"},
}
