#include "init.h"

#include <math.h>

static void fill_zeros(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = 0.0f;
}

static void fill_uniform(lw_random *random, double bound, float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(bound * (2.0 * lw_random_uniform(random) - 1.0));
}

static void fill_normal(lw_random *random, double deviation, float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(deviation * lw_random_normal(random));
}

static void draw_layer(lw_random *random, const lw_layer *layer)
{
    const double in = (double)layer->in, out = (double)layer->spec.units;
    const double scale = layer->spec.init_scale == 0.0f ? 1.0 : (double)layer->spec.init_scale;
    const size_t weights = layer->in * layer->spec.units;

    fill_zeros(layer->b, layer->spec.units);
    switch (layer->spec.init) {
    case LW_INIT_DEFAULT:
        fill_uniform(random, 1.0 / sqrt(in), layer->w, weights);
        fill_uniform(random, 1.0 / sqrt(in), layer->b, layer->spec.units);
        break;
    case LW_INIT_ZEROS:
        fill_zeros(layer->w, weights);
        break;
    case LW_INIT_NORMAL:
        fill_normal(random, scale, layer->w, weights);
        break;
    case LW_INIT_UNIFORM:
        fill_uniform(random, scale, layer->w, weights);
        break;
    case LW_INIT_XAVIER:
        fill_uniform(random, sqrt(6.0 / (in + out)), layer->w, weights);
        break;
    case LW_INIT_HE:
        fill_normal(random, sqrt(2.0 / in), layer->w, weights);
        break;
    }
}

void lw_draw_parameters(lw_net *net, uint64_t seed)
{
    net->random.state = seed;
    for (size_t i = 0; i < net->layer_count; i++)
        draw_layer(&net->random, &net->layers[i]);
}
