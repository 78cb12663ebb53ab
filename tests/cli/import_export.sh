# import and export: a model exported as weights, C and ONNX, and imported again.
. "${0%/*}/common.sh"

write_xor
succeeds "$lanewise" train --x x.npy --y y.npy --layers 5,3 --activation gelu --epochs 3 --quiet \
    --save model.safetensors
succeeds "$lanewise" predict --model model.safetensors --x x.npy --out outputs.csv
succeeds "$lanewise" predict --model model.safetensors --x x.npy --out outputs.npy

# A saved model is also a state dict. import ignores the activations in the file.
succeeds "$lanewise" import --weights model.safetensors --activation gelu --output softmax \
    --save again.safetensors
printf '2 inputs\n5 gelu\n3 gelu\n2 softmax\n' | cmp -s - "$work/out" || fail 'the architecture'
succeeds "$lanewise" predict --model again.safetensors --x x.npy --out again.npy
cmp -s outputs.npy again.npy || fail 'import gives another network'
succeeds "$lanewise" import --weights model.safetensors --output linear --save other.safetensors
printf '2 inputs\n5 relu\n3 relu\n2 linear\n' | cmp -s - "$work/out" ||
    fail 'the activations of the options'
succeeds "$lanewise" train --x x.npy --y y.npy --layers 5,3 --activation gelu --epochs 1 --quiet \
    --init again.safetensors

# The C file computes the outputs of predict within 1e-6.
succeeds "$lanewise" export --model model.safetensors --out predict.c
succeeds "$lanewise" export --model model.safetensors --out xor.txt --format c --name xor_net
cat >main.c <<'END'
#include <stdio.h>
void predict(const float *x, float *y);
void xor_net(const float *x, float *y);
int main(void)
{
    for (int row = 0; row < 4; row++) {
        const float x[2] = {(float)(row / 2), (float)(row % 2)};
        float y[2], z[2];
        predict(x, y);
        xor_net(x, z);
        printf("%.9g,%.9g,%.9g,%.9g\n", y[0], y[1], z[0], z[1]);
    }
    return 0;
}
END
cp xor.txt xor.c
run cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror main.c predict.c xor.c -o main -lm
[ "$code" -eq 0 ] || fail 'the C file does not compile'
run ./main
tail -n +2 outputs.csv | cut -d, -f 2- | paste -d, - "$work/out" | awk -F, '
    function far(a, b) { return a - b > 1e-6 || b - a > 1e-6 }
    { wrong += far($1, $3) || far($2, $4) || $3 != $5 || $4 != $6 }
    END { exit NR != 4 || wrong > 0 }' || fail 'the C file has other outputs'

# An ONNX file names its producer, and --format overrides the extension.
succeeds "$lanewise" export --model model.safetensors --out model.onnx
succeeds "$lanewise" export --model model.safetensors --out model.c --format onnx
cmp -s model.onnx model.c || fail '--format onnx gives another file'
head -c 20 model.onnx | grep -q lanewise || fail 'an ONNX file names its producer'

finish
