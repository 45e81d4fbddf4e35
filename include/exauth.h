/*
 * exauth.h: why one Exchange server does not let another sign in.
 *
 * This file is the manual of the C interface. It needs C99 or C++11 and nothing
 * but <stddef.h> and <stdint.h>.
 *
 *
 * THE SHORTEST USEFUL CALLER
 *
 *     exauth_catalog *catalog;
 *     exauth_text *report, *err;
 *     if (exauth_catalog_builtin(&catalog, &err) == EXAUTH_OK) {
 *         if (exauth_analyze(catalog, records, records_len, NULL, 0,
 *                            &report, &err) == EXAUTH_OK) {
 *             puts((const char *)exauth_text_data(report));
 *             exauth_text_free(report);
 *         }
 *         exauth_catalog_free(catalog);
 *     }
 *     ... on failure: print err, exauth_text_free(err) ...
 *
 * examples/c/diagnose.c is that as a whole program.
 *
 *
 * OWNERSHIP
 *
 * Inputs are borrowed: the library reads them during the call, never changes
 * them and keeps no pointer to them. An input is a pointer and a length in
 * bytes; (NULL, 0) is an empty input, NULL with a length is an error.
 *
 * Whatever is handed out is an opaque handle that belongs to you and has a
 * _free of its own: exauth_catalog, exauth_session, exauth_text. Freeing NULL
 * does nothing. No handle needs another one to live longer, so they may be
 * freed in any order. Never give one to free() or to another copy of this
 * library.
 *
 * Out parameters (out, rejected, err) are set to NULL when a call begins,
 * whatever was in them before. So a handle that you still own must not be
 * in one of them: it would leak. out must not be NULL; rejected and err may
 * be, if you do not want what they would receive. They must not be the same
 * variable.
 *
 *
 * THREADS
 *
 * A catalog and a text never change: any number of threads may use one at once.
 * A session is used by one thread at a time and may move between threads.
 * A second thread that uses it meanwhile gets EXAUTH_E_STATE and disturbs
 * nothing. Only freeing cannot be guarded: no call on a handle may begin once
 * its _free has begun. The library starts no threads.
 *
 *
 * STATUS AND ERRORS
 *
 * Calls that can fail return int32_t: EXAUTH_OK (0), a positive outcome that is
 * no failure (EXAUTH_DONE), or a negative EXAUTH_E_... number. Newer versions
 * may return numbers that are not in this file: treat every negative one as a
 * failure. There is no "last error" to ask for.
 *
 * On failure *err receives a text, on success NULL. The text is a document
 * (the fields come in no particular order):
 *
 *     {"schema": "exauth.error/1", "status": -4, "name": "EXAUTH_E_RULES",
 *      "message": "one lower-case phrase", "at": "/issues/0/when",
 *      "causes": ["what lies behind it", ...]}
 *
 * at is a JSON pointer into the input that was refused; it is absent where the
 * place is not known or there is none.
 *
 * EXAUTH_E_PANIC is a defect in the library, caught before it could end your
 * process; the message says what happened. If it came from a session, that
 * session is lost: every later call on it is EXAUTH_E_STATE and it can only be
 * freed. All other handles are as good as before.
 *
 *
 * DOCUMENTS
 *
 * All documents are JSON in UTF-8. Each that the library writes names its kind
 * and number in "schema". Within a number fields are added and never change
 * their meaning: ignore those you do not know. "NDJSON" is one document a line.
 *
 * exauth.record/1 (in): one observation, that is an object a cmdlet returned or
 * the text a tool printed. One object, an array of them, NDJSON, or objects one
 * after the other; a byte-order mark is skipped.
 *     properties  the object's properties: strings, numbers, booleans, null, or
 *                 arrays of them
 *     text        or the tool's output, line ends as they were
 *     type        type names of the object, most derived first
 *     from        the command that produced it
 *     computer    where it was observed; of an event, which computer logged it
 *     collected   when it was observed, ISO 8601 with a zone; where only two
 *                 times are known between which it was, both with a slash:
 *                 "2026-11-20T08:00:00Z/2026-11-20T09:14:00Z"
 * An object with none of these fields is taken as properties. Unknown fields
 * are ignored. A record of no known kind is no error: the report counts it
 * under "ignored".
 *
 * exauth.rejected/1 (out): a part of the input that could not be read. index
 * counts records from 0 (the rejected ones too), line counts lines from 1,
 * reason says why.
 *
 * exauth.finding/1 (out): what one rule or check says about one subject: id,
 * outcome (found, clear, unknown), severity (error, warning, info), subject,
 * title, message, evidence (which record, which property, what value), problem
 * (where something failed), causes (ids it bears on). unknown means that
 * something it needs was not given, and it names what; it is never clear.
 *
 * exauth.report/1 (out): summary, findings, diagnoses (problem; its causes in
 * the order of their rank, each with a verdict and with what speaks for it,
 * against it, and what is missing; the next read-only commands to run),
 * ignored, rejected, received (by kind of record: how many, which properties
 * were not given, cut off, or are not read), suppressions and suppressed (see
 * "Options of a session"), facts. The same input gives the same bytes.
 *
 * exauth.catalog/1 (out): the kinds of record with the properties each wants,
 * the tools whose output is understood, issues, causes and problems.
 *
 *
 * OPTIONS OF A SESSION
 *
 * exauth_session_new and exauth_analyze take a JSON object, or (NULL, 0) for
 * the defaults. Unknown fields are refused (EXAUTH_E_RULES).
 *     include_clear  true: also give findings that are clear or unknown.
 *                    Default false.
 *     diagnose       false: give findings, but make no diagnosis at the end.
 *                    Default true.
 *     stream_only    true: keep no finding once exauth_session_next has given
 *                    it, and make no diagnosis, for input without an end; the
 *                    report then holds no findings. Default false.
 *     include_facts  true: list under "facts" of the report what was read of
 *                    each record: fact, value, property. Default false.
 *     mergeable      true: list under "observations" of the report what was
 *                    observed, so that the report can be added to another
 *                    session as a record: reports of many servers then give
 *                    the answer of all their records at once. Default false.
 *     now            the present as ISO 8601, for statements about age. The
 *                    library reads no clock: without it, it makes none.
 *     culture        the language of titles and sentences, such as "pl-PL";
 *                    English where neither it nor its parent is there. Ids,
 *                    commands and field names are the same in all.
 *     suppress       findings that somebody answers for, an array of
 *                    {"issue", "subject", "reason", "owner", "until"}, all
 *                    needed: subject names a finding's subject or computer,
 *                    with * for any characters; until is a day in UTC or a
 *                    time. Needs now. What they silence is counted and listed
 *                    apart in the report; an expired one silences nothing.
 *     self_test      "panic": the next exauth_session_add fails with
 *                    EXAUTH_E_PANIC. It lets a host prove in its own tests that
 *                    a defect in here does not end it. Default absent.
 *
 *
 * WHAT IT DOES NOT DO
 *
 * It prints nothing, reads no environment variable, clock, registry or network
 * and opens no file. Loading it does nothing until the first call.
 *
 *
 * VERSIONS
 *
 * Within one EXAUTH_ABI_VERSION functions, status numbers and fields of
 * documents are only added; another number means another file name. Compare
 * once after loading:
 *     if (exauth_abi_version() != EXAUTH_ABI_VERSION) { ... wrong library ... }
 */
