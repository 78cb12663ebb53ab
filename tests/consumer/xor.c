#include <lanewise/nn.h>
#include <stdio.h>

int main(void)
{
    const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0};
    const lw_dataset data = {.rows = 4, .inputs = 2, .outputs = 1, .x = x, .target.values = y};
    const lw_layer_spec layers[] = {{.units = 8, .activation = LW_ACTIVATION_TANH},
                                    {.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    const lw_fit_options options = {
        .size = sizeof options, .optimizer = lw_adam(0.05f), .epochs = 1000};
    lw_net *net;
    float p[4];
    if (lw_net_create_mlp(&net, 2, layers, 2, 1) || lw_fit(net, &data, &options) ||
        lw_predict(net, 4, x, p))
        return fprintf(stderr, "%s\n", lw_last_error()), 1;
    lw_net_destroy(net);
    printf("%.2f %.2f %.2f %.2f\n", p[0], p[1], p[2], p[3]);
    return !(p[0] < 0.1f && p[1] > 0.9f && p[2] > 0.9f && p[3] < 0.1f);
}
