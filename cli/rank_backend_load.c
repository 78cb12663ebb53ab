/* The MPI backend as a module in the library directory; it is present in builds with MPI. */
#include "rank_backend.h"

#include <dlfcn.h>

const rank_backend *rank_backend_find(void)
{
    void *module = dlopen("liblanewise_command_mpi.so", RTLD_NOW | RTLD_GLOBAL);
    const rank_backend *backend = module != NULL ? dlsym(module, "rank_backend_mpi") : NULL;
    if (backend == NULL)
        lw_fail(LW_ESTATE, "started as one of several processes, but the MPI module is missing: %s",
                dlerror());
    return backend;
}
