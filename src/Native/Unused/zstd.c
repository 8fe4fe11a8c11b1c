/*
 * Of zstd: what reads frames from before version 0.8, and what packs at the levels above 3.
 *
 * A frame of an old version counts as one that needs more memory than there is. A packer that finds no repetition is a
 * valid one: where a level above 3 were asked for, the result would be larger and right.
 */
#include <stddef.h>

#define OLD_VERSION(v) \
    void *ZSTD##v##_createDCtx(void) { return 0; } \
    size_t ZSTD##v##_freeDCtx(void *context) { (void)context; return 0; } \
    size_t ZSTD##v##_decompress_usingDict(void) { return FAILURE; } \
    size_t ZSTD##v##_getFrameParams(void) { return FAILURE; } \
    void ZSTD##v##_findFrameSizeInfoLegacy(const void *frame, size_t length, size_t *packed, unsigned long long *content) \
    { \
        (void)frame; \
        (void)length; \
        *packed = FAILURE; \
        *content = (unsigned long long)-2; \
    } \
    void *ZBUFF##v##_createDCtx(void) { return 0; } \
    size_t ZBUFF##v##_freeDCtx(void *context) { (void)context; return 0; } \
    size_t ZBUFF##v##_decompressInitDictionary(void) { return FAILURE; } \
    size_t ZBUFF##v##_decompressContinue(void) { return FAILURE; }

/* ZSTD_error_version_unsupported, as zstd returns errors. */
#define FAILURE ((size_t)-12)

OLD_VERSION(v05)
OLD_VERSION(v06)
OLD_VERSION(v07)

/* Returns how many bytes at the end of the block belong to no repetition. */
#define PACKER(name) \
    size_t ZSTD_compressBlock_##name(void *state, void *sequences, void *repeats, const void *block, size_t length) \
    { \
        (void)state; \
        (void)sequences; \
        (void)repeats; \
        (void)block; \
        return length; \
    }

#define PACKER_WITH_VARIANTS(name) PACKER(name) PACKER(name##_extDict) PACKER(name##_dictMatchState)
#define PACKER_WITH_ROWS(name) \
    PACKER_WITH_VARIANTS(name) \
    PACKER(name##_row) \
    PACKER(name##_extDict_row) \
    PACKER(name##_dictMatchState_row) \
    PACKER(name##_dedicatedDictSearch) \
    PACKER(name##_dedicatedDictSearch_row)

PACKER_WITH_ROWS(greedy)
PACKER_WITH_ROWS(lazy)
PACKER_WITH_ROWS(lazy2)
PACKER_WITH_VARIANTS(btlazy2)
PACKER_WITH_VARIANTS(btopt)
PACKER_WITH_VARIANTS(btultra)
PACKER(btultra2)

/* They prepare dictionaries for these packers. */
unsigned ZSTD_insertAndFindFirstIndex(void) { return 0; }
void ZSTD_updateTree(void) { }
void ZSTD_row_update(void) { }
void ZSTD_dedicatedDictSearch_lazy_loadDictionary(void) { }
