/* The backend as a module that lies where the libraries do, in builds with MPI; it may be installed or not. */
#include "rank_backend.h"

#include <dlfcn.h>

const rank_backend *rank_backend_find(void)
{
    void *module = dlopen("liblanewise_command_mpi.so", RTLD_NOW | RTLD_GLOBAL);
    const rank_backend *backend = module != NULL ? dlsym(module, "rank_backend_mpi") : NULL;
    if (backend == NULL)
        lw_fail(LW_ESTATE,
                "started as one of several processes, but without its module for MPI: %s",
                dlerror());
    return backend;
}
