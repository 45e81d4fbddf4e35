/*
 * include_a.c, include_b.c: two files of one program include the header, one of
 * them twice, with nothing before it. The header must define nothing and need
 * nothing. Compiled as C99 and as C++11 with every warning an error.
 */
#include "exauth.h"
#include "exauth.h"

int version_is_right(void);

/* The macros must be usable by the preprocessor and name the same version. */
#if EXAUTH_ABI_VERSION != 1 || EXAUTH_VERSION_MAJOR < 0 || EXAUTH_E_PANIC != -99
#error "exauth.h: the numbers are not constants of the preprocessor"
#endif

int main(void) {
    return version_is_right() && exauth_abi_version() == EXAUTH_ABI_VERSION ? 0 : 1;
}
