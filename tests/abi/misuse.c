/*
 * misuse.c: what a careless or hostile caller can do. Each call must answer
 * with a status, overwrite what its out parameters held, and leave the process
 * and all other handles well. Out parameters start as rubbish on purpose.
 *
 * misuse [MEGABYTES]: how long the giant line is, 100 if not said.
 */
#include "check.h"

#define TOO_LONG ((size_t)-1)
#define NOT_UTF8 "{\"text\":\"\xc3\x28\"}"
#define QUEUE "{\"from\":\"Get-Queue\",\"properties\":{\"Identity\":\"EX1\\\\12\"}}"

/* FAILS makes a call whose out is `out` and whose err is `err`, and wants a
 * failure: the status, a null out, and a document with the status's name. */
#define FAILS(status, call)                                                                                           \
    do {                                                                                                               \
        out = RUBBISH_TEXT;                                                                                            \
        err = RUBBISH_TEXT;                                                                                            \
        CHECK((call) == (status));                                                                                     \
        CHECK(out == NULL);                                                                                            \
        CHECK(take(err, exauth_status_name(status)));                                                                  \
    } while (0)

static void null_handles_are_refused(const exauth_catalog *catalog) {
    exauth_text *out, *err;
    exauth_catalog *made = RUBBISH_CATALOG;
    exauth_session *session = RUBBISH_SESSION;
    FAILS(EXAUTH_E_ARGUMENT, exauth_catalog_describe(NULL, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_catalog_event_filter(NULL, NULL, 0, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_match_text(NULL, BYTES("x"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_check_record(NULL, BYTES(QUEUE), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_parse_tool(NULL, BYTES("setspn"), BYTES("x"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_analyze(NULL, BYTES(QUEUE), NULL, 0, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_add(NULL, BYTES(QUEUE), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_next(NULL, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_report(NULL, BYTES("json"), &out, &err));

    err = RUBBISH_TEXT;
    CHECK(exauth_session_finish(NULL, &err) == EXAUTH_E_ARGUMENT);
    CHECK(take(err, "`session` is null"));
    err = RUBBISH_TEXT;
    CHECK(exauth_catalog_extend(NULL, BYTES("{}"), &made, &err) == EXAUTH_E_ARGUMENT);
    CHECK(made == NULL);
    CHECK(take(err, "`base` is null"));
    err = RUBBISH_TEXT;
    CHECK(exauth_session_new(NULL, NULL, 0, &session, &err) == EXAUTH_E_ARGUMENT);
    CHECK(session == NULL);
    CHECK(take(err, "`catalog` is null"));
    /* Nor does it need an err to say so. */
    CHECK(exauth_session_new(NULL, NULL, 0, NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_catalog_describe(catalog, NULL, NULL) == EXAUTH_E_ARGUMENT);
}

static void a_null_out_is_refused_by_its_name(const exauth_catalog *catalog) {
    exauth_session *session = begin(catalog);
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_catalog_builtin(NULL, &err) == EXAUTH_E_ARGUMENT);
    CHECK(take(err, "`out` is null"));
    err = RUBBISH_TEXT;
    CHECK(exauth_catalog_describe(catalog, NULL, &err) == EXAUTH_E_ARGUMENT);
    CHECK(take(err, "`out` is null"));
    CHECK(exauth_catalog_event_filter(catalog, NULL, 0, NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_match_text(catalog, BYTES("x"), NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_check_record(catalog, BYTES(QUEUE), NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_parse_tool(catalog, BYTES("setspn"), BYTES("x"), NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_analyze(catalog, BYTES(QUEUE), NULL, 0, NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_session_next(session, NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    CHECK(exauth_session_report(session, BYTES("json"), NULL, NULL) == EXAUTH_E_ARGUMENT);
    exauth_session_free(session);
}

static void null_with_a_length_and_impossible_lengths_are_refused(const exauth_catalog *catalog) {
    static const uint8_t byte[1] = {'x'};
    exauth_session *session = begin(catalog);
    exauth_session *made = RUBBISH_SESSION;
    exauth_catalog *extended = RUBBISH_CATALOG;
    exauth_text *out, *err;
    FAILS(EXAUTH_E_ARGUMENT, exauth_catalog_event_filter(catalog, NULL, 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_match_text(catalog, NULL, 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_match_text(catalog, byte, TOO_LONG, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_match_text(catalog, byte, TOO_LONG / 2 + 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_check_record(catalog, NULL, 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_parse_tool(catalog, NULL, 1, BYTES("x"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_parse_tool(catalog, BYTES("setspn"), NULL, 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_analyze(catalog, NULL, 1, NULL, 0, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_analyze(catalog, NULL, 0, byte, TOO_LONG, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_add(session, NULL, 1, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_add(session, byte, TOO_LONG, &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_report(session, NULL, 4, &out, &err));
    CHECK(exauth_session_new(catalog, NULL, 1, &made, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(made == NULL);
    CHECK(exauth_catalog_extend(catalog, NULL, 1, &extended, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(extended == NULL);
    /* A failed call has changed nothing: the session works on. */
    CHECK(exauth_session_add(session, BYTES(QUEUE), NULL, NULL) == EXAUTH_OK);
    exauth_session_free(session);
}

static void empty_inputs_are_inputs(const exauth_catalog *catalog) {
    exauth_session *session = begin(catalog);
    exauth_text *out = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_match_text(catalog, NULL, 0, &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(exauth_text_len(out) == 0);
    exauth_text_free(out);
    out = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, NULL, 0, &out, NULL) == EXAUTH_OK);
    CHECK(take(out, NULL));
    /* A pointer may be anything when the length is 0. */
    CHECK(exauth_session_add(session, (const uint8_t *)(size_t)1, 0, NULL, NULL) == EXAUTH_OK);
    FAILS(EXAUTH_E_RECORD, exauth_check_record(catalog, NULL, 0, &out, &err));
    exauth_session_free(session);
}

static void rules_and_options_that_are_not_valid_are_refused(const exauth_catalog *catalog) {
    static const char *const BAD[] = {"nonsense", "[]", "17", "{\"no_such_field\":1}", "{", NOT_UTF8, "{\"a\":\"\x01\"}"};
    size_t i;
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const uint8_t *bad = (const uint8_t *)BAD[i];
        size_t len = strlen(BAD[i]);
        exauth_catalog *extended = RUBBISH_CATALOG;
        exauth_session *session = RUBBISH_SESSION;
        exauth_text *out, *err;
        FAILS(EXAUTH_E_RULES, exauth_analyze(catalog, BYTES(QUEUE), bad, len, &out, &err));
        FAILS(EXAUTH_E_RULES, exauth_catalog_event_filter(catalog, bad, len, &out, &err));
        err = RUBBISH_TEXT;
        CHECK(exauth_session_new(catalog, bad, len, &session, &err) == EXAUTH_E_RULES);
        CHECK(session == NULL);
        CHECK(take(err, "EXAUTH_E_RULES"));
        err = RUBBISH_TEXT;
        CHECK(exauth_catalog_extend(catalog, bad, len, &extended, &err) == EXAUTH_E_RULES);
        CHECK(extended == NULL);
        CHECK(take(err, "EXAUTH_E_RULES"));
    }
}

static void inputs_that_are_no_record_are_refused_or_rejected(const exauth_catalog *catalog) {
    static const char *const BAD[] = {"nonsense", "17", "\"text\"", "{", NOT_UTF8, "\xff\xfe{"};
    exauth_session *session = begin(catalog);
    exauth_text *out, *err;
    size_t i;
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        FAILS(EXAUTH_E_RECORD, exauth_check_record(catalog, (const uint8_t *)BAD[i], strlen(BAD[i]), &out, &err));
        out = RUBBISH_TEXT;
        err = RUBBISH_TEXT;
        CHECK(exauth_session_add(session, (const uint8_t *)BAD[i], strlen(BAD[i]), &out, &err) == EXAUTH_OK);
        CHECK(take(err, NULL));
        CHECK(take(out, "\"exauth.rejected/1\""));
    }
    exauth_session_free(session);
    FAILS(EXAUTH_E_ARGUMENT, exauth_match_text(catalog, BYTES("\xff\xfe"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_parse_tool(catalog, BYTES("setspn \xff"), BYTES("x"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_parse_tool(catalog, BYTES("setspn -L EX1"), BYTES("\xff\xfe"), &out, &err));
    FAILS(EXAUTH_E_UNSUPPORTED, exauth_parse_tool(catalog, BYTES("no-such-tool /x"), BYTES("x"), &out, &err));
    FAILS(EXAUTH_E_UNSUPPORTED, exauth_parse_tool(catalog, NULL, 0, BYTES("x"), &out, &err));
}

static void calls_in_the_wrong_order_are_refused(const exauth_catalog *catalog) {
    exauth_session *session = begin(catalog);
    exauth_text *out, *err;
    FAILS(EXAUTH_E_STATE, exauth_session_report(session, BYTES("json"), &out, &err));
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    out = NULL;
    FAILS(EXAUTH_E_STATE, (out = NULL, exauth_session_finish(session, &err)));
    FAILS(EXAUTH_E_STATE, exauth_session_add(session, BYTES(QUEUE), &out, &err));
    FAILS(EXAUTH_E_UNSUPPORTED, exauth_session_report(session, BYTES("no-such-format"), &out, &err));
    FAILS(EXAUTH_E_UNSUPPORTED, exauth_session_report(session, BYTES("json\0"), &out, &err));
    FAILS(EXAUTH_E_ARGUMENT, exauth_session_report(session, BYTES("\xff"), &out, &err));
    /* After all that it is still a finished session. */
    CHECK(exauth_session_report(session, BYTES("json"), &out, NULL) == EXAUTH_OK);
    CHECK(take(out, "\"exauth.report/1\""));
    exauth_session_free(session);
}

static void null_may_be_freed_and_read(void) {
    exauth_text_free(NULL);
    exauth_catalog_free(NULL);
    exauth_session_free(NULL);
    CHECK(exauth_text_data(NULL) == NULL);
    CHECK(exauth_text_len(NULL) == 0);
}

static uint8_t *filled(size_t len, char byte) {
    uint8_t *bytes = (uint8_t *)malloc(len);
    if (bytes == NULL) {
        fprintf(stderr, "no memory for the test\n");
        exit(EXIT_FAILURE);
    }
    memset(bytes, byte, len);
    return bytes;
}

static void deep_nesting_is_an_answer_and_no_stack_overflow(const exauth_catalog *catalog) {
    size_t depth = 10000;
    size_t len = depth * 2;
    uint8_t *nested = filled(len, '[');
    exauth_session *session = begin(catalog);
    exauth_session *made = RUBBISH_SESSION;
    exauth_catalog *extended = RUBBISH_CATALOG;
    exauth_text *out, *err;
    memset(nested + depth, ']', depth);
    FAILS(EXAUTH_E_RECORD, exauth_check_record(catalog, nested, len, &out, &err));
    CHECK(exauth_session_new(catalog, nested, len, &made, NULL) == EXAUTH_E_RULES);
    CHECK(made == NULL);
    CHECK(exauth_catalog_extend(catalog, nested, len, &extended, NULL) == EXAUTH_E_RULES);
    CHECK(extended == NULL);
    out = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, nested, len, &out, NULL) == EXAUTH_OK);
    CHECK(take(out, "\"exauth.rejected/1\""));
    /* The same without an end, and as the text of a message. */
    CHECK(exauth_session_add(session, nested, depth, NULL, NULL) == EXAUTH_OK);
    out = RUBBISH_TEXT;
    CHECK(exauth_match_text(catalog, nested, len, &out, NULL) == EXAUTH_OK);
    exauth_text_free(out);
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    exauth_session_free(session);
    free(nested);
}

static void nul_bytes_are_bytes(const exauth_catalog *catalog) {
    exauth_session *session = begin(catalog);
    exauth_text *out = RUBBISH_TEXT;
    /* As a byte it is no JSON. */
    CHECK(exauth_session_add(session, BYTES("{\"text\":\"\0\"}"), &out, NULL) == EXAUTH_OK);
    CHECK(take(out, "\"exauth.rejected/1\""));
    /* As an escape it is, and cuts no document short. */
    out = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, BYTES("{\"from\":\"Get-Queue\",\"properties\":{\"Identity\":\"EX1\\u0000\\\\1\"}}"),
                             &out, NULL) == EXAUTH_OK);
    CHECK(take(out, NULL));
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    out = RUBBISH_TEXT;
    CHECK(exauth_session_report(session, BYTES("json"), &out, NULL) == EXAUTH_OK);
    CHECK(exauth_text_len(out) == strlen((const char *)exauth_text_data(out)));
    exauth_text_free(out);
    exauth_session_free(session);
    /* A text may hold one anywhere. */
    out = RUBBISH_TEXT;
    CHECK(exauth_match_text(catalog, BYTES("\0 454 4.7.0 Temporary authentication failure \0"), &out, NULL) == EXAUTH_OK);
    CHECK(take(out, "\"exauth.finding/1\""));
}

static void a_giant_line_is_accepted_or_refused_but_no_disaster(const exauth_catalog *catalog, size_t megabytes) {
    static const char HEAD[] = "{\"from\":\"setspn -L EX1\",\"text\":\"";
    size_t len = megabytes * 1024 * 1024;
    uint8_t *line = filled(len, 'x');
    exauth_session *session = begin(catalog);
    exauth_text *out = RUBBISH_TEXT;
    int32_t status;
    /* One word of that length: no pattern may go quadratic over it. */
    status = exauth_match_text(catalog, line, len, &out, NULL);
    CHECK(status == EXAUTH_OK || status == EXAUTH_E_LIMIT);
    exauth_text_free(out);
    /* Not JSON, and what is said about it does not quote it all. */
    out = RUBBISH_TEXT;
    status = exauth_session_add(session, line, len, &out, NULL);
    CHECK(status == EXAUTH_OK || status == EXAUTH_E_LIMIT);
    CHECK(exauth_text_len(out) < 10000);
    exauth_text_free(out);
    /* A record. */
    memcpy(line, HEAD, sizeof HEAD - 1);
    memcpy(line + len - 2, "\"}", 2);
    out = RUBBISH_TEXT;
    status = exauth_session_add(session, line, len, &out, NULL);
    CHECK(status == EXAUTH_OK || status == EXAUTH_E_LIMIT);
    CHECK(exauth_text_len(out) < 10000);
    exauth_text_free(out);
    free(line);
    /* The session has survived it. */
    CHECK(exauth_session_add(session, BYTES(QUEUE), NULL, NULL) == EXAUTH_OK);
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    out = RUBBISH_TEXT;
    CHECK(exauth_session_report(session, BYTES("json"), &out, NULL) == EXAUTH_OK);
    exauth_text_free(out);
    exauth_session_free(session);
}

typedef struct {
    const exauth_catalog *catalog;
    exauth_session *session;
    exauth_text *report;
    int accepted;
    int refused;
    int unexpected;
} worker;

/* Adds to a session that others use too. EXAUTH_E_STATE is the right answer to that. */
static void share_a_session(void *argument) {
    worker *self = (worker *)argument;
    int i;
    for (i = 0; i < 400; i++) {
        exauth_text *out = RUBBISH_TEXT;
        int32_t status = exauth_session_add(self->session, BYTES(QUEUE), NULL, NULL);
        if (status == EXAUTH_OK) {
            self->accepted++;
        } else if (status == EXAUTH_E_STATE) {
            self->refused++;
        } else {
            self->unexpected++;
        }
        status = exauth_session_next(self->session, &out, NULL);
        if (status != EXAUTH_OK && status != EXAUTH_DONE && status != EXAUTH_E_STATE) {
            self->unexpected++;
        }
        exauth_text_free(out);
    }
}

static void a_session_used_by_several_threads_refuses_but_loses_nothing(const exauth_catalog *catalog) {
    worker workers[4];
    void *arguments[4];
    exauth_session *session = begin(catalog);
    exauth_text *out = RUBBISH_TEXT;
    char records[40];
    int accepted = 0;
    int i;
    memset(workers, 0, sizeof workers);
    for (i = 0; i < 4; i++) {
        workers[i].session = session;
        arguments[i] = &workers[i];
    }
    run_threads(share_a_session, arguments, 4);
    for (i = 0; i < 4; i++) {
        CHECK(workers[i].unexpected == 0);
        CHECK(workers[i].accepted + workers[i].refused == 400);
        accepted += workers[i].accepted;
    }
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    CHECK(exauth_session_report(session, BYTES("json"), &out, NULL) == EXAUTH_OK);
    snprintf(records, sizeof records, "\"records\":%d,", accepted);
    CHECK(take(out, records));
    exauth_session_free(session);
}

static void analyze_often(void *argument) {
    worker *self = (worker *)argument;
    int i;
    for (i = 0; i < 20; i++) {
        exauth_text_free(self->report);
        self->report = NULL;
        if (exauth_analyze(self->catalog, BYTES(QUEUE), NULL, 0, &self->report, NULL) != EXAUTH_OK) {
            self->unexpected++;
        }
    }
}

static void a_catalog_is_for_all_threads_at_once(const exauth_catalog *catalog) {
    worker workers[4];
    void *arguments[4];
    int i;
    memset(workers, 0, sizeof workers);
    for (i = 0; i < 4; i++) {
        workers[i].catalog = catalog;
        arguments[i] = &workers[i];
    }
    run_threads(analyze_often, arguments, 4);
    for (i = 0; i < 4; i++) {
        CHECK(workers[i].unexpected == 0);
        CHECK(strcmp((const char *)exauth_text_data(workers[i].report),
                     (const char *)exauth_text_data(workers[0].report)) == 0);
    }
    for (i = 0; i < 4; i++) {
        exauth_text_free(workers[i].report);
    }
}

int main(int count, char *arguments[]) {
    exauth_catalog *catalog = builtin();
    null_handles_are_refused(catalog);
    a_null_out_is_refused_by_its_name(catalog);
    null_with_a_length_and_impossible_lengths_are_refused(catalog);
    empty_inputs_are_inputs(catalog);
    rules_and_options_that_are_not_valid_are_refused(catalog);
    inputs_that_are_no_record_are_refused_or_rejected(catalog);
    calls_in_the_wrong_order_are_refused(catalog);
    null_may_be_freed_and_read();
    deep_nesting_is_an_answer_and_no_stack_overflow(catalog);
    nul_bytes_are_bytes(catalog);
    a_giant_line_is_accepted_or_refused_but_no_disaster(catalog, count > 1 ? (size_t)atoi(arguments[1]) : 100);
    a_session_used_by_several_threads_refuses_but_loses_nothing(catalog);
    a_catalog_is_for_all_threads_at_once(catalog);
    exauth_catalog_free(catalog);
    return report_checks();
}
