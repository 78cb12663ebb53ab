/*
 * Files that appear whole or not at all, as Lanewise writes its own: networks, states of training, exports, predictions.
 *
 *   lw_output_file *file;
 *   lw_status status = lw_output_file_open(&file, "result.txt");
 *   if (status == LW_OK) {
 *       status = lw_output_file_write(file, "1.5\n", 4);
 *       status = lw_output_file_close(file, status);
 *   }
 *
 * A file is written without a name, brought to the disk, given a name of its own beside its target, and renamed over
 * the target. Until then the target is what it was; whoever opens it sees the old contents or the new ones. A program
 * that is killed leaves nothing behind, unless that happens between the last two of these calls. On a file system that
 * has no files without names (O_TMPFILE), or without /proc, the file has that name from the beginning:
 * .lanewise-PROCESS-NUMBER.tmp.
 *
 * A target that exists keeps its permissions; a new one has those that the umask leaves of 0666. A symbolic link to a
 * file stays, and the file that it leads to is replaced; other hard links to that file keep the old contents.
 *
 * What holds for every function here:
 *
 *   NULL       is LW_EINVAL where nothing else is said.
 *   Errors     LW_EIO, with the path as it was given to lw_output_file_open and the system's reason, if something cannot
 *              be opened, written or renamed; LW_ENOMEM for want of memory. A call that is interrupted by a signal goes on.
 *   Threads    a file is used by one thread at a time. Different files are independent, in several threads too and
 *              even with the same path: the one that is closed last is there in the end.
 */
#ifndef LANEWISE_OUTPUT_FILE_H
#define LANEWISE_OUTPUT_FILE_H

#include <lanewise/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file while it is written. */
typedef struct lw_output_file lw_output_file;

/*
 * Begins a file that is to appear at path. *file is ended by lw_output_file_close. LW_EIO if it could not be put there:
 * the directory is not there or may not be written to, or path is something that exists and is no regular file, or one
 * that may not be written to. *file is untouched then, and nothing is left behind.
 */
LW_API lw_status lw_output_file_open(lw_output_file **file, const char *path);

/*
 * Writes size bytes behind those written before. bytes may be NULL for size 0; more than PTRDIFF_MAX is LW_EINVAL. What
 * is written one by one should be gathered first: each call is one of the system.
 *
 * After a write that failed for another reason than its arguments, which leave the file as it was, the file cannot
 * become whole any more: later ones write nothing and fail as the first did, and so does lw_output_file_close. Whoever
 * wants to know of that only in the end need not look at the status of each.
 */
LW_API lw_status lw_output_file_write(lw_output_file *file, const void *bytes, size_t size);

/*
 * Ends a file, in any case. With status LW_OK it is brought to the disk and renamed over the target. With any other
 * status, as of whatever went wrong while it was written, it is removed; so it is if an earlier write has failed, or
 * something does here. The target is what it was before, then. Returns status, or what failed; the message of
 * a status that is given stays. (The disk may not be told to keep the rename itself, which is no failure: the file is
 * whole and in place, and after a power cut it may be the old one.)
 */
LW_API lw_status lw_output_file_close(lw_output_file *file, lw_status status);

/*
 * Whether a file could be put at path: to be asked before an hour of work, not after. Begins one and removes it, and
 * fails as lw_output_file_open does; what is at path is not touched. LW_EIO, with its name, if what was begun cannot be
 * removed.
 */
LW_API lw_status lw_output_file_check(const char *path);

#ifdef __cplusplus
}
#endif

#endif
