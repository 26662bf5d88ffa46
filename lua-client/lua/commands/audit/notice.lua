-- The draft of what an incident's notice says: to the ANPD (Res. CD/ANPD 15/2024, art. 6) and to the persons concerned
-- (art. 9). In Portuguese, the language of those who read it. Facts from the audit are filled in; ____ is for the school.
local aluno = require "aluno"
local lists = require "aluno.lists"
local schema = require "client.schema"

local notice = {}

local blank = "____"

local template = [[
# Comunicação de incidente de segurança (rascunho)

Rascunho feito pela auditoria do aluno em {{today}}. Confira, complete o que está em branco (____) e apague este parágrafo.
O prazo é de três dias úteis desde que a escola soube (Res. CD/ANPD 15/2024, art. 6º e 9º); o que faltar se completa em
vinte dias úteis.

## À ANPD

### O que aconteceu

- Certificado: {{names}}; número de série: {{serials}}; endereços: {{addresses}}
- Período examinado: {{from}} a {{to}}
- Primeiro acesso no período: {{first}}; último: {{last}}
- Consultas atendidas: {{reads}}; alterações feitas: {{changes}}; tentativas recusadas: {{refusals}}
- Finalidades que foram declaradas: {{purposes}}
- Data do incidente: ____; quando e como a escola soube: ____
- Descrição e causa: ____

### Natureza e categorias dos dados

- Vistos: {{seen}}
- Alterados: {{changed}}
- Dados sensíveis (art. 5º, II da LGPD): nenhum campo do cadastro; em outro lugar: ____

Quem altera um cadastro recebe de volta o cadastro inteiro: conte como vistos também os dados dos alunos alterados.

### Titulares

- Titulares atingidos: {{persons}} (com dados vistos: {{seen_by}}; com dados alterados: {{changed_by}})
- Destes, crianças e adolescentes: ____; idosos: ____
- Titulares no cadastro ao todo: ____

### Medidas, riscos e danos

- Medidas de segurança de antes: acesso só com certificado da escola, por papel; conexão cifrada (TLS mútuo); auditoria de
  cada consulta e de cada alteração; outras: ____
- Medidas tomadas depois: certificado revogado em ____; outras: ____
- Riscos e possíveis danos aos titulares: ____
- O que foi ou será feito para reverter ou mitigar: ____
- Motivo da demora, se passou de três dias úteis: ____

### Quem comunica

- Controlador (nome, CNPJ, endereço, contato; se é agente de pequeno porte): ____
- Encarregado (nome e contato): ____
- Operador, se houver: ____

## Aos titulares

Um a um, em linguagem simples; por criança ou adolescente, ao responsável. Os alunos são os da lista de ids.

> {{place}}, ____ de ____ de ____
>
> Prezado(a) ____,
>
> em ____ soubemos que, entre {{first}} e {{last}}, alguém teve acesso indevido a dados seus (ou do aluno por quem responde) no
> cadastro da escola: {{categories}}.
>
> Para proteger os dados, a escola usava: ____. Desde então: ____.
>
> Os riscos são: ____. Para se proteger, recomendamos: ____.
>
> Se demoramos a avisar, foi porque: ____.
>
> Para saber mais, fale com o encarregado pelos dados: ____ (nome, telefone, e-mail).
>
> ____ (assinatura da escola)
]]

--- The labels of the fields "name,age": "Nome do aluno, Idade do aluno".
local function labels(names)
    local list = {}
    for name in names:gmatch "[^,]+" do
        list[#list + 1] = schema.field("Student", name).label.pt
    end
    return #list > 0 and table.concat(list, ", ") or "nenhum"
end

local function listed(list)
    return #list > 0 and table.concat(list, ", ") or blank
end

--- A moment as every reader of the notice writes it, whatever the user's language is.
local function moment(milliseconds)
    return milliseconds and os.date("%d/%m/%Y %H:%M", milliseconds // 1000) or blank
end

local function count(rows, name)
    return #lists.map(rows, function(row) return row[name] ~= "" and row end)
end

--- The fields that were seen or changed, each once, in the contract's order.
local function both(found)
    local listed_in = "," .. found.seen .. "," .. found.changed .. ","
    return table.concat(lists.map(aluno.schema.messages.Student.fields, function(field)
        return listed_in:find("," .. field.name .. ",", 1, true) and field.name
    end), ",")
end

--- Writes the draft about what incident.collect found, between two moments, either of which may be nil -> text
function notice.write(found, from, to)
    local values = {
        today = os.date "%d/%m/%Y", place = blank,
        names = listed(found.names), serials = listed(found.serials), addresses = listed(found.addresses),
        purposes = #found.purposes > 0 and listed(found.purposes) or "nenhuma",
        from = moment(from), to = moment(to), first = moment(found.first_time), last = moment(found.last_time),
        reads = found.reads, changes = found.changes, refusals = found.refusals,
        seen = labels(found.seen), changed = labels(found.changed), categories = labels(both(found)),
        persons = #found.rows, seen_by = count(found.rows, "seen"), changed_by = count(found.rows, "changed"),
    }
    return (template:gsub("{{(%l+_?%l*)}}", function(name) return tostring(values[name]) end))
end

return notice
