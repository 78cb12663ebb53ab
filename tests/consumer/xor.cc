#include <cstdio>
#include <lanewise/nn.h>

int main()
{
    const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0};
    const lw_layer_spec layers[] = {{8, LW_ACTIVATION_TANH, LW_INIT_DEFAULT, 0},
                                    {1, LW_ACTIVATION_SIGMOID, LW_INIT_DEFAULT, 0}};
    lw_dataset data = {};
    lw_fit_options options = {};
    options.size = sizeof options;
    data.rows = 4, data.inputs = 2, data.outputs = 1, data.x = x, data.target.values = y;
    options.optimizer = lw_adam(0.05f), options.epochs = 1000;
    lw_net *net;
    float p[4];
    if (lw_net_create_mlp(&net, 2, layers, 2, 1) || lw_fit(net, &data, &options) ||
        lw_predict(net, 4, x, p))
        return std::fprintf(stderr, "%s\n", lw_last_error()), 1;
    lw_net_destroy(net);
    std::printf("%.2f %.2f %.2f %.2f\n", p[0], p[1], p[2], p[3]);
    return !(p[0] < 0.1f && p[1] > 0.9f && p[2] > 0.9f && p[3] < 0.1f);
}
