-- Histories of watches that are known to be right or wrong: title, the kind of fault or false, the lines.
local ana = "item=7/a.1/4/1/live/a.1/20"

return {
    {"watches of two that go back", false, {
        "w.1 invoke watch", "w.1 ok more=1",
        "a.1 invoke create key=4 age=20", "w.2 invoke watch after=0", "a.1 ok " .. ana,
        "w.2 ok more=1 change=4/7/1/CREATED " .. ana,
        "a.2 invoke update key=4 s=a.1 to=5", "v.1 invoke watch", "v.1 ok more=1", "a.2 ok item=7/a.1/5/2/live/a.2/20",
        "a.3 invoke remove key=5 s=a.1", "a.3 ok item=7/a.1/5/3/removed/a.2/20",
        "w.3 invoke watch after=4", "w.3 info CONNECTION_LOST", "w.4 invoke watch after=4",
        "w.4 ok change=6/7/2/UPDATED item=7/a.1/5/3/removed/a.2/20 change=7/7/3/REMOVED item=7/a.1/5/3/removed/a.2/20",
        "w.5 invoke watch after=4", "w.5 ok more=1 change=6/7/2/UPDATED item=7/a.1/5/3/removed/a.2/20",
        "v.2 invoke watch after=0", "v.2 ok more=1 change=7/7/3/REMOVED item=7/a.1/5/3/removed/a.2/20",
        "v.3 invoke watch after=7", "v.3 ok",
    }},
    {"two changes at once, in either order", false, {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "b.1 invoke create key=6 age=1",
        "a.1 ok " .. ana, "b.1 ok item=8/b.1/6/1/live/b.1/1",
        "w.2 invoke watch after=0", "w.2 ok change=4/8/1/CREATED change=5/7/1/CREATED",
    }},
    {"a watch of some, which leaves out the others", false, {
        "w.1 invoke watch age=30", "w.1 ok more=1", "v.1 invoke watch", "v.1 ok more=1",
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 age=31", "a.2 ok item=7/a.1/4/2/live/a.2/31",
        "w.2 invoke watch age=30 after=0", "w.2 ok more=1 change=5/7/2/UPDATED item=7/a.1/4/2/live/a.2/31",
        "a.3 invoke update key=4 s=a.1 age=29", "a.3 ok item=7/a.1/4/3/live/a.3/29",
        "a.4 invoke remove key=4 s=a.1", "a.4 ok item=7/a.1/4/4/removed/a.3/29",
        "w.3 invoke watch age=30 after=5", "w.3 ok more=1 change=6/7/3/UPDATED",
        "b.1 invoke erase key=4 s=a.1 of=a.1/4", "b.1 ok erased=7",
        "w.4 invoke watch age=30 after=6", "w.4 ok change=8/7/0/ERASED", "w.5 invoke watch age=30 after=8", "w.5 ok",
    }},
    {"a watch of some, for which a later change stands for an earlier one", false, {
        "w.1 invoke watch age=30", "w.1 ok more=1", "a.1 invoke create key=4 age=31", "a.1 ok item=7/a.1/4/1/live/a.1/31",
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/31",
        "w.2 invoke watch age=30 after=0", "w.2 ok change=5/7/2/REMOVED", "w.3 invoke watch age=30 after=5", "w.3 ok",
    }},
    {"a watch that skips what another one sees", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "v.1 invoke watch", "v.1 ok more=1",
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "b.1 invoke create key=6 age=1", "b.1 ok item=8/b.1/6/1/live/b.1/1",
        "w.2 invoke watch after=0", "w.2 ok more=1 change=4/7/1/CREATED change=5/7/2/UPDATED change=6/8/1/CREATED",
        "v.2 invoke watch after=4", "v.2 ok more=1 change=6/8/1/CREATED",
    }},
    {"a watch that skips a version", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 info X", "a.3 invoke update key=4 s=a.1", "a.3 ok item=7/a.1/4/3/live/a.3/20",
        "w.2 invoke watch after=0", "w.2 ok more=1 change=4/7/1/CREATED", "w.3 invoke watch after=4",
        "w.3 ok more=1 change=6/7/3/UPDATED",
    }},
    {"an acknowledged change that no watch sees", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "w.2 invoke watch after=0", "w.2 ok",
    }},
    {"changes that come in another order", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "w.2 invoke watch after=0", "w.2 ok more=1 change=5/7/2/UPDATED change=4/7/1/CREATED",
    }},
    {"a change of before the token", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "w.2 invoke watch after=0", "w.2 ok more=1 change=4/7/1/CREATED", "w.3 invoke watch after=4",
        "w.3 ok more=1 change=4/7/1/CREATED",
    }},
    {"a change that comes again at another place", "wrong watch", {
        "w.1 invoke watch", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "w.2 invoke watch after=0", "w.2 ok more=1 change=4/7/1/CREATED", "w.3 invoke watch after=4",
        "w.3 ok more=1 change=5/7/1/CREATED",
    }},
    {"a place that two watches see different changes at", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke create key=6 age=1", "b.1 ok item=8/b.1/6/1/live/b.1/1",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=4/7/1/CREATED",
        "v.1 invoke watch after=0", "v.1 ok more=1 change=4/8/1/CREATED",
    }},
    {"places of versions in another order", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke update key=4 s=a.1",
        "a.3 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20", "a.3 ok item=7/a.1/4/3/removed/a.2/20",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=4/7/3/REMOVED change=5/7/2/UPDATED",
    }},
    {"places in another order than time", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke create key=6 age=1", "b.1 ok item=8/b.1/6/1/live/b.1/1",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=4/8/1/CREATED change=5/7/1/CREATED",
    }},
    {"a change of another kind", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/2/UPDATED",
    }},
    {"a student as of before the change", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1", "a.2 ok item=7/a.1/4/2/live/a.2/20",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/2/UPDATED " .. ana,
    }},
    {"a student as nobody wrote it", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/1/CREATED item=7/a.1/4/1/live/a.1/21",
    }},
    {"an erasure that no watch sees", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "w.1 invoke watch", "w.1 ok more=1",
        "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7", "w.2 invoke watch after=0", "w.2 ok",
    }},
    {"an erasure that is reported as something else", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/0/REMOVED",
    }},
    {"an erasure in another order than time", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "b.1 invoke erase key=4 s=a.1 of=a.1/1", "b.1 ok erased=7",
        "a.2 invoke create key=5 age=2", "a.2 ok item=8/a.2/5/1/live/a.2/2",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/8/1/CREATED change=6/7/0/ERASED",
    }},
    {"a change after the erasure", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke update key=4 s=a.1", "a.2 info X",
        "b.1 invoke erase key=4 s=a.1 of=a.1/2", "b.1 info X",
        "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/0/ERASED change=6/7/2/UPDATED",
    }},
    {"a watch of some that does not tell of one who comes", "wrong watch", {
        "w.1 invoke watch age=30", "w.1 ok more=1", "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "a.2 invoke update key=4 s=a.1 age=31", "a.2 ok item=7/a.1/4/2/live/a.2/31",
        "w.2 invoke watch age=30 after=0", "w.2 ok",
    }},
    {"a watch of some that does not tell of one who leaves", "wrong watch", {
        "a.1 invoke create key=4 age=31", "a.1 ok item=7/a.1/4/1/live/a.1/31", "w.1 invoke watch age=30", "w.1 ok more=1",
        "a.2 invoke update key=4 s=a.1 age=29", "a.2 ok item=7/a.1/4/2/live/a.2/29",
        "w.2 invoke watch age=30 after=0", "w.2 ok",
    }},
    {"a watch of some that does not tell of one who is removed", "wrong watch", {
        "a.1 invoke create key=4 age=31", "a.1 ok item=7/a.1/4/1/live/a.1/31", "w.1 invoke watch age=30", "w.1 ok more=1",
        "a.2 invoke remove key=4 s=a.1", "a.2 ok item=7/a.1/4/2/removed/a.1/31",
        "w.2 invoke watch age=30 after=0", "w.2 ok",
    }},
    {"a watch of some that shows another one", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana,
        "w.1 invoke watch age=30 after=0", "w.1 ok more=1 change=5/7/1/CREATED " .. ana,
    }},
    {"a watch of present students that shows a removed one", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke remove key=4 s=a.1",
        "a.2 ok item=7/a.1/4/2/removed/a.1/20",
        "w.1 invoke watch age=0 after=0", "w.1 ok more=1 change=5/7/1/CREATED item=7/a.1/4/2/removed/a.1/20",
    }},
    {"a watch of some whose changes come in another order", "wrong watch", {
        "a.1 invoke create key=4 age=31", "a.1 ok item=7/a.1/4/1/live/a.1/31",
        "w.1 invoke watch age=30 after=0", "w.1 ok more=1 change=5/7/4/UPDATED change=6/7/3/UPDATED",
    }},
    {"a copy that is behind", "wrong watch", {
        "w.1 invoke watch age=30 after=0", "w.1 ok more=1 change=5/7/1/CREATED item=7/a.1/4/1/live/a.1/31",
        "a.1 invoke create key=4 age=31", "a.1 info X", "a.2 invoke remove key=4 s=a.1", "a.2 info X",
        "b.1 invoke list order=asc removed=1", "b.1 ok item=7/a.1/4/2/removed/a.1/31",
        "w.2 invoke watch age=30 after=5", "w.2 ok",
    }},
    {"a change that does not show who is there", "wrong watch", {
        "a.1 invoke create key=4 age=31", "a.1 ok item=7/a.1/4/1/live/a.1/31", "w.1 invoke watch age=30 after=0",
        "w.1 ok more=1 change=5/7/1/CREATED", "b.1 invoke get key=4", "b.1 ok item=7/a.1/4/1/live/a.1/31",
    }},
    {"a change of all that does not show who is removed", "wrong watch", {
        "a.1 invoke create key=4 age=20", "a.1 ok " .. ana, "a.2 invoke remove key=4 s=a.1",
        "a.2 ok item=7/a.1/4/2/removed/a.1/20", "w.1 invoke watch after=0", "w.1 ok more=1 change=5/7/2/REMOVED",
        "b.1 invoke get key=4 s=a.1", "b.1 ok item=7/a.1/4/2/removed/a.1/20",
    }},
    {"a watch that may not go on", "wrong watch", {"w.1 invoke watch after=9", "w.1 fail WATCH_EXPIRED"}},
}
