/* IDX files. */
#define _XOPEN_SOURCE 700 /* getrusage */
#include "gzip_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

enum { IDX_HEADER = 16, IDX_IMAGES = 5, IDX_PIXELS = 6 };

/* Five images of 2 x 3 with labels. The pixels increase from 0 in steps of 8; the last is 255. */
static composed_file idx_images(void)
{
    composed_file file = {.size = 0};
    add_number_be(&file, 4, 0x0803);
    add_number_be(&file, 4, IDX_IMAGES);
    add_number_be(&file, 4, 2);
    add_number_be(&file, 4, 3);
    for (size_t i = 0; i < IDX_IMAGES * IDX_PIXELS; i++)
        add_number_be(&file, 1, i == IDX_IMAGES * IDX_PIXELS - 1 ? 255 : 8 * i);
    return file;
}

static composed_file idx_labels(void)
{
    static const unsigned char labels[IDX_IMAGES] = {3, 0, 9, 1, 0};
    composed_file file = {.size = 0};
    add_number_be(&file, 4, 0x0801);
    add_number_be(&file, 4, IDX_IMAGES);
    add_bytes(&file, labels, IDX_IMAGES);
    return file;
}

static void expect_rejected_idx(lw_status expected, const char *images, const char *labels,
                                const char *named, const char *place)
{
    lw_dataset data = untouched_dataset();
    ASSERT_FILE_REJECTED(expected, named, place, lw_dataset_load_idx(&data, images, labels, NULL));
    ck_assert(is_untouched(&data));
}

START_TEST(idx_reads_plain_and_gzip)
{
    const composed_file images = idx_images(), labels = idx_labels();
    static const int32_t want[IDX_IMAGES] = {3, 0, 9, 1, 0};
    const char *plain_images = save_composed(&images, "images");
    const char *packed_labels = save_gzip(&labels, "labels.gz");
    const char *packed_images = save_gzip(&images, "images.gz");
    for (int k = 0; k < 2; k++) {
        lw_dataset data;
        ASSERT_OK(
            lw_dataset_load_idx(&data, k ? packed_images : plain_images, packed_labels, NULL));
        ck_assert_uint_eq(data.rows, IDX_IMAGES);
        ck_assert_uint_eq(data.inputs, IDX_PIXELS);
        ck_assert_uint_eq(data.outputs, 10);
        for (size_t i = 0; i + 1 < IDX_IMAGES * IDX_PIXELS; i++)
            ck_assert_float_eq(data.x[i], (float)(8 * i) / 255.0f);
        ck_assert_float_eq(data.x[IDX_IMAGES * IDX_PIXELS - 1], 1.0f);
        ck_assert_mem_eq(data.target.labels, want, sizeof want);
        ck_assert_ptr_null(data.target.values);
        ASSERT_OK(lw_dataset_check(&data));
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(idx_rejects_every_prefix)
{
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_images = save_composed(&images, "images");
    const char *good_labels = save_composed(&labels, "labels");
    for (size_t size = 0; size < images.size; size++) {
        char place[48];
        snprintf(place, sizeof place, "ends at byte %zu,", size);
        const char *cut = temp_file("cut", images.bytes, size);
        expect_rejected_idx(LW_EFORMAT, cut, good_labels, cut, place);
    }
    for (size_t size = 0; size < labels.size; size++) {
        char place[48];
        snprintf(place, sizeof place, "ends at byte %zu,", size);
        const char *cut = temp_file("cut", labels.bytes, size);
        expect_rejected_idx(LW_EFORMAT, good_images, cut, cut, place);
    }
}
END_TEST

START_TEST(idx_rejects_damaged_gzip)
{
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    size_t size;
    unsigned char *packed = file_bytes(save_gzip(&images, "images.gz"), &size);
    /* Without its two magic bytes it is not recognised as a gzip file. */
    for (size_t cut_size = 2; cut_size < size; cut_size++) {
        const char *cut = temp_file("cut.gz", packed, cut_size);
        expect_rejected_idx(LW_EFORMAT, cut, good_labels, cut, "byte");
    }
    packed[size - 5] ^= 1; /* in the checksum */
    const char *damaged = temp_file("damaged.gz", packed, size);
    expect_rejected_idx(LW_EFORMAT, damaged, good_labels, damaged, "gzip");
    free(packed);
}
END_TEST

/* The peak memory stays far below the unpacked size of 64 MB, because the header declares no
 * data. */
START_TEST(idx_unpacks_no_more_than_declared)
{
    enum { BOMB_BYTES = 64 << 20, PIECE_BYTES = 1 << 20, MAX_GROWTH_KB = 8 << 10 };
    static const unsigned char zeros[PIECE_BYTES];
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    const char *bomb = temp_path("bomb.gz");
    gzFile stream = gzopen(bomb, "wb1");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(gzwrite(stream, images.bytes, (unsigned)images.size), (int)images.size);
    for (size_t i = 0; i < BOMB_BYTES / PIECE_BYTES; i++)
        ck_assert_int_eq(gzwrite(stream, zeros, PIECE_BYTES), PIECE_BYTES);
    ck_assert_int_eq(gzclose(stream), Z_OK);

    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    expect_rejected_idx(LW_EFORMAT, bomb, good_labels, bomb, "has more bytes");
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, MAX_GROWTH_KB);
    expect_rejected_idx(LW_ESHAPE, bomb, bomb, bomb, "labels need one");
}
END_TEST

START_TEST(idx_rejects_invalid_headers)
{
    static const struct {
        size_t at;
        unsigned char byte;
        lw_status expected;
        const char *place;
    } cases[] = {
        {0, 1, LW_EFORMAT, "byte 0"},
        {1, 0x1f, LW_EFORMAT, "byte 0"},
        {2, 0x0a, LW_EFORMAT, "byte 2"},
        {3, 0, LW_EFORMAT, "byte 3"},
        {3, 255, LW_EFORMAT, "header of 1024"},
        {7, 0, LW_EDATA, "byte 4"},
        {11, 0, LW_EDATA, "byte 8"},
        {15, 0, LW_EDATA, "byte 12"},
        {4, 0xff, LW_ESHAPE, "4278190085 rows"},
        {11, 3, LW_EFORMAT, "promises"},
        {11, 1, LW_EFORMAT, "byte 31"},
    };
    const composed_file labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        composed_file images = idx_images();
        images.bytes[cases[k].at] = cases[k].byte;
        const char *wrong = save_composed(&images, "wrong");
        expect_rejected_idx(cases[k].expected, wrong, good_labels, wrong, cases[k].place);
    }
    composed_file images = idx_images();
    memset(images.bytes + 4, 0xff, 12);
    const char *huge = save_composed(&images, "huge");
    expect_rejected_idx(LW_EFORMAT, huge, good_labels, huge, "overflow");
}
END_TEST

