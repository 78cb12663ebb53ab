// Benchmarks the dense layer, forward and backward, against the bare matrix product of the same
// shape: the difference is the cost of the fused bias, activation, derivative and column sums.
#include "bench.h"

#include <algorithm>

namespace
{

struct Layer {
    size_t batch, in, out;

    std::string row(const char *what) const
    {
        return std::string("layer/") + what + "/" + std::to_string(batch) + "x" +
               std::to_string(in) + "x" + std::to_string(out);
    }
    double flops() const
    {
        return 2.0 * static_cast<double>(batch) * static_cast<double>(in) *
               static_cast<double>(out);
    }
};

// Every layer uses the start of these buffers, so that all contenders read the same memory.
struct Operands {
    static constexpr size_t size = 784 * 512;
    bench::Floats left = bench::random_floats(size, 1), right = bench::random_floats(size, 2);
    bench::Floats third = bench::random_floats(size, 3);
};
const Operands operands;

using Call = std::function<void(float *y)>;

// Times a call that writes `size` floats, after checking them against expected.
bench::Body time_call(const Layer &l, size_t size, const Call &call,
                      const std::function<double(size_t)> &expected)
{
    return [=](benchmark::State &state, int) {
        bench::Floats y(size);
        call(y.data());
        if (!bench::is_near(y, expected, 1e-3)) {
            state.SkipWithError("the result is wrong");
            return;
        }
        for (auto _ : state)
            call(y.data());
        bench::count_flops(state, l.flops());
    };
}

void register_forward(const Layer &l)
{
    const float *x = operands.left.data(), *w = operands.right.data(), *b = operands.third.data();
    const auto product = [=](size_t element) {
        const size_t i = element / l.out, j = element % l.out;
        double sum = 0.0;
        for (size_t p = 0; p < l.in; p++)
            sum += static_cast<double>(x[i * l.in + p]) * w[p * l.out + j];
        return sum;
    };
    const Call fused = [=](float *y) {
        (void)!lw_linear_forward(l.batch, l.in, l.out, x, l.in, w, l.out, b, LW_ACTIVATION_RELU,
                                 nullptr, 0, y, l.out);
    };
    const Call bare = [=](float *y) {
        (void)!lw_sgemm(0, 0, l.batch, l.out, l.in, 1.0f, x, l.in, w, l.out, 0.0f, y, l.out);
    };
    const std::string row = l.row("forward_relu");
    const size_t size = l.batch * l.out;
    bench::register_all_isas(row, time_call(l, size, fused, [=](size_t element) {
                                 return std::max(0.0, product(element) + b[element % l.out]);
                             }));
    bench::register_baseline(row, "product", time_call(l, size, bare, product));
}

void register_backward_input(const Layer &l)
{
    const float *dz = operands.left.data(), *w = operands.right.data();
    const float *saved = operands.third.data();
    const auto product = [=](size_t element) {
        const size_t i = element / l.in, j = element % l.in;
        double sum = 0.0;
        for (size_t p = 0; p < l.out; p++)
            sum += static_cast<double>(dz[i * l.out + p]) * w[j * l.out + p];
        return sum;
    };
    const Call fused = [=](float *dx) {
        (void)!lw_linear_backward_input(l.batch, l.in, l.out, dz, l.out, w, l.out,
                                        LW_ACTIVATION_RELU, saved, l.in, dx, l.in);
    };
    const Call bare = [=](float *dx) {
        (void)!lw_sgemm(0, 1, l.batch, l.in, l.out, 1.0f, dz, l.out, w, l.out, 0.0f, dx, l.in);
    };
    const std::string row = l.row("backward_input_relu");
    const size_t size = l.batch * l.in;
    bench::register_all_isas(row, time_call(l, size, fused, [=](size_t element) {
                                 return saved[element] > 0.0f ? product(element) : 0.0;
                             }));
    bench::register_baseline(row, "product", time_call(l, size, bare, product));
}

// The fused call writes the column sums, db, after dW.
void register_backward_weights(const Layer &l)
{
    const float *x = operands.left.data(), *dz = operands.right.data();
    const size_t size = l.in * l.out;
    const auto expected = [=](size_t element) {
        const size_t i = element / l.out, j = element % l.out;
        double sum = 0.0;
        for (size_t p = 0; p < l.batch; p++)
            sum += (i < l.in ? static_cast<double>(x[p * l.in + i]) : 1.0) * dz[p * l.out + j];
        return sum;
    };
    const Call fused = [=](float *dw) {
        (void)!lw_linear_backward_weights(l.batch, l.in, l.out, x, l.in, dz, l.out, 0.0f, dw, l.out,
                                          dw + size);
    };
    const Call bare = [=](float *dw) {
        (void)!lw_sgemm(1, 0, l.in, l.out, l.batch, 1.0f, x, l.in, dz, l.out, 0.0f, dw, l.out);
    };
    const std::string row = l.row("backward_weights");
    bench::register_all_isas(row, time_call(l, size + l.out, fused, expected));
    bench::register_baseline(row, "product", time_call(l, size, bare, expected));
}

} // namespace

void register_benchmarks(const std::vector<std::string> &arguments)
{
    bench::expect_no_arguments(arguments);
    for (const Layer &l : {Layer{32, 64, 64}, Layer{128, 784, 512}}) {
        register_forward(l);
        register_backward_input(l);
        register_backward_weights(l);
    }
}
