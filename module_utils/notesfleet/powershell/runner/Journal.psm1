# The journal: one record a line, each chained to the one before (action-engine section 7).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Read-Journal {
    <# .SYNOPSIS
    The valid records of a journal's bytes: Records, Digits to continue from, LacksNewline. Throws journal_damaged. #>
    param([byte[]] $Data)
    if ($Data.Length -gt $script:JournalLimit) { throw "journal_damaged: the journal has $($Data.Length) bytes" }
    $text = $script:Latin1.GetString($Data)
    $journal = New-Object psobject -Property @{
        Records = (New-Object System.Collections.ArrayList); Digits = ''; Skipped = ''; Suspect = 0
        LacksNewline = ($Data.Length -gt 0 -and $Data[$Data.Length - 1] -ne 10)
    }
    $number = 0
    foreach ($line in $text.Split([char]10)) {
        $number++
        if ($line.Length) { Add-JournalText -Journal $journal -Line $line -Number $number }
    }
    if ($journal.Suspect) { throw "journal_damaged: line $($journal.Suspect) of the journal does not fit the line before it" }
    $journal
}

function Add-JournalText {
    param($Journal, [string] $Line, [int] $Number)
    $record = ConvertFrom-JournalLine $Line
    if ($null -ne $record -and (Test-JournalDigits -Digits $Journal.Digits -Line $Line)) {
        $null = $Journal.Records.Add($record)
        $Journal.Digits = $Line.Substring(0, 16)
        $Journal.Skipped = ''
        $Journal.Suspect = 0
    }
    elseif ($null -ne $record -and $Journal.Skipped -and (Test-JournalDigits -Digits $Journal.Skipped -Line $Line)) {
        throw "journal_damaged: line $Number of the journal continues a line that does not fit"
    }
    else {
        $Journal.Skipped = $Line.Substring(0, [Math]::Min(16, $Line.Length))
        if ($null -ne $record -and -not $Journal.Suspect) { $Journal.Suspect = $Number }
    }
}

function ConvertFrom-JournalLine {
    param([string] $Line)
    if ($Line.Length -lt 18 -or $Line[16] -ne ' ') { return $null }
    try { $value = (ConvertFrom-StrictJson $Line.Substring(17)).Value } catch { return $null }
    if ($value -is [System.Collections.IDictionary] -and $value['k'] -is [string]) { $value } else { $null }
}

function Test-JournalDigits {
    param([string] $Digits, [string] $Line)
    (Get-Sha256Text $script:Latin1.GetBytes($Digits + $Line.Substring(17))).Substring(0, 16) -ceq $Line.Substring(0, 16)
}

function New-JournalLine {
    <# .SYNOPSIS
    The line (Text, with LF) and the new Digits of a record after a line with these digits. #>
    param([string] $Digits, [System.Collections.IDictionary] $Record)
    $text = ConvertTo-CanonicalText $Record
    $new = (Get-Sha256Text $script:Latin1.GetBytes($Digits + $text)).Substring(0, 16)
    New-Object psobject -Property @{ Digits = $new; Text = "$new $text`n" }
}

Export-ModuleMember -Function Read-Journal, New-JournalLine
