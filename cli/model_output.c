#include "model_output.h"

#include "base/output_file.h"

lw_status model_output_check(const char *path)
{
    return lw_output_file_check(path);
}
