/* A stand-in for the library: says what it was given. Lets the tests see the records that the module
   makes, without the analysis. ABI=2 makes a library of another version, WITHOUT_NEXT one with a function missing,
   QUIET one that finds nothing: what is then measured is the module alone. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef ABI
#define ABI 1
#endif
#define API __declspec(dllexport)

typedef struct { char *data; size_t len, size; } text;
typedef struct { text waiting, options; size_t records; int refuses_report; } session;

static void put(text *t, const char *data, size_t len)
{
    if (t->len + len > t->size) {
        t->size = (t->len + len) * 2 + 256;
        t->data = realloc(t->data, t->size);
    }
    memcpy(t->data + t->len, data, len);
    t->len += len;
}

static void word(text *t, const char *s) { put(t, s, strlen(s)); }

static text *make(const char *s)
{
    text *t = calloc(1, sizeof *t);
    word(t, s);
    return t;
}

/* One line of records as the message of a finding; a record with "reject me" in it is rejected. */
static void echo(text *t, const char *line, size_t len)
{
    size_t i;
    word(t, "{\"schema\":\"exauth.finding/1\",\"id\":\"echo\",\"outcome\":\"found\",\"severity\":\"info\",\"causes\":[\"a\",\"b\"],"
            "\"subject\":{\"kind\":\"k\",\"name\":\"n\",\"computer\":\"c\"},\"captures\":{\"inner_code\":\"454\"},"
            "\"evidence\":[{\"record\":0,\"property\":\"P\",\"value\":\"V\"}],\"message\":\"");
    for (i = 0; i < len; i++) {
        if (line[i] == '"' || line[i] == '\\') put(t, "\\", 1);
        if ((unsigned char)line[i] >= ' ') put(t, line + i, 1);
        else if (line[i] == '\n') put(t, "|", 1);
    }
    word(t, "\"}\n");
}

static int holds(const char *at, const char *end, const char *needle)
{
    size_t len = strlen(needle);
    for (; at + len <= end; at++) if (memcmp(at, needle, len) == 0) return 1;
    return 0;
}

static const char describe[] =
    "{\"schema\":\"exauth.catalog/1\",\"kinds\":["
    "{\"name\":\"queue\",\"types\":[\"ExtensibleQueueInfo\",\"QueueInfo\"],\"object_classes\":[],\"marks\":[[\"DeliveryType\",\"NextHopDomain\"]],"
    "\"properties\":[{\"name\":\"Identity\"},{\"name\":\"QueueIdentity\"},{\"name\":\"DeliveryType\"},{\"name\":\"NextHopCategory\"},{\"name\":\"NextHopDomain\"},{\"name\":\"Status\"},{\"name\":\"MessageCount\"},{\"name\":\"LastError\"},{\"name\":\"LastRetryTime\"}]},"
    "{\"name\":\"virtual-directory\",\"types\":[\"ADOwaVirtualDirectory\"],\"object_classes\":[\"msExchWebServicesVirtualDirectory\"],\"marks\":[],"
    "\"properties\":[{\"name\":\"Name\"},{\"name\":\"Identity\"},{\"name\":\"InternalUrl\"},{\"name\":\"ExternalUrl\"},{\"name\":\"WindowsAuthentication\"},"
    "{\"name\":\"InternalAuthenticationMethods\"},{\"name\":\"OwaVersion\"},{\"name\":\"WhenChanged\"},{\"name\":\"AdminDisplayVersion\"},{\"name\":\"ObjectClass\"}]},"
    "{\"name\":\"receive-connector\",\"types\":[\"ReceiveConnector\"],\"object_classes\":[],\"marks\":[],"
    "\"properties\":[{\"name\":\"Identity\"},{\"name\":\"AuthMechanism\"},{\"name\":\"PermissionGroups\"},{\"name\":\"Bindings\"},{\"name\":\"RemoteIPRanges\"},{\"name\":\"Enabled\"}]},"
    "{\"name\":\"event\",\"types\":[\"EventLogRecord\",\"EventLogEntry\"],\"object_classes\":[],\"marks\":[[\"ProviderName\",\"Id\"]],"
    "\"properties\":[{\"name\":\"Id\"},{\"name\":\"ProviderName\"},{\"name\":\"Source\"},{\"name\":\"TimeCreated\"},{\"name\":\"Properties\",\"item\":\"Value\"},"
    "{\"name\":\"ReplacementStrings\"},{\"name\":\"Level\"},{\"name\":\"EntryType\"}]},"
    "{\"name\":\"reply\",\"types\":[],\"object_classes\":[],\"marks\":[[\"GroupByValue\",\"MessageCount\"]],\"properties\":[{\"name\":\"GroupByValue\"},{\"name\":\"Details\",\"parts\":\"queue\"}]},"
    "{\"name\":\"service\",\"types\":[\"Win32_Service\",\"MSFT_DNSClientServerAddress\",\"Inner\"],\"object_classes\":[],\"marks\":[],\"properties\":[{\"name\":\"Name\"},{\"name\":\"Path\"}]},"
    "{\"name\":\"odd\",\"types\":[\"ExAuthOdd\"],\"object_classes\":[],\"marks\":[],"
    "\"properties\":[{\"name\":\"A\"},{\"name\":\"B\"},{\"name\":\"C\"},{\"name\":\"D\"},{\"name\":\"E\"},{\"name\":\"F\"}]}],"
    "\"issues\":[{\"id\":\"smtp-one\",\"title\":\"One\",\"severity\":\"error\",\"problem\":\"p\",\"causes\":[\"clock-skew\"],\"status\":\"stable\",\"page\":\"# One\"}],"
    "\"causes\":[{\"id\":\"clock-skew\",\"title\":\"Clocks\",\"page\":\"# Clocks\"}],\"problems\":[],\"tools\":[\"setspn\",\"w32tm\"]}";

