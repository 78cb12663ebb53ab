/* Members of .npz archives, which are assembled here. */
#include "temp_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { LOCAL_BYTES = 30, STORED = 0, DEFLATED = 8, MEMBERS_MAX = 4 };

typedef struct member {
    const char *name;
    unsigned method;
    composed_file contents;
} member;

/* Compresses without a header. */
static composed_file deflated(const composed_file *file)
{
    composed_file packed = {{0}, 0};
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)file->bytes,
                       .avail_in = (uInt)file->size,
                       .next_out = packed.bytes,
                       .avail_out = sizeof packed.bytes};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

static void add_sizes(composed_file *file, const member *m, size_t packed)
{
    add_number_le(file, 2, m->method);
    add_number_le(file, 4, 0); /* time and date */
    add_number_le(file, 4, crc32(0, m->contents.bytes, (uInt)m->contents.size));
    add_number_le(file, 4, packed);
    add_number_le(file, 4, m->contents.size);
    add_number_le(file, 2, strlen(m->name));
}

static composed_file archive_of(const member *members, size_t count)
{
    static composed_file file, packed;
    size_t offsets[MEMBERS_MAX], sizes[MEMBERS_MAX];
    file.size = 0;
    for (size_t i = 0; i < count; i++) {
        const member *m = &members[i];
        packed = m->method == DEFLATED ? deflated(&m->contents) : m->contents;
        offsets[i] = file.size;
        sizes[i] = packed.size;
        add_number_le(&file, 4, 0x04034b50);
        add_number_le(&file, 4, 20); /* version, flags */
        add_sizes(&file, m, packed.size);
        add_number_le(&file, 2, 3);
        add_bytes(&file, m->name, strlen(m->name));
        add_bytes(&file, "abc", 3); /* an extra field, which only the local header has */
        add_bytes(&file, packed.bytes, packed.size);
    }
    const size_t directory = file.size;
    for (size_t i = 0; i < count; i++) {
        add_number_le(&file, 4, 0x02014b50);
        add_number_le(&file, 6, 20);
        add_sizes(&file, &members[i], sizes[i]);
        add_number_le(&file, 8, 0);
        add_number_le(&file, 4, 0);
        add_number_le(&file, 4, offsets[i]);
        add_bytes(&file, members[i].name, strlen(members[i].name));
    }
    const size_t size = file.size - directory;
    add_number_le(&file, 4, 0x06054b50);
    add_number_le(&file, 4, 0);
    add_number_le(&file, 2, count);
    add_number_le(&file, 2, count);
    add_number_le(&file, 4, size);
    add_number_le(&file, 4, directory);
    add_number_le(&file, 2, 2);
    add_bytes(&file, "hi", 2); /* a comment */
    return file;
}

static composed_file array_of(float first)
{
    composed_file file = npy_of("<f4", 0, "(2, 40)");
    for (int i = 0; i < 80; i++)
        add_f32(&file, first + (float)(i % 3));
    return file;
}

static const char *save_archive(void)
{
    static member members[3];
    members[0] = (member){"x.npy", STORED, array_of(1.0f)};
    members[1] = (member){"notes.txt", STORED, array_of(9.0f)};
    members[2] = (member){"y.npy", DEFLATED, array_of(5.0f)};
    static composed_file file;
    file = archive_of(members, 3);
    return save_composed(&file, "both.npz");
}

static const char *member_path(const char *archive, const char *name)
{
    static char paths[2][400];
    static int next;
    next = !next;
    snprintf(paths[next], sizeof paths[next], "%s:%s", archive, name);
    return paths[next];
}

START_TEST(members_are_read)
{
    const char *archive = save_archive();
    lw_dataset data;
    ASSERT_OK(
        lw_dataset_load_npy(&data, member_path(archive, "x"), member_path(archive, "y"), NULL));
    ck_assert(data.rows == 2 && data.inputs == 40 && data.outputs == 40);
    ck_assert(data.x[0] == 1.0f && data.x[79] == 2.0f && data.target.values[0] == 5.0f);
    lw_dataset_free(&data);
}
END_TEST

START_TEST(a_single_array_needs_no_name)
{
    static member single;
    single = (member){"arr_0.npy", DEFLATED, array_of(3.0f)};
    static composed_file file;
    file = archive_of(&single, 1);
    lw_dataset data;
    ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "one.npz"), NULL, NULL));
    ck_assert(data.x[0] == 3.0f);
    lw_dataset_free(&data);
}
END_TEST

START_TEST(missing_members_are_listed)
{
    const char *archive = save_archive();
    lw_dataset data = untouched_dataset();
    ASSERT_FAILS(LW_EINVAL,
                 "no such array; FILE.npz:NAME selects one of the arrays of the file: "
                 "'x', 'y'",
                 lw_dataset_load_npy(&data, member_path(archive, "z"), NULL, NULL));
    ASSERT_FAILS(LW_EINVAL, "which array?", lw_dataset_load_npy(&data, archive, NULL, NULL));
    ASSERT_FAILS(LW_EIO, "No such file",
                 lw_dataset_load_npy(&data, temp_path("none.npz"), NULL, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

/* Each prefix, and each byte changed: an error or, where the byte has no meaning, the same array.
 */
START_TEST(damaged_archives_are_refused)
{
    size_t size;
    unsigned char *bytes = file_bytes(save_archive(), &size);
    for (size_t cut = 0; cut < size; cut++) {
        lw_dataset data = untouched_dataset();
        const char *path = member_path(temp_file("cut.npz", bytes, cut), "y");
        const lw_status status = lw_dataset_load_npy(&data, path, NULL, NULL);
        if (status == LW_OK) /* the comment was cut */
            lw_dataset_free(&data);
        else
            ck_assert(is_untouched(&data));
        ck_assert(status == LW_EFORMAT || (status == LW_OK && cut + 2 >= size));
    }
    size_t refused = 0;
    for (size_t at = 0; at < size; at++) {
        bytes[at] ^= 0x10;
        lw_dataset data = untouched_dataset();
        const char *path = member_path(temp_file("changed.npz", bytes, size), "y");
        if (lw_dataset_load_npy(&data, path, NULL, NULL) == LW_OK) {
            ck_assert(data.x[0] == 5.0f && data.x[79] == 6.0f);
            lw_dataset_free(&data);
        } else {
            refused++;
            ck_assert(is_untouched(&data));
        }
        bytes[at] ^= 0x10;
    }
    ck_assert_uint_gt(refused, 60);
    free(bytes);
}
END_TEST

int main(void)
{
    TCase *npz = temp_files_case("npz");
    tcase_add_test(npz, members_are_read);
    tcase_add_test(npz, a_single_array_needs_no_name);
    tcase_add_test(npz, missing_members_are_listed);
    tcase_add_test(npz, damaged_archives_are_refused);
    return run_case("npz", npz);
}
