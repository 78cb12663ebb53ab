# Weights of rows (--weight-column) and of classes (--class-weights).
. "${0%/*}/common.sh"

# A line of 200 rows of which 1 in 10 is "rare"; noise makes "often" the better guess near it.
awk 'BEGIN { srand(7); print "x,kind,w"
             for (i = 0; i < 400; i++) { rare = i % 10 == 0; x = rare + 0.8 * (rand() + rand() - 1)
                 printf "%.4f,%s,%d\n", x, rare ? "rare" : "often", rare ? 9 : 1 } }' >all.csv
cut -d, -f 1,2 all.csv >plain.csv
learn="--target kind --layers 8 --epochs 60 --lr 0.01 --batch 32 --quiet"

# found FILE: how many rare rows a model finds.
found() {
    succeeds "$lanewise" predict --model "$1" --csv plain.csv --out out.csv
    paste -d, plain.csv out.csv | awk -F, 'NR > 1 && $2 == "rare" && $3 == "rare"' | grep -c .
}

succeeds "$lanewise" train --csv plain.csv $learn --save plain
succeeds "$lanewise" train --csv plain.csv $learn --class-weights balanced --save balanced
printf 'class,weight\nrare,9\n' >weights.csv
succeeds "$lanewise" train --csv plain.csv $learn --class-weights weights.csv --save listed
succeeds "$lanewise" train --csv all.csv $learn --weight-column w --save weighted
plain=$(found plain)
for model in balanced listed weighted; do
    [ "$(found $model)" -gt "$plain" ] || fail "$model finds no more rare rows than without weights"
done
# The same weights, however they are given; class weights do not weight results, row weights do.
succeeds "$lanewise" predict --model listed --csv plain.csv --out listed.npy
succeeds "$lanewise" predict --model weighted --csv plain.csv --out weighted.npy
cmp -s listed.npy weighted.npy || fail 'a file and a column with equal weights give other networks'
succeeds "$lanewise" evaluate --model weighted --csv all.csv
awk -F, 'NR > 1 { all += $3 } END { print all }' all.csv >total
succeeds "$lanewise" predict --model weighted --csv plain.csv --out out.csv
want=$(paste -d, all.csv out.csv |
    awk -F, -v total="$(cat total)" 'NR > 1 && $2 == $4 { right += $3 }
        END { printf "%.2f", 100 * right / total }')
succeeds "$lanewise" evaluate --model weighted --csv all.csv
says "^accuracy  $want % "
succeeds "$lanewise" evaluate --model listed --csv plain.csv
cp "$work/out" unweighted
succeeds "$lanewise" evaluate --model weighted --csv plain.csv
cmp -s unweighted "$work/out" || fail 'a file without the column is evaluated with weights'

succeeds "$lanewise" train --csv all.csv --target kind --weight-column w --folds 3 --epochs 2 \
    --quiet --class-weights balanced
printf 'rar,9\n' >wrong.csv
fails 1 "wrong.csv: 'rar' is not a class; the classes are 'often', 'rare'" \
    "$lanewise" train --csv plain.csv $learn --class-weights wrong.csv
printf 'often,2\nrare,-1\n' >wrong.csv
fails 1 'wrong.csv: row 2: a class and a weight of at least 0 are needed' \
    "$lanewise" train --csv plain.csv $learn --class-weights wrong.csv
fails 1 '--class-weights requires classes' \
    "$lanewise" train --csv all.csv --target x --values --class-weights balanced
sed '5s/[0-9]*$/-3/' all.csv >negative.csv
fails 1 "negative.csv: line 5, column 'w'.*is not a weight" \
    "$lanewise" train --csv negative.csv $learn --weight-column w
fails 2 'require --csv' "$lanewise" train --x a.npy --y b.npy --weight-column w
finish
