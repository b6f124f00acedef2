// SPDX-License-Identifier: GPL-2.0-only
/* Burns 70 % of its time in one function, 30 % in another, until it is killed. */
enum { TURNS = 100000 };

#define BURNS(name, parts)                                        \
	__attribute__((noinline, noclone)) static void name(void) \
	{                                                         \
		for (volatile int i = 0; i < (parts)*TURNS;)      \
			i++;                                      \
	}

BURNS(burn_70, 70)
BURNS(burn_30, 30)

int main(void)
{
	for (;;) {
		burn_70();
		burn_30();
	}
}
