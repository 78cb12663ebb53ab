#include "init.h"

#include <math.h>

/* A distribution: a multiple of what the generator draws. */
typedef struct distribution {
    double (*draw)(lw_random *random);
    double scale;
} distribution;

static double draw_zero(lw_random *random)
{
    (void)random;
    return 0.0;
}

static double draw_symmetric(lw_random *random)
{
    return 2.0 * lw_random_uniform(random) - 1.0;
}

static distribution weights_of(const lw_layer *layer)
{
    const double in = (double)layer->in, out = (double)layer->spec.units;
    const double scale = layer->spec.init_scale == 0.0f ? 1.0 : (double)layer->spec.init_scale;
    switch (layer->spec.init) {
    case LW_INIT_DEFAULT:
        return (distribution){draw_symmetric, 1.0 / sqrt(in)};
    case LW_INIT_NORMAL:
        return (distribution){lw_random_normal, scale};
    case LW_INIT_UNIFORM:
        return (distribution){draw_symmetric, scale};
    case LW_INIT_XAVIER:
        return (distribution){draw_symmetric, sqrt(6.0 / (in + out))};
    case LW_INIT_HE:
        return (distribution){lw_random_normal, sqrt(2.0 / in)};
    default:
        return (distribution){draw_zero, 0.0};
    }
}

static void draw_layer(lw_random *random, const lw_layer *layer)
{
    const lw_weights *weights = &layer->weights;
    const distribution of_weights = weights_of(layer);
    const distribution of_bias =
        layer->spec.init == LW_INIT_DEFAULT ? of_weights : (distribution){draw_zero, 0.0};
    for (size_t i = 0; i < layer->in; i++)
        for (size_t j = 0; j < layer->spec.units; j++)
            weights->w[lw_weights_place(weights, i, j)] =
                (float)(of_weights.scale * of_weights.draw(random));
    for (size_t j = 0; j < layer->spec.units; j++)
        layer->b[j] = (float)(of_bias.scale * of_bias.draw(random));
}

void lw_draw_parameters(lw_net *net, uint64_t seed)
{
    net->seed = seed;
    net->random.state = seed;
    for (size_t i = 0; i < net->layer_count; i++)
        draw_layer(&net->random, &net->layers[i]);
}
