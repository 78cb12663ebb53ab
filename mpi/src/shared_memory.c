#include "shared_memory.h"

#include "mpi_status.h"

#include <stdint.h>
#include <string.h>

enum { LINE = 64 };

static void *align(void *memory)
{
    return (void *)(((uintptr_t)memory + LINE - 1) / LINE * LINE);
}

/* Whether all ranks can go on. */
static int all_agree(const lw_mpi_memory *memory, int mine)
{
    return MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_INT, MPI_MIN, memory->comm) == MPI_SUCCESS &&
           mine;
}

static lw_mpi_window *find_window(lw_mpi_memory *all, const void *memory)
{
    for (size_t i = 0; i < LW_MPI_WINDOWS; i++) {
        lw_mpi_window *window = &all->windows[i];
        const int is_used = window->window != MPI_WIN_NULL;
        if (memory ? is_used && window->memory == memory : !is_used)
            return window;
    }
    return NULL;
}

static void free_window(lw_mpi_window *window)
{
    MPI_Win_unlock_all(window->window);
    MPI_Win_free(&window->window);
}

/* All of it is the first rank's, who clears it. */
static int make_window(const lw_mpi_memory *all, size_t bytes, lw_mpi_window *window)
{
    const MPI_Aint own = all->host.rank == 0 ? (MPI_Aint)(bytes + LINE) : 0;
    MPI_Aint size;
    int unit;
    void *memory;
    if (MPI_Win_allocate_shared(own, 1, MPI_INFO_NULL, all->comm, &memory, &window->window) !=
        MPI_SUCCESS) {
        window->window = MPI_WIN_NULL;
        return 0;
    }
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window->window);
    if (MPI_Win_shared_query(window->window, 0, &size, &unit, &memory) != MPI_SUCCESS)
        return 0;
    window->memory = align(memory);
    if (all->host.rank == 0)
        memset(window->memory, 0, bytes);
    return 1;
}

/* What was written can be seen, and what others wrote is. */
static void synchronize(const lw_mpi_memory *all)
{
    for (size_t i = 0; i < LW_MPI_WINDOWS; i++)
        if (all->windows[i].window != MPI_WIN_NULL)
            MPI_Win_sync(all->windows[i].window);
}

static lw_status meet(void *user)
{
    lw_mpi_memory *all = user;
    const double before = MPI_Wtime();
    synchronize(all);
    const lw_status status = lw_mpi_check(MPI_Barrier(all->comm), "meeting of the ranks of a host");
    synchronize(all);
    all->met += MPI_Wtime() - before;
    return status;
}

static void *share(void *user, size_t bytes)
{
    lw_mpi_memory *all = user;
    lw_mpi_window *window = find_window(all, NULL);
    if (!all_agree(all, window != NULL) || !window)
        return NULL;
    const int made = make_window(all, bytes, window);
    if (all_agree(all, made) && meet(all) == LW_OK)
        return window->memory;
    if (window->window != MPI_WIN_NULL)
        free_window(window);
    return NULL;
}

static void unshare(void *user, void *memory)
{
    lw_mpi_window *window = find_window(user, memory);
    if (window)
        free_window(window);
}

void lw_mpi_prepare_memory(lw_mpi_memory *memory, MPI_Comm comm)
{
    int rank, count;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &count);
    memory->comm = comm;
    memory->host = (lw_host){(unsigned)rank, (unsigned)count, memory, share, unshare, meet};
    for (size_t i = 0; i < LW_MPI_WINDOWS; i++)
        memory->windows[i].window = MPI_WIN_NULL;
}