#ifndef EXAUTH_H
#define EXAUTH_H

#include <stddef.h>
#include <stdint.h>

/* EXAUTH_VERSION is the version this header belongs to; exauth_version() is
 * the version of the library that was loaded. */
#define EXAUTH_VERSION "0.1.0"
#define EXAUTH_VERSION_MAJOR 0
#define EXAUTH_VERSION_MINOR 1
#define EXAUTH_VERSION_PATCH 0

/* EXAUTH_ABI_VERSION is the interface that this header describes. */
#define EXAUTH_ABI_VERSION 1

/* EXAUTH_CALL is the calling convention; it must also be named where functions
 * are loaded by GetProcAddress into pointers. */
#if defined(_WIN32)
#define EXAUTH_CALL __cdecl
#else
#define EXAUTH_CALL
#endif

/* EXAUTH_API may be defined as anything before the include. Defining
 * EXAUTH_DLLIMPORT on Windows saves one jump a call; it is never needed. */
#if !defined(EXAUTH_API)
#if defined(_WIN32) && defined(EXAUTH_DLLIMPORT)
#define EXAUTH_API __declspec(dllimport)
#else
#define EXAUTH_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Status numbers. 0 is success, positive numbers are outcomes, negative ones
 * failures. A number is never used for anything else. All since 0.1.
 */

