/* SANITIZED: whether a sanitizer is compiled in, which brings a malloc() of its own and makes the
 * program several times as slow. SHADOWED: whether it is the thread sanitizer, whose shadow memory
 * counts as the program's own. */
#ifndef AILAB_TESTING_SANITIZED_H
#define AILAB_TESTING_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#if defined(__SANITIZE_THREAD__)
#define SHADOWED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHADOWED 1
#endif
#endif
#ifndef SHADOWED
#define SHADOWED 0
#endif

#endif
