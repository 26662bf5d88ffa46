#!/bin/sh
# Importing and exporting: Excel's files, the report, the registered students; and many generated students, 1 in 100
# faulty, by imports that are killed and repeated.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

sanitize=$(sed -n 's/^ALUNO_SANITIZE:STRING=\(..*\)/\1/p' "$ALUNO_BUILD/CMakeCache.txt")
rows=${sanitize:+1500}
rows=${IMPORT_ROWS:-${rows:-6000}}
mark=$(printf '\357\273\277')

# Writes a file by a printf format: FILE FORMAT.
file() {
    # shellcheck disable=SC2059
    printf "$2" >"$work/$1"
}

# Prints the number of students.
count() {
    run_lua 'print(assert(aluno.connect {}:list {page_size = 1}).total_size)'
}

# Prints "LINE REASON" for each row of a file of rejected rows.
rejected() {
    run_lua 'for _, row, whole in assert(aluno.csv.open(arg[1], {header = true})):rows() do
        print(row and row.linha .. " " .. row.razao or table.concat({whole.raw:match ".*[;,](%d+)[;,]([%u_ ]+)[;,]"}, " ")) end' "$1"
}

# Converts the file to Windows-1252 with CRLF, as Excel writes it.
as_excel_saves() {
    sed 's/$/\r/' "$work/$1" | iconv -f UTF-8 -t CP1252 >"$work/$2"
}

# The files that several functions import.
make_files() {
    file utf8.csv 'E-MAIL;Nome do aluno;CPF;idade;\njoao@example.com;"João; D'\''Ávila";529.982.247-25; 16 ;\n;;;;\n'
    as_excel_saves utf8.csv cp1252.csv
    (printf %s "$mark" && sed 's/João/Joana/; s/529.982.247-25/11144477735/' "$work/utf8.csv") >"$work/marked.csv"
    file english.csv 'Student'\''s name,AGE,br_document,Student'\''s e-mail\nBia,9,93541134780,bia@example.com\n'
    file others.csv 'turma;nome;idade;cpf;email\n7B;Caio;9;12345678909;caio@example.com\n'
    file faults.csv 'nome;idade;cpf;email\nRui;20;01234567890;rui@example.com\nEva;200;00000000191;eva\nAna;21;1234567890;ana@example.com\nIvo;3;01234567890;ivo@example.com\nJoão;1;52998224725;outro@example.com\nLia;30;123.123.123-13;lia@example.com\n'
}

# Starts a service with the students of only these files: NAME...
given() {
    empty_service
    for name; do
        "$ALUNO" importar "$work/$name.csv" --ignorar-outras --rejeitados "$work/bad.csv" >"$output" 2>&1 ||
            [ "$name" = faults ] || not_ok "$name.csv: $(cat "$output")"
    done
}

excels_files_are_read() {
    empty_service
    works 'Windows-1252' "$ALUNO" importar "$work/cp1252.csv"
    says 'Linhas: 1. Cadastradas: 1; já cadastradas antes: 0; recusadas: 0'
    same 'accents and separators' "$("$ALUNO" obter --cpf 52998224725 --campos name,age,email)" \
        '{"name": "João; D'\''Ávila", "age": 16, "email": "joao@example.com"}'
    works 'UTF-8 with its mark' "$ALUNO" importar "$work/marked.csv"
    same 'accents again' "$("$ALUNO" obter --cpf 11144477735 --campos name)" '{"name": "Joana; D'\''Ávila"}'
    works 'English, with commas' "$ALUNO" --lang en import "$work/english.csv"
    says 'Rows: 1. Registered: 1; registered before: 0; rejected: 0'
    same 'no file of rejected rows where there are none' "$(find "$work" -name '*.rejeit*' -o -name '*.rejects*')" ''
}

headings_are_validated() {
    given cp1252 marked english
    file headings.csv 'nome;Nome do aluno;idade;CPF;turma\nAna;Ana;1;2;3\n'
    fails 3 'all that is wrong with them' "$ALUNO" importar "$work/headings.csv"
    says 'Há colunas desconhecidas: turma; faltam colunas: email; mais de uma coluna dá nome: nome, Nome do aluno.'
    says 'Quis dizer --coluna nome=nome?'
    file named.csv 'Matr;Estud. (nome);idade;CPF;email\n7;Nei Lins;31;86288366757;nei@example.com\n'
    fails 3 'a column by another word' "$ALUNO" importar "$work/named.csv"
    says "Quis dizer --coluna 'nome=Estud. (nome)'?"
    works 'is taken when it is named' "$ALUNO" importar "$work/named.csv" --coluna 'nome=Estud. (nome)' --apenas-validar
    says 'Colunas: nome = Estud. (nome)'
    says 'Colunas deixadas de fora: Matr'
    file none.csv 'Ana Lima;20;52998224725;ana@example.com\n'
    fails 3 'a file without headings' "$ALUNO" importar "$work/none.csv"
    says 'A primeira linha não dá nome às colunas'
    same 'is not repeated' "$(grep -c 'Ana\|52998224725' "$output")" 0
    works 'other columns left out' "$ALUNO" importar "$work/others.csv" --ignorar-outras
    file empty.csv ''
    fails 3 'an empty file' "$ALUNO" importar "$work/empty.csv"
    says 'O arquivo está vazio'
    file bare.csv 'nome;idade;cpf;email\n'
    works 'headings alone' "$ALUNO" importar "$work/bare.csv"
    says 'Abaixo dos títulos não há nada'
    fails 2 'no file' "$ALUNO" importar "$work/missing.csv"
    says 'missing.csv'
    fails 2 'no place for rejected rows' "$ALUNO" importar "$work/english.csv" --rejeitados "$work/none/x.csv"
    same 'nothing was registered' "$(count)" 4
}

