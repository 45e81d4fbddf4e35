/*
 * check.h: what the test programs share: CHECK, calls with a literal, threads.
 *
 * C99 and C++11, Linux and Windows. Each program is one file that includes this
 * and ends with `return report_checks();`.
 */
#ifndef CHECK_H
#define CHECK_H

#include "exauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <pthread.h>
#endif

static int check_failures;

static inline void check(int holds, const char *what, const char *file, int line) {
    if (!holds) {
        check_failures++;
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
    }
}

/* CHECK notes a failure and goes on: one run shows all of them. */
#define CHECK(condition) check((condition) ? 1 : 0, #condition, __FILE__, __LINE__)

static inline int report_checks(void) {
    if (check_failures != 0) {
        fprintf(stderr, "%d checks failed\n", check_failures);
    }
    return check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* BYTES passes a string literal as a pointer and a length, without its NUL. */
#define BYTES(literal) ((const uint8_t *)(literal)), (sizeof(literal) - 1)

/* RUBBISH is what an out parameter holds before a call, on purpose. */
#define RUBBISH_TEXT ((exauth_text *)(size_t)0xdead)
#define RUBBISH_CATALOG ((exauth_catalog *)(size_t)0xdead)
#define RUBBISH_SESSION ((exauth_session *)(size_t)0xdead)

/* holds says whether a text contains a word; a NULL text contains nothing. */
static inline int holds(const exauth_text *text, const char *word) {
    return text != NULL && strstr((const char *)exauth_text_data(text), word) != NULL;
}

/* take compares a status, looks for a word in the text, and frees it. NULL for
 * a word means that no text is wanted. */
static inline int take(exauth_text *text, const char *word) {
    int as_wanted = word == NULL ? text == NULL : holds(text, word);
    exauth_text_free(text);
    return as_wanted;
}

static inline exauth_catalog *builtin(void) {
    exauth_catalog *catalog = NULL;
    exauth_text *err = NULL;
    if (exauth_catalog_builtin(&catalog, &err) != EXAUTH_OK) {
        fprintf(stderr, "no catalog: %s\n", (const char *)exauth_text_data(err));
        exit(EXIT_FAILURE);
    }
    return catalog;
}

static inline exauth_session *begin(const exauth_catalog *catalog) {
    exauth_session *session = NULL;
    if (exauth_session_new(catalog, NULL, 0, &session, NULL) != EXAUTH_OK) {
        fprintf(stderr, "no session\n");
        exit(EXIT_FAILURE);
    }
    return session;
}

/* run_threads runs one function in several threads at once and waits for all.
 * The function gets the argument and nothing else; it must not use CHECK. */
#define MOST_THREADS 8
typedef void thread_body(void *argument);
typedef struct {
    thread_body *body;
    void *argument;
} thread_start;

#if defined(_WIN32)
static DWORD WINAPI thread_main(LPVOID start) {
    ((thread_start *)start)->body(((thread_start *)start)->argument);
    return 0;
}
static inline void run_threads(thread_body *body, void *arguments[], int count) {
    HANDLE threads[MOST_THREADS];
    thread_start starts[MOST_THREADS];
    int i;
    for (i = 0; i < count; i++) {
        starts[i].body = body;
        starts[i].argument = arguments[i];
        threads[i] = CreateThread(NULL, 0, thread_main, &starts[i], 0, NULL);
        if (threads[i] == NULL) {
            fprintf(stderr, "no thread\n");
            exit(EXIT_FAILURE);
        }
    }
    for (i = 0; i < count; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
}
#else
static void *thread_main(void *start) {
    ((thread_start *)start)->body(((thread_start *)start)->argument);
    return NULL;
}
static inline void run_threads(thread_body *body, void *arguments[], int count) {
    pthread_t threads[MOST_THREADS];
    thread_start starts[MOST_THREADS];
    int i;
    for (i = 0; i < count; i++) {
        starts[i].body = body;
        starts[i].argument = arguments[i];
        if (pthread_create(&threads[i], NULL, thread_main, &starts[i]) != 0) {
            fprintf(stderr, "no thread\n");
            exit(EXIT_FAILURE);
        }
    }
    for (i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}
#endif

#endif /* CHECK_H */
