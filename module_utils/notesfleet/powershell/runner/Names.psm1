# How Notes names and paths are compared (action-engine section 11): never on the text as it stands.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Label = New-Object regex '(^|/)\s*(?:cn|ou|o|c)\s*=\s*', 'IgnoreCase, CultureInvariant'
$script:Capital = New-Object regex '[A-Z]+'
$script:ToLower = [System.Text.RegularExpressions.MatchEvaluator] { param($Match) $Match.Value.ToLowerInvariant() }

function ConvertTo-AsciiLower {
    <# .SYNOPSIS
    ASCII A-Z to lower case, nothing else: the same in both languages and every culture. #>
    param([string] $Text)
    $script:Capital.Replace($Text, $script:ToLower)
}

function ConvertTo-FoldedText {
    <# .SYNOPSIS
    The form in which a text, a name (without CN=, OU=, O=, C=) or a path (\, no .nsf) is compared. #>
    param([string] $Text, [string] $As)
    switch -CaseSensitive ($As) {
        'name' { return ConvertTo-AsciiLower $script:Label.Replace($Text.Trim(), '$1') }
        'path' {
            $path = ConvertTo-AsciiLower $Text.Trim().Replace('/', '\')
            if ($path.EndsWith('.nsf', [System.StringComparison]::Ordinal)) { return $path.Substring(0, $path.Length - 4) }
            return $path
        }
        default { return $Text }
    }
}

function Test-SameText {
    <# .SYNOPSIS
    Whether two texts are the same as text, name or path. #>
    param([string] $Left, [string] $Right, [string] $As)
    (ConvertTo-FoldedText $Left $As) -ceq (ConvertTo-FoldedText $Right $As)
}

function Test-AmongTexts {
    <# .SYNOPSIS
    Whether one of the choices is the same. #>
    param([string] $Text, [string[]] $Choices, [string] $As)
    $wanted = ConvertTo-FoldedText $Text $As
    foreach ($choice in $Choices) { if ((ConvertTo-FoldedText $choice $As) -ceq $wanted) { return $true } }
    $false
}

function Limit-Text {
    <# .SYNOPSIS
    A text from Notes as a `saw` record holds it. #>
    param([string] $Text)
    if ($Text.Length -gt 1024) { $Text.Substring(0, 1024) } else { $Text }
}

function Get-SortedTexts {
    <# .SYNOPSIS
    Different texts sorted ordinally. #>
    param([string[]] $Texts)
    $set = New-Object 'System.Collections.Generic.SortedDictionary[string,bool]' ([System.StringComparer]::Ordinal)
    foreach ($text in $Texts) { $set[$text] = $true }
    @($set.Keys)
}

Export-ModuleMember -Function ConvertTo-AsciiLower, ConvertTo-FoldedText, Test-SameText, Test-AmongTexts, Limit-Text, Get-SortedTexts
