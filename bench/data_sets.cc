#include "data_sets.h"
#include "bench.h"

#include <cmath>
#include <fstream>
#include <stdexcept>

namespace bench
{

namespace
{

// A data set that owns its arrays.
class Rows
{
  public:
    // values: outputs per row, row-major
    Rows(size_t inputs, size_t outputs, Floats x, Floats values)
        : x_(std::move(x)), values_(std::move(values)), set_{x_.size() / inputs,
                                                             inputs,
                                                             outputs,
                                                             x_.data(),
                                                             {values_.data(), nullptr, nullptr},
                                                             nullptr,
                                                             nullptr,
                                                             nullptr,
                                                             0.0f,
                                                             0}
    {
    }
    Rows(size_t inputs, size_t classes, Floats x, std::vector<int32_t> labels)
        : x_(std::move(x)), labels_(std::move(labels)), set_{x_.size() / inputs,
                                                             inputs,
                                                             classes,
                                                             x_.data(),
                                                             {nullptr, labels_.data(), nullptr},
                                                             nullptr,
                                                             nullptr,
                                                             nullptr,
                                                             0.0f,
                                                             0}
    {
    }
    Rows(const Rows &) = delete;
    Rows &operator=(const Rows &) = delete;

    const lw_dataset &set() const { return set_; }

  private:
    const Floats x_, values_;
    const std::vector<int32_t> labels_;
    const lw_dataset set_;
};

Floats truth_table_inputs()
{
    return {0, 0, 0, 1, 1, 0, 1, 1};
}

// Random points in the square [-half, half]^2, each with the target of its distance from the
// center.
template <typename Targets, typename Target>
Rows points(size_t count, size_t outputs, float half, unsigned seed, const Target &target)
{
    Floats x = random_floats(2 * count, seed);
    Targets targets(count);
    for (float &value : x)
        value *= half;
    for (size_t i = 0; i < count; i++)
        targets[i] = target(std::hypot(x[2 * i], x[2 * i + 1]));
    return Rows(2, outputs, std::move(x), std::move(targets));
}

lw_dataset read_fashion_mnist(const std::string &images, const std::string &labels)
{
    lw_dataset set;
    if (lw_dataset_load_idx(&set, images.c_str(), labels.c_str(), nullptr) != LW_OK)
        throw std::runtime_error(lw_last_error());
    return set;
}

const lw_dataset &random_images()
{
    enum { IMAGES = 60000, PIXELS = 784, CLASSES = 10 };
    static const Rows rows = [] {
        std::vector<int32_t> labels(IMAGES);
        for (size_t i = 0; i < IMAGES; i++)
            labels[i] = static_cast<int32_t>(i % CLASSES);
        return Rows(PIXELS, CLASSES, random_floats(size_t{IMAGES} * PIXELS, 5), std::move(labels));
    }();
    return rows.set();
}

} // namespace

const lw_dataset &and_table()
{
    static const Rows rows(2, 1, truth_table_inputs(), Floats{0, 0, 0, 1});
    return rows.set();
}

const lw_dataset &xor_table()
{
    static const Rows rows(2, 1, truth_table_inputs(), Floats{0, 1, 1, 0});
    return rows.set();
}

const lw_dataset &circle()
{
    static const Rows rows =
        points<Floats>(8000, 1, 5.0f, 1, [](float radius) { return radius < 1.0f ? 1.0f : 0.0f; });
    return rows.set();
}

const lw_dataset &disk()
{
    static const Rows rows = points<std::vector<int32_t>>(3000, 2, 1.0f, 2, [](float radius) {
        return radius < std::sqrt(2.0f / 3.14159265f) ? 0 : 1;
    });
    return rows.set();
}

const lw_dataset &admissions()
{
    enum { APPLICANTS = 360, INPUTS = 6 };
    static const Rows rows = [] {
        Floats admitted = random_floats(APPLICANTS, 4);
        for (float &value : admitted) // 30 % of the applicants
            value = value < -0.4f ? 1.0f : 0.0f;
        return Rows(INPUTS, 1, random_floats(size_t{APPLICANTS} * INPUTS, 3), std::move(admitted));
    }();
    return rows.set();
}

const lw_dataset &simple_chains()
{
    enum { ROWS = 200, INPUTS = 24, OUTPUTS = 2 };
    static const Rows rows(INPUTS, OUTPUTS, random_floats(size_t{ROWS} * INPUTS, 6),
                           random_floats(size_t{ROWS} * OUTPUTS, 7));
    return rows.set();
}

const lw_dataset &fashion_mnist()
{
    static const std::string directory = "/usr/share/datasets/fashion-mnist/";
    static const std::string images = directory + "train-images-idx3-ubyte.gz";
    static const lw_dataset set =
        std::ifstream(images) ? read_fashion_mnist(images, directory + "train-labels-idx1-ubyte.gz")
                              : random_images();
    return set;
}

} // namespace bench
