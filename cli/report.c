#include "report.h"

#include "output_stream.h"
#include "page.h"
#include "report_parts.h"

#include "base/output_file.h"

static lw_status collect(const report_run *run, json_t **data)
{
    json_t *examples = NULL, *points = NULL, *values = NULL;
    lw_status status = report_examples(run, &examples);
    if (status == LW_OK)
        status = report_boundary(run, &points);
    if (status == LW_OK)
        status = report_regression(run, &values);
    if (status != LW_OK) {
        json_decref(examples);
        json_decref(points);
        return status;
    }
    *data = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "command",
                      page_text(run->command), "machine", report_machine(run), "network",
                      report_network(run), "data", report_data(run), "options", report_options(run),
                      "time", report_time(run), "epochs", report_epochs(run), "result",
                      report_result(run), "examples", examples, "points", points, "values", values);
    return *data != NULL ? LW_OK : lw_fail(LW_ENOMEM, "no memory for the report");
}

lw_status report_check(const char *path)
{
    return lw_output_file_check(path);
}

lw_status report_write(const char *path, const report_run *run)
{
    json_t *data = NULL;
    lw_status status = collect(run, &data);
    if (status != LW_OK)
        return status;
    output_stream out;
    status = output_stream_open(&out, path);
    if (status == LW_OK) {
        if (page_write(out.stream, PAGE_TRAINING, data) != 0)
            status = lw_fail(LW_ENOMEM, "%s: no memory for the report", path);
        status = output_stream_close(&out, status);
    }
    json_decref(data);
    return status;
}
