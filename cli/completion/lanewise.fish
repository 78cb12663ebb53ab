# Completion of lanewise for fish: asks the command, so it knows what the installed one knows.

function __lanewise_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l prefix ''
    # --option=value: two words to the command, and both in what is offered.
    if string match -q -- '--*=*' $current
        set prefix (string replace -r -- '=.*' '=' $current)
        set before $before (string replace -r -- '=.*' '' $current)
        set current (string replace -r -- '^[^=]*=' '' $current)
    end
    set -l ask --complete $before[2..-1] "$current"
    if test (count $before) -gt 1
        set ask $before[2] --complete $before[3..-1] "$current"
    end
    for line in ($before[1] $ask 2>/dev/null)
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
