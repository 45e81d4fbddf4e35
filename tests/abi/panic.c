/*
 * panic.c: a defect in the library, made on purpose through the library as it
 * is shipped, ends neither the process nor any handle but its own session, and
 * prints nothing (whoever runs this checks that both streams are empty).
 */
#include "check.h"

#define PANICS "{\"self_test\":\"panic\"}"

static exauth_session *doomed(const exauth_catalog *catalog) {
    exauth_session *session = NULL;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_session_new(catalog, BYTES(PANICS), &session, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    return session;
}

static void a_panic_is_a_status_with_its_message(const exauth_catalog *catalog) {
    exauth_session *session = doomed(catalog);
    exauth_text *rejected = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, BYTES("{}"), &rejected, &err) == EXAUTH_E_PANIC);
    CHECK(rejected == NULL);
    CHECK(holds(err, "\"exauth.error/1\""));
    CHECK(holds(err, "\"EXAUTH_E_PANIC\""));
    CHECK(holds(err, "self test"));
    exauth_text_free(err);
    exauth_session_free(session);
}

static void a_panicked_session_is_lost_and_can_be_freed(const exauth_catalog *catalog) {
    exauth_session *session = doomed(catalog);
    exauth_text *out = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    /* Nobody has to ask for the message. */
    CHECK(exauth_session_add(session, BYTES("{}"), NULL, NULL) == EXAUTH_E_PANIC);

    CHECK(exauth_session_add(session, BYTES("{}"), NULL, &err) == EXAUTH_E_STATE);
    CHECK(take(err, "\"EXAUTH_E_STATE\""));
    CHECK(exauth_session_next(session, &out, NULL) == EXAUTH_E_STATE);
    CHECK(out == NULL);
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_E_STATE);
    out = RUBBISH_TEXT;
    CHECK(exauth_session_report(session, BYTES("json"), &out, NULL) == EXAUTH_E_STATE);
    CHECK(out == NULL);
    exauth_session_free(session);
}

static void a_panic_leaves_other_sessions_as_they_are(const exauth_catalog *catalog) {
    exauth_session *other = begin(catalog);
    exauth_session *session = doomed(catalog);
    exauth_text *out = RUBBISH_TEXT;
    CHECK(exauth_session_add(other, BYTES("{\"from\":\"Get-Queue\",\"properties\":{}}"), NULL, NULL) == EXAUTH_OK);
    CHECK(exauth_session_add(session, BYTES("{}"), NULL, NULL) == EXAUTH_E_PANIC);
    CHECK(exauth_session_add(other, BYTES("{\"from\":\"Get-Queue\",\"properties\":{}}"), NULL, NULL) == EXAUTH_OK);
    CHECK(exauth_session_finish(other, NULL) == EXAUTH_OK);
    CHECK(exauth_session_report(other, BYTES("json"), &out, NULL) == EXAUTH_OK);
    CHECK(take(out, "\"records\":2"));
    exauth_session_free(session);
    exauth_session_free(other);
}

typedef struct {
    const exauth_catalog *catalog;
    int unexpected;
} panicker;

static void panic_often(void *argument) {
    panicker *self = (panicker *)argument;
    int i;
    for (i = 0; i < 50; i++) {
        exauth_session *session = NULL;
        exauth_text *err = NULL;
        if (exauth_session_new(self->catalog, BYTES(PANICS), &session, NULL) != EXAUTH_OK ||
            exauth_session_add(session, BYTES("{}"), NULL, &err) != EXAUTH_E_PANIC || !holds(err, "self test")) {
            self->unexpected++;
        }
        exauth_text_free(err);
        exauth_session_free(session);
    }
}

static void panics_in_several_threads_at_once_stay_apart(const exauth_catalog *catalog) {
    panicker panickers[4];
    void *arguments[4];
    int i;
    for (i = 0; i < 4; i++) {
        panickers[i].catalog = catalog;
        panickers[i].unexpected = 0;
        arguments[i] = &panickers[i];
    }
    run_threads(panic_often, arguments, 4);
    for (i = 0; i < 4; i++) {
        CHECK(panickers[i].unexpected == 0);
    }
}

int main(void) {
    exauth_catalog *catalog = builtin();
    a_panic_is_a_status_with_its_message(catalog);
    a_panicked_session_is_lost_and_can_be_freed(catalog);
    a_panic_leaves_other_sessions_as_they_are(catalog);
    panics_in_several_threads_at_once_stay_apart(catalog);
    exauth_catalog_free(catalog);
    return report_checks();
}
