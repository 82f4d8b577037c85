# notes.ini, byte for byte: lines are kept as they lie in the file, only the lines of one name are decoded
# (notes_client 2; action-engine section 11, part kind `ini`).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Of bytes, so that a no-break space stays one.
$script:Blanks = [char[]]@(9, 10, 11, 12, 13, 32)

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
    try { $text = $encoding.GetString($Data) } catch [System.ArgumentException] { $text = $null }
    # Some characters have two codes, of which only one is ever written.
    if ($null -ne $text -and -not $encoding.IsSingleByte -and $script:Latin1.GetString((ConvertTo-Ansi $text $CodePage)) -cne $script:Latin1.GetString($Data)) {
        throw "unreadable: bytes that code page $CodePage writes otherwise"
    }
    if ($null -ne $text) { return $text }
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
        if ($text.TrimStart($script:Blanks).StartsWith('[', [System.StringComparison]::Ordinal)) { $inside = (ConvertTo-AsciiLower $text.Trim($script:Blanks)) -ceq '[notes]' }
        elseif ($inside -and $text.IndexOf('=') -ge 0) {
            # What cannot be decoded is nobody's name, and stays as it is.
            try { $name = ConvertTo-IniName (ConvertFrom-Ansi -Data $script:Latin1.GetBytes($text.Substring(0, $text.IndexOf('='))) -CodePage $CodePage) }
            catch { if ((Get-Failure $_).Code -cne 'unreadable') { throw } }
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

function Get-IniLine {
    <# .SYNOPSIS
    Number (from 0) and whole Text of the lines of a name. #>
    param($Ini, [string] $Name)
    $folded = ConvertTo-IniName $Name
    for ($number = 0; $number -lt $Ini.Lines.Count; $number++) {
        if ($Ini.Lines[$number].Name -cne $folded) { continue }
        $text = ConvertFrom-Ansi -Data $script:Latin1.GetBytes($Ini.Lines[$number].Text) -CodePage $Ini.CodePage
        New-Object psobject -Property @{ Number = $number; Text = $text }
    }
}

function Get-IniValue {
    <# .SYNOPSIS
    The values of all lines of a name, in their order. #>
    param($Ini, [string] $Name)
    foreach ($line in @(Get-IniLine $Ini $Name)) { $line.Text.Substring($line.Text.IndexOf('=') + 1) }
}

function Get-KeptLine {
    <# .SYNOPSIS
    What Restore-IniLine needs: for each line of a name [number, whole text with its line end]. #>
    param($Ini, [string] $Name)
    foreach ($line in @(Get-IniLine $Ini $Name)) { , @($line.Number, ($line.Text + $Ini.Lines[$line.Number].Eol)) }
}

function Set-IniValue {
    <# .SYNOPSIS
    These values where the first line of the name stood, with its line end; further lines dropped; none: appended to
    its section. #>
    param($Ini, [string] $Name, [string[]] $Values)
    $lines = @(Get-IniLine $Ini $Name)
    $place = $(if ($lines.Count) { $lines[0].Number } else { Get-IniSectionEnd $Ini })
    $spelled = $(if ($lines.Count) { $lines[0].Text.Substring(0, $lines[0].Text.IndexOf('=')) } else { $Name })
    $eol = "`r`n"
    if ($lines.Count) { $eol = $Ini.Lines[$place].Eol }
    elseif ($place -and $place -eq $Ini.Lines.Count) { if (-not $Ini.Lines[$place - 1].Eol) { $eol = '' } }
    Remove-IniLine -Ini $Ini -Name $Name
    for ($i = 0; $i -lt $Values.Length; $i++) {
        $end = $(if ($eol -or $i -eq $Values.Length - 1) { $eol } else { "`r`n" })
        Add-IniLine -Ini $Ini -Place ($place + $i) -Text "$spelled=$($Values[$i])" -Eol $end -Name $Name
    }
}

function Restore-IniLine {
    <# .SYNOPSIS
    Exactly these lines (of Get-KeptLine) of the name again: the undo of Set-IniValue. #>
    param($Ini, [string] $Name, [object[]] $Keep)
    $last = $Ini.Lines.Count - 1
    $openEnd = $last -ge 0 -and $Ini.Lines[$last].Name -ceq (ConvertTo-IniName $Name) -and -not $Ini.Lines[$last].Eol
    Remove-IniLine -Ini $Ini -Name $Name
    # The line had been appended to a file whose last line had no end.
    if (-not $Keep.Length -and $openEnd -and $Ini.Lines.Count) { $Ini.Lines[$Ini.Lines.Count - 1].Eol = '' }
    foreach ($line in @($Keep | Sort-Object -Property { [int]$_[0] })) {
        $text = ([string]$line[1]).TrimEnd([char[]]@(13, 10))
        Add-IniLine -Ini $Ini -Place ([int]$line[0]) -Text $text -Eol ([string]$line[1]).Substring($text.Length) -Name $Name
    }
}

function Remove-IniLine {
    param($Ini, [string] $Name)
    $folded = ConvertTo-IniName $Name
    for ($number = $Ini.Lines.Count - 1; $number -ge 0; $number--) {
        if ($Ini.Lines[$number].Name -ceq $folded) { $Ini.Lines.RemoveAt($number) }
    }
}

function Add-IniLine {
    # A line that no longer is the last gets a line end.
    param($Ini, [int] $Place, [string] $Text, [string] $Eol, [string] $Name)
    $data = $script:Latin1.GetString((ConvertTo-Ansi -Text $Text -CodePage $Ini.CodePage))
    $line = New-Object psobject -Property @{ Text = $data; Eol = $Eol; Name = (ConvertTo-IniName $Name) }
    $Ini.Lines.Insert([Math]::Min($Place, $Ini.Lines.Count), $line)
    for ($number = 0; $number -lt $Ini.Lines.Count - 1; $number++) {
        if (-not $Ini.Lines[$number].Eol) { $Ini.Lines[$number].Eol = "`r`n" }
    }
}

function Get-IniSectionEnd {
    # Behind the last line of [Notes]; the file's end where it has no further section.
    param($Ini)
    $inside, $place = $true, 0
    for ($number = 0; $number -lt $Ini.Lines.Count; $number++) {
        $text = $Ini.Lines[$number].Text
        if ($text.TrimStart($script:Blanks).StartsWith('[', [System.StringComparison]::Ordinal)) { $inside = (ConvertTo-AsciiLower $text.Trim($script:Blanks)) -ceq '[notes]' }
        if ($inside) { $place = $number + 1 }
    }
    $place
}

function ConvertTo-IniData {
    <# .SYNOPSIS
    The file's bytes. #>
    param($Ini)
    $builder = New-Object System.Text.StringBuilder
    foreach ($line in $Ini.Lines) { $null = $builder.Append($line.Text).Append($line.Eol) }
    , $script:Latin1.GetBytes($builder.ToString())
}

Export-ModuleMember -Function ConvertFrom-Ansi, ConvertTo-Ansi, Read-NotesIni, ConvertTo-IniName, Get-IniLine, Get-KeptLine, Get-IniValue, Set-IniValue, Restore-IniLine, ConvertTo-IniData
