#include "train_run.h"

const lw_dataset *train_run_validation(const train_run *run)
{
    return data_has_validation(&run->source) ? &run->validation : NULL;
}
