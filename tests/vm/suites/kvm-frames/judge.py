# SPDX-License-Identifier: GPL-2.0-only
"""Are the guest's call chains those of its own kernel? judge.py STORE LOG

LOG has the guest's own word: the stack of the process that is its load, where it
was when it let others run. From the function that both went through outwards
every chain has to be the same.
"""
import collections
import re
import sqlite3
import sys

COMMON = "get_random_bytes_user"
LEAVES = ("chacha_permute", "chacha_block_generic")

store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
log = open(sys.argv[2], errors="replace").read()
stacks = collections.Counter()
for line in re.findall(r"nested: stack (.*)", log):
    names = [name.split("+")[0] for name in line.split()]
    if COMMON in names:
        stacks[tuple(names[names.index(COMMON):])] += 1
print("the guest's own:")
for names, count in stacks.items():
    print(f"{count:8}", " <- ".join(names))

names = dict(store.execute("SELECT place, symbol FROM places"))
parents = {id: (parent, names[place]) for id, parent, place in
           store.execute("SELECT id, parent, place FROM chain")}


def walk(chain):
    while chain in parents:
        parent, name = parents[chain]
        yield name
        chain = parent


chains = collections.Counter()
for symbol, chain, count in store.execute(
    "SELECT symbol, chain, sum(count) FROM samples "
    "WHERE domain = 'a' AND context = 'kernel' GROUP BY 1, 2"
):
    if symbol in LEAVES:
        chains[(symbol, *walk(chain))] += count
good = late = 0
print("chains:")
for frames, count in chains.most_common(12):
    print(f"{count:8}", " <- ".join(frames))
for frames, count in chains.items():
    if COMMON in frames and frames[frames.index(COMMON):] in stacks:
        before = frames[:frames.index(COMMON)]
        good += count * (before in (LEAVES, LEAVES[1:]))
        late += count * (before == LEAVES[:1])
    # At a function's first instructions the frame is its caller's: that one is
    # not in the chain.
    elif frames[1:] and any(frames[1:] == own[-len(frames) + 1:] for own in stacks):
        late += count
all = sum(chains.values())
print(f"{all} samples, {good} with the whole chain, {late} at a function's first")
sys.exit(not stacks or all < 1000 or good < 0.98 * all or good + late < 0.995 * all)