API const char *exauth_version(void) { return "0.0.0-echo"; }
API uint32_t exauth_abi_version(void) { return ABI; }
API const char *exauth_status_name(int32_t status) { return status == -3 ? "EXAUTH_E_RECORD" : status == -99 ? "EXAUTH_E_PANIC" : "EXAUTH_OK"; }
API const char *exauth_text_data(const text *t) { return t->data; }
API size_t exauth_text_len(const text *t) { return t->len; }
API void exauth_text_free(text *t) { if (t) { free(t->data); free(t); } }
API int32_t exauth_catalog_builtin(void **out, text **err) { (void)err; *out = malloc(1); return 0; }
API int32_t exauth_catalog_extend(void *c, const char *p, size_t n, void **out, text **err) { (void)c; (void)p; (void)n; (void)err; *out = malloc(1); return 0; }
API int32_t exauth_catalog_describe(void *c, text **out, text **err) { (void)c; (void)err; *out = make(describe); return 0; }
API int32_t exauth_catalog_event_filter(void *c, const char *o, size_t n, text **out, text **err) { (void)c; (void)o; (void)n; (void)err; *out = make("<QueryList/>"); return 0; }
API void exauth_catalog_free(void *c) { free(c); }
API int32_t exauth_match_text(void *c, const char *s, size_t n, text **out, text **err) { (void)c; (void)err; *out = make(""); echo(*out, s, n); return 0; }
API int32_t exauth_check_record(void *c, const char *s, size_t n, text **out, text **err) { (void)c; (void)err; *out = make(""); echo(*out, s, n); return 0; }

API int32_t exauth_parse_tool(void *c, const char *command, size_t n, const char *s, size_t len, text **out, text **err)
{
    (void)c;
    if (len >= 6 && memcmp(s, "refuse", 6) == 0) {
        *err = make("{\"schema\":\"exauth.error/1\",\"status\":-3,\"name\":\"EXAUTH_E_RECORD\",\"causes\":[],\"message\":\"not \\\"this\\\"\",\"at\":\"/0\"}");
        return -3;
    }
    *out = make("{\"type\":[\"ExAuth.SpnList\"],\"from\":\"");
    put(*out, command, n);
    word(*out, "\",\"properties\":{\"spns\":[\"SMTPSVC/EX2\",\"HTTP/EX2\"],\"count\":2,\"none\":null,\"long\":");
    word(*out, len > 10 ? "true" : "false");
    word(*out, "}}\n");
    return 0;
}

API int32_t exauth_analyze(void *c, const char *r, size_t n, const char *o, size_t on, text **out, text **err)
{
    (void)c; (void)r; (void)n; (void)o; (void)on; (void)err;
    *out = make("{}");
    return 0;
}

API int32_t exauth_session_new(void *c, const char *o, size_t n, session **out, text **err)
{
    (void)c; (void)err;
    *out = calloc(1, sizeof **out);
    put(&(*out)->options, o, n);
    return 0;
}

