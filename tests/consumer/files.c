/* Includes every header of lanewise::nn and calls a function that needs each library it links. */
#include <lanewise/nn.h>
#include <lanewise/output_file.h>
#include <stdio.h>

int main(void)
{
    lw_dataset data;
    lw_net *net;
    const lw_status csv = lw_dataset_load_csv(&data, "missing.csv", NULL);
    const lw_status idx = lw_dataset_load_idx(&data, "missing.gz", "missing.gz", NULL);
    const lw_status model = lw_net_load(&net, "missing.safetensors");
    const lw_status output = lw_output_file_check("missing/result.txt");
    printf("%s\n", lw_last_error());
    return !(csv == LW_EIO && idx == LW_EIO && model == LW_EIO && output == LW_EIO);
}
