#include "train_interrupt.h"

#include "interrupt.h"
#include "train_checkpoint.h"

#include <stdio.h>

lw_status train_interrupt_combine(const train_run *run)
{
    double seen[] = {interrupt_number == SIGINT, interrupt_number == SIGTERM};
    const lw_status status = rank_group_sum(&run->group, 2, seen);
    if (interrupt_number == 0 && seen[0] + seen[1] > 0.0)
        interrupt_number = seen[0] > 0.0 ? SIGINT : SIGTERM;
    return status;
}

int train_is_interrupted(const train_run *run)
{
    return interrupt_number != 0 && run->end.epochs < run->options.epochs && !run->reached_accuracy;
}

lw_status train_interrupt_save(train_run *run)
{
    const train_options *o = &run->options;
    position_text position;
    lw_status status = train_checkpoint_save(run, &run->end);
    if (status == LW_OK && o->save != NULL)
        status = lw_net_save(run->net, o->save);
    progress_clear(&run->progress); /* last: it blocks if standard output is not read */
    if (status != LW_OK)
        return status;
    if (!is_first_rank(&run->group))
        return LW_OK;
    train_checkpoint_describe(position, run, &run->end);
    fprintf(stderr, "lanewise: stopped by %s after %s; ",
            interrupt_number == SIGINT ? "SIGINT" : "SIGTERM", position);
    if (o->save != NULL)
        fprintf(stderr, "network saved to %s; ", o->save);
    if (o->checkpoint != NULL)
        fprintf(stderr, "resume with --resume %s\n", o->checkpoint);
    else
        fprintf(stderr, "it cannot be resumed without --checkpoint\n");
    return LW_OK;
}
