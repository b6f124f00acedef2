// SPDX-License-Identifier: GPL-2.0-only
/* What standard output is: a terminal gets a pager, colour and a width. */
#include "terminal.h"

#include "command.h"
#include "escape.h"
#include "program.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

enum {
	FALLBACK_WIDTH = 80,
	NOT_FOUND = 127, /* a shell's status */
};

static pid_t pager;

static void probe(struct terminal *ret_terminal)
{
	const char *term = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size;

	*ret_terminal = (struct terminal){ 0 };
	if (!isatty(STDOUT_FILENO))
		return;
	ret_terminal->width = FALLBACK_WIDTH;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		ret_terminal->width = size.ws_col;
	ret_terminal->has_colour = term && strcmp(term, "dumb") &&
				   !(no_colour && *no_colour);
}

static const char *get_pager(void)
{
	const char *command = getenv("VPROF_PAGER");

	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = program_exists("less") ? "less" : "";
	return *command && strcmp(command, "cat") ? command : NULL;
}

/* Runs in the child; standard input is the report. */
static void run_pager(const char *command)
{
	/* Quit if one screen, show colour, leave the screen. */
	setenv("LESS", "FRX", 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(NOT_FOUND);
}

static void start_pager(struct terminal *terminal)
{
	const char *command = get_pager();
	int ends[2];

	if (!terminal->width || !command || pipe(ends))
		return;
	pager = fork();
	if (!pager) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_pager(command);
	}
	if (pager > 0) {
		dup2(ends[1], STDOUT_FILENO);
		signal(SIGPIPE, SIG_IGN);
		if (strncmp(command, "less", 4))
			terminal->has_colour = false;
	}
	close(ends[0]);
	close(ends[1]);
}

void terminal_begin(struct terminal *ret_terminal)
{
	probe(ret_terminal);
	start_pager(ret_terminal);
}

/* What could not be written is still in the buffer: trying again says why. */
static int flush(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return errno ? -errno : -EIO;
}

/* Return: as waitpid() has it. */
static int wait_for_pager(void)
{
	int status = 0;

	fclose(stdout);
	while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
		;
	pager = 0;
	return status;
}

/* Who leaves a pager early ends it with status 0; else nobody knows what it
 * showed. */
static int explain_pager(int status)
{
	const char *command = get_pager();

	if (!status)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		warnx("there is no such pager: unset PAGER and VPROF_PAGER, "
		      "or set them to cat");
	else
		warnx("the pager \"%s\" failed: unset PAGER and VPROF_PAGER, "
		      "or set them to cat",
		      command ? command : "");
	return -EIO;
}

int terminal_end(const char *what, int ret)
{
	int flushed = flush();

	if (pager > 0) {
		/* Leaving the pager early is no error. */
		if (flushed == -EPIPE)
			flushed = 0;
		if (explain_pager(wait_for_pager()))
			return EXIT_FAILED;
	}
	if (!ret)
		ret = flushed;
	if (!ret)
		return EXIT_OK;
	warnx("%s could not be written: %s", what, strerror(-ret));
	return EXIT_FAILED;
}

const char *terminal_style(const struct terminal *terminal,
			   enum terminal_style style)
{
	static const char *const sequences[] = {
		[TERMINAL_PLAIN] = "",
		[TERMINAL_HEADING] = "\033[1m",
		[TERMINAL_HOT] = "\033[31m",
		[TERMINAL_WARM] = "\033[32m",
	};

	return terminal->has_colour ? sequences[style] : "";
}

const char *terminal_reset(const struct terminal *terminal)
{
	return terminal->has_colour ? "\033[0m" : "";
}

static size_t get_columns(int character)
{
	int columns;

	/* Fast for what nearly all names are made of. */
	if (character > 0 && character < 0x80)
		return 1;
	columns = wcwidth((wchar_t)character);
	return columns >= 0 ? (size_t)columns : 1;
}

size_t terminal_text_width(const char *text)
{
	size_t width = 0;
	int character;

	while ((character = escape_decode(&text)))
		width += get_columns(character);
	return width;
}

size_t terminal_text_fit(const char *text, size_t *width)
{
	const char *end = text, *next = text;
	size_t columns;
	int character;

	while ((character = escape_decode(&next))) {
		columns = get_columns(character);
		if (columns > *width)
			break;
		*width -= columns;
		end = next;
	}
	return (size_t)(end - text);
}
