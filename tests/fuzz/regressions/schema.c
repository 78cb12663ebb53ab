#include "regressions.h"

#include <string.h>

#define NUMBER                                                                                     \
    "{\"name\":\"a\",\"position\":0,\"kind\":\"number\",\"missing\":0,\"mean\":1,"                 \
    "\"deviation\":2,\"minimum\":0,\"maximum\":3,\"fill\":1}"
#define CATEGORY(values)                                                                           \
    "{\"name\":\"b\",\"position\":1,\"kind\":\"category\",\"missing\":1,\"values\":" values "}"
#define BOOLEAN(values, fill)                                                                      \
    "{\"name\":\"c\",\"position\":2,\"kind\":\"boolean\",\"missing\":0,\"fill\":" fill             \
    ",\"values\":" values "}"
#define IGNORED(reason)                                                                            \
    "{\"name\":\"id\",\"position\":4,\"kind\":\"ignored\",\"reason\":" reason "}"
#define WITHOUT_TARGET(columns)                                                                    \
    "{\"version\":1,\"task\":\"none\",\"header\":true,\"targets\":[],\"columns\":[" columns "]}"
#define CLASSES(classes)                                                                           \
    "{\"version\":1,\"task\":\"classification\",\"header\":true,\"targets\":[{\"name\":\"y\","     \
    "\"position\":3,\"classes\":" classes "}],\"columns\":[" NUMBER "]}"
#define REGRESSION(deviation)                                                                      \
    "{\"version\":1,\"task\":\"regression\",\"header\":true,\"targets\":[{\"name\":\"y\","         \
    "\"position\":3,\"mean\":0,\"deviation\":" deviation "}],\"columns\":[" NUMBER "]}"
#define ARRAY(inputs)                                                                              \
    "{\"version\":1,\"task\":\"none\",\"targets\":[],\"inputs\":" inputs                           \
    ",\"minimum\":0,\"maximum\":1,\"scale\":1}"

static const struct {
    const char *name, *text;
    expected_outcome expected;
} cases[] = {
    /* ---- Valid ---- */
    {"number", WITHOUT_TARGET(NUMBER), ACCEPTED("1 columns, 1 inputs, 0 targets, 0 classes")},
    {"category_with_missing_values", WITHOUT_TARGET(CATEGORY("[\"w\",\"x\"]")),
     ACCEPTED("1 columns, 3 inputs, 0 targets, 0 classes")},
    {"category_of_numbers", WITHOUT_TARGET(CATEGORY("[-1,2.5]")),
     ACCEPTED("1 columns, 3 inputs, 0 targets, 0 classes")},
    {"boolean", WITHOUT_TARGET(BOOLEAN("[\"no\",\"yes\"]", "1")),
     ACCEPTED("1 columns, 1 inputs, 0 targets, 0 classes")},
    {"ignored_column", WITHOUT_TARGET(NUMBER "," IGNORED("\"index\"")),
     ACCEPTED("2 columns, 1 inputs, 0 targets, 0 classes")},
    {"classes", CLASSES("[1,2,3]"), ACCEPTED("1 columns, 1 inputs, 1 targets, 3 classes")},
    {"classes_in_bytes_that_are_no_text", CLASSES("[\"a\",{\"hex\":\"ff\"}]"),
     ACCEPTED("1 columns, 1 inputs, 1 targets, 2 classes")},
    {"regression", REGRESSION("2"), ACCEPTED("1 columns, 1 inputs, 1 targets, 0 classes")},
    {"array", ARRAY("4"), ACCEPTED("0 columns, 4 inputs, 0 targets, 0 classes")},
    {"unknown_members_are_passed_over",
     "{\"new\":[{}],\"version\":1,\"task\":\"none\",\"targets\":[],\"inputs\":1,\"minimum\":0,"
     "\"maximum\":1,\"scale\":1}",
     ACCEPTED("0 columns, 1 inputs, 0 targets, 0 classes")},

    /* ---- Refused ---- */
    {"no_text", "", REFUSED(LW_EFORMAT, "model")},
    {"no_object", "[]", REFUSED(LW_EFORMAT, "version")},
    {"newer_version", "{\"version\":2}", REFUSED(LW_EFORMAT, "version")},
    {"unknown_task", "{\"version\":1,\"task\":\"rank\",\"targets\":[]}",
     REFUSED(LW_EFORMAT, "task")},
    {"no_columns", WITHOUT_TARGET(""), REFUSED(LW_EFORMAT, "no column is an input")},
    {"only_ignored_columns", WITHOUT_TARGET(IGNORED("\"empty\"")),
     REFUSED(LW_EFORMAT, "no column is an input")},
    {"unknown_reason", WITHOUT_TARGET(IGNORED("\"dull\"")), REFUSED(LW_EFORMAT, "reason")},
    {"unsorted_category", WITHOUT_TARGET(CATEGORY("[\"x\",\"w\"]")), REFUSED(LW_EFORMAT, "values")},
    {"category_without_values", WITHOUT_TARGET(CATEGORY("[]")), REFUSED(LW_EFORMAT, "values")},
    {"value_twice", WITHOUT_TARGET(CATEGORY("[2,2]")), REFUSED(LW_EFORMAT, "values")},
    {"numbers_and_texts", WITHOUT_TARGET(CATEGORY("[2,\"x\"]")), REFUSED(LW_EFORMAT, "values")},
    {"boolean_of_three", WITHOUT_TARGET(BOOLEAN("[\"a\",\"b\",\"c\"]", "0")),
     REFUSED(LW_EFORMAT, "values")},
    {"boolean_filled_with_half", WITHOUT_TARGET(BOOLEAN("[\"no\",\"yes\"]", "0.5")),
     REFUSED(LW_EFORMAT, "values")},
    {"single_class", CLASSES("[1]"), REFUSED(LW_EFORMAT, "classes")},
    {"deviation_0_of_a_target", REGRESSION("0"), REFUSED(LW_EFORMAT, "deviation")},
    {"number_beyond_double", REGRESSION("1e999"), REFUSED(LW_EFORMAT, "model")},
    {"zero_byte_in_hex", CLASSES("[\"a\",{\"hex\":\"6100\"}]"), REFUSED(LW_EFORMAT, "classes")},
    {"half_a_byte_in_hex", CLASSES("[\"a\",{\"hex\":\"6\"}]"), REFUSED(LW_EFORMAT, "classes")},
    {"array_without_inputs", ARRAY("0"), REFUSED(LW_EFORMAT, "inputs")},
    {"array_of_more_inputs_than_a_double_counts", ARRAY("9007199254740993"),
     REFUSED(LW_EFORMAT, "inputs")},
    {"negative_count", ARRAY("-1"), REFUSED(LW_EFORMAT, "inputs")},
};

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input_add(cases[i].text, strlen(cases[i].text));
        input_check(cases[i].name, &cases[i].expected);
    }
}
