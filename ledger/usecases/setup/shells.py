"""The scripts by which shells complete command lines: each asks `ledger complete`.

A line of its answer is a candidate, and behind a tab what is said of it; `:file` and `:folder`
leave it to the shell. Each quotes what it puts in as its shell does.
"""

from __future__ import annotations

BASH = r"""# ledger: Tab completion for bash
_ledger_complete() {
    local word="${COMP_WORDS[COMP_CWORD]}" line value told quoted before="" begun=""
    local -a words=() values=() shown=()
    local i
    # Bash takes words apart at = and :, the program does not.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        line="${COMP_WORDS[i]}"
        if ((i > 1)) && [[ $line == [=:]* || ${COMP_WORDS[i-1]} == *[=:] ]] &&
            [[ ${COMP_LINE:0:COMP_POINT} == *"${COMP_WORDS[i-1]}$line"* ]]; then
            words[${#words[@]}-1]+="$line"
        else
            words+=("$line")
        fi
    done
    ((${#words[@]})) || words=("")
    [[ $word == [=:] ]] && word=""
    # The word as it is meant: without a quotation mark that is still open, and backslashes.
    local last="${words[${#words[@]}-1]}" mark="${word:0:1}"
    [[ $mark == [\"\'] ]] || mark=""
    for ((i = 0; i < ${#words[@]}; i++)); do
        line="${words[i]}"
        if [[ $line == [\"\']* ]]; then
            [[ ${#line} -gt 1 && ${line: -1} == "${line:0:1}" ]] && line="${line%?}"
            line="${line:1}"
        else
            line="${line//\\/}"
        fi
        words[i]="$line"
    done
    [[ $last == *:* && $last != *=* ]] && before="${words[${#words[@]}-1]%"${word#[\"\']}"}"
    while IFS=$'\t' read -r value told; do
        case $value in
            :file) compopt -o default 2>/dev/null; COMPREPLY=(); return ;;
            :folder) compopt -o dirnames 2>/dev/null; COMPREPLY=(); return ;;
        esac
        [[ $value == "$before"* ]] || continue
        value="${value#"$before"}"
        case $mark in
            \") quoted="${value//\\/\\\\}"; quoted="${quoted//\"/\\\"}"
                quoted="${quoted//\$/\\\$}"; quoted="${quoted//\`/\\\`}" ;;
            \') quoted="${value//\'/\'\\\'\'}" ;;
            *) quoted="$(_ledger_quoted "$value")" ;;
        esac
        values+=("$quoted")
        shown+=("$quoted${told:+  $told}")
        [[ $value == "$word"* ]] && begun=1
    done < <(ledger complete bash "${words[@]}" 2>/dev/null)
    if ((${#values[@]} > 1)); then
        COMPREPLY=("${shown[@]}")
        # What several have in common would stand in the place of the letters that mean them.
        [[ $begun ]] || COMPREPLY+=(" ")
    else
        COMPREPLY=("${values[@]}")
    fi
}
_ledger_quoted() {
    local text="$1" out="" i
    for ((i = 0; i < ${#text}; i++)); do
        case "${text:i:1}" in
            [\ \"\'\\\$\`\&\|\;\<\>\(\)\*\?\[\]\{\}\!\#\~]) out+="\\${text:i:1}" ;;
            *) out+="${text:i:1}" ;;
        esac
    done
    printf %s "$out"
}
complete -o nosort -F _ledger_complete ledger 2>/dev/null || complete -F _ledger_complete ledger
"""

ZSH = r"""#compdef ledger
# ledger: Tab completion for zsh
_ledger() {
    local line value
    local -a values shown begun
    [[ $PREFIX == --*=* ]] && compset -P '*='
    for line in "${(@f)$(ledger complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        value=${line%%$'\t'*}
        case $value in
            '') continue ;;
            :file) _files; return ;;
            :folder) _files -/; return ;;
        esac
        values+=("$value")
        if [[ $line == *$'\t'* ]]; then
            shown+=("$value  ${line#*$'\t'}")
        else
            shown+=("$value")
        fi
        [[ $value == ${(Q)PREFIX}* ]] && begun+=("$value")
    done
    (( $#values )) || return 1
    # What is typed in letters begins none of them, and would be taken away.
    (( $#values > 1 && ! $#begun )) && compstate[insert]=menu
    compadd -U -i "$IPREFIX" -V ledger -l -d shown -a values
}
if [[ $funcstack[1] == _ledger ]]; then
    _ledger "$@"
elif (( $+functions[compdef] )); then
    compdef _ledger ledger
fi
"""

FISH = r"""# ledger: Tab completion for fish
function __ledger_complete
    set -l words (commandline -opc) (string unescape -- (commandline -ct | string collect))
    test (count (commandline -ct)) -eq 0; and set -a words ''
    set -l lines (ledger complete fish $words[2..-1] 2>/dev/null)
    set -l before ''
    string match -q -- '--*=*' $words[-1]
    and set before (string replace -r '=.*' '=' -- $words[-1])
    for line in $lines
        switch $line
            case ':file'
                __fish_complete_path (commandline -ct)
            case ':folder'
                __fish_complete_directories (commandline -ct) ''
            case '*'
                printf '%s%s\n' $before $line
        end
    end
end
complete -c ledger -f -a '(__ledger_complete)'
"""

POWERSHELL = r"""# ledger: Tab completion for PowerShell
Register-ArgumentCompleter -Native -CommandName ledger -ScriptBlock {
    param($word, $commandAst, $cursor)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursor } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    if ($word -eq '') { $words += '' }
    $before = if ($word -like '--*=*') { $word.Substring(0, $word.IndexOf('=') + 1) } else { '' }
    [Console]::OutputEncoding = [Text.Encoding]::UTF8
    $env:PYTHONIOENCODING = 'utf-8'
    ledger complete powershell @words 2>$null | ForEach-Object {
        $value, $told = $_ -split "`t", 2
        if ($value -in ':file', ':folder') { return }
        if (-not $told) { $told = $value }
        $quoted = $value
        if ($value -notmatch '^[\w\-.]+$') { $quoted = "'" + $value.Replace("'", "''") + "'" }
        $result = "$before$quoted", $value, 'ParameterValue', $told
        New-Object Management.Automation.CompletionResult $result
    }
}
"""