/* EXAUTH_OK: done, and out holds the result. */
#define EXAUTH_OK 0
/* EXAUTH_DONE: nothing (more) is there; out is NULL. Not a failure. */
#define EXAUTH_DONE 1
/* EXAUTH_E_ARGUMENT: an argument breaks the rules above; a defect of the caller. */
#define EXAUTH_E_ARGUMENT (-1)
/* EXAUTH_E_STATE: not now: wrong order, in use by another thread, or lost. */
#define EXAUTH_E_STATE (-2)
/* EXAUTH_E_RECORD: the input is not a record. */
#define EXAUTH_E_RECORD (-3)
/* EXAUTH_E_RULES: a rule pack or an options document is not valid. */
#define EXAUTH_E_RULES (-4)
/* EXAUTH_E_UNSUPPORTED: this version has no such tool or format. */
#define EXAUTH_E_UNSUPPORTED (-5)
/* EXAUTH_E_LIMIT: an input is larger than the library accepts. */
#define EXAUTH_E_LIMIT (-6)
/* EXAUTH_E_IO: a file could not be read. No function of this version opens one. */
#define EXAUTH_E_IO (-7)
/* EXAUTH_E_PANIC: a defect in the library; see "Status and errors" above. */
#define EXAUTH_E_PANIC (-99)

/*
 * exauth_text is whatever the library hands out in words: immutable UTF-8.
 * Any threads may read one at once.
 */
typedef struct exauth_text exauth_text;

/*
 * exauth_catalog is what the library knows: kinds of record, rules, causes.
 * Immutable; any threads may use one at once. What is made from it does not
 * need it any more.
 */
typedef struct exauth_catalog exauth_catalog;

/*
 * exauth_session is one analysis: records in, findings and a report out.
 * For one thread at a time.
 */
typedef struct exauth_session exauth_session;

/* ------------------------------------------------------------------ version */

/*
 * exauth_version returns the version of the library, such as "0.1.0".
 *
 * The string is static: it is never freed and never NULL. Any thread. Since 0.1.
 */
EXAUTH_API const char *EXAUTH_CALL exauth_version(void);

/*
 * exauth_abi_version returns the interface the library has; see "Versions".
 *
 * Any thread. Since 0.1.
 */
EXAUTH_API uint32_t EXAUTH_CALL exauth_abi_version(void);

/*
 * exauth_status_name returns a status as a word, such as "EXAUTH_E_RECORD".
 *
 * A number this version does not have gives "EXAUTH_E_UNKNOWN". The string is
 * static: it is never freed and never NULL. Any thread. Since 0.1.
 */
EXAUTH_API const char *EXAUTH_CALL exauth_status_name(int32_t status);

/* --------------------------------------------------------------------- text */

/*
 * exauth_text_data returns the bytes of a text.
 *
 * They belong to the text and live as long as it does. A NUL that is not part
 * of the text follows the last byte, so a document can be printed as a C
 * string. NULL for a NULL text only: an empty text has a pointer too.
 * Any threads at once. Since 0.1.
 */
EXAUTH_API const uint8_t *EXAUTH_CALL exauth_text_data(const exauth_text *text);

/*
 * exauth_text_len returns how many bytes a text has, without the NUL behind it.
 *
 * 0 for a NULL text. Any threads at once. Since 0.1.
 */
EXAUTH_API size_t EXAUTH_CALL exauth_text_len(const exauth_text *text);

/*
 * exauth_text_free frees a text.
 *
 * NULL does nothing. No thread may use the text any more. Since 0.1.
 */
EXAUTH_API void EXAUTH_CALL exauth_text_free(exauth_text *text);

/* ------------------------------------------------------------------ catalog */

/*
 * exauth_catalog_builtin makes a catalog of what is built into the library.
 *
 * It compiles every rule, so make one and keep it. *out receives a catalog to
 * be freed with exauth_catalog_free. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL out), EXAUTH_E_RULES (the
 * built-in rules are damaged: a defect). On failure *out is NULL and *err,
 * unless err is NULL, receives a text to be freed with exauth_text_free; on
 * success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_catalog_builtin(exauth_catalog **out,
                                                      exauth_text **err);

/*
 * exauth_catalog_extend makes a catalog of another one and a rule pack (JSON).
 *
 * pack is borrowed for the call only. base stays as it is, and the new catalog
 * does not need it. Nothing of a pack is taken when any of it is wrong. *out
 * receives a catalog to be freed with exauth_catalog_free. Any threads at once,
 * with the same base too.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL base, NULL out),
 * EXAUTH_E_RULES (pack is not a valid pack; the error says where),
 * EXAUTH_E_LIMIT (pack is too large). On failure *out is NULL and *err, unless
 * err is NULL, receives a text to be freed with exauth_text_free; on success it
 * receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_catalog_extend(const exauth_catalog *base,
                                                     const uint8_t *pack,
                                                     size_t pack_len,
                                                     exauth_catalog **out,
                                                     exauth_text **err);

/*
 * exauth_catalog_describe says what a catalog holds (exauth.catalog/1).
 *
 * A caller that collects records asks here which properties each kind wants,
 * instead of knowing them. *out receives a text to be freed with
 * exauth_text_free. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out). On failure
 * *out is NULL and *err, unless err is NULL, receives a text to be freed with
 * exauth_text_free; on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL
exauth_catalog_describe(const exauth_catalog *catalog, exauth_text **out,
                        exauth_text **err);

/*
 * exauth_catalog_event_filter writes the query for exactly those events that
 * the catalog has rules for: XML for Get-WinEvent -FilterXml and EvtQuery.
 *
 * options is (NULL, 0) or a JSON object: {"after": "2026-11-20T00:00:00Z"}
 * asks only for later events. It is borrowed for the call only. *out receives a
 * text to be freed with exauth_text_free. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out),
 * EXAUTH_E_RULES (options is not such an object). On failure *out is NULL and
 * *err, unless err is NULL, receives a text to be freed with exauth_text_free;
 * on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL
exauth_catalog_event_filter(const exauth_catalog *catalog,
                            const uint8_t *options, size_t options_len,
                            exauth_text **out, exauth_text **err);

/*
 * exauth_catalog_free frees a catalog.
 *
 * NULL does nothing. Sessions and catalogs that were made from it live on. No
 * thread may use the catalog any more. Since 0.1.
 */
