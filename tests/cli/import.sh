# import: the order of layers, modules, and tensors that no layer of the network has.
. "${0%/*}/common.sh"

# safetensors HEADER COUNT: a file with this header and COUNT elements of 0.
safetensors() {
    printf "\\$(printf %03o $((${#1} % 256)))\\$(printf %03o $((${#1} / 256)))\\0\\0\\0\\0\\0\\0"
    printf %s "$1"
    head -c $((4 * $2)) /dev/zero
}

# tensor NAME SHAPE BEGIN END: an entry of a header; positions in elements.
tensor() {
    printf '"%s":{"dtype":"F32","shape":[%s],"data_offsets":[%d,%d]}' "$1" "$2" $((4 * $3)) \
        $((4 * $4))
}

# imports FILE ARGUMENTS...
imports() {
    file=$1
    shift
    "$lanewise" import --weights "$file" --output linear --save new.safetensors "$@"
}

# architecture TEXT: the last import made these layers.
architecture() {
    printf "$1" | cmp -s - "$work/out" || fail "not the layers $1"
}

# Layers of 2-3-1-4, whose names are in another order than their use.
layers=$(tensor fc1.weight 3,2 0 6),$(tensor fc2.weight 1,3 6 9),$(tensor a.out.weight 4,1 9 13)
safetensors "{$layers}" 13 >named.safetensors
succeeds imports named.safetensors
architecture '2 inputs\n3 relu\n1 relu\n4 linear\n'
fails 1 "named.safetensors: --order: no layer has the name 'out'; layers: 'a.out' \(4 x 1\)" \
    imports named.safetensors --order fc1,fc2,out
fails 1 "named.safetensors: tensor 'fc1.weight' is 3 x 2, but follows 'fc2.weight'.*--order" \
    imports named.safetensors --order fc2,fc1,a.out
succeeds imports named.safetensors --order fc1,fc2,a.out
architecture '2 inputs\n3 relu\n1 relu\n4 linear\n'

# A square layer and an autoencoder: the message lists the layers and the option.
safetensors "{$(tensor decode.weight 2,1 0 2),$(tensor encode.weight 1,2 2 4)}" 4 >auto.safetensors
fails 1 "the layers 'decode' \(2 x 1\), 'encode' \(1 x 2\); --order lists" imports auto.safetensors
succeeds imports auto.safetensors --order encode,decode
architecture '2 inputs\n1 relu\n2 linear\n'
succeeds imports auto.safetensors --order decode --order encode
architecture '1 inputs\n2 relu\n1 linear\n'

# Two networks in a file.
safetensors "{$(tensor actor.0.weight 2,1 0 2),$(tensor critic.0.weight 1,1 2 3)}" 3 \
    >two.safetensors
succeeds imports two.safetensors --prefix actor
architecture '1 inputs\n2 linear\n'
fails 1 "no tensor is under the prefix 'policy'; the file has 'actor', 'critic'" \
    imports two.safetensors --prefix policy

# Tensors without a place.
norm=$(tensor 1.bias 1 3 4),$(tensor 1.running_mean 1 4 5),$(tensor 1.weight 1 5 6)
safetensors "{$(tensor 0.weight 1,2 0 2),$(tensor 2.weight 1,1 2 3),$norm}" 6 >norm.safetensors
fails 1 "'1\.\*' \(batch or instance norm, 3 tensors\); --prefix .*, --partial leaves" \
    imports norm.safetensors
run imports norm.safetensors --partial
[ "$code" -eq 0 ] || fail 'a partial import'
architecture '2 inputs\n1 relu\n1 linear\n'
for kind in bias running_mean weight; do
    echo "lanewise: norm.safetensors: left out '1.$kind' (batch or instance norm)"
done | cmp -s - "$work/err" || fail 'the tensors that were left out'

# Slopes.
safetensors "{\"__metadata__\":{\"negative_slope\":\"0.2\"},$(tensor 0.weight 1,1 0 1)}" 1 \
    >slope.safetensors
fails 1 'slope.safetensors: leaky ReLU with slope 0.2 is not supported, only 0.01' \
    "$lanewise" import --weights slope.safetensors --output leaky_relu --save new.safetensors
fails 1 'leaky ReLU with slope 0.1 ' \
    imports named.safetensors --activation leaky_relu --negative-slope 0.1
succeeds imports named.safetensors --activation leaky_relu --negative-slope 0.01
fails 2 '--negative-slope requires leaky_relu' imports named.safetensors --negative-slope 0.01

finish
