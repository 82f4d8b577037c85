# A strict JSON reader: objects become dictionaries with ordinal keys, lists object[], integers [long]; dates stay
# texts, and what is not whole or not JSON is an error. ConvertFrom-Json does each of these otherwise in some version.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:DepthLimit = 40
# Its groups: what opens, what closes, a comma, a text, the colon that makes it a key, a number, a word.
$script:Token = New-Object regex ('\G[ \t\r\n]*(?:([{\[])|([}\]])|(,)|"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"(?:[ \t\r\n]*(:))?' +
    '|(-?(?:0|[1-9][0-9]{0,15}))(?![0-9.eE])|(true|false|null))[ \t\r\n]*')
$script:Words = @{ 'true' = $true; 'false' = $false; 'null' = $null }
$script:Escapes = @{ '"' = '"'; '\' = '\'; '/' = '/'; 'b' = "`b"; 'f' = "`f"; 'n' = "`n"; 'r' = "`r"; 't' = "`t" }
$script:Unescape = [System.Text.RegularExpressions.MatchEvaluator] {
    param($Match)
    $letter = $Match.Value.Substring(1, 1)
    if ($letter -ceq 'u' -and $Match.Length -eq 6) { return [string][char][System.Convert]::ToInt32($Match.Value.Substring(2), 16) }
    if (-not ('"\/bfnrt'.Contains($letter))) { throw 'bad_order: an escape that is not JSON' }
    $script:Escapes[$letter]
}

function ConvertFrom-StrictJson {
    <# .SYNOPSIS
    The value of a JSON text, wrapped in an object (Value), for a list is unrolled on return. Throws bad_order. #>
    param([string] $Text)
    # One loop, for a call of a function a token costs more than all the rest. What may come next: a value, a key, what
    # closes, a comma. Around it: the open lists and dictionaries, and the keys under which they belong.
    $value, $within, $key, $position = $null, $null, '', 0
    $wantsValue, $wantsKey, $mayClose, $wantsComma = $true, $false, $false, $false
    $around, $keys = (New-Object System.Collections.Stack), (New-Object System.Collections.Stack)
    foreach ($token in $script:Token.Matches($Text)) {
        $position = $token.Index + $token.Length
        $groups = $token.Groups
        if ($groups[3].Success) {
            if (-not $wantsComma) { throw "bad_order: a comma that is not JSON before character $position" }
            $wantsKey = $within -is [hashtable]
            $wantsValue, $mayClose, $wantsComma = (-not $wantsKey), $false, $false
            continue
        }
        if ($groups[5].Success) {
            if (-not $wantsKey) { throw "bad_order: a key that is not JSON before character $position" }
            $key = Expand-JsonText $groups[4].Value
            $wantsValue, $wantsKey, $mayClose = $true, $false, $false
            continue
        }
        if ($groups[2].Success) {
            if (-not $mayClose -or ($groups[2].Value -ceq '}') -ne ($within -is [hashtable])) { throw "bad_order: an end that is not JSON before character $position" }
            $value = $(if ($within -is [hashtable]) { $within } else { , $within.ToArray() })
            $within, $key = $around.Pop(), $keys.Pop()
        }
        elseif (-not $wantsValue) { throw "bad_order: a value that is not JSON before character $position" }
        elseif ($groups[1].Success) {
            if ($around.Count -ge $script:DepthLimit) { throw 'bad_order: JSON nested too deep' }
            $around.Push($within)
            $keys.Push($key)
            $wantsKey = $groups[1].Value -ceq '{'
            $within = $(if ($wantsKey) { New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal) } else { , (New-Object System.Collections.ArrayList) })
            $wantsValue, $mayClose, $wantsComma = (-not $wantsKey), $true, $false
            continue
        }
        elseif ($groups[4].Success) { $value = Expand-JsonText $groups[4].Value }
        elseif ($groups[6].Success) { $value = [long]::Parse($groups[6].Value, [System.Globalization.CultureInfo]::InvariantCulture) }
        else { $value = $script:Words[$groups[7].Value] }
        if ($within -is [hashtable]) { $within[$key] = $value } elseif ($null -ne $within) { $null = $within.Add($value) }
        $wantsValue, $wantsKey, $mayClose, $wantsComma = $false, $false, ($null -ne $within), ($null -ne $within)
    }
    if ($wantsValue -or $null -ne $within -or $position -ne $Text.Length) { throw "bad_order: not JSON at character $position" }
    New-Object psobject -Property @{ Value = $value }
}

function Expand-JsonText {
    param([string] $Text)
    if ($Text.IndexOf('\') -lt 0) { return $Text }
    [regex]::Replace($Text, '\\(?:u[0-9a-fA-F]{4}|.)', $script:Unescape)
}

Export-ModuleMember -Function ConvertFrom-StrictJson