EXAUTH_API void EXAUTH_CALL exauth_catalog_free(exauth_catalog *catalog);

/* -------------------------------------------------- one call, one result */

/*
 * exauth_match_text finds what the catalog knows in a text: a pasted error
 * message, an event's text, a queue's LastError.
 *
 * text is borrowed for the call only. *out receives findings, NDJSON
 * (exauth.finding/1), to be freed with exauth_text_free; it is an empty text
 * when nothing was found. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out, text is not
 * UTF-8), EXAUTH_E_LIMIT (text is too long). On failure *out is NULL and *err,
 * unless err is NULL, receives a text to be freed with exauth_text_free; on
 * success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_match_text(const exauth_catalog *catalog,
                                                 const uint8_t *text,
                                                 size_t text_len,
                                                 exauth_text **out,
                                                 exauth_text **err);

/*
 * exauth_check_record gives all outcomes for one record: found, clear and
 * unknown. It is for those who write rules, and for explaining a silence.
 *
 * record is one exauth.record/1, borrowed for the call only. *out receives
 * findings, NDJSON (exauth.finding/1), to be freed with exauth_text_free; it is
 * an empty text when no rule is about such a record. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out),
 * EXAUTH_E_RECORD (not one record), EXAUTH_E_LIMIT (too large). On failure *out
 * is NULL and *err, unless err is NULL, receives a text to be freed with
 * exauth_text_free; on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL
exauth_check_record(const exauth_catalog *catalog, const uint8_t *record,
                    size_t record_len, exauth_text **out, exauth_text **err);

/*
 * exauth_parse_tool turns the output of a command line tool into records.
 *
 * command is how the tool was called, such as "setspn -L EX2"; its first word
 * decides which tool it is, and "tools" of exauth_catalog_describe lists them.
 * text is the output with its line ends. Both are UTF-8 and borrowed for the
 * call only. *out receives records, NDJSON (exauth.record/1), to be freed with
 * exauth_text_free; it is an empty text when the tool said nothing of use.
 * Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out, an input is
 * not UTF-8), EXAUTH_E_UNSUPPORTED (no such tool is known), EXAUTH_E_LIMIT
 * (text is too long). On failure *out is NULL and *err, unless err is NULL,
 * receives a text to be freed with exauth_text_free; on success it receives
 * NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_parse_tool(
    const exauth_catalog *catalog, const uint8_t *command, size_t command_len,
    const uint8_t *text, size_t text_len, exauth_text **out, exauth_text **err);

/*
 * exauth_analyze makes a report of records in one call: exauth_session_new,
 * _add, _finish and _report as "json".
 *
 * records (exauth.record/1, see "Documents") and options (see "Options of a
 * session") are borrowed for the call only. *out receives the report
 * (exauth.report/1) to be freed with exauth_text_free. Input that could not be
 * read is in the report under "rejected". Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out),
 * EXAUTH_E_RULES (options is not an options document). On failure *out is NULL
 * and *err, unless err is NULL, receives a text to be freed with
 * exauth_text_free; on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL
exauth_analyze(const exauth_catalog *catalog, const uint8_t *records,
               size_t records_len, const uint8_t *options, size_t options_len,
               exauth_text **out, exauth_text **err);

/* ------------------------------------------------------------------ session */