a_dry_run_stores_nothing() {
    given cp1252
    before=$(count)
    fails 8 'validar' "$ALUNO" importar "$work/faults.csv" --apenas-validar
    says 'Nada foi gravado. Linhas: 6. A cadastrar: 2; já cadastradas: 0; a recusar: 4'
    says '       3  CPF_TAKEN (cpf): outro aluno já tem este CPF'
    says '       1  AGE_RANGE (idade): a idade deve estar entre 0 e 150'
    says 'CPFs de dígitos verificadores que não conferem: 1 (linhas 7)'
    says 'CPFs que ganharam de volta os zeros à esquerda: 1 (linhas 4)'
    says 'Codificação: UTF-8, por exemplo: João'
    same 'nothing' "$(count)" "$before"
    same 'the same rows are reported' "$(rejected "$work/faults.rejeitados.csv")" \
        "$(printf '%s\n' '3 AGE_RANGE EMAIL_SYNTAX' '4 CPF_TAKEN' '5 CPF_TAKEN' '6 CPF_TAKEN')"
    fails 8 'and again in earnest' "$ALUNO" importar "$work/faults.csv" --rejeitados "$work/bad.csv"
    says 'Linhas: 6. Cadastradas: 2; já cadastradas antes: 0; recusadas: 4'
    same 'with the same words' "$(cat "$work/bad.csv")" "$(cat "$work/faults.rejeitados.csv")"
    same 'what is wrong' "$(sed -n '2p;5p' "$work/bad.csv" | tr -d '\r')" \
        "Eva;200;00000000191;eva;3;AGE_RANGE EMAIL_SYNTAX;\"Idade do aluno: a idade deve estar entre 0 e 150; e-mail do aluno: o endereço de e-mail não é válido\"
João;1;52998224725;outro@example.com;6;CPF_TAKEN;já cadastrado com outro valor de: nome, idade, email"
}

rejected_rows_come_back() {
    given cp1252 faults
    sed -i 's/;200;00000000191;eva;/;20;00000000191;eva@example.com;/' "$work/bad.csv"
    fails 8 'one corrected' "$ALUNO" importar "$work/bad.csv" --rejeitados "$work/bad.csv"
    says 'Linhas: 4. Cadastradas: 1; já cadastradas antes: 0; recusadas: 3'
    same 'the others are left' "$(rejected "$work/bad.csv")" "$(printf '%s\n' '3 CPF_TAKEN' '4 CPF_TAKEN' '5 CPF_TAKEN')"
    works 'the former file is kept' grep -q 'eva@example.com' "$work/bad.csv~"
    file zeros.csv 'nome;idade;cpf;email\nAna;21;3214567853;ana@example.com\nEli;22;3214567859;eli@example.com\n'
    fails 8 'zeros are not added when that is said' "$ALUNO" importar "$work/zeros.csv" --completar-cpf false --apenas-validar
    says 'CPFs que parecem ter perdido zeros à esquerda: 1 (linhas 2); --completar-cpf os põe'
    fails 8 'zeros are added where the check digits are then right' "$ALUNO" importar "$work/zeros.csv"
    says 'CPFs que ganharam de volta os zeros à esquerda: 1 (linhas 2)'
    same 'and nowhere else' "$(rejected "$work/zeros.rejeitados.csv")" '3 CPF_LENGTH'
    works 'so it is found' "$ALUNO" obter --cpf 032.145.678-53
}

