/* Members of .npz archives: ZIP files of .npy files, stored or deflated. */
#ifndef LANEWISE_NPZ_H
#define LANEWISE_NPZ_H

#include "base/input_file.h"

/*
 * Opens a .npy file or, for FILE.npz:NAME, that member of an archive, which is read to memory; NAME
 * may be left out if there is only one. Returns LW_EINVAL, with a list, if there is no such member;
 * LW_EFORMAT for a damaged archive; LW_EUNSUPPORTED for one of 4 GiB or more; the errors of
 * lw_input_open.
 */
lw_status lw_npz_open(lw_input_file *input, const char *path);

#endif
