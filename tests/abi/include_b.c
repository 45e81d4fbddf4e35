/* include_b.c: see include_a.c. */
#include "exauth.h"

#include <string.h>

int version_is_right(void);

int version_is_right(void) {
    return strcmp(exauth_version(), EXAUTH_VERSION) == 0;
}