# Rows that are no rows of the file's columns are in the file of rejected rows as they were.
broken_rows_are_kept_whole() {
    empty_service
    file broken.csv 'nome,idade,cpf,email\n"Rui \\"Zé\\" Alves",16,61094170500,r@example.com\nEva,16,82216537640,e@example.com,=1+1,fim\n'
    fails 8 'two rows' "$ALUNO" importar "$work/broken.csv"
    same 'each whole' "$(sed 1d "$work/broken.rejeitados.csv" | cut -d , -f 1-8)" "$(printf '%s\n' \
        '"Rui \"Zé\" Alves",16,61094170500,r@example.com,2,CSV_QUOTE,um texto entre aspas não termina como deveria' \
        "Eva,16,82216537640,e@example.com,'=1+1,fim,3,CSV_COLUMNS" | sed '1s/$/\r/')"
    fails 8 'they stay what they were' "$ALUNO" importar "$work/broken.rejeitados.csv" --rejeitados "$work/bad.csv"
    same 'without growing' "$(cut -d , -f 1-5,7 "$work/bad.csv" | sed 1d | tr -d '\r')" "$(cut -d , -f 1-5,7 "$work/broken.rejeitados.csv" | sed 1d | tr -d '\r')"
    sed -i 's/\\"/""/g; s/'\''=1+1,fim,//' "$work/broken.rejeitados.csv"
    works 'corrected there' "$ALUNO" importar "$work/broken.rejeitados.csv"
    same 'they are registered' "$(count)" 2
}

another_schools_spreadsheet_is_read() {
    empty_service
    "$ALUNO" "$ALUNO_SOURCE/tests/lib/messy_school.lua" >"$work/school.csv"
    as_excel_saves school.csv messy.csv
    fails 8 'by one command' "$ALUNO" importar "$work/messy.csv"
    says 'Linhas: 60. Cadastradas: 57; já cadastradas antes: 0; recusadas: 3'
    says 'Codificação: Windows-1252, por exemplo: Conceição'
    says 'Títulos das colunas: na linha 4'
    says 'Colunas deixadas de fora: Nº; Turma; Telefone; Situação'
    says 'CPFs que ganharam de volta os zeros à esquerda: 8'
    says 'Linhas sem aluno (totais, títulos repetidos), deixadas de fora: 1 (linhas 65)'
    same 'but for the faulty rows' "$(rejected "$work/messy.rejeitados.csv")" \
        "$(printf '%s\n' '21 FIELD_REQUIRED' '37 BIRTH_DATE_UNKNOWN' '52 CPF_SCIENTIFIC')"
    iconv -f UTF-8 -t CP850//TRANSLIT "$work/school.csv" >"$work/dos.csv"
    fails 8 'in the code page of MS-DOS' "$ALUNO" importar - --rejeitados "$work/bad.csv" <"$work/dos.csv"
    says 'Linhas: 60. Cadastradas: 0; já cadastradas antes: 57; recusadas: 3'
    iconv -f UTF-8 -t UTF-16 "$work/school.csv" >"$work/unicode.txt"
    fails 8 'as Unicode text' "$ALUNO" importar "$work/unicode.txt" --codificacao utf-16
    says 'Linhas: 60. Cadastradas: 0; já cadastradas antes: 57; recusadas: 3'
    fails 2 'an encoding that is none' "$ALUNO" importar "$work/unicode.txt" --codificacao latim
    says 'há: utf-8, utf-16, cp1252, cp850, cp860, macroman'
}

known_students_are_updated() {
    given cp1252
    file update.csv 'nome;idade;cpf;email\nJoão Ávila;17;52998224725;joao@example.com\nBia;9;93541134780;bia@example.com\n'
    works 'first it is shown' "$ALUNO" importar "$work/update.csv" --atualizar --validar
    says 'A atualizar: 1'
    says "  linha 2, nº 1: nome João; D'Ávila → João Ávila; idade 16 → 17"
    same 'nothing is stored' "$("$ALUNO" obter --id 1 --campos age)" '{"age": 16}'
    works 'then it is made' "$ALUNO" importar "$work/update.csv" --atualizar
    says 'Linhas: 2. Cadastradas: 1; já cadastradas antes: 0; recusadas: 0'
    says 'Atualizadas: 1'
    same 'the student has the values' "$("$ALUNO" obter --id 1 --campos name,age)" '{"name": "João Ávila", "age": 17}'
    works 'once' "$ALUNO" importar "$work/update.csv" --atualizar
    says 'Linhas: 2. Cadastradas: 0; já cadastradas antes: 2; recusadas: 0'
}

# A batch's request id is in the log twice.
a_batch_was_repeated() {
    [ "$(grep -o 'method=.*BatchCreate.* request_id=[^ ]*' "$log" | grep -o 'request_id=.*' | sort | uniq -d | wc -l)" = 1 ]
}

