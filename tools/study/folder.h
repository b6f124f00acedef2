/* SPDX-License-Identifier: GPL-2.0-only */
/* A study's folder: results.json, the stores, and reports that are made anew. */
#ifndef VPROF_TOOLS_STUDY_FOLDER_H
#define VPROF_TOOLS_STUDY_FOLDER_H

#include "study/results.h"

/** Files of reports in the folder. */
#define STUDY_REPORT_TEXT_FILE "report.txt"
#define STUDY_REPORT_HTML_FILE "report.html"

/** Where -o is not given. */
#define STUDY_FOLDER_DEFAULT "vprof-study.d"

/**
 * study_folder_open - make the folder, or take up what an earlier run left there
 * @ret_results: for study_results_free(), with this machine in it
 */
int study_folder_open(const char *folder, struct study_results **ret_results,
		      struct vprof_error *err);

/** study_folder_read - what is there already. Return: as study_results_read() */
int study_folder_read(const char *folder, struct study_results **ret_results,
		      struct vprof_error *err);

/** study_folder_save - write results.json */
int study_folder_save(const char *folder, const struct study_results *results,
		      struct vprof_error *err);

/** study_folder_report - write the reports of it, as text and as a page */
int study_folder_report(const char *folder, const struct study_results *results,
			struct vprof_error *err);

/** study_folder_finish - study_folder_save(), study_folder_report() */
int study_folder_finish(const char *folder, const struct study_results *results,
			struct vprof_error *err);

#endif