/*
 * exauth_session_new begins an analysis.
 *
 * The session takes what it needs from the catalog, which may be freed at once.
 * options (see "Options of a session") is borrowed for the call only. *out
 * receives a session to be freed with exauth_session_free. Any threads at once.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL catalog, NULL out),
 * EXAUTH_E_RULES (options is not an options document). On failure *out is NULL
 * and *err, unless err is NULL, receives a text to be freed with
 * exauth_text_free; on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_session_new(const exauth_catalog *catalog,
                                                  const uint8_t *options,
                                                  size_t options_len,
                                                  exauth_session **out,
                                                  exauth_text **err);

/*
 * exauth_session_add gives records to a session, as many as you like a call.
 *
 * records (exauth.record/1, see "Documents") is borrowed for the call only. A
 * record must not be cut in two by the end of a call. A call may also give one
 * whole document whose first bytes cannot be JSON: CLIXML (<Objs), event XML
 * (<Event, <?xml), CSV with its #TYPE line, or anything in UTF-16 with its
 * byte-order mark. What cannot be read is rejected and the rest is kept: the
 * call succeeds, and *rejected, unless rejected is NULL, receives a text to be
 * freed with exauth_text_free, NDJSON (exauth.rejected/1); it receives NULL when
 * all was read. One thread at a time.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL session), EXAUTH_E_STATE (after
 * exauth_session_finish, in use by another thread, or lost by a panic),
 * EXAUTH_E_PANIC (a defect; the session is lost). A call that failed has added
 * nothing. On failure *rejected is NULL and *err, unless err is NULL, receives
 * a text to be freed with exauth_text_free; on success it receives NULL.
 * Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_session_add(exauth_session *session,
                                                  const uint8_t *records,
                                                  size_t records_len,
                                                  exauth_text **rejected,
                                                  exauth_text **err);

/*
 * exauth_session_next hands out the findings that are waiting, each once.
 *
 * Those about one record are there right after its exauth_session_add, those
 * that need all records after exauth_session_finish. *out receives NDJSON
 * (exauth.finding/1) to be freed with exauth_text_free. Many findings come in
 * several texts: call until EXAUTH_DONE. One thread at a time.
 *
 * Returns EXAUTH_OK, EXAUTH_DONE (nothing is waiting now; *out is NULL), or
 * EXAUTH_E_ARGUMENT (NULL session, NULL out), EXAUTH_E_STATE (in use by another
 * thread, or lost by a panic), EXAUTH_E_PANIC (a defect; the session is lost).
 * On failure *out is NULL and *err, unless err is NULL, receives a text to be
 * freed with exauth_text_free; otherwise it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_session_next(exauth_session *session,
                                                   exauth_text **out,
                                                   exauth_text **err);

/*
 * exauth_session_finish says that no more records come and makes the diagnosis.
 *
 * One thread at a time.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL session), EXAUTH_E_STATE (the
 * session is finished already and stays so, is in use by another thread, or was
 * lost by a panic), EXAUTH_E_PANIC (a defect; the session is lost). On failure
 * *err, unless err is NULL, receives a text to be freed with exauth_text_free;
 * on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_session_finish(exauth_session *session,
                                                     exauth_text **err);

/*
 * exauth_session_report writes the report of a finished session.
 *
 * format is "json" (exauth.report/1) or "text" (for reading), without a NUL;
 * (NULL, 0) is "json". It is borrowed for the call only. A report may be had in
 * several formats, and again. *out receives a text to be freed with
 * exauth_text_free. One thread at a time.
 *
 * Returns EXAUTH_OK, or EXAUTH_E_ARGUMENT (NULL session, NULL out, format is
 * not UTF-8), EXAUTH_E_STATE (before exauth_session_finish, in use by another
 * thread, or lost by a panic), EXAUTH_E_UNSUPPORTED (no such format),
 * EXAUTH_E_PANIC (a defect; the session is lost). On failure *out is NULL and
 * *err, unless err is NULL, receives a text to be freed with exauth_text_free;
 * on success it receives NULL. Since 0.1.
 */
EXAUTH_API int32_t EXAUTH_CALL exauth_session_report(exauth_session *session,
                                                     const uint8_t *format,
                                                     size_t format_len,
                                                     exauth_text **out,
                                                     exauth_text **err);

/*
 * exauth_session_free frees a session, finished or not.
 *
 * NULL does nothing. A call on the session that another thread has begun ends
 * undisturbed; none may begin any more. Since 0.1.
 */
EXAUTH_API void EXAUTH_CALL exauth_session_free(exauth_session *session);

#ifdef __cplusplus
}
#endif

#endif /* EXAUTH_H */