START_TEST(idx_rejects_trailing_bytes)
{
    composed_file images = idx_images();
    const composed_file labels = idx_labels();
    add_number_be(&images, 1, 0);
    const char *longer = save_composed(&images, "longer");
    expect_rejected_idx(LW_EFORMAT, longer, save_composed(&labels, "labels"), longer, "byte 46");
}
END_TEST

START_TEST(idx_rejects_files_of_different_sizes)
{
    const composed_file images = idx_images(), labels = idx_labels();
    composed_file fewer = labels;
    fewer.bytes[7]--;
    fewer.size--;
    const char *good_images = save_composed(&images, "images");
    const char *good_labels = save_composed(&labels, "labels");
    const char *fewer_labels = save_composed(&fewer, "fewer");
    expect_rejected_idx(LW_ESHAPE, good_images, fewer_labels, good_images, "has 4 labels");
    expect_rejected_idx(LW_ESHAPE, good_images, fewer_labels, fewer_labels, "has 5 rows");
    expect_rejected_idx(LW_ESHAPE, good_images, good_images, good_images, "6 bytes per row");

    const char *missing = temp_path("missing");
    expect_rejected_idx(LW_EIO, missing, good_labels, missing, "No such file");
    expect_rejected_idx(LW_EIO, good_images, missing, missing, "No such file");
    const char *directory = temp_path(".");
    expect_rejected_idx(LW_EIO, directory, good_labels, directory, "regular");

    lw_dataset data = untouched_dataset();
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_load_idx(NULL, good_images, good_labels, NULL));
    ASSERT_FAILS(LW_EINVAL, "images", lw_dataset_load_idx(&data, NULL, good_labels, NULL));
    ASSERT_FAILS(LW_EINVAL, "labels", lw_dataset_load_idx(&data, good_images, NULL, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

int main(void)
{
    TCase *tcase = temp_files_case("idx");
    tcase_add_test(tcase, idx_reads_plain_and_gzip);
    tcase_add_test(tcase, idx_rejects_every_prefix);
    tcase_add_test(tcase, idx_rejects_damaged_gzip);
    tcase_add_test(tcase, idx_unpacks_no_more_than_declared);
    tcase_add_test(tcase, idx_rejects_invalid_headers);
    tcase_add_test(tcase, idx_rejects_trailing_bytes);
    tcase_add_test(tcase, idx_rejects_files_of_different_sizes);
    return run_case("idx", tcase);
}
