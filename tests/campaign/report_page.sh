#!/bin/sh
# report_page.sh [STUDENTS]: `aluno relatorio` in Chromium, of so many students (1000) and of few, with names that a page must
# survive. Checks what the browser makes of the page, on a screen as wide as A4, on a telephone and on paper, and that
# nothing in it loads or runs. The pictures stay in the folder report_page of the build. It needs the packages chromium and
# poppler-utils.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

students=${only:-1000}
only=
pictures=$ALUNO_BUILD/report_page
for tool in chromium pdftotext; do
    command -v $tool >/dev/null || { echo "report_page.sh: $tool is missing: apt-get install chromium poppler-utils" >&2; exit 2; }
done
mkdir -p "$pictures"

# browse FILE OPTION...: Chromium without a window, a profile or a sandbox, which root cannot have.
browse() {
    page=$1
    shift
    chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" "$@" \
        "file://$page" 2>"$work/chromium.err"
}

# picture NAME WIDTH,HEIGHT: of class.html
picture() {
    browse "$work/class.html" --screenshot="$pictures/$1.png" --window-size="$2" || cat "$work/chromium.err" >&2
    [ -s "$pictures/$1.png" ] || not_ok "there is a picture $1"
}

# A page that shows another one at a width of so many pixels, and writes into itself what it finds there: whether it overflows,
# and how many rows, bars and scripts there are.
make_probe() { # WIDTH
    cat <<END
<!DOCTYPE html><meta charset="utf-8"><title>probe</title>
<iframe src="class.html" style="width:$1px;height:1123px;border:0"></iframe><p id="found"></p>
<script>
onload = () => {
    const page = document.querySelector("iframe").contentDocument, all = (what) => page.querySelectorAll(what).length;
    document.getElementById("found").textContent = "overflow " + (page.documentElement.scrollWidth > $1) +
        ", rows " + all("tbody tr") + ", heads " + all("thead th") + ", h1 " + all("h1") + ", h2 " + all("h2") +
        ", charts " + all("svg[role=img] > title") + ", scripts " + all("script, iframe, link, img, object");
};
</script>
END
}

# found WIDTH: what the probe writes
found() {
    make_probe "$1" >"$work/probe.html"
    browse "$work/probe.html" --allow-file-access-from-files --virtual-time-budget=10000 --window-size=1000,1200 --dump-dom |
        sed -n 's/.*<p id="found">\([^<]*\)<.*/\1/p'
}

report() {
    works 'a report' "$ALUNO" relatorio --sobrescrever --escola 'Escola Municipal Paulo Freire' --titulo '7º ano C' \
        --saida "$work/$1"
}

on_paper() { # NAME: its PDF
    pdftotext -layout "$work/$1.pdf" "$work/$1.txt"
    sheets=$(grep -c "$(printf '\f')" "$work/$1.txt")
    same 'each sheet has its number' "$(grep -cE "^ *[0-9]+ ?/ ?$sheets\$" "$work/$1.txt")" "$sheets"
    pdfinfo "$work/$1.pdf" | grep -q 'Page size:.*A4' || not_ok 'the sheets are A4'
    pdftoppm -r 70 -f 1 -l 1 -png "$work/$1.pdf" "$pictures/$1-first"
    pdftoppm -r 70 -f "$sheets" -l "$sheets" -png "$work/$1.pdf" "$pictures/$1-last"
}

make_students() { # FIRST LAST
    run_lua 'local c <close> = aluno.connect {strict = true}
        local first = {"Ana", "Íris", "João", "Conceição", "Kauã", "Zé"}
        local last = {"D\u{27}Ávila", "Souza", "Lima", "Villa-Lobos", "Órfão", "da Silva", "Magalhães"}
        for i = tonumber(arg[1]), tonumber(arg[2]) do
            c:create {name = first[i % #first + 1] .. " " .. last[i % #last + 1] .. " " .. first[i % 5 + 1],
                birth_date = ("%d-%02d-%02d"):format(2008 + i * i % 11, i % 12 + 1, i % 28 + 1),
                br_document = aluno.cpf.generate(i), email = "a@example.com"}
        end' "$1" "$2"
}

make_hard_names() {
    run_lua 'local c <close> = aluno.connect {strict = true}
        for i, name in ipairs {"<script>document.title = 1</script>", "<img src=https://example.com/x onerror=alert(1)>",
            ("W"):rep(120), "محمد علي الحسن", "Zoe\u{308} Nguye\u{302}\u{303}n"} do
            c:create {name = name, age = 90 + i, br_document = aluno.cpf.generate(900000 + i), email = "a@example.com"}
        end'
}

make_certificates
start_service
works 'a class' make_students 1 34
works 'hard names' make_hard_names
report class.html
same 'on A4' "$(found 794)" 'overflow false, rows 39, heads 4, h1 1, h2 2, charts 1, scripts 0'
same 'on a telephone' "$(found 360)" 'overflow false, rows 39, heads 4, h1 1, h2 2, charts 1, scripts 0'
picture screen 1000,1500
picture telephone 500,1500
report class.pdf
on_paper class

works 'a school' make_students 35 "$students"
works 'a class of its own' "$ALUNO" relatorio 'idade<90' --saida "$work/school.pdf" --escola 'Escola Municipal Paulo Freire'
on_paper school
same 'all of them' "$(grep -cE '^ *[0-9]+ .*\*\*\*\.' "$work/school.txt")" "$students"
heads=$(grep -c 'Nome .*Idade *CPF' "$work/school.txt")
[ "$heads" -ge $((sheets - 1)) ] || not_ok "each sheet of the list has its head: $heads of $sheets"
stop_service
echo "pictures: $pictures"
finish
