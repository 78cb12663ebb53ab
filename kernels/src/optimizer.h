/* Updates of vectors and of the tiles of a layer. */
#ifndef LANEWISE_KERNELS_OPTIMIZER_H
#define LANEWISE_KERNELS_OPTIMIZER_H

#include "isa_table.h"

/* Returns LW_EINVAL for parameters outside the domain of the formula, or if they need a velocity
 * that is NULL. */
lw_status lw_check_sgd(const char *function, const lw_sgd_update_params *params, int has_velocity);

/* Returns LW_EINVAL for parameters outside the domain of the formula. */
lw_status lw_check_adam(const char *function, const lw_adam_update_params *params);

/* The coefficients of a step. Each thread keeps those of its last call, because all layers of a
 * step share them; see "Adam coefficients" in docs/measurements.md. */
struct lw_adam_coefficients lw_adam_coefficients_of(const lw_adam_update_params *params);

/* Updates n parameters by the gradient g. */
void lw_update_vector(const struct lw_isa *isa, const struct lw_tile_update *update, size_t n,
                      const float *g, float *w, float *m, float *v);

/* Updates the biases first..first+count-1 by the column sums of DZ, rows x out. */
void lw_update_bias(const struct lw_isa *isa, const struct lw_tile_update *update, size_t rows,
                    const float *dz, size_t lddz, size_t first, size_t count, float *bias);

#endif
