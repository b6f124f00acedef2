# SPDX-License-Identifier: GPL-2.0-only
"""Was a sample filed to a guest whose code it cannot be? judge.py STORE GUESTS"""
import sqlite3
import sys

PAGES = {"a": range(0x100000, 0x101000), "b": range(0x200000, 0x201000)}

store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
created = int(sys.argv[2])
guests = {}
wrong = []
for domain, offset, count in store.execute(
    "SELECT domain, offset, sum(count) FROM samples WHERE context <> 'hypervisor' "
    "AND domain LIKE '_-%' GROUP BY domain, offset"
):
    guests[domain] = guests.get(domain, 0) + count
    if offset not in PAGES[domain[0]]:
        wrong.append((domain, hex(offset), count))
print(f"{len(guests)} of {created} guests, {sum(guests.values())} samples in them")
for each in wrong[:20]:
    print("filed to", *each)
# A fifth of them are gone at once; others live for a second, and are looked for
# once a second.
sys.exit(bool(wrong) or len(guests) < 0.4 * created)
