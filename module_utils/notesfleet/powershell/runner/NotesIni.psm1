# notes.ini, byte for byte: lines are kept as they lie in the file, only the lines of one name are decoded
# (notes_client 2; action-engine section 11, part kind `ini`).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Latin1 = [System.Text.Encoding]::GetEncoding(28591)

function Get-AnsiEncoding {
    # Strict both ways: what the code page has not is an error, never a question mark.
    param([int] $CodePage)
    [System.Text.Encoding]::GetEncoding($CodePage, [System.Text.EncoderFallback]::ExceptionFallback, [System.Text.DecoderFallback]::ExceptionFallback)
}

function ConvertFrom-Ansi {
    <# .SYNOPSIS
    The text of bytes in a code page; bytes that it leaves undefined read as the C1 character of that number, as in Windows. #>
    param([byte[]] $Data, [int] $CodePage)
    $encoding = Get-AnsiEncoding $CodePage
    try { return $encoding.GetString($Data) } catch [System.ArgumentException] { $null = $_ }
    if (-not $encoding.IsSingleByte) { throw "unreadable: bytes that code page $CodePage does not have" }
    $builder = New-Object System.Text.StringBuilder
    foreach ($byte in $Data) {
        try { $null = $builder.Append($encoding.GetString([byte[]]@($byte))) }
        catch [System.ArgumentException] { $null = $builder.Append([char]$byte) }
    }
    $builder.ToString()
}

function ConvertTo-Ansi {
    <# .SYNOPSIS
    The bytes of a text in a code page. Throws not_in_code_page. #>
    param([string] $Text, [int] $CodePage)
    $encoding = Get-AnsiEncoding $CodePage
    try { return , $encoding.GetBytes($Text) } catch [System.ArgumentException] { $null = $_ }
    $data = New-Object System.Collections.ArrayList
    foreach ($character in $Text.ToCharArray()) { $data.AddRange((ConvertTo-AnsiCharacter -Character $character -Encoding $encoding)) }
    , [byte[]]$data.ToArray()
}

function ConvertTo-AnsiCharacter {
    param([char] $Character, [System.Text.Encoding] $Encoding)
    try { return , $Encoding.GetBytes([char[]]@($Character)) } catch [System.ArgumentException] { $null = $_ }
    $number = [int]$Character
    $refused = "not_in_code_page: U+$($number.ToString('X4')) is not in code page $($Encoding.CodePage)"
    if ($number -lt 0x80 -or $number -gt 0x9f -or -not $Encoding.IsSingleByte) { throw $refused }
    try { $null = $Encoding.GetString([byte[]]@($number)) } catch [System.ArgumentException] { return , [byte[]]@($number) }
    throw $refused
}

function Read-NotesIni {
    <# .SYNOPSIS
    The lines of a notes.ini: each with Text (Latin-1 of its bytes), Eol and Name (lower case; null outside [Notes]). #>
    param([byte[]] $Data, [int] $CodePage)
    $lines = New-Object System.Collections.ArrayList
    $inside = $true
    foreach ($match in [regex]::Matches($script:Latin1.GetString($Data), '([^\r\n]*)(\r\n|\n|\r|$)')) {
        if (-not $match.Length) { continue }
        $text = $match.Groups[1].Value
        $name = $null
        if ($text.TrimStart().StartsWith('[', [System.StringComparison]::Ordinal)) { $inside = (ConvertTo-IniName $text) -ceq '[notes]' }
        elseif ($inside -and $text.IndexOf('=') -ge 0) {
            $name = ConvertTo-IniName (ConvertFrom-Ansi -Data $script:Latin1.GetBytes($text.Substring(0, $text.IndexOf('='))) -CodePage $CodePage)
        }
        $null = $lines.Add((New-Object psobject -Property @{ Text = $text; Eol = $match.Groups[2].Value; Name = $name }))
    }
    New-Object psobject -Property @{ Lines = $lines; CodePage = $CodePage }
}

function ConvertTo-IniName {
    <# .SYNOPSIS
    A name as it is compared: trimmed, A-Z in lower case. #>
    param([string] $Name)
    ConvertTo-AsciiLower $Name.Trim()
}
Export-ModuleMember -Function ConvertFrom-Ansi, ConvertTo-Ansi, Read-NotesIni, ConvertTo-IniName
