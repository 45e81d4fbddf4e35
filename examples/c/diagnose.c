/*
 * diagnose.c: reads a file of records (exauth.record/1) and prints the report.
 *
 *     cc -Iinclude examples/c/diagnose.c -Ltarget/release -lexauth -o diagnose
 *     diagnose records.jsonl [text|json]
 *
 * Exit code: 0 a report was printed, 1 there is none (the reason is on stderr).
 */
#include "exauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a whole file; NULL where that fails. The caller frees it. */
static uint8_t *read_file(const char *path, size_t *len) {
    size_t room = 64 * 1024;
    size_t got;
    uint8_t *bytes = (uint8_t *)malloc(room);
    FILE *file = fopen(path, "rb");
    *len = 0;
    while (file != NULL && bytes != NULL && (got = fread(bytes + *len, 1, room - *len, file)) > 0) {
        *len += got;
        if (*len == room) {
            uint8_t *more = (uint8_t *)realloc(bytes, room *= 2);
            if (more == NULL) {
                free(bytes);
            }
            bytes = more;
        }
    }
    if (file == NULL || ferror(file)) {
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

int main(int count, char *arguments[]) {
    const char *format = count > 2 ? arguments[2] : "text";
    exauth_catalog *catalog = NULL;
    exauth_session *session = NULL;
    exauth_text *rejected = NULL;
    exauth_text *report = NULL;
    exauth_text *err = NULL;
    uint8_t *records;
    size_t records_len;
    int32_t status;

    if (count < 2) {
        fprintf(stderr, "usage: diagnose FILE [text|json]\n");
        return EXIT_FAILURE;
    }
    if (exauth_abi_version() != EXAUTH_ABI_VERSION) {
        fprintf(stderr, "diagnose: exauth %s has another interface\n", exauth_version());
        return EXIT_FAILURE;
    }
    records = read_file(arguments[1], &records_len);
    if (records == NULL) {
        fprintf(stderr, "diagnose: cannot read %s\n", arguments[1]);
        return EXIT_FAILURE;
    }

    status = exauth_catalog_builtin(&catalog, &err);
    if (status == EXAUTH_OK) {
        status = exauth_session_new(catalog, NULL, 0, &session, &err);
    }
    if (status == EXAUTH_OK) {
        status = exauth_session_add(session, records, records_len, &rejected, &err);
    }
    if (status == EXAUTH_OK) {
        status = exauth_session_finish(session, &err);
    }
    if (status == EXAUTH_OK) {
        status = exauth_session_report(session, (const uint8_t *)format, strlen(format), &report, &err);
    }

    if (rejected != NULL) {
        fprintf(stderr, "diagnose: not read:\n%s\n", (const char *)exauth_text_data(rejected));
    }
    if (status == EXAUTH_OK) {
        fwrite(exauth_text_data(report), 1, exauth_text_len(report), stdout);
    } else {
        const char *document = (const char *)exauth_text_data(err);
        fprintf(stderr, "diagnose: %s %s\n", exauth_status_name(status), document ? document : "");
    }

    /* In any order; NULL is fine. */
    exauth_text_free(err);
    exauth_text_free(report);
    exauth_text_free(rejected);
    exauth_session_free(session);
    exauth_catalog_free(catalog);
    free(records);
    return status == EXAUTH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
