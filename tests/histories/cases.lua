-- Histories that are known to be right or wrong: title, the kind of fault or false, the lines. Those of watches are in
-- watch_cases.lua.
local ana = "item=7/a.1/4/1/live/a.1/20"

return {
    {"one after another", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke get key=4", "b.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 etag=1 age=21", "a.2 ok item=7/a.1/4/2/live/a.2/21",
        "a.3 invoke remove key=4 s=a.1", "a.3 ok item=7/a.1/4/3/removed/a.2/21",
        "b.2 invoke get key=4", "b.2 fail STUDENT_NOT_FOUND",
        "b.3 invoke create key=4 age=9", "b.3 ok item=8/b.3/4/1/live/b.3/9",
        "a.4 invoke restore key=4 s=a.1", "a.4 fail CPF_TAKEN",
        "b.4 invoke list order=asc removed=1", "b.4 ok total=2 item=7/a.1/4/3/removed/a.2/21 item=8/b.3/4/1/live/b.3/9",
    }},
    {"a read of before and one of after a change, both during it", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "b.1 invoke get key=4", "b.1 ok " .. ana,
        "b.2 invoke get key=4", "b.2 ok item=7/a.1/4/2/live/a.2/20", "a.2 ok item=7/a.1/4/2/live/a.2/20",
    }},
    {"an open change that took effect much later", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 info CONNECTION_LOST",
        "b.1 invoke get key=4", "b.1 ok " .. ana,
        "b.2 invoke get key=4", "b.2 ok item=7/a.1/4/2/live/a.2/20",
    }},
    {"an open change that never did", false, {
        "a.1 invoke create key=4 age=20", "a.1 info CONNECTION_LOST", "b.1 invoke get key=4", "b.1 fail STUDENT_NOT_FOUND",
        "b.2 invoke create key=4 age=9", "b.2 ok item=7/b.2/4/1/live/b.2/9",
    }},
    {"two open changes in either order", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 info X", "b.2 invoke update key=4 s=a.1", "b.2 info X",
        "c.1 invoke get key=4", "c.1 ok item=7/a.1/4/3/live/a.2/20",
    }},
    {"a create refused by one that is open", false, {
        "a.1 invoke create key=4 age=20", "a.1 info X", "b.1 invoke create key=4 age=9", "b.1 fail CPF_TAKEN",
        "b.2 invoke get key=4", "b.2 ok " .. ana,
    }},
    {"a batch, all of it", false, {
        "a.1 invoke batch key=4,5 age=20,21", "b.1 invoke list order=desc removed=1", "b.1 ok total=0",
        "a.1 ok item=7/a.1.1/4/1/live/a.1.1/20 item=8/a.1.2/5/1/live/a.1.2/21",
        "b.2 invoke batch key=5,6 age=1,2", "b.2 fail CPF_TAKEN rows=1", "b.3 invoke get key=6", "b.3 fail STUDENT_NOT_FOUND",
    }},
    {"pages while a student comes", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke list order=asc removed=1", "b.1 ok more=1 total=1 " .. ana,
        "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "b.2 invoke list order=asc removed=1 after=7", "b.2 ok total=2 item=8/a.2/5/1/live/a.2/20",
    }},
    {"a CPF that passes from one student to another", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke create key=4 age=9", "b.1 fail CPF_TAKEN",
        "a.2 invoke update key=4 s=a.1 to=5 mail=1", "a.2 ok item=7/a.1/5/2/live/a.2/20/a.2",
        "b.2 invoke create key=4 age=9", "b.2 ok item=8/b.2/4/1/live/b.2/9",
        "a.3 invoke update key=5 s=a.1 to=4", "a.3 fail CPF_TAKEN",
        "b.3 invoke get key=5", "b.3 ok item=7/a.1/5/2/live/a.2/20/a.2",
        "b.4 invoke remove key=5", "b.4 ok item=7/a.1/5/3/removed/a.2/20/a.2",
        "b.5 invoke update key=4 s=b.2 to=5", "b.5 ok item=8/b.2/5/2/live/b.5/9",
        "a.4 invoke restore key=4 s=a.1", "a.4 fail CPF_TAKEN",
    }},
    {"a full disk says nothing of students", false, {
        "a.1 invoke create key=4 age=20", "a.1 fail STORE_FULL", "b.1 invoke get key=4", "b.1 fail STUDENT_NOT_FOUND",
    }},
    {"an erasure, and nothing is left", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "w.1 invoke watch", "w.1 ok more=1",
        "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "b.2 invoke get key=4 s=a.1", "b.2 fail STUDENT_NOT_FOUND",
        "b.3 invoke restore key=4 s=a.1", "b.3 fail STUDENT_NOT_FOUND",
        "b.4 invoke erase key=4 s=a.1 of=a.1/1", "b.4 fail STUDENT_NOT_FOUND",
        "a.2 invoke create key=4 age=9", "a.2 ok item=8/a.2/4/1/live/a.2/9",
        "w.2 invoke watch after=0", "w.2 ok more=1 change=5/7/0/ERASED change=6/8/1/CREATED item=8/a.2/4/1/live/a.2/9",
        "w.3 invoke watch after=6", "w.3 ok",
        "final.1 invoke list order=asc removed=1", "final.1 ok total=1 item=8/a.2/4/1/live/a.2/9",
    }},
    {"all who have a CPF are erased", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke create key=4 age=9", "b.1 ok item=8/b.1/4/1/live/b.1/9",
        "b.2 invoke erase key=4 of=a.1/2,b.1/1", "b.2 ok erased=7,8", "b.3 invoke list order=asc removed=1", "b.3 ok total=0",
    }},
    {"an open erasure that took effect much later", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 info X",
        "a.2 invoke list order=asc removed=1", "a.2 ok total=1 " .. ana, "a.3 invoke list order=asc removed=1", "a.3 ok total=0",
        "final.1 invoke list order=asc removed=1", "final.1 ok total=0",
    }},
    {"open erasures that never did", false, {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 info X",
        "c.1 invoke erase key=4 of=a.1/1", "c.1 info X", "final.1 invoke list order=asc removed=1", "final.1 ok total=1 " .. ana,
    }},
    {"pages of before a creation and of after an erasure", false, {
        "a.1 invoke create key=4 age=20", "b.1 invoke list order=asc removed=1", "b.1 ok", "a.1 ok " .. ana,
        "c.1 invoke erase key=4 s=a.1 of=a.1/1", "b.2 invoke list order=asc removed=1", "b.2 ok", "c.1 ok erased=7",
    }},
    {"birth dates, from which ages follow", false, {
        "a.1 invoke batch key=4,5 age=22,9 birth=2004,-",
        "a.1 ok item=7/a.1.1/4/1/live/a.1.1/22/a.1.1/2004 item=8/a.1.2/5/1/live/a.1.2/9",
        "b.1 invoke update key=4 s=a.1.1 age=30", "b.1 fail FIELDS_INVALID",
        "b.2 invoke update key=4 s=a.1.1 age=22", "b.2 ok item=7/a.1.1/4/2/live/b.2/22/a.1.1/2004",
        "b.3 invoke update key=5 s=a.1.2 age=21 birth=2005 mail=1", "b.3 ok item=8/a.1.2/5/2/live/b.3/21/b.3/2005",
    }},
    {"a lost update", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 etag=1", "b.2 invoke update key=4 s=a.1 etag=1",
        "a.2 ok item=7/a.1/4/2/live/a.2/20", "b.2 ok item=7/a.1/4/2/live/b.2/20",
    }},
    {"an update that is gone later", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "b.2 invoke update key=4 s=a.1", "b.2 ok item=7/a.1/4/2/live/b.2/20",
    }},
    {"a stale read", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20", "b.1 invoke get key=4", "b.1 ok " .. ana,
    }},
    {"reads that go back in time", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke update key=4 s=a.1",
        "b.1 invoke get key=4", "b.1 ok item=7/a.1/4/2/live/a.2/20", "b.2 invoke get key=4", "b.2 ok " .. ana,
    }},
    {"an acknowledged create that nobody finds", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke get key=4", "b.1 fail STUDENT_NOT_FOUND",
    }},
    {"a refused create that was made", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 fail STORE_FULL", "b.1 invoke get key=4", "b.1 ok " .. ana,
    }},
    {"a refusal without its cause", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 fail CPF_TAKEN",
    }},
    {"two students with one CPF", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke create key=4 age=9", "b.1 ok item=8/b.1/4/1/live/b.1/9",
    }},
    {"a CPF taken from the student who has it", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke create key=5 age=9", "b.1 ok item=8/b.1/5/1/live/b.1/9",
        "b.2 invoke update key=5 s=b.1 to=4", "b.2 ok item=8/b.1/4/2/live/b.2/9",
    }},
    {"a CPF that nobody has, and is said to be taken", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 to=5", "a.2 ok item=7/a.1/5/2/live/a.2/20",
        "b.1 invoke create key=4 age=9", "b.1 fail CPF_TAKEN",
    }},
    {"a CPF that was not changed", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 to=5", "a.2 ok item=7/a.1/4/2/live/a.2/20",
    }},
    {"an e-mail address that was not changed", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 mail=1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
    }},
    {"a student found by a CPF of before", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 to=5", "a.2 ok item=7/a.1/5/2/live/a.2/20",
        "b.1 invoke get key=4", "b.1 ok item=7/a.1/5/2/live/a.2/20",
    }},
    {"a student restored with a CPF that somebody took", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke create key=5 age=9", "b.1 ok item=8/b.1/5/1/live/b.1/9",
        "b.2 invoke update key=5 s=b.1 to=4", "b.2 ok item=8/b.1/4/2/live/b.2/9",
        "a.3 invoke restore key=4 s=a.1", "a.3 ok item=7/a.1/4/3/live/a.1/20",
    }},
    {"a removal that was undone by nobody", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20", "b.1 invoke get key=4", "b.1 ok " .. ana,
    }},
    {"a student restored beside another with the CPF", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke create key=4 age=9", "b.1 ok item=8/b.1/4/1/live/b.1/9",
        "a.3 invoke restore key=4 s=a.1", "a.3 ok item=7/a.1/4/3/live/a.1/20",
    }},
    {"half of an update", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 age=21", "b.1 invoke get key=4", "b.1 ok item=7/a.1/4/2/live/a.2/20",
        "a.2 ok item=7/a.1/4/2/live/a.2/21",
    }},
    {"an etag that was not compared", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "b.1 invoke update key=4 s=a.1 etag=1", "b.1 ok item=7/a.1/4/3/live/b.1/20",
    }},
    {"a change made twice", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/3/live/a.2/20",
    }},
    {"a student who was erased and is there", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "c.1 invoke get key=4 s=a.1", "c.1 ok " .. ana,
    }},
    {"a student who was erased and is restored", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke remove key=4", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke erase key=4 s=a.1 of=a.1/2", "b.1 ok erased=7",
        "a.3 invoke restore key=4 s=a.1", "a.3 ok item=7/a.1/4/3/live/a.1/20",
    }},
    {"an open erasure that is undone", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 info X",
        "c.1 invoke get key=4", "c.1 fail STUDENT_NOT_FOUND", "c.2 invoke get key=4", "c.2 ok " .. ana,
    }},
    {"a CPF that stays taken by one who was erased", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "a.2 invoke create key=4 age=9", "a.2 fail CPF_TAKEN",
    }},
    {"an erasure of a student who has changed since the first step", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
    }},
    {"an erasure of a CPF without those who were removed", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke remove key=4", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke create key=4 age=9", "b.1 ok item=8/b.1/4/1/live/b.1/9",
        "b.2 invoke erase key=4 of=b.1/1", "b.2 ok erased=8",
    }},
    {"an erasure made twice", "not linearizable", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "c.1 invoke erase key=4 s=a.1 of=a.1/1", "c.1 ok erased=7",
    }},
    {"a birth date that was not stored", "not linearizable", {
        "a.1 invoke create key=4 age=22 birth=2004", "a.1 ok item=7/a.1/4/1/live/a.1/22",
    }},
    {"a birth date that nobody gave", "not linearizable", {
        "a.1 invoke create key=4 age=22", "a.1 ok item=7/a.1/4/1/live/a.1/22/a.1/2004",
    }},
    {"a birth date of before", "not linearizable", {
        "a.1 invoke create key=4 age=22 birth=2004", "a.1 ok item=7/a.1/4/1/live/a.1/22/a.1/2004",
        "a.2 invoke update key=4 s=a.1 age=21 birth=2005", "a.2 ok item=7/a.1/4/2/live/a.2/21/a.1/2004",
    }},
    {"an age that does not follow from the birth date", "not linearizable", {
        "a.1 invoke create key=4 age=22 birth=2004", "a.1 ok item=7/a.1/4/1/live/a.1/22/a.1/2004",
        "a.2 invoke update key=4 s=a.1 age=30", "a.2 ok item=7/a.1/4/2/live/a.2/30/a.1/2004",
    }},
    {"an age refused for a birth date that there is not", "not linearizable", {
        "a.1 invoke create key=4 age=22", "a.1 ok item=7/a.1/4/1/live/a.1/22", "a.2 invoke update key=4 s=a.1 age=30",
        "a.2 fail FIELDS_INVALID",
    }},
    {"a create made twice", "wrong", {
        "a.1 invoke create key=4 age=20", "b.1 invoke get key=4", "b.1 ok " .. ana,
        "b.2 invoke get key=4 s=a.1", "a.1 ok item=8/a.1/4/1/live/a.1/20", "b.2 ok item=8/a.1/4/1/live/a.1/20",
    }},
    {"an id given twice", "wrong", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke create key=5 age=20", "a.2 ok item=7/a.2/5/1/live/a.2/20",
    }},
    {"a student twice in a page", "wrong", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke list order=asc removed=1", "b.1 ok total=1 " .. ana .. " " .. ana,
    }},
    {"a removed student in a list of the others", "wrong", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "b.1 invoke list order=asc", "b.1 ok item=7/a.1/4/2/removed/a.1/20",
    }},
    {"a CPF twice in a page", "wrong", {
        "a.1 invoke create key=4 age=20", "b.1 invoke create key=4 age=9",
        "c.1 invoke list order=asc removed=1", "c.1 ok total=2 " .. ana .. " item=8/b.1/4/1/live/b.1/9",
    }},
    {"a total of too many", "wrong total", {"b.1 invoke list order=asc removed=1", "b.1 ok total=1"}},
    {"an acknowledged student who is not there at the end", "wrong", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "final.1 invoke list order=asc removed=1", "final.1 ok",
    }},
    {"a total without one of two students", "wrong total", {
        "a.1 invoke batch key=4,5 age=20,21", "a.1 ok", "b.1 invoke erase key=4 s=a.1.1 of=a.1.1/1", "b.1 ok erased=7",
        "c.1 invoke list order=asc removed=1 after=99", "c.1 ok total=0",
    }},
    {"a total with one who was erased", "wrong total", {
        "a.1 invoke create key=4 age=20", "a.1 ok", "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "c.1 invoke list order=asc removed=1 after=99", "c.1 ok total=1",
    }},
    {"an erased student who is there at the end", "wrong", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "final.1 invoke list order=asc removed=1", "final.1 ok " .. ana,
    }},
    {"a student who is gone after an erasure that was refused", "wrong", {
        "a.1 invoke batch key=4,5 age=20,21", "a.1 ok",
        "b.1 invoke erase key=4 s=a.1.1 of=a.1.1/1", "b.1 fail CONFIRMATION_INVALID",
        "final.1 invoke list order=asc removed=1", "final.1 ok item=8/a.1.2/5/1/live/a.1.2/21",
    }},
    {"half of an open batch", "wrong", {
        "a.1 invoke batch key=4,5 age=20,21", "a.1 info X",
        "final.1 invoke list order=asc removed=1", "final.1 ok item=7/a.1.1/4/1/live/a.1.1/20",
    }},
    {"a page of two moments", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "b.1 invoke list order=asc removed=1",
        "a.3 invoke update key=4 s=a.1", "a.3 ok item=7/a.1/4/2/live/a.3/20",
        "a.4 invoke update key=5 s=a.2", "a.4 ok item=8/a.2/5/2/live/a.4/20",
        "b.1 ok item=7/a.1/4/1/live/a.1/20 item=8/a.2/5/2/live/a.4/20",
    }},
    {"two pages that disagree on the order of two changes", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "a.3 invoke update key=4 s=a.1", "c.3 invoke update key=5 s=a.2",
        "b.1 invoke list order=asc removed=1", "d.1 invoke list order=asc removed=1",
        "b.1 ok item=7/a.1/4/2/live/a.3/20 item=8/a.2/5/1/live/a.2/20",
        "d.1 ok item=7/a.1/4/1/live/a.1/20 item=8/a.2/5/2/live/c.3/20",
        "a.3 ok item=7/a.1/4/2/live/a.3/20", "c.3 ok item=8/a.2/5/2/live/c.3/20",
    }},
    {"half of a batch in a page", "no snapshot", {
        "a.1 invoke batch key=4,5 age=20,21", "b.1 invoke list order=asc removed=1", "b.1 ok item=7/a.1.1/4/1/live/a.1.1/20",
        "a.1 ok item=7/a.1.1/4/1/live/a.1.1/20 item=8/a.1.2/5/1/live/a.1.2/21",
    }},
    {"a student who was skipped", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "b.1 invoke list order=desc removed=1", "b.1 ok item=7/a.1/4/1/live/a.1/20",
    }},
    {"a page without a student who is erased later", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke list order=asc removed=1", "b.1 ok",
        "c.1 invoke erase key=4 s=a.1 of=a.1/1", "c.1 ok erased=7",
    }},
    {"a page without a student before an erasure whose outcome is open", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke list order=asc removed=1", "b.1 ok",
        "c.1 invoke erase key=4 s=a.1 of=a.1/1", "c.1 info X",
    }},
    {"a page of before and after an erasure", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "b.1 invoke list order=asc removed=1",
        "a.3 invoke update key=5 s=a.2", "a.3 ok item=8/a.2/5/2/live/a.3/20",
        "c.1 invoke erase key=4 s=a.1 of=a.1/1", "c.1 ok erased=7",
        "b.1 ok item=8/a.2/5/1/live/a.2/20",
    }},
    {"an old page", "no snapshot", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "b.1 invoke list order=asc removed=1", "b.1 ok more=1 total=1 " .. ana,
        "a.2 invoke create key=5 age=20", "a.2 ok item=8/a.2/5/1/live/a.2/20",
        "b.2 invoke list order=asc removed=1 after=7", "b.2 ok",
    }},
}
