# SPDX-License-Identifier: GPL-2.0-only
"""Has a sample another name than that of what ran? judge.py FOLDER STARTS

starts.txt has a line for each start: function, address, and when in ns the
firmware, the kernel, and its end were. Samples of a slice may be of any of the
functions that ran in it.
"""
import sqlite3
import sys

SLACK = 20_000_000
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


folder, wanted = sys.argv[1], int(sys.argv[2])
profile = sqlite3.connect(f"file:{folder}/starts.store?mode=ro", uri=True)
is_good = judge_starts(profile, f"{folder}/starts.txt", wanted)
print("samples of its kernel:", nr)
sys.exit(not is_good or nr["wrong"] > 0)
