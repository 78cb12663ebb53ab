/* Functions of features that a build without optional libraries lacks, in the folder of its input
 * files: each returns LW_EUNSUPPORTED, names the library, and leaves its outputs and the file
 * system as they were. */
#include <lanewise/nn.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void refuses(lw_status status, const char *call, const char *library)
{
    if (status == LW_EUNSUPPORTED && strstr(lw_last_error(), library) != NULL)
        return;
    printf("%s: %s: %s\n", call, lw_status_name(status), lw_last_error());
    failures++;
}

#define REFUSES(library, call) refuses(call, #call, library)

int main(void)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_SIGMOID};
    lw_net *net = NULL, *other = NULL;
    lw_dataset data = {0};
    lw_position position = {0};
    if (lw_net_create_mlp(&net, 2, &layer, 1, 1) != LW_OK)
        return 1;

    REFUSES("Jansson", lw_net_save(net, "new.safetensors"));
    REFUSES("Jansson", lw_net_load(&other, "model.safetensors"));
    REFUSES("Jansson", lw_net_load_parameters(net, "model.safetensors"));
    REFUSES("Jansson",
            lw_net_import(&other, "model.safetensors", LW_ACTIVATION_RELU, LW_ACTIVATION_SIGMOID));
    REFUSES("Jansson", lw_net_import_with(&other, "model.safetensors",
                                          &(lw_import_options){.size = sizeof(lw_import_options)}));
    REFUSES("Jansson", lw_net_save_state(net, &position, "new.safetensors"));
    REFUSES("Jansson", lw_net_load_state(net, &position, "model.safetensors"));
    REFUSES("libcsv", lw_dataset_load_csv(&data, "data.csv", NULL));
    REFUSES("zlib", lw_dataset_load_idx(&data, "images.gz", "labels.gz", NULL));

    FILE *file = fopen("new.safetensors", "rb");
    if (file != NULL || other != NULL || data.rows != 0) {
        puts("a refused call left something behind");
        failures++;
    }
    lw_net_destroy(net);
    return failures > 0;
}
