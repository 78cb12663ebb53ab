/* Calls a function that needs each library lanewise::nn is linked with. */
#include <lanewise/nn.h>
#include <stdio.h>

int main(void)
{
    lw_dataset data;
    lw_net *net;
    const lw_status csv = lw_dataset_load_csv(&data, "missing.csv", NULL);
    const lw_status idx = lw_dataset_load_idx(&data, "missing.gz", "missing.gz", NULL);
    const lw_status model = lw_net_load(&net, "missing.safetensors");
    printf("%s\n", lw_last_error());
    return !(csv == LW_EIO && idx == LW_EIO && model == LW_EIO);
}
