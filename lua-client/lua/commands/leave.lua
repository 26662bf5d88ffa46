-- sair: ends the REPL.
return {
    verb = {en = "quit", pt = "sair"},
    also = {"exit"},
    doc = {en = "ends", pt = "termina"},
    group = "session",
    run = function() return 0, true end,
}
