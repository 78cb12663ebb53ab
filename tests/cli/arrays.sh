# Arrays: IDX files of any name, .npy integers, and what their schema remembers.
. "${0%/*}/common.sh"

# Eight images of 2 x 2 bytes, bright or dark, and their labels.
images='\377\200\377\377\001\002\000\003\310\377\360\377\000\000\005\001'
images=$images'\377\377\376\300\011\000\010\000\350\377\377\377\000\007\005\000'
labels='\001\000\001\000\001\000\001\000'
head='\000\000\010\003\000\000\000\010\000\000\000\002\000\000\000\002'
printf "$head$images" >photos
printf "\\000\\000\\010\\001\\000\\000\\000\\010$labels" >answers
learn='--layers 8 --lr 0.02 --epochs 100 --quiet'
succeeds "$lanewise" train --x photos --y answers $learn --save model
says '^training loss .* accuracy 100\.00 %$'
# By name in a folder: dotted and EMNIST names, compressed or not.
mkdir emnist
for part in train test; do
    cp photos "emnist/emnist-digits-$part-images.idx3-ubyte"
    gzip -c answers >"emnist/emnist-digits-$part-labels-idx1-ubyte.gz"
done
succeeds "$lanewise" evaluate --model model --data fashion-mnist:emnist
says '^accuracy  100\.00 % \(8 right\)$'
cp photos emnist/emnist-letters-test-images.idx3-ubyte
fails 1 'emnist has both ' "$lanewise" evaluate --model model --data fashion-mnist:emnist
mkdir empty
fails 1 'empty: no train-images-idx3-ubyte' "$lanewise" train --data fashion-mnist:empty
fails 1 'photos: IDX images need their file of labels' \
    "$lanewise" predict --model model --x photos --out y.csv

# npy NAME DESCR SHAPE BYTES
npy() {
    text="{'descr': '$2', 'fortran_order': False, 'shape': $3, }"
    printf '\223NUMPY\001\000\166\000%-117s\n'"$4" "$text" >"$1"
}
# The same pixels as bytes are scaled like those of the training, by the schema of the model.
npy pixels.npy '|u1' '(8, 2, 2)' "$images"
succeeds "$lanewise" predict --model model --x pixels.npy --classes --out -
[ "$(tail -n +2 "$work/out" | tr -d '\n')" = 10101010 ] || fail 'bytes are not scaled'
# Classes -1 and 1, and one-hot rows.
npy signs.npy '|i1' '(8,)' '\001\377\001\377\001\377\001\377'
succeeds "$lanewise" train --x pixels.npy --y signs.npy $learn --save signs
succeeds "$lanewise" predict --model signs --x pixels.npy --classes --out -
[ "$(tail -n +2 "$work/out" | tr '\n' ' ')" = '1 -1 1 -1 1 -1 1 -1 ' ] || fail 'classes -1 and 1'
npy hot.npy '|b1' '(8, 2)' '\000\001\001\000\000\001\001\000\000\001\001\000\000\001\001\000'
succeeds "$lanewise" train --x pixels.npy --y hot.npy $learn
says '^training loss .* accuracy 100\.00 %$'
# Whole numbers as a regression.
npy wholes.npy '|u1' '(8,)' "$labels"
succeeds "$lanewise" train --x pixels.npy --y wholes.npy --task regression --layers 8 --epochs 5 \
    --quiet
says '^y: RMSE '
# Bytes given to a network that was trained on other values are far outside of its range.
small='\001\002\001\002\001\002\001\002\003\002\001\002\001\002\001\004'
npy halves.npy '|i1' '(8, 4)' "$small$small"
succeeds "$lanewise" train --x halves.npy --y wholes.npy $learn --save halves
run "$lanewise" evaluate --model halves --x pixels.npy --y wholes.npy
grep -q 'far outside the range of the training data' "$work/err" || fail 'no warning of the range'
finish
