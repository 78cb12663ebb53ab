# Small tables as people have them; each was misread by a version without schemas. The second
# argument is the file of the tables.
tables=$2
. "${0%/*}/common.sh"
cases=$work/cases
mkdir "$cases"
awk -v folder="$cases" '/^==> / { name = folder "/" $2; next } name { print >name }' "$tables"

# predicted FILE: the last prediction in it.
predicted() {
    tail -n 1 "$1"
}

# near VALUE WANT TOLERANCE
near() {
    awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { exit !(a - b < t && b - a < t) }' ||
        fail "$1 instead of $2"
}

# y = 0.02 (pressure - 1000) + 0.1 temperature: single rows, and columns in another order.
succeeds "$lanewise" train --csv "$cases/scaler-train.csv" --target y --values --standardize \
    --epochs 100 --batch 32 --quiet --save scaler
says '^y: RMSE .* R2 1\.0000$'
for one in one-a:-1.0 one-b:4.8 two:-0.988; do
    succeeds "$lanewise" predict --model scaler --csv "$cases/scaler-${one%:*}.csv" --out out.csv
    near "$(predicted out.csv)" "${one#*:}" 0.05
done
near "$(sed -n 2p out.csv)" -1.0 0.05
awk 'NR == 1 { print $0 ",y" } NR > 1 { print $0 ",0" }' "$cases/scaler-one-a.csv" >dummy.csv
succeeds "$lanewise" predict --model scaler --csv dummy.csv --out - --keep pressure
says '^pressure,y$'
says '^950,-1\.0'

# Classes by name, and columns in another order.
succeeds "$lanewise" train --csv "$cases/classes-train.csv" --target answer --quiet --save classes
succeeds "$lanewise" evaluate --model classes --csv "$cases/classes-test.csv"
awk '/^accuracy/ { exit !($2 >= 95) }' "$work/out" || fail 'accuracy of classes by name'
says '^of class yes:'
says '^yes \|'
succeeds "$lanewise" predict --model classes --csv "$cases/classes-test.csv" --out names.csv
[ "$(head -n 1 names.csv)" = 'answer,answer=no,answer=yes' ] || fail 'names of the predictions'
# The accuracy of evaluate is that of the names in the predictions.
tail -n +2 names.csv | cut -d, -f 1 >predicted.txt
tail -n +2 "$cases/classes-test.csv" | cut -d, -f 1 | paste -d, - predicted.txt |
    awk -F, '{ right += $1 == $2 } END { printf "%.2f\n", 100 * right / NR }' >share.txt
succeeds "$lanewise" evaluate --model classes --csv "$cases/classes-test.csv"
says "^accuracy +$(cat share.txt) %"

# An unknown city gets a warning and no input, the others their own.
succeeds "$lanewise" train --csv "$cases/cities-train.csv" --target price --values --one-hot city \
    --quiet --epochs 300 --save cities
run "$lanewise" predict --model cities --csv "$cases/cities-test.csv" --out cities.csv
[ "$code" -eq 0 ] || fail 'an unknown city'
grep -q "1 field with a category .* the first 'austin' in column 'city'" "$work/err" ||
    fail 'no warning about austin'
near "$(sed -n 3p cities.csv)" 10 0.1
near "$(sed -n 4p cities.csv)" 20 0.1
fails 1 "line 2, column 'city': 'austin' is a category" "$lanewise" predict --model cities \
    --csv "$cases/cities-test.csv" --out cities.csv --strict

# Classes that are not numbered from 0.
succeeds "$lanewise" train --csv "$cases/classes-1-2.csv" --target status --output sigmoid --quiet \
    --save status
awk '{ exit !($(NF - 1) >= 85) }' "$work/out" || fail 'accuracy of classes 1 and 2'
succeeds "$lanewise" predict --model status --csv "$cases/classes-1-2.csv" --classes \
    --out status.csv
tail -n +2 status.csv | grep -qvx '[12]' && fail 'other classes than 1 and 2'

# tanh: classes at the middle of the targets.
succeeds "$lanewise" train --csv "$cases/plus-minus.csv" --target side --values --output tanh \
    --quiet --save side
awk '{ exit !($(NF - 1) >= 93) }' "$work/out" || fail 'accuracy of tanh'
succeeds "$lanewise" predict --model side --csv "$cases/plus-minus.csv" --classes --out side.csv
tail -n +2 side.csv | grep -qvx -e -1 -e 1 && fail 'other classes than -1 and 1'

# Whole prices are numbers.
succeeds "$lanewise" train --csv "$cases/prices-whole.csv" --target price
says '^task: regression, 1 target'
awk '/^price: RMSE/ { found = $NF >= 0.95 } END { exit !found }' "$work/out" || fail 'R2 of prices'

# Separators and decimal commas.
succeeds "$lanewise" train --csv "$cases/semicolons.csv" --target quality --dry-run
says '300 rows, 3 columns separated by semicolons$'
says '^  fixed acidity +number, '
succeeds "$lanewise" train --csv "$cases/decimal-comma.csv" --target y
says 'semicolons, decimal commas$'
awk '/^y: RMSE/ { found = $NF >= 0.99 } END { exit !found }' "$work/out" || fail 'R2 with commas'

# A table with an index, names, missing values, texts and booleans.
succeeds "$lanewise" train --csv "$cases/passengers.csv" --target Survived
says '^  \(no name\) +ignored: no name$'
says '^  Id +ignored: counts the rows$'
says '^  Name +ignored: too many different texts'
says '^  Ticket +ignored: too many different texts'
says '^  Sex +category, female, male$'
says '^  Age +number, .* [0-9]+ missing, filled with '
says '^  Port +category, C, Q, S; [0-9]+ missing, a category$'
says '^  Alone +boolean, False, True$'
awk '/^training loss/ { found = $(NF - 1) >= 75 } END { exit !found }' "$work/out" ||
    fail 'accuracy of passengers'

# No header, an empty last column, blanks.
succeeds "$lanewise" train --csv "$cases/no-header.csv" --target 2 --dry-run
says '100 rows, 3 columns separated by commas, no header: columns are named 0, 1, ...$'
succeeds "$lanewise" train --csv "$cases/trailing.csv" --target y --quiet
awk '/^y: RMSE/ { found = $NF >= 0.95 } END { exit !found }' "$work/out" || fail 'R2 of trailing'
succeeds "$lanewise" train --csv "$cases/blanks.txt" --target 2 --quiet
awk '/^2: RMSE/ { found = $NF >= 0.95 } END { exit !found }' "$work/out" || fail 'R2 of blanks'

# Two targets, by one option or by two.
for targets in '--target x,y' '--target x --target y'; do
    succeeds "$lanewise" train --csv "$cases/two-targets.csv" $targets --values --quiet
    [ "$(grep -cE '^[xy]: RMSE .* R2 (0\.99|1)' "$work/out")" -eq 2 ] || fail "R2 of $targets"
done

# The data come from standard input, and --out - goes to standard output.
gzip -c "$cases/scaler-two.csv" >two.csv.gz
succeeds "$lanewise" predict --model scaler --csv two.csv.gz --out gz.csv
succeeds sh -c "$lanewise predict --model scaler --csv - --out - <$cases/scaler-two.csv"
cmp -s gz.csv "$work/out" || fail 'standard input and gzip give different predictions'

# A run from --init uses the schema of the model: this file alone has other means and no delhi.
grep -v delhi "$cases/cities-train.csv" >two-cities.csv
succeeds "$lanewise" train --csv two-cities.csv --target price --init cities --dry-run
says '^  city +category, berlin, cairo, delhi'
says '^  price +target, number, mean 20,'

finish
