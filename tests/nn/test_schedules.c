/* Learning rate schedules. */
#include "train/schedule.h"
#include "training_problem.h"

#include <math.h>

START_TEST(schedule_values)
{
    const lw_schedule constant = {.factor = 0.1f},
                      step = {.kind = LW_SCHEDULE_STEP, .every = 3, .factor = 0.5f},
                      cosine = {.kind = LW_SCHEDULE_COSINE, .factor = 0.5f};
    static const double of_step[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
    for (size_t epoch = 0; epoch < 7; epoch++) {
        ck_assert_double_eq(lw_schedule_factor(&constant, epoch, 0.3), 1.0);
        ck_assert_double_eq(lw_schedule_factor(&step, epoch, 0.3), of_step[epoch]);
    }
    ck_assert_double_eq(lw_schedule_factor(&cosine, 9, 0.0), 1.0);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 0.5), 0.75, 1e-15);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 1.0), 0.5, 1e-15);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 0.25), 0.5 + 0.25 * (1.0 + sqrt(0.5)),
                            1e-15);
}
END_TEST

static void learning_rates(const lw_schedule *schedule, size_t epochs, double *rates)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    lw_history history;
    ASSERT_OK(lw_fit(net, &p.data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .optimizer = lw_sgd(0.5f),
                                       .batch_size = 4,
                                       .epochs = epochs,
                                       .schedule = *schedule,
                                       .history = &history}));
    for (size_t i = 0; i < epochs; i++)
        rates[i] = history.epochs[i].learning_rate;
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}

START_TEST(fit_applies_schedules)
{
    double rates[4];
    learning_rates(&(lw_schedule){.kind = LW_SCHEDULE_STEP, .every = 2, .factor = 0.25f}, 4, rates);
    ck_assert(rates[0] == 0.5 && rates[1] == 0.5 && rates[2] == 0.125 && rates[3] == 0.125);
    learning_rates(&(lw_schedule){0}, 2, rates);
    ck_assert(rates[0] == 0.5 && rates[1] == 0.5);
    /* Two epochs of three batches: the last steps are number 2 and 5 of 6. */
    learning_rates(&(lw_schedule){.kind = LW_SCHEDULE_COSINE}, 2, rates);
    const double pi = acos(-1.0);
    ck_assert_double_eq_tol(rates[0], 0.25 * (1.0 + cos(pi * 2.0 / 6.0)), 1e-7);
    ck_assert_double_eq_tol(rates[1], 0.25 * (1.0 + cos(pi * 5.0 / 6.0)), 1e-7);
}
END_TEST

int main(void)
{
    TCase *schedules = tcase_create("schedules");
    tcase_set_timeout(schedules, 60);
    tcase_add_test(schedules, schedule_values);
    tcase_add_test(schedules, fit_applies_schedules);
    return run_case("schedules", schedules);
}
