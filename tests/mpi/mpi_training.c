#include "mpi_training.h"

#include <stdlib.h>

training begin_training(lw_mpi *mpi, unsigned threads)
{
    static const lw_layer_spec layers[] = {{.units = 140, .activation = LW_ACTIVATION_GELU},
                                           {.units = 30, .activation = LW_ACTIVATION_TANH},
                                           {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};
    training t = {.net = make_net(INPUTS, layers, 3, 7),
                  .mpi = mpi,
                  .x = uniform_floats((size_t)ROWS * INPUTS, -1.0f, 1.0f, 1),
                  .labels = uniform_labels(ROWS, OUTPUTS, 2),
                  .rows = ROWS};
    lw_net_set_threads(t.net, threads);
    if (mpi) {
        ASSERT_OK(lw_net_set_ranks(t.net, lw_mpi_ranks(mpi)));
        t.rows = ROWS / (size_t)rank_count;
        t.first = t.rows * (size_t)rank;
    }
    return t;
}

lw_status take_step(training *t, const lw_optimizer *optimizer, double *loss)
{
    const lw_target target = {.labels = t->labels + t->first};
    return lw_train_step(t->net, LW_LOSS_DEFAULT, optimizer, t->rows, t->x + t->first * INPUTS,
                         &target, loss);
}

void end_training(training *t)
{
    lw_net_destroy(t->net);
    lw_mpi_destroy(t->mpi);
    free(t->x);
    free(t->labels);
}
