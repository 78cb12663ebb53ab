#include "checks.h"

#include <string.h>

const struct check checks[] = {
    {"exact", EACH_OPERATION, check_exact},
    {"bits", EACH_OPERATION_WITH_FMA, check_bits},
    {"chains", ONCE, check_chains},
    {"threads", EACH_OPERATION, check_threads},
    {"bounded", EACH_OPERATION, check_bounded},
    {"ulp", ONCE, check_ulp},
    {"special_vectors", ONCE, check_special_vectors},
    {"special_products", ONCE, check_special_products},
    {"special_rows", ONCE, check_special_rows},
    {"special_losses", ONCE, check_special_losses},
    {"packed", ONCE, check_packed},
    {"bf16", ONCE, check_bf16},
    {"bf16_weights", ONCE, check_bf16_weights},
    {"special_bf16", ONCE, check_special_bf16},
    {"memory", EACH_OPERATION, check_memory},
    {"errors", EACH_OPERATION, check_errors},
    {"own_errors", ONCE, check_own_errors},
    {"isa", ONCE, check_isa},
    {"dispatch", EACH_OPERATION, check_dispatch},
    {"small_net", ONCE, check_small_net},
    {"special_small_net", ONCE, check_special_small_net},
    {"small_net_errors", ONCE, check_small_net_errors},
    {"weights", ONCE, check_weights},
    {"weights_update", ONCE, check_weights_update},
    {"weights_threads", ONCE, check_weights_threads},
    {"weights_errors", ONCE, check_weights_errors},
};
const size_t check_count = sizeof checks / sizeof *checks;

const struct check *check_find(const char *name)
{
    for (size_t i = 0; i < check_count; i++) {
        if (!strcmp(checks[i].name, name))
            return &checks[i];
    }
    return NULL;
}
