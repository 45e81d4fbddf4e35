/*
 * use.c: the normal life of every handle, and what each call promises of a
 * result that is right. What the findings say is tested in Rust, not here.
 */
#include "check.h"

/* A queue that retries with a temporary authentication failure, and the list of
 * SPNs of the server behind it. */
static const char RECORDS[] =
    "{\"from\":\"Get-Queue\",\"computer\":\"EX1\",\"type\":[\"Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo\"],"
    "\"properties\":{\"Identity\":\"EX1\\\\12\",\"DeliveryType\":\"SmtpRelayToMailboxDeliveryGroup\","
    "\"NextHopDomain\":\"site:branch; version: 15\",\"Status\":\"Retry\",\"MessageCount\":41,"
    "\"LastError\":\"451 4.4.0 Primary target IP address responded with: \\\"454 4.7.0 Temporary authentication "
    "failure.\\\" Attempted failover to alternate host, but that did not succeed.\"}}\n"
    "{\"from\":\"setspn -L EX2\",\"computer\":\"EX1\",\"text\":\"Registered ServicePrincipalNames for "
    "CN=EX2,CN=Computers,DC=contoso,DC=com:\\r\\n\\tSMTPSVC/EX2\\r\\n\\tSMTPSVC/EX2.contoso.com\\r\\n\"}\n";

static const char SETSPN[] = "Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\r\n"
                             "\tSMTPSVC/EX2\r\n"
                             "\tSMTPSVC/EX2.contoso.com\r\n";

static void versions_are_those_of_the_header(void) {
    char numbers[32];
    snprintf(numbers, sizeof numbers, "%d.%d.%d", EXAUTH_VERSION_MAJOR, EXAUTH_VERSION_MINOR, EXAUTH_VERSION_PATCH);
    CHECK(strcmp(numbers, EXAUTH_VERSION) == 0);
    CHECK(strcmp(exauth_version(), EXAUTH_VERSION) == 0);
    CHECK(exauth_abi_version() == EXAUTH_ABI_VERSION);
}

static void every_status_has_its_name(void) {
    CHECK(strcmp(exauth_status_name(EXAUTH_OK), "EXAUTH_OK") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_DONE), "EXAUTH_DONE") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_ARGUMENT), "EXAUTH_E_ARGUMENT") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_STATE), "EXAUTH_E_STATE") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_RECORD), "EXAUTH_E_RECORD") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_RULES), "EXAUTH_E_RULES") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_UNSUPPORTED), "EXAUTH_E_UNSUPPORTED") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_LIMIT), "EXAUTH_E_LIMIT") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_IO), "EXAUTH_E_IO") == 0);
    CHECK(strcmp(exauth_status_name(EXAUTH_E_PANIC), "EXAUTH_E_PANIC") == 0);
    CHECK(strcmp(exauth_status_name(INT32_MIN), "EXAUTH_E_UNKNOWN") == 0);
}

static void a_text_is_bytes_with_a_nul_behind_them(const exauth_catalog *catalog) {
    exauth_text *text = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_catalog_describe(catalog, &text, &err) == EXAUTH_OK);
    CHECK(err == NULL);
    CHECK(exauth_text_len(text) > 2);
    CHECK(exauth_text_len(text) == strlen((const char *)exauth_text_data(text)));
    exauth_text_free(text);

    /* Nothing found is an empty text, and that is not NULL. */
    text = RUBBISH_TEXT;
    CHECK(exauth_match_text(catalog, BYTES("The weather is fine."), &text, NULL) == EXAUTH_OK);
    CHECK(text != NULL && exauth_text_len(text) == 0);
    CHECK(exauth_text_data(text) != NULL && exauth_text_data(text)[0] == 0);
    exauth_text_free(text);
}

static void a_catalog_describes_itself(const exauth_catalog *catalog) {
    exauth_text *out = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_catalog_describe(catalog, &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "\"exauth.catalog/1\""));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_catalog_event_filter(catalog, NULL, 0, &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "<QueryList>"));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_catalog_event_filter(catalog, BYTES("{\"after\":\"2026-11-20T00:00:00Z\"}"), &out, &err) ==
          EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "2026-11-20T00:00:00"));
}