# Dates of birth that are day/month or month/day: what the file says decides, else whoever imports it.
the_order_of_dates_is_asked_for() {
    given
    header='nome;nascimento;cpf;email\n'
    one='Ana;05/03/2010;52998224725;a@exemplo.com\n'
    more='Bia;01/02/2010;11144477735;b@exemplo.com\nCaio;2/1/2010;93541134780;c@exemplo.com\nDavi;7/8/2010;12345678909;d@exemplo.com\nEva;9/10/2010;01234567890;e@exemplo.com\n'
    file few.csv "$header$one"
    file both.csv "$header$one$more"
    file decided.csv "$header${one}Rui;25/03/2010;11144477735;r@exemplo.com\n"
    file american.csv "$header${one}Rui;03/25/2010;11144477735;r@exemplo.com\n"
    fails 2 'many that may be both' "$ALUNO" importar "$work/both.csv"
    says 'Na coluna nascimento, 05/03/2010 pode ser 5 de março (dia/mês) ou 3 de maio (mês/dia)'
    says '--datas dia/mês ou --datas mês/dia'
    file first.csv "$header$more$one"
    fails 2 'the first of a month' "$ALUNO" importar "$work/first.csv"
    says '01/02/2010 pode ser 1º de fevereiro (dia/mês) ou 2 de janeiro (mês/dia)'
    fails 2 'with the month first' "$ALUNO" importar "$work/american.csv"
    says 'as datas estão com o mês antes do dia: 03/25/2010'
    same 'nothing was stored' "$(count)" 0
    works 'few' "$ALUNO" importar "$work/few.csv" --validar
    says 'Datas lidas como dia/mês, que também poderiam ser mês/dia: 1 (linhas 2)'
    works 'a file that decides' "$ALUNO" importar "$work/decided.csv" --validar
    same 'says nothing of them' "$(grep -c 'Datas lidas' "$output")" 0
    fails 2 'another word' "$ALUNO" importar "$work/both.csv" --datas talvez
    works 'as they say' "$ALUNO" importar "$work/american.csv" --datas mes/dia
    same 'all of them' "$(run_lua 'for s in aluno.connect {}:each {order_by = "name"} do print(s.name, s.birth_date) end' | tr '\t' ' ')" \
        "$(printf 'Ana 2010-05-03\nRui 2010-03-25')"
    fails 2 'a script says it too' run_lua 'local none, err = aluno.commands.importar(arg[1]) os.exit(err and err.reason == "ARGUMENT_INVALID" and 2)' "$work/both.csv"
    given
    works 'in English' "$ALUNO" --lang en import "$work/both.csv" --dates day/month --validate
    same 'what was said is not said again' "$(grep -c 'Dates read' "$output")" 0
}

existing_students_are_reported() {
    given cp1252
    works 'again' "$ALUNO" importar "$work/cp1252.csv"
    says 'Linhas: 1. Cadastradas: 0; já cadastradas antes: 1; recusadas: 0'
    await 'under the same request id' a_batch_was_repeated
    works 'a removal' "$ALUNO" deletar --cpf 52998224725
    works 'is made good' "$ALUNO" importar "$work/cp1252.csv"
    says 'Linhas: 1. Cadastradas: 1; já cadastradas antes: 0; recusadas: 0'
    works 'and again' "$ALUNO" deletar --cpf 52998224725
    works 'and again' "$ALUNO" importar "$work/cp1252.csv" --atomico
    says 'Linhas: 1. Cadastradas: 1; já cadastradas antes: 0; recusadas: 0'
    works 'and again' "$ALUNO" deletar --cpf 52998224725
    works 'and again' "$ALUNO" importar "$work/cp1252.csv" --atomico
    says 'Linhas: 1. Cadastradas: 1; já cadastradas antes: 0; recusadas: 0'
    works 'a change' "$ALUNO" atualizar --cpf 52998224725 --idade 17
    fails 8 'is not undone' "$ALUNO" importar "$work/cp1252.csv"
    same 'but reported' "$(rejected "$work/cp1252.rejeitados.csv")" '2 CPF_TAKEN'
}

batches_are_all_or_none() {
    given cp1252
    before=$(count)
    run_lua 'print "nome,idade,cpf,email" for i = 1, 250 do
        print(("Lote,%d,%s,lote@example.com"):format(i == 150 and 151 or 20, aluno.cpf.generate(900000 + i))) end' >"$work/lote.csv"
    fails 8 'one fault' "$ALUNO" importar "$work/lote.csv" --atomico
    says 'Linhas: 250. Cadastradas: 150; já cadastradas antes: 0; recusadas: 100'
    same 'undoes its batch' "$(rejected "$work/lote.rejeitados.csv" | sort -k 2 | uniq -c -f 1 | tr -s ' ')" \
        "$(printf '%s\n' ' 1 151 AGE_RANGE' ' 99 102 BATCH_UNDONE')"
    same 'and no other' "$(count)" $((before + 150))
    sed -i 's/,151,/,20,/' "$work/lote.csv"
    works 'corrected' "$ALUNO" importar "$work/lote.csv" --atomico
    says 'Linhas: 250. Cadastradas: 100; já cadastradas antes: 150; recusadas: 0'
    works 'somebody' "$ALUNO" criar --nome Ana --idade 21 --cpf 032.145.678-53 --email ana@example.com
    file taken.csv 'nome;idade;cpf;email\nLote;20;03214567853;x@example.com\nNovo;20;86288366757;novo@example.com\n'
    fails 8 'a CPF that somebody has' "$ALUNO" importar "$work/taken.csv" --atomico
    same 'undoes it too' "$(rejected "$work/taken.rejeitados.csv")" "$(printf '%s\n' '2 CPF_TAKEN' '3 BATCH_UNDONE')"
}

