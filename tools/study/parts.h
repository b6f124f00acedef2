/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of vprof-study; the table of them is in cmd_study.c. */
#ifndef VPROF_TOOLS_STUDY_PARTS_H
#define VPROF_TOOLS_STUDY_PARTS_H

/*
 * Each is the main() of "vprof-study PART": argv[0] is "vprof-study PART", options
 * follow. Return: enum exit_code.
 */

/** study_receive_run - the receive-path anomaly */
int study_receive_run(int argc, char **argv);

/** study_nics_run - receive throughput over several interfaces */
int study_nics_run(int argc, char **argv);

/** study_web_run - requests per second of a web server */
int study_web_run(int argc, char **argv);

/** study_report_run - the reports of what was measured already, made anew */
int study_report_run(int argc, char **argv);

#endif
