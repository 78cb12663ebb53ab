# Models and a checkpoint of a version without schemas, which wrote the predictions in *.npy.
files=$2
. "${0%/*}/common.sh"

# same FILE: equal bits; on the scalar set, which rounds otherwise, equal sizes.
same() {
    if [ "${LANEWISE_ISA:-}" = scalar ]; then
        [ "$(wc -c <"$1")" -eq "$(wc -c <"$files/$1")" ] || fail "$1 has another size"
    else
        cmp -s "$1" "$files/$1" || fail "$1 differs"
    fi
}

for model in classes values binary; do
    succeeds "$lanewise" predict --model "$files/$model.safetensors" \
        --csv "$files/$model-rows.csv" --target y --out "$model.npy"
    same "$model.npy"
done
# Without the target column that version failed.
cut -d, -f 1-4 "$files/values-rows.csv" >inputs.csv
succeeds "$lanewise" predict --model "$files/values.safetensors" --csv inputs.csv --out values.npy
same values.npy

# The numbers of the table stay as they are.
succeeds "$lanewise" train --csv "$files/classes.csv" --target y --layers 16,8 --activation gelu \
    --epochs 40 --batch 16 --lr 0.01 --resume "$files/state.safetensors" --quiet --save resumed
for model in resumed "$files/resumed.safetensors"; do
    succeeds "$lanewise" predict --model "$model" --csv "$files/classes-rows.csv" --target y \
        --out "${model##*/}.npy"
done
if [ "${LANEWISE_ISA:-}" != scalar ]; then
    cmp -s resumed.npy resumed.safetensors.npy || fail 'a resumed run ends with other weights'
fi
finish
