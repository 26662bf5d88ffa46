-- Published rules and examples of CSV, as cases of our own: RFC 4180, section 2, and the kinds of files in csv-spectrum.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")

--- The rows of a text, a list of columns each; a problem stands for its row.
local function rows(text, options)
    local found = {}
    for _, row, problem in assert(aluno.csv.reader(text, options)):rows() do
        found[#found + 1] = row or problem.reason
    end
    return found
end

local rfc = {
    {"1: each row is a line, ended by CRLF", "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
    {"2: the last line may have no end", "aaa,bbb,ccc\r\nzzz,yyy,xxx", {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
    {"4: spaces are part of a column", "aaa, bbb ,ccc\r\n", {{"aaa", " bbb ", "ccc"}}},
    {"4: no comma after the last column", "aaa,bbb,\r\n", {{"aaa", "bbb", ""}}},
    {"5: a column may be in quotes", '"aaa","bbb",ccc\r\n', {{"aaa", "bbb", "ccc"}}},
    {"6: line ends, quotes and commas in quotes", '"aaa","b\r\nbb","c,cc"\r\nzzz,yyy,xxx\r\n',
        {{"aaa", "b\r\nbb", "c,cc"}, {"zzz", "yyy", "xxx"}}},
    {"7: a quote within quotes is doubled", '"aaa","b""bb","ccc"\r\n', {{"aaa", 'b"bb', "ccc"}}},
}
for _, case in ipairs(rfc) do
    check.same("RFC 4180, 2." .. case[1], rows(case[2], {separator = ","}), case[3])
end
check.same("RFC 4180, 2.3: a header, whose names are the columns'",
    rows("field_name,other\r\naaa,bbb\r\n", {header = true}), {{field_name = "aaa", other = "bbb"}})

local spectrum = {
    {"commas in quotes", 'first,address\nJohn,"120 any st., 08123"\n', {{first = "John", address = "120 any st., 08123"}}},
    {"empty columns", 'a,b,c\n1,"",""\n2,3,4\n', {{a = "1", b = "", c = ""}, {a = "2", b = "3", c = "4"}}},
    {"empty columns, CRLF", 'a,b,c\r\n1,"",""\r\n2,3,4\r\n', {{a = "1", b = "", c = ""}, {a = "2", b = "3", c = "4"}}},
    {"quotes in quotes", 'a,b\n1,"ha ""ha"" ha"\n3,4\n', {{a = "1", b = 'ha "ha" ha'}, {a = "3", b = "4"}}},
    {"JSON in a column", 'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        {{key = "1", val = '{"type": "Point", "coordinates": [102.0, 0.5]}'}}},
    {"coordinates", 'name,place\na,"-22.9,-43.2"\n', {{name = "a", place = "-22.9,-43.2"}}},
    {"line ends in quotes", 'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        {{a = "1", b = "2", c = "3"}, {a = "Once upon \na time", b = "5", c = "6"}, {a = "7", b = "8", c = "9"}}},
    {"line ends in quotes, CRLF", 'a,b\r\n1,2\r\n"Once upon \r\na time",5\r\n',
        {{a = "1", b = "2"}, {a = "Once upon \r\na time", b = "5"}}},
    {"quotes and line ends", 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n', {{a = "1", b = 'ha \n"ha" \nha'}, {a = "3", b = "4"}}},
    {"simple", "a,b,c\n1,2,3", {{a = "1", b = "2", c = "3"}}},
    {"simple, CRLF", "a,b,c\r\n1,2,3", {{a = "1", b = "2", c = "3"}}},
    {"UTF-8", "a,b,c\n1,2,3\n4,5,ʤ\n", {{a = "1", b = "2", c = "3"}, {a = "4", b = "5", c = "ʤ"}}},
}
for _, case in ipairs(spectrum) do
    check.same("csv-spectrum: " .. case[1], rows(case[2], {header = true}), case[3])
end