API int32_t exauth_session_add(session *s, const char *r, size_t len, text **rejected, text **err)
{
    const char *end = r + len, *line, *stop;
    int number = 1;
    (void)err;
    if (rejected) *rejected = NULL;
#ifdef QUIET
    end = r;
#endif
    if (len >= 2 && (unsigned char)r[0] == 0xFF && (unsigned char)r[1] == 0xFE) {
        /* A document: told in one piece, its lines apart by bars. */
        text ascii = {0};
        size_t i;
        word(&ascii, "document: ");
        for (i = 2; i < len; i += 2) put(&ascii, r + i, 1);
        if (rejected && holds(ascii.data, ascii.data + ascii.len, "reject me"))
            *rejected = make("{\"schema\":\"exauth.rejected/1\",\"index\":7,\"line\":2,\"at\":null,\"reason\":\"no\"}\n");
        echo(&s->waiting, ascii.data, ascii.len);
        free(ascii.data);
        return 0;
    }
    for (line = r; line < end; line = stop + 1, s->records++, number++) {
        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        if (holds(line, stop, "panic now")) return -99;
        if (holds(line, stop, "refuse report")) s->refuses_report = 1;
        if (holds(line, stop, "tell options")) { echo(&s->waiting, s->options.data, s->options.len); continue; }
        if (rejected && holds(line, stop, "reject me")) {
            char digits[24];
            if (!*rejected) *rejected = make("");
            word(*rejected, "{\"schema\":\"exauth.rejected/1\",\"index\":");
            word(*rejected, itoa((int)s->records, digits, 10));
            word(*rejected, ",\"line\":");
            word(*rejected, itoa(number, digits, 10));
            word(*rejected, ",\"at\":null,\"reason\":\"no\"}\n");
            continue;
        }
        echo(&s->waiting, line, (size_t)(stop - line));
    }
    return 0;
}

#ifndef WITHOUT_NEXT
API int32_t exauth_session_next(session *s, text **out, text **err)
{
    (void)err;
    *out = NULL;
    if (s->waiting.len == 0) return 1;
    *out = calloc(1, sizeof **out);
    **out = s->waiting;
    memset(&s->waiting, 0, sizeof s->waiting);
    return 0;
}
#endif

API int32_t exauth_session_finish(session *s, text **err) { (void)s; (void)err; return 0; }

API int32_t exauth_session_report(session *s, const char *f, size_t n, text **out, text **err)
{
    (void)f; (void)n; (void)err;
    *out = NULL;
    if (s->refuses_report) return -3;
    *out = make("{\"schema\":\"exauth.report/1\",\"received\":[{\"kind\":\"queue\",\"records\":41,\"not_given\":[{\"name\":\"A\",\"count\":41},{\"name\":\"B\",\"count\":3}],"
        "\"cut_off\":[{\"name\":\"LastError\",\"count\":2}],\"not_read\":[{\"name\":\"Velocity\",\"count\":41}]},{\"kind\":\"reply\",\"records\":1}],"
        "\"ignored\":[{\"kind\":\"Contoso.Other\",\"count\":2,\"first\":0}],"
        "\"suppressions\":[");
    if (holds(s->options.data, s->options.data + s->options.len, "suppress")) word(*out,
        "{\"issue\":\"smtp-one\",\"subject\":\"EX1*\",\"reason\":\"r\",\"owner\":\"o\",\"until\":\"2027-01-31\",\"expired\":false,\"findings\":2},"
        "{\"issue\":\"smtp-one\",\"subject\":\"EX2\",\"reason\":\"r\",\"owner\":\"o\",\"until\":\"2026-11-20\",\"expired\":true,\"findings\":1},"
        "{\"issue\":\"smtp-one\",\"subject\":\"EX3\",\"reason\":\"r\",\"owner\":\"o\",\"until\":\"2026-11-20\",\"expired\":true,\"findings\":0}");
    word(*out, "],\"diagnoses\":[{\"severity\":\"error\",\"problem\":{\"id\":\"smtp-temporary-auth-failure\",\"title\":\"T\",\"from\":\"EX1\",\"to\":\"EX2\","
        "\"first_seen\":\"2026-11-20T09:14:00Z\",\"last_seen\":null,\"count\":2},\"causes\":[{\"id\":\"clock-skew\",\"verdict\":\"confirmed\",\"title\":\"Clocks\","
        "\"for\":[{\"record\":1,\"says\":\"Seven minutes apart.\"}],\"against\":[],\"missing\":[\"x\"],\"fix\":[{\"text\":\"Set the clock.\",\"command\":\"w32tm /resync\",\"check\":\"c\",\"undo\":\"u\"}]},"
        "{\"id\":\"spn-missing\",\"verdict\":\"ruled_out\",\"title\":\"S\",\"for\":[],\"against\":[],\"missing\":[],\"fix\":[]}],"
        "\"next\":[{\"command\":\"w32tm /query /status\",\"run_on\":\"EX1\",\"why\":\"w\"}]}]}");
    return 0;
}

API void exauth_session_free(session *s) { if (s) { free(s->waiting.data); free(s->options.data); free(s); } }
