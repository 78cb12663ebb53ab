/* Writes files that code blocks read but do not create, to the working directory: images.npy (10 x
 * 784) and admissions.csv. */
#include <lanewise/nn.h>
#include <stdio.h>

static lw_status write_images(void)
{
    enum { IMAGES = 10, PIXELS = 784 };
    static float images[IMAGES * PIXELS];
    for (size_t i = 0; i < IMAGES * PIXELS; i++)
        images[i] = (float)(i * 7 % 256) / 255.0f;
    return lw_npy_write_f32("images.npy", images, IMAGES, PIXELS);
}

/* Admits applicants with better grades; at rank 1 lower grades suffice. */
static int write_admissions(void)
{
    FILE *file = fopen("admissions.csv", "w");
    if (file == NULL)
        return 0;
    fprintf(file, "admit,gre,gpa,rank\n");
    for (int i = 0; i < 200; i++) {
        const int grade = i * 7 % 20;
        const int rank = i % 4 + 1;
        fprintf(file, "%d,%d,%.2f,%d\n", grade + (rank == 1 ? 4 : 0) > 10, 400 + 20 * grade,
                2.5 + grade / 15.0, rank);
    }
    return fclose(file) == 0;
}

int main(void)
{
    if (write_images() != LW_OK || !write_admissions()) {
        fprintf(stderr, "page_files: %s\n", lw_last_error());
        return 1;
    }
    return 0;
}
