/*
 * Output files that are replaced atomically: completely written or not at all.
 *
 *   lw_output_file *file;
 *   lw_status status = lw_output_file_open(&file, "result.txt");
 *   if (status == LW_OK) {
 *       status = lw_output_file_write(file, "1.5\n", 4);
 *       status = lw_output_file_close(file, status);
 *   }
 *
 * The file is written without a name (O_TMPFILE), synced, linked to a temporary name in the
 * directory of its target and renamed over the target. Readers see the old contents or the new
 * ones. A killed process leaves a temporary file only if it dies between link and rename. Without
 * O_TMPFILE or /proc the file has the temporary name from the start:
 * .lanewise-PROCESS-NUMBER.tmp.
 *
 *   Permissions     an existing target keeps its own; a new file gets 0666 minus the umask.
 *   Symbolic links  are followed: the link stays and the file it points to is replaced.
 *   Hard links      to the old file keep the old contents.
 *   Errors          LW_EIO, with the path and the system's reason; LW_ENOMEM. Calls interrupted by
 *                   a signal are resumed.
 *   Threads         use a file in one thread at a time. Different files are independent, even with
 *                   the same path: the last one closed wins.
 */
#ifndef LANEWISE_OUTPUT_FILE_H
#define LANEWISE_OUTPUT_FILE_H

#include <lanewise/status.h>
#include <stddef.h>

typedef struct lw_output_file lw_output_file;

/*
 * Begins a file that will replace path. End it with lw_output_file_close. Returns LW_EIO if path
 * cannot be written: its directory is missing or read-only, or path exists and is not a regular,
 * writable file. On failure *file is unchanged and nothing is created.
 */
lw_status lw_output_file_open(lw_output_file **file, const char *path);

/*
 * Appends size bytes. Unbuffered: each call is a system call. After a failed write all later writes
 * and lw_output_file_close fail with the same error, so callers may check the last status only.
 */
lw_status lw_output_file_write(lw_output_file *file, const void *bytes, size_t size);

/*
 * Ends and frees a file. If status is LW_OK, syncs the file and renames it over its target. If
 * status is an error, or a write or the rename fails, removes the temporary file; the target is
 * unchanged. Returns status if it is an error, whose message is kept, otherwise the result. (A
 * failure to sync the directory is ignored: after a power cut the target may be the old file.)
 */
lw_status lw_output_file_close(lw_output_file *file, lw_status status);

/*
 * Checks that a file can be written to path, for use before a long computation. Begins a file and
 * removes it; path is unchanged. Fails as lw_output_file_open, or with LW_EIO if the temporary file
 * cannot be removed.
 */
lw_status lw_output_file_check(const char *path);

#endif
