# Completion of lanewise for fish. The installed command computes the candidates.

function __lanewise_complete
    set -l previous (commandline -opc)
    set -l current (commandline -ct)
    set -l prefix ''
    # --option=value: pass two words to the command, and print candidates with both.
    if string match -q -- '--*=*' $current
        set prefix (string replace -r -- '=.*' '=' $current)
        set previous $previous (string replace -r -- '=.*' '' $current)
        set current (string replace -r -- '^[^=]*=' '' $current)
    end
    set -l query --complete $previous[2..-1] "$current"
    if test (count $previous) -gt 1
        set query $previous[2] --complete $previous[3..-1] "$current"
    end
    for line in ($previous[1] $query 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$current" | string replace -r -- '^' "$prefix"
            case ':directory'
                set -l kept (string replace -r -- '[^:]*$' '' $current)
                __fish_complete_directories (string replace -r -- '^.*:' '' $current) '' |
                    string replace -r -- '^' "$prefix$kept"
            case '*'
                echo $prefix$line
        end
    end
end

complete -c lanewise -f -a '(__lanewise_complete)'
