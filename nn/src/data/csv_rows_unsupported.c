/* In place of csv_rows.c in a build without libcsv. */
#include "csv_rows.h"

lw_status lw_csv_open(lw_csv_rows *rows, const char *path, char separator)
{
    (void)separator;
    *rows = (lw_csv_rows){.input.path = path};
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: this build cannot read CSV files: it was built without libcsv", path);
}

lw_status lw_csv_next(lw_csv_rows *rows, int *more)
{
    (void)rows;
    *more = 0;
    return LW_EUNSUPPORTED;
}

lw_status lw_csv_rewind(lw_csv_rows *rows, char separator)
{
    (void)rows;
    (void)separator;
    return LW_EUNSUPPORTED;
}

const unsigned char *lw_csv_sample(const lw_csv_rows *rows, size_t *size, int *is_whole)
{
    (void)rows;
    *size = 0;
    *is_whole = 1;
    return NULL;
}

const char *lw_csv_field(const lw_csv_rows *rows, size_t column)
{
    (void)rows;
    (void)column;
    return "";
}

void lw_csv_close(lw_csv_rows *rows)
{
    *rows = (lw_csv_rows){0};
}

lw_status lw_csv_no_memory(const lw_csv_rows *rows, const char *what)
{
    (void)rows;
    return lw_fail(LW_ENOMEM, "no memory for %s", what);
}