static void one_call_gives_one_result(const exauth_catalog *catalog) {
    exauth_text *out = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;
    CHECK(exauth_match_text(catalog, BYTES("454 4.7.0 Temporary authentication failure"), &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "\"exauth.finding/1\""));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_check_record(catalog, (const uint8_t *)RECORDS, strcspn(RECORDS, "\n"), &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "\"exauth.finding/1\""));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_parse_tool(catalog, BYTES("setspn -L EX2"), BYTES(SETSPN), &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "SMTPSVC/EX2.contoso.com"));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_analyze(catalog, BYTES(RECORDS), NULL, 0, &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "\"exauth.report/1\""));

    err = out = RUBBISH_TEXT;
    CHECK(exauth_analyze(catalog, NULL, 0, BYTES("{\"include_clear\":true}"), &out, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(out, "\"exauth.report/1\""));
}

/* Takes all that is waiting and says how many texts that were. */
static int drain(exauth_session *session) {
    int texts = 0;
    for (;;) {
        exauth_text *out = RUBBISH_TEXT;
        exauth_text *err = RUBBISH_TEXT;
        int32_t status = exauth_session_next(session, &out, &err);
        CHECK(err == NULL);
        if (status != EXAUTH_OK) {
            CHECK(status == EXAUTH_DONE);
            CHECK(out == NULL);
            return texts;
        }
        CHECK(take(out, "\"exauth.finding/1\""));
        texts++;
    }
}

static void a_session_lives_from_new_to_free(void) {
    exauth_catalog *catalog = builtin();
    exauth_session *session = RUBBISH_SESSION;
    exauth_text *first = RUBBISH_TEXT;
    exauth_text *again = RUBBISH_TEXT;
    exauth_text *text = RUBBISH_TEXT;
    exauth_text *rejected = RUBBISH_TEXT;
    exauth_text *err = RUBBISH_TEXT;

    CHECK(exauth_session_new(catalog, BYTES("{\"include_clear\":false}"), &session, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    /* No handle needs another one. */
    exauth_catalog_free(catalog);

    CHECK(drain(session) == 0);
    err = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, BYTES(RECORDS), &rejected, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(rejected, NULL));
    /* The finding about the queue is there before the end, and asking without a
     * place for it does not lose it. */
    CHECK(exauth_session_next(session, NULL, NULL) == EXAUTH_E_ARGUMENT);
    CHECK(drain(session) > 0);

    /* A line that is no record is rejected; the other is kept. */
    err = rejected = RUBBISH_TEXT;
    CHECK(exauth_session_add(session, BYTES("no record\n{\"from\":\"Get-Queue\",\"properties\":{}}\n"), &rejected,
                             &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(take(rejected, "\"exauth.rejected/1\""));
    /* Nor is it an error not to ask. */
    CHECK(exauth_session_add(session, BYTES("no record either"), NULL, NULL) == EXAUTH_OK);

    err = RUBBISH_TEXT;
    CHECK(exauth_session_finish(session, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    drain(session);

    err = RUBBISH_TEXT;
    CHECK(exauth_session_report(session, BYTES("json"), &first, &err) == EXAUTH_OK);
    CHECK(take(err, NULL));
    CHECK(holds(first, "\"exauth.report/1\""));
    CHECK(exauth_session_report(session, BYTES("text"), &text, NULL) == EXAUTH_OK);
    CHECK(exauth_text_len(text) > 0);
    /* No format is "json". */
    CHECK(exauth_session_report(session, NULL, 0, &again, NULL) == EXAUTH_OK);
    exauth_session_free(session);

    /* A text outlives the session it came from, and a report is the same each time. */
    CHECK(exauth_text_len(first) == exauth_text_len(again));
    CHECK(memcmp(exauth_text_data(first), exauth_text_data(again), exauth_text_len(first)) == 0);
    exauth_text_free(again);
    exauth_text_free(text);
    exauth_text_free(first);
}

static void a_session_may_be_freed_at_any_stage(const exauth_catalog *catalog) {
    exauth_session *session = begin(catalog);
    exauth_session_free(session);
    session = begin(catalog);
    CHECK(exauth_session_add(session, BYTES(RECORDS), NULL, NULL) == EXAUTH_OK);
    exauth_session_free(session);
    session = begin(catalog);
    CHECK(exauth_session_finish(session, NULL) == EXAUTH_OK);
    exauth_session_free(session);
}

int main(void) {
    exauth_catalog *catalog = builtin();
    versions_are_those_of_the_header();
    every_status_has_its_name();
    a_text_is_bytes_with_a_nul_behind_them(catalog);
    a_catalog_describes_itself(catalog);
    one_call_gives_one_result(catalog);
    a_session_lives_from_new_to_free();
    a_session_may_be_freed_at_any_stage(catalog);
    exauth_catalog_free(catalog);
    return report_checks();
}
