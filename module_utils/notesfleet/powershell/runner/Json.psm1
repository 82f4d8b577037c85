# A strict JSON reader: objects become dictionaries with ordinal keys, lists object[], integers [long]; dates stay
# texts, and what is not whole or not JSON is an error. ConvertFrom-Json does each of these otherwise in some version.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:DepthLimit = 40
$script:Token = New-Object regex ('\G[ \t\r\n]*(?:(?<mark>[{}\[\],:])|"(?<text>[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"' +
    '|(?<number>-?(?:0|[1-9][0-9]{0,15}))(?![0-9.eE])|(?<word>true|false|null))')
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
    $reader = New-Object psobject -Property @{ Text = $Text; Position = 0; Depth = 0; Value = $null }
    Read-JsonValue -Reader $reader -Token (Read-JsonToken $reader)
    if ($reader.Text.Substring($reader.Position).Trim(" `t`r`n".ToCharArray()).Length) { throw 'bad_order: text after the JSON value' }
    New-Object psobject -Property @{ Value = $reader.Value }
}

function Read-JsonToken {
    param($Reader)
    $match = $script:Token.Match($Reader.Text, $Reader.Position)
    if (-not $match.Success) { throw "bad_order: not JSON at character $($Reader.Position)" }
    $Reader.Position = $match.Index + $match.Length
    $match
}

function Read-JsonValue {
    param($Reader, $Token)
    if ($Token.Groups['text'].Success) { $Reader.Value = Expand-JsonText $Token.Groups['text'].Value }
    elseif ($Token.Groups['number'].Success) {
        $Reader.Value = [long]::Parse($Token.Groups['number'].Value, [System.Globalization.CultureInfo]::InvariantCulture)
    }
    elseif ($Token.Groups['word'].Success) { $Reader.Value = @{ 'true' = $true; 'false' = $false; 'null' = $null }[$Token.Groups['word'].Value] }
    else {
        if (++$Reader.Depth -gt $script:DepthLimit) { throw 'bad_order: JSON nested too deep' }
        switch -CaseSensitive ($Token.Groups['mark'].Value) {
            '{' { Read-JsonObject $Reader }
            '[' { Read-JsonList $Reader }
            default { throw "bad_order: not JSON at character $($Reader.Position)" }
        }
        $Reader.Depth--
    }
}

function Expand-JsonText {
    param([string] $Text)
    if ($Text.IndexOf('\') -lt 0) { return $Text }
    [regex]::Replace($Text, '\\(?:u[0-9a-fA-F]{4}|.)', $script:Unescape)
}

function Read-JsonObject {
    param($Reader)
    $object = New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal)
    $token = Read-JsonToken $Reader
    while ($token.Groups['mark'].Value -cne '}') {
        if (-not $token.Groups['text'].Success) { throw 'bad_order: an object key that is no text' }
        $name = Expand-JsonText $token.Groups['text'].Value
        if ((Read-JsonToken $Reader).Groups['mark'].Value -cne ':') { throw 'bad_order: no colon after an object key' }
        Read-JsonValue -Reader $Reader -Token (Read-JsonToken $Reader)
        $object[$name] = $Reader.Value
        $token = Read-JsonSeparator -Reader $Reader -End '}'
    }
    $Reader.Value = $object
}

function Read-JsonList {
    param($Reader)
    $list = New-Object System.Collections.ArrayList
    $token = Read-JsonToken $Reader
    while ($token.Groups['mark'].Value -cne ']') {
        Read-JsonValue -Reader $Reader -Token $token
        $null = $list.Add($Reader.Value)
        $token = Read-JsonSeparator -Reader $Reader -End ']'
    }
    $Reader.Value = $list.ToArray()
}

function Read-JsonSeparator {
    param($Reader, [string] $End)
    $token = Read-JsonToken $Reader
    if ($token.Groups['mark'].Value -ceq $End) { return $token }
    if ($token.Groups['mark'].Value -cne ',') { throw "bad_order: neither a comma nor '$End'" }
    $token = Read-JsonToken $Reader
    if ($token.Groups['mark'].Value -ceq $End) { throw "bad_order: a comma before '$End'" }
    $token
}

Export-ModuleMember -Function ConvertFrom-StrictJson
