#include "recorded.h"

#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

lw_safetensors *open_recorded(const char *path)
{
    lw_safetensors *file = NULL;
    ASSERT_OK(lw_safetensors_open(&file, path));
    return file;
}

static const lw_stored_tensor *find(const lw_safetensors *file, const char *run, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", run, name);
    const lw_stored_tensor *tensor = lw_safetensors_find(file, full);
    ck_assert_msg(tensor != NULL, "no tensor %s", full);
    return tensor;
}

float *recorded(const lw_safetensors *file, const char *run, const char *name)
{
    const lw_stored_tensor *tensor = find(file, run, name);
    float *values = calloc(tensor->count, sizeof *values);
    ck_assert_ptr_nonnull(values);
    ASSERT_OK(lw_safetensors_copy_f32(file, tensor, values));
    return values;
}

/* Reads W and b of a layer with the shape of the network's layer. */
static void read_layer(const lw_safetensors *file, const char *run, const char *w_name,
                       const char *b_name, enum layout layout, const lw_layer_info *info, float *w,
                       float *b)
{
    ck_assert_uint_eq(find(file, run, w_name)->count, info->in * info->out);
    ck_assert_uint_eq(find(file, run, b_name)->count, info->out);
    float *stored = recorded(file, run, w_name);
    for (size_t i = 0; i < info->in; i++)
        for (size_t j = 0; j < info->out; j++)
            w[i * info->out + j] =
                layout == IN_OUT ? stored[i * info->out + j] : stored[j * info->in + i];
    free(stored);
    stored = recorded(file, run, b_name);
    memcpy(b, stored, info->out * sizeof *b);
    free(stored);
}

/* The largest layer of the recorded networks. */
enum { MAX_W = 50 * 30, MAX_B = 50 };

void set_layer(lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
               const char *w_name, const char *b_name, enum layout layout)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    read_layer(file, run, w_name, b_name, layout, &info, w, b);
    ASSERT_OK(lw_net_set_layer(net, layer, w, b));
}

void compare_parameters(const lw_net *net, size_t layer, const lw_safetensors *file,
                        const char *run, const char *w_name, const char *b_name, enum layout layout)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B], want_w[MAX_W], want_b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    ASSERT_OK(lw_net_get_layer(net, layer, w, b));
    read_layer(file, run, w_name, b_name, layout, &info, want_w, want_b);
    assert_near(w_name, info.in * info.out, w, want_w, tolerance);
    assert_near(b_name, info.out, b, want_b, tolerance);
}

static double largest(size_t n, const float *x)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs((double)x[i]));
    return max;
}

void compare_gradients(const lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
                       const char *w_name, const char *b_name, enum layout layout, double allowed)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B], want_w[MAX_W], want_b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    ASSERT_OK(lw_net_get_layer_gradients(net, layer, w, b));
    read_layer(file, run, w_name, b_name, layout, &info, want_w, want_b);
    if (allowed == 0.0)
        allowed = tolerance * fmax(largest(info.in * info.out, want_w), largest(info.out, want_b));
    assert_near(w_name, info.in * info.out, w, want_w, allowed);
    assert_near(b_name, info.out, b, want_b, allowed);
}

void compare_outputs(const lw_net *net, size_t rows, const float *x, const lw_safetensors *file,
                     const char *run, const char *name)
{
    float *want = recorded(file, run, name);
    float *got = canary_floats(rows * lw_net_outputs(net));
    ASSERT_OK(lw_predict(net, rows, x, got));
    assert_near(name, rows * lw_net_outputs(net), got, want, tolerance);
    free(want);
    free(got);
}