exports_come_back() {
    given cp1252 marked english others
    works 'for Excel' "$ALUNO" exportar "$work/all.csv" --excel
    says "$(count) alunos exportados para $work/all.csv"
    same 'its first line' "$(head -n 1 "$work/all.csv")" "$(printf '%sid;nome;idade;cpf;email;nascimento\r' "$mark")"
    works 'a name with everything' "$ALUNO" criar --nome "João;D'Ávila \"Zé\"" --idade 5 --cpf 390.533.447-05 --email '=a+b@example.com'
    works 'is exported' "$ALUNO" exportar "$work/one.csv" --excel --busca 39053344705 --campos nome,cpf,email,idade
    same 'formulas are none' "$(tail -n 1 "$work/one.csv")" \
        "$(printf '"João;D'\''Ávila ""Zé""";390.533.447-05;'\''=a+b@example.com;5\r')"
    works 'and removed' "$ALUNO" deletar --cpf 39053344705
    works 'and imported' "$ALUNO" importar "$work/one.csv"
    same 'is as it was' "$("$ALUNO" obter --cpf 39053344705 --campos name,email,age)" \
        '{"name": "João;D'\''Ávila \"Zé\"", "email": "=a+b@example.com", "age": 5}'
    works 'all that was exported is there' "$ALUNO" importar "$work/all.csv"
    says "Cadastradas: 0; já cadastradas antes: $(($(count) - 1)); recusadas: 0"
    fails 2 'no file is replaced' "$ALUNO" exportar "$work/all.csv"
    says "O arquivo $work/all.csv já existe. Escolha outro nome, ou substitua-o com --sobrescrever"
    works 'unless that is said' "$ALUNO" exportar "$work/all.csv" --sobrescrever --formato ndjson
    same 'lines of JSON' "$(jq -r .name "$work/all.csv" | tail -n 1)" "João;D'Ávila \"Zé\""
    same 'to a pipe' "$("$ALUNO" exportar --busca joana --campos nome,cpf 2>/dev/null)" \
        "$(printf '%s\n' nome,cpf "Joana; D'Ávila,11144477735")"
    fails 2 'a format that is none' "$ALUNO" exportar --formato xml
    says 'há: csv, ndjson, xlsx'
    fails 2 'a column that is none' "$ALUNO" exportar --campos altura
    fails 2 'no folder' "$ALUNO" exportar "$work/none/x.csv"
    works 'a device stays one' "$ALUNO" exportar /dev/null
    same 'a device' "$(stat -c %F /dev/null)" 'character special file'
    same 'nothing half-written is left' "$(find "$work" -name '*.part')" ''
}

exports_are_encrypted() {
    given cp1252 marked
    fails 2 'a name that says otherwise' "$ALUNO" exportar "$work/class.csv" --para age1qqqq
    says "--para cifra o arquivo: dê-lhe um nome que termina em .age, como $work/class.csv.age"
    fails 2 'a name without a key' "$ALUNO" exportar "$work/class.csv.age"
    says 'diga a quem, --para CHAVE'
    fails 2 'without age' env PATH="$work/none" "$ALUNO" exportar "$work/class.csv.age" --para age1qqqq
    says 'O programa age não foi encontrado, e é ele que cifra. Instale o pacote age: sudo apt install age'
    if ! command -v age >/dev/null; then
        echo 'skipped: encrypted exports, since age is not installed'
        return
    fi
    (umask 077 && age-keygen -o "$work/keeper.key" && age-keygen -o "$work/other.key") 2>/dev/null
    keeper=$(age-keygen -y "$work/keeper.key")
    age-keygen -y "$work/other.key" >"$work/keys"
    fails 2 'a wrong key' "$ALUNO" exportar "$work/class.csv.age" --para age1qqqq
    says 'A chave não é aceita pelo age: '
    [ ! -e "$work/class.csv.age" ] || not_ok 'no file for it'
    works 'a class' "$ALUNO" exportar "$work/class.csv.age" --para "$keeper,$work/keys"
    says "$(count) alunos exportados para $work/class.csv.age"
    same 'is for its owner' "$(stat -c %a "$work/class.csv.age")" 600
    "$ALUNO" exportar "$work/class.csv" >/dev/null 2>&1
    for key in keeper other; do
        works "decrypted by $key" age --decrypt -i "$work/$key.key" -o "$work/$key.csv" "$work/class.csv.age"
        works 'it is what was exported' cmp "$work/$key.csv" "$work/class.csv"
    done
    fails 3 'it is no spreadsheet' "$ALUNO" importar "$work/class.csv.age"
    says 'é um arquivo cifrado (age)'
    works 'lines of JSON' "$ALUNO" exportar "$work/class.ndjson.age" --para "$keeper" --formato ndjson
    same 'are those' "$(age --decrypt -i "$work/keeper.key" "$work/class.ndjson.age" | jq -r .name | sort)" \
        "$(run_lua 'for s in assert(aluno.connect {}):each {} do print(s.name) end' | sort)"
    mkdir -p "$work/runtime" "$work/fails"
    printf '#!/bin/sh\nhead -c 1 | grep -q . || exit 0\nexit 1\n' >"$work/fails/age"
    chmod +x "$work/fails/age"
    fails 2 'age that ends' env PATH="$work/fails:$PATH" "$ALUNO" exportar "$work/ended.csv.age" --para "$keeper"
    says 'age não terminou de cifrar'
    [ ! -e "$work/ended.csv.age" ] || not_ok 'no file for it either'
    if "$ALUNO" exportar "$work/keeps.xlsx" >/dev/null 2>&1; then
        works 'a workbook' env XDG_RUNTIME_DIR="$work/runtime" "$ALUNO" exportar "$work/keeps.xlsx.age" --para "$keeper"
        age --decrypt -i "$work/keeper.key" -o "$work/plain.xlsx" "$work/keeps.xlsx.age"
        works 'is one' "$ALUNO" importar "$work/plain.xlsx" --validar
        works 'and without a folder in memory' env -u XDG_RUNTIME_DIR "$ALUNO" exportar "$work/again.xlsx.age" --para "$keeper"
    fi
    same 'nothing that can be read is left' "$(find "$work" -name '*.part')" ''
}

workbooks_of_excel() {
    given cp1252 marked english others
    fails 2 'what would not be what its name says' "$ALUNO" exportar "$work/class.xls"
    says 'Exportar não grava .xls; grava .xlsx, e CSV, que o Excel abre: --excel'
    if [ "$(grep -c -e '^XLSX_.*_FOUND:INTERNAL=1' -e '^ALUNO_XLSX:BOOL=ON' "$ALUNO_BUILD/CMakeCache.txt")" != 3 ]; then
        fails 2 'without the libraries' "$ALUNO" exportar "$work/class.xlsx"
        says 'Este aluno foi compilado sem o formato .xlsx'
        return
    fi
    works 'a name that begins as a formula' "$ALUNO" criar --nome '=1+1 Lima' --idade 5 --cpf 00000000191 --email '+a@example.com'
    works 'a workbook' "$ALUNO" exportar "$work/class.xlsx" --ordem nome
    same 'is for its owner' "$(stat -c %a "$work/class.xlsx")" 600
    works 'it is read' "$ALUNO" importar "$work/class.xlsx"
    says "Cadastradas: 0; já cadastradas antes: $(count); recusadas: 0"
    says 'Planilha: Alunos'
    same 'how many rows it has is not known before' "$(run_lua 'local total = {}
        aluno.commands.importar(arg[1], {validate_only = true, progress = function(_, all) total[#total + 1] = tostring(all) end})
        print(total[1])' "$work/class.xlsx")" nil
    works 'and on its own' empty_service
    works 'all come back' "$ALUNO" importar "$work/class.xlsx"
    same 'as they were' "$("$ALUNO" obter --cpf 191 --campos name,br_document,email 2>/dev/null ||
        "$ALUNO" obter --cpf 00000000191 --campos name,br_document,email)" \
        '{"name": "=1+1 Lima", "br_document": "00000000191", "email": "+a@example.com"}'
    fails 2 'a sheet that is none' "$ALUNO" importar "$work/class.xlsx" --planilha 8A
    says 'Não há a planilha 8A; há: Alunos'
    head -c 900 "$work/class.xlsx" >"$work/cut.xlsx"
    fails 2 'one that is cut' "$ALUNO" importar "$work/cut.xlsx"
    says 'está incompleta ou danificada'
    printf '%%PDF-1.7\n' >"$work/list.csv"
    fails 3 'a PDF' "$ALUNO" importar "$work/list.csv"
    says 'O arquivo não é CSV (é um PDF)'
}

# Runs the lines of the file as a session.
typed() {
    "$ALUNO" <"$work/typed"
}

an_import_is_taken_back() {
    rm -rf "$HOME/.local/state/aluno"
    given cp1252
    file class.csv 'nome;idade;cpf;email\nBia;9;93541134780;b@example.com\nCaio;9;12345678909;c@example.com\nEva;9;00000000191;e@example.com\n'
    works 'a class' "$ALUNO" importar "$work/class.csv"
    works 'a dry run is no import' "$ALUNO" importar "$work/marked.csv" --validar
    works 'another session shows it' "$ALUNO" historico --formato csv --campos verbo,alunos,desfeita
    same 'with how many' "$(cat "$output")" "$(printf '%s\n' verbo,alunos,desfeita importar,1, importar,3,)"
    same 'without people' "$(grep -v '^server ' "$HOME"/.local/state/aluno/import.1 | grep -c '[.@]\|Bia\|9354113')" 0
    same 'for its owner' "$(stat -c %a "$HOME"/.local/state/aluno/import.1)" 600
    works 'one changes' "$ALUNO" atualizar --cpf 12345678909 --idade 10
    works 'one is removed' "$ALUNO" deletar --cpf 00000000191
    fails 5 'no other service has it' "$ALUNO" --server "localhost:$port" desfazer importação
    fails 8 'it is taken back' "$ALUNO" desfazer importação
    says 'cadastrou alunos: 3'
    says 'Removidos: 1; mantidos, porque mudaram desde então: 1; que já não estavam: 1'
    same 'the others stay' "$(count)" 2
    works 'and the one before' "$ALUNO" desfazer importacao --sim
    says 'Removidos: 1; mantidos, porque mudaram desde então: 0; que já não estavam: 0'
    fails 5 'and no more' "$ALUNO" desfazer importação
    says 'Não há importação a desfazer'
    fails 2 'only that word' "$ALUNO" desfazer tudo
    printf 'importar %s\nhistorico --formato csv --campos verbo,alunos\ndesfazer importação\n' "$work/cp1252.csv" >"$work/typed"
    works 'in the session' typed
    says 'importar,1'
    says 'Removidos: 1; mantidos, porque mudaram desde então: 0; que já não estavam: 0'
    # An import that was killed after its batch was sent, and before the reply came.
    run_lua 'local c, id = assert(aluno.connect {}), aluno.uuid "a batch"
        assert(c:batch({students = {{name = "Gil", age = 9, cpf = aluno.cpf.generate(31337), email = "g@example.com"}}},
            {request_id = id}))
        local file = assert(io.open(arg[1] .. "/import.1", "w"))
        file:write("aluno import 1\ntime ", os.time(), "\nserver ", arg[2], "\nsent ", id, "\n")
        file:write("sent ", aluno.uuid "one that never came", "\n")' "$HOME/.local/state/aluno" "127.0.0.1:$port"
    works 'historico knows it' "$ALUNO" historico --formato csv --campos verbo,alunos
    works 'what it did not learn' "$ALUNO" desfazer importação
    says 'cadastrou alunos: 1'
    says 'Removidos: 1; mantidos, porque mudaram desde então: 0; que já não estavam: 0'
    fails 5 'and is done' "$ALUNO" desfazer importação
    printf 'importar %s\ndesfazer\n' "$work/cp1252.csv" >"$work/typed"
    fails 5 'which desfazer alone does not' typed
    says 'Importar não pode ser desfeito de uma vez. Para isso há: desfazer importação'
}

scripts_may_too() {
    given cp1252 marked faults
    same 'a summary' "$(run_lua 'local done = 0
        local summary, err = aluno.commands.importar(arg[1], {validate_only = true, progress = function(s) done = s.rows end})
        print(summary.rows, summary.present, summary.rejected, summary.reasons.CPF_TAKEN, summary.rejects, done)' \
        "$work/faults.csv")" "6	2	4	3	$work/faults.rejeitados.csv	6"
    same 'an error' "$(run_lua 'print(aluno.commands.import("none.csv"))' | cut -f 1)" nil
    fails 1 'misuse' run_lua 'aluno.commands.import("x", {valdate_only = true})'
    says "there is no option 'valdate_only'"
    same 'an export' "$(run_lua 'local text = ""
        local summary = aluno.commands.exportar(function(chunk) text = text .. chunk return true end, {query = "joana", fields = "name"})
        io.write(summary.students, text)')" "$(printf '%s\n' 1nome "Joana; D'Ávila")"
}

failures_end_it() {
    fails 6 'no right to it' as leo "$ALUNO" importar "$work/others.csv" --ignorar-outras
    says 'A importação parou. O mesmo comando continua de onde ela parou'
    fails 7 'nobody listens' env ALUNO_SERVER=tls+tcp://127.0.0.1:1 "$ALUNO" importar "$work/others.csv" --ignorar-outras
    fails 6 'no right to export' as nobody "$ALUNO" exportar "$work/refused.csv"
    same 'no file of it' "$(find "$work" -name 'refused.csv*')" ''
}

# The service refuses rows that the client accepted. Its error has their index in the batch.
a_strict_service_names_its_rows() {
    stop_service
    start_service --cpf-check strict
    before=$(count)
    run_lua 'print "nome,idade,cpf,email" for i = 1, 120 do
        local cpf = aluno.cpf.generate(700000 + i)
        if i == 3 or i == 60 or i == 107 then cpf = cpf:sub(1, 9) .. ("%02d"):format((cpf:sub(-2) + 1) % 100) end
        print(("Rigor,%d,%s,rigor@example.com"):format(i == 50 and 200 or 20, cpf)) end' >"$work/strict.csv"
    fails 8 'in batches, all or none' "$ALUNO" importar "$work/strict.csv" --atomico --rejeitados "$work/atomic.csv"
    says 'Linhas: 120. Cadastradas: 0; já cadastradas antes: 0; recusadas: 120'
    same 'nothing of either batch' "$(count)" "$before"
    same 'the first lines that are wrong' "$(rejected "$work/atomic.csv" | grep -v BATCH_UNDONE)" \
        "$(printf '%s\n' '51 AGE_RANGE' '108 CPF_CHECK_DIGIT')"
    fails 8 'row by row' "$ALUNO" importar "$work/strict.csv"
    says 'Linhas: 120. Cadastradas: 116; já cadastradas antes: 0; recusadas: 4'
    same 'exactly those' "$(rejected "$work/strict.rejeitados.csv")" \
        "$(printf '%s\n' '4 CPF_CHECK_DIGIT' '51 AGE_RANGE' '61 CPF_CHECK_DIGIT' '108 CPF_CHECK_DIGIT')"
    same 'in words' "$(sed -n '2s/.*CPF_CHECK_DIGIT,//p' "$work/strict.rejeitados.csv" | tr -d '\r')" \
        'CPF do aluno: os dígitos verificadores do CPF não conferem'
    same 'and the others are there' "$(count)" $((before + 116))
}

# ---- many rows ----

# Waits until there are so many students. Fails after a timeout.
reaches() {
    run_lua 'local c <close>, wanted, patience = assert(aluno.connect {}), tonumber(arg[1]), tonumber(arg[2])
        local last = os.time() + patience
        repeat
            local total = assert(c:list {page_size = 1}).total_size
            assert(os.time() <= last, total)
        until total >= wanted' "$1" $((4 * patience))
}

restart_service() {
    stop_service
    start_service
}

# Starts the large import, and signals it when so many are registered: SIGNAL COUNT. Returns its exit code.
import_until() {
    spawn "$ALUNO" importar "$work/many.csv" 2>"$work/said"
    works "$2 are registered" reaches "$2"
    kill "-$1" "$spawned"
    reap "$spawned"
    ended=$?
    restart_service # which first carries out the batches under way
    return "$ended"
}

many_rows_survive_their_ends() {
    db=$work/many.db
    start_service
    "$ALUNO" "$ALUNO_SOURCE/tests/lib/made_students.lua" "$rows" "$work/many.csv" "$work/faults" "$work/students"
    import_until KILL "$(shuf -i 1-$((rows / 4)) -n 1)"
    same 'it was killed' $? 137
    killed=$(count)
    import_until INT "$(shuf -i $((killed + 1))-$((killed + rows / 4)) -n 1)"
    same 'it was interrupted' $? 130
    stopped=$(count)
    same 'that is reported' "$(grep -c 'O mesmo comando continua de onde ela parou' "$work/said")" 1
    fails 8 'the third goes on' "$ALUNO" importar "$work/many.csv"
    says "Cadastradas: $(($(wc -l <"$work/students") - stopped)); já cadastradas antes: $stopped; recusadas: $((rows / 100))"
    same 'exactly the faulty rows are reported' "$(rejected "$work/many.rejeitados.csv" | cmp - "$work/faults" 2>&1)" ''
    "$ALUNO" exportar "$work/exported" --campos cpf,nome,idade,email >"$output" 2>&1
    sort "$work/students" >"$work/expected"
    same 'exactly the others are registered' "$(tail -n +2 "$work/exported" | sort | cmp - "$work/expected" 2>&1)" ''
    stop_service
}

make_files
make_certificates
start_service
run excels_files_are_read headings_are_validated a_dry_run_stores_nothing rejected_rows_come_back \
    broken_rows_are_kept_whole another_schools_spreadsheet_is_read known_students_are_updated \
    the_order_of_dates_is_asked_for existing_students_are_reported batches_are_all_or_none exports_come_back \
    exports_are_encrypted workbooks_of_excel an_import_is_taken_back scripts_may_too failures_end_it \
    a_strict_service_names_its_rows
stop_service
run many_rows_survive_their_ends
finish
