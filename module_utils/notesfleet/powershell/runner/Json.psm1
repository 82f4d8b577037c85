# A strict JSON reader: objects become dictionaries with ordinal keys, lists object[], integers [long]; dates stay
# texts, and what is not whole or not JSON is an error. ConvertFrom-Json does each of these otherwise in some version.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Its groups: what opens, what closes, a comma, a text, the colon that makes it a key, a number, a word.
$script:Token = New-Object regex ('\G[ \t\r\n]*(?:([{\[])|([}\]])|(,)|"([^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*)"(?:[ \t\r\n]*(:))?' +
    '|(-?(?:0|[1-9][0-9]{0,15}))(?![0-9.eE])|(true|false|null))[ \t\r\n]*')
$script:Words = @{ 'true' = $true; 'false' = $false; 'null' = $null }
$script:Escapes = @{ '"' = '"'; '\' = '\'; '/' = '/'; 'b' = "`b"; 'f' = "`f"; 'n' = "`n"; 'r' = "`r"; 't' = "`t" }
$script:Unescape = [System.Text.RegularExpressions.MatchEvaluator] {
    param($Match)
    $letter = $Match.Value.Substring(1, 1)
    if ($letter -ceq 'u') { return [string][char][System.Convert]::ToInt32($Match.Value.Substring(2), 16) }
    $script:Escapes[$letter]
}

function ConvertFrom-StrictJson {
    <# .SYNOPSIS
    The value of a JSON text, wrapped in an object (Value), for a list is unrolled on return. Throws bad_order. #>
    param([string] $Text)
    # One loop, as a call for each token costs most. It ends before a token that is wrong.
    $wantsValue, $wantsKey, $mayClose, $wantsComma = $true, $false, $false, $false
    $value, $within, $key, $around, $position = $null, $null, '', (New-Object System.Collections.Stack), 0
    foreach ($token in $script:Token.Matches($Text)) {
        $groups = $token.Groups
        if ($groups[3].Success) {
            if (-not $wantsComma) { break }
            $wantsKey = $within -is [hashtable]
            $wantsValue, $mayClose, $wantsComma = (-not $wantsKey), $false, $false
        }
        elseif ($groups[5].Success) {
            if (-not $wantsKey) { break }
            $key = Expand-JsonText $groups[4].Value
            $wantsValue, $wantsKey, $mayClose = $true, $false, $false
        }
        elseif ($groups[1].Success) {
            if (-not $wantsValue) { break }
            if ($around.Count -ge 80) { throw 'bad_order: JSON nested deeper than 40' }
            $around.Push($within)
            $around.Push($key)
            $wantsKey = $groups[1].Value -ceq '{'
            $within = $(if ($wantsKey) { New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal) } else { , (New-Object System.Collections.ArrayList) })
            $wantsValue, $mayClose, $wantsComma = (-not $wantsKey), $true, $false
        }
        else {
            if ($groups[2].Success) {
                if (-not $mayClose -or ($groups[2].Value -ceq '}') -ne ($within -is [hashtable])) { break }
                $value = $(if ($within -is [hashtable]) { $within } else { , $within.ToArray() })
                $key, $within = $around.Pop(), $around.Pop()
            }
            elseif (-not $wantsValue) { break }
            elseif ($groups[4].Success) { $value = Expand-JsonText $groups[4].Value }
            elseif ($groups[6].Success) { $value = [long]::Parse($groups[6].Value, [System.Globalization.CultureInfo]::InvariantCulture) }
            else { $value = $script:Words[$groups[7].Value] }
            if ($within -is [hashtable]) { $within[$key] = $value } elseif ($null -ne $within) { $null = $within.Add($value) }
            $mayClose = $wantsComma = $null -ne $within
            $wantsValue = $wantsKey = $false
        }
        $position = $token.Index + $token.Length
    }
    if ($wantsValue -or $null -ne $within -or $position -ne $Text.Length) { throw "bad_order: not JSON at character $position" }
    New-Object psobject -Property @{ Value = $value }
}

function Expand-JsonText {
    param([string] $Text)
    if ($Text.IndexOf('\') -lt 0) { return $Text }
    [regex]::Replace($Text, '\\(?:u.{4}|.)', $script:Unescape)
}

Export-ModuleMember -Function ConvertFrom-StrictJson
