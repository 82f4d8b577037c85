# Canonical text of JSON values: what is compared, hashed and journalled (action-engine section 1).
# Objects are dictionaries, lists are arrays, numbers are whole. ConvertTo-Json is never used: its text depends
# on the version of PowerShell.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:LargestInteger = 9007199254740992
$script:Short = @{ 34 = '\"'; 92 = '\\'; 8 = '\b'; 12 = '\f'; 10 = '\n'; 13 = '\r'; 9 = '\t' }
$script:Escape = [System.Text.RegularExpressions.MatchEvaluator] {
    param($Match)
    $number = [int]$Match.Value[0]
    if ($script:Short.ContainsKey($number)) { return $script:Short[$number] }
    '\u' + $number.ToString('x4', [System.Globalization.CultureInfo]::InvariantCulture)
}

function ConvertTo-CanonicalText {
    <# .SYNOPSIS
    The canonical text of a value. Throws unreadable for what has none (fractions, huge integers, '/Date(' texts). #>
    param($Value)
    $builder = New-Object System.Text.StringBuilder
    Add-CanonicalText -Builder $builder -Value $Value
    $builder.ToString()
}

function Add-CanonicalText {
    param([System.Text.StringBuilder] $Builder, $Value)
    if ($null -eq $Value) { $null = $Builder.Append('null') }
    elseif ($Value -is [string]) { Add-CanonicalString -Builder $Builder -Text $Value }
    elseif ($Value -is [bool]) { $null = $Builder.Append($(if ($Value) { 'true' } else { 'false' })) }
    elseif ($Value -is [int] -or $Value -is [long]) { Add-CanonicalInteger -Builder $Builder -Number $Value }
    elseif ($Value -is [System.Collections.IDictionary]) { Add-CanonicalObject -Builder $Builder -Object $Value }
    elseif ($Value -is [System.Collections.IList]) { Add-CanonicalList -Builder $Builder -List $Value }
    else { throw "unreadable: a $($Value.GetType().Name) has no canonical text" }
}

function Add-CanonicalInteger {
    param([System.Text.StringBuilder] $Builder, [long] $Number)
    if ($Number -gt $script:LargestInteger -or $Number -lt - $script:LargestInteger) {
        throw "unreadable: the integer $Number is outside 2^53"
    }
    $null = $Builder.Append($Number.ToString([System.Globalization.CultureInfo]::InvariantCulture))
}

function Add-CanonicalString {
    param([System.Text.StringBuilder] $Builder, [string] $Text)
    if ($Text.StartsWith('/Date(', [System.StringComparison]::Ordinal)) {
        throw "unreadable: a text must not begin with '/Date('"
    }
    $null = $Builder.Append('"')
    $null = $Builder.Append([regex]::Replace($Text, '[^ -~]|["\\]', $script:Escape))
    $null = $Builder.Append('"')
}

function Add-CanonicalObject {
    param([System.Text.StringBuilder] $Builder, [System.Collections.IDictionary] $Object)
    $names = Get-SortedKey -Keys @($Object.Keys)
    $null = $Builder.Append('{')
    for ($i = 0; $i -lt $names.Length; $i++) {
        if ($i) { $null = $Builder.Append(',') }
        Add-CanonicalString -Builder $Builder -Text $names[$i]
        $null = $Builder.Append(':')
        Add-CanonicalText -Builder $Builder -Value $Object[$names[$i]]
    }
    $null = $Builder.Append('}')
}

function Get-SortedKey {
    # Sorted as Python does, by code point. .NET sorts by halves of UTF-16, where U+E000 comes after all that has two.
    param([string[]] $Keys)
    [System.Array]::Sort($Keys, [System.StringComparer]::Ordinal)
    if ([string]::Concat($Keys) -cmatch '[\uD800-\uDFFF]') {
        $points = [string[]]@(foreach ($key in $Keys) { Get-CodePointText -Text $key })
        [System.Array]::Sort($points, $Keys, [System.StringComparer]::Ordinal)
    }
    , $Keys
}

function Get-CodePointText {
    # Its code points, six hex digits each; half a pair that stands alone is one, as in Python.
    param([string] $Text)
    $points = [regex]::Matches($Text, '[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S]')
    -join @(foreach ($each in $points) {
        $point = $(if ($each.Length -eq 2) { [char]::ConvertToUtf32($each.Value, 0) } else { [int][char]$each.Value })
        $point.ToString('x6', [System.Globalization.CultureInfo]::InvariantCulture)
    })
}

function Add-CanonicalList {
    param([System.Text.StringBuilder] $Builder, [System.Collections.IList] $List)
    $null = $Builder.Append('[')
    for ($i = 0; $i -lt $List.Count; $i++) {
        if ($i) { $null = $Builder.Append(',') }
        Add-CanonicalText -Builder $Builder -Value $List[$i]
    }
    $null = $Builder.Append(']')
}

function Test-CanonicalEqual {
    <# .SYNOPSIS
    Whether two values are equal: their canonical texts are, ordinally. #>
    param($Left, $Right)
    (ConvertTo-CanonicalText $Left) -ceq (ConvertTo-CanonicalText $Right)
}

function Get-CanonicalOrder {
    <# .SYNOPSIS
    The values sorted by canonical text, ordinally; wrapped in an object (Values), for a list is unrolled on return. #>
    param([object[]] $Values)
    $byText = New-Object 'System.Collections.Generic.SortedDictionary[string,object]' ([System.StringComparer]::Ordinal)
    foreach ($value in $Values) {
        $text = ConvertTo-CanonicalText $value
        if (-not $byText.ContainsKey($text)) { $byText[$text] = New-Object System.Collections.ArrayList }
        $null = $byText[$text].Add($value)
    }
    $list = New-Object System.Collections.ArrayList
    foreach ($same in $byText.Values) { $list.AddRange($same) }
    New-Object psobject -Property @{ Values = $list.ToArray() }
}

Export-ModuleMember -Function ConvertTo-CanonicalText, Test-CanonicalEqual, Get-CanonicalOrder
