# SPDX-License-Identifier: GPL-2.0-only
"""Has a sample another name than that of what ran? judge.py WHAT FOLDER STARTS

starts.txt has a line for each start: function, address, and when in ns the
firmware, the kernel, and its end were. Samples of a slice may be of any of the
functions that ran in it.

times.txt has a line for each time that Linux was up, with its load, or down.
"""
import re
import sqlite3
import sys

SLACK = 20_000_000
LOAD = re.compile(r"^(chacha_|_?get_random|__x64_sys_getrandom|crng_|_?copy_|"
                  r".*_copy_|.*random)")
nr = {"named": 0, "without a name": 0, "firmware": 0, "wrong": 0}


def samples(store):
    """(begin, end, symbol, count) of a guest's kernel"""
    slices = dict(store.execute("SELECT start_ns, end_ns FROM slice"))
    for start, symbol, count in store.execute(
        "SELECT start_ns, symbol, sum(count) FROM samples "
        "WHERE context = 'kernel' AND domain <> 'host' GROUP BY 1, 2"
    ):
        yield start, slices[start], symbol, count


def is_named(symbol, count):
    kind = ("without a name" if symbol.startswith("0xffffffff") else
            "firmware" if symbol.startswith("0x") else "named")
    nr[kind] += count
    return kind == "named"


def judge_starts(store, path, wanted):
    starts = []
    for line in open(path):
        function, address, *times = line.split()
        starts.append((function, int(address, 16), *map(int, times)))
    named = set()
    for begin, end, symbol, count in samples(store):
        if not is_named(symbol, count):
            continue
        ran = [i for i, (_, _, _, kernel, over) in enumerate(starts)
               if kernel < end + SLACK and over > begin - SLACK]
        right = [i for i in ran if starts[i][0] == symbol]
        named.update(right)
        if not right:
            nr["wrong"] += count
            print(f"{count} samples are called {symbol}, where there ran",
                  *(starts[i][0] for i in ran))
    # An address of one start that lies in the kernel of the one before.
    near = sum(0 <= b[1] - (a[1] & ~0xFFF) < 0x200000
               for a, b in zip(starts, starts[1:]))
    print(f"{len(starts)} starts, {near} of them across the kernel before,",
          f"{len(named)} with names")
    return (len(starts) == wanted and len(named) > wanted / 2
            and nr["named"] > nr["without a name"] and nr["firmware"] > wanted)


def judge_linux(store, path, wanted):
    times = [line.split() for line in open(path)]
    ups = [int(ns) for what, ns in times if what == "up"]
    downs = [int(ns) for what, ns in times if what == "down"]
    windows = list(zip(ups, downs))
    sums = [[0, 0, 0] for _ in windows]
    for begin, end, symbol, count in samples(store):
        named = is_named(symbol, count)
        for i, (up, down) in enumerate(windows):
            if up < begin and end < down:
                sums[i][0] += count
                sums[i][1] += count if named else 0
                sums[i][2] += count if LOAD.match(symbol) else 0
    for up, (total, named, load) in zip(ups, sums):
        print(f"up at {up / 1e9:.2f}: {total} samples, {named} with names,",
              f"{load} of them the load's")
    # What a timer's interrupt does is the guest's, too.
    return (len(windows) == wanted
            and all(s[0] > 500 and s[2] > 0.95 * s[1] for s in sums)
            and all(s[1] > 0.95 * s[0] for s in sums))


what, folder, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
profile = sqlite3.connect(f"file:{folder}/{what}.store?mode=ro", uri=True)
if what == "starts":
    is_good = judge_starts(profile, f"{folder}/starts.txt", wanted)
else:
    is_good = judge_linux(profile, f"{folder}/times.txt", wanted)
print("samples of its kernel:", nr)
sys.exit(not is_good or nr["wrong"] > 0)
