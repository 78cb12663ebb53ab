#!/bin/sh
# usage: wrong_pages.sh SETTINGS
#
# Tests page.sh with valid and invalid pages: a wrong block must fail the test of its page with its
# location.
set -u
here=$(cd "$(dirname "$0")" && pwd)
settings=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
page=$work/page.md
checks=0
failures=0

fail() {
    echo "FAILED: $*"
    sed 's/^/    /' "$page"
    sed 's/^/    says: /' "$work/said"
    failures=$((failures + 1))
}

# write: creates the page from standard input, with ' in place of ` because the shell would expand
# it.
write() {
    sed "s/'''/\`\`\`/" >"$page"
    checks=$((checks + 1))
}

# accepted: the test of the page passes. rejected MESSAGE: it fails with a message that begins like
# this.
accepted() {
    write
    sh "$here/page.sh" "$settings" "$page" >"$work/said" 2>&1 ||
        fail 'a valid page is rejected'
}
rejected() {
    write
    if sh "$here/page.sh" "$settings" "$page" >"$work/said" 2>&1; then
        fail "error not detected: $1"
    else
        grep -q "page\.md:[0-9]*: $1" "$work/said" || fail "message missing: $1"
    fi
}

accepted <<'END'
No code at all.

- an item

    which goes on
END
accepted <<'END'
<!-- test: file table.csv -->
'''text
a,b
1,2
'''
<!-- test: file sum.c -->
'''c
#include <lanewise/nn.h>
#include <stdio.h>
int main(void)
{
    return printf("loaded %s\n", lw_version()) < 0;
}
'''
'''text
loaded ...
'''
The same from the shell, and lines in between.
'''sh
./sum
echo one; echo two
wc -l <table.csv
./dev train --epochs 3 --layers=64
./dev test dev asan
'''
'''text
loaded 0...
...
2
'''
<!-- test: shown, it prompts for a password -->
'''sh
sudo cp sum /usr/bin
'''
1. In a list:

   '''sh
   echo $((1 + 1))
   '''
   '''text
   2
   '''
'''cpp
#include <lanewise/nn.h>
int main() { return lw_version() == nullptr; }
'''
'''cmake
add_subdirectory(lanewise)
target_link_libraries(program PRIVATE lanewise::nn)
'''
'''python
print(1 + 1)
'''
'''text
2
'''
END

rejected 'no test for blocks' <<'END'
'''javascript
1
'''
END
rejected 'this block has no language' <<'END'
'''
lanewise info
'''
END
rejected 'this block does not end' <<'END'
'''sh
lanewise info
END
rejected 'code without a fence' <<'END'
Run this:

    lanewise info
END
rejected 'unknown mark' <<'END'
<!-- test: skip -->
'''sh
false
'''
END
rejected 'a mark without a block' <<'END'
<!-- test: file a.csv -->
Text in between.
'''text
a
'''
END
rejected 'c: not a complete program' <<'END'
'''c
lw_net *net;
'''
END
rejected 'c: missing wrapper' <<'END'
<!-- test: wrap nothing -->
'''c
lw_net *net;
'''
END
rejected 'c: does not compile' <<'END'
'''c
#include <lanewise/nn.h>
int main(void) { return lw_net_no_such_function(); }
'''
END
rejected 'c: does not compile' <<'END'
'''c
int main(void) { int unused = 1; return 0; }
'''
END
rejected 'c: fails with exit code 3' <<'END'
'''c
int main(void) { return 3; }
'''
END
rejected 'c: does not compile' <<'END'
<!-- test: shown, wrong all the same -->
'''c
int main(void) { return }
'''
END
rejected 'text: output differs' <<'END'
'''c
#include <stdio.h>
int main(void) { return puts("one") < 0; }
'''
'''text
two
'''
END
rejected 'text: output differs' <<'END'
'''sh
echo one; echo two; echo three
'''
'''text
one
...
two
'''
END
rejected 'text: no block before this output' <<'END'
'''text
one
'''
END
rejected 'sh: fails with exit code 2' <<'END'
'''sh
lanewise train --no-such-option
'''
END
rejected 'sh: fails' <<'END'
'''sh
false
true
'''
END
rejected 'sh: fails' <<'END'
'''sh
./dev no-such-command
'''
END
rejected 'sh: fails' <<'END'
'''sh
./dev train --no-such-option
'''
END
rejected 'sh: fails' <<'END'
<!-- test: shown, it clones -->
'''sh
git clone https://example.org/lanewise.git
./dev test no-such-preset
'''
END
rejected 'sh: shell syntax error' <<'END'
<!-- test: shown, wrong all the same -->
'''sh
if true
'''
END
rejected 'cmake: cannot be configured' <<'END'
'''c
int main(void) { return 0; }
'''
'''cmake
add_subdirectory(lanewise)
target_link_libraries(program PRIVATE lanewise::no_such_part)
'''
END
if command -v python3 >/dev/null; then
    rejected 'python: fails' <<'END'
'''python
raise ValueError
'''
END
    rejected 'python: Python syntax error' <<'END'
<!-- test: shown, wrong all the same -->
'''python
def
'''
END
fi

echo "$checks pages, $failures failed"
[ "$failures" -eq 0 ] && [ "$checks" -gt 0 ]
