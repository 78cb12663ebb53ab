#include "handlers.h"

#include <string.h>

struct reported reported;

void xerbla_(const char *name, const int *argument, size_t length);
void cblas_xerbla(int argument, const char *name, const char *format, ...);

static void note(int in_c, int argument, const char *name, size_t length)
{
    reported.calls++;
    reported.in_c = in_c;
    reported.argument = argument;
    while (length > 0 && name[length - 1] == ' ')
        length--;
    length = length < sizeof reported.name ? length : sizeof reported.name - 1;
    memcpy(reported.name, name, length);
    reported.name[length] = '\0';
}

__attribute__((visibility("default"))) void xerbla_(const char *name, const int *argument,
                                                    size_t length)
{
    note(0, *argument, name, length);
}

__attribute__((visibility("default"))) void cblas_xerbla(int argument, const char *name,
                                                         const char *format, ...)
{
    (void)format;
    note(1, argument, name, strlen(name));
}
