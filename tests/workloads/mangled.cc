// SPDX-License-Identifier: GPL-2.0-only
// Burns instructions under a C++ name that has to be demangled:
// farm::Barn<int>::milk(unsigned long).
#include <cstdlib>

#include "burn.h"

namespace farm
{
template <typename T> struct Barn {
	__attribute__((noinline)) void milk(unsigned long turns)
	{
		asm volatile("1:	dec %0\n	jnz 1b" : "+r"(turns));
		last = static_cast<T>(turns);
	}
	T last;
};
} // namespace farm

int main(int argc, char **argv)
{
	farm::Barn<int> barn;
	unsigned long millions = argc > 1 ? strtoul(argv[1], nullptr, 10) : 1;

	while (millions--)
		barn.milk(1000000 / BURN_TURN);
	return barn.last;
}
