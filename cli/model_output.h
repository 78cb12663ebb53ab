/* Whether model files can be written, asked before the work that they are to keep. */
#ifndef LANEWISE_CLI_MODEL_OUTPUT_H
#define LANEWISE_CLI_MODEL_OUTPUT_H

#include <lanewise/nn.h>

/* LW_EIO if path cannot be written; LW_EUNSUPPORTED in a build without Jansson. */
lw_status model_output_check(const char *path);

#endif
