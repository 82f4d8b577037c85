# Appends records to an order's journal, each flushed before what follows it (action-engine section 7).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function New-JournalWriter {
    <# .SYNOPSIS
    One open journal: what is in it counts in Progress as soon as it is on the disk. Throws journal_damaged. #>
    param([string] $Path, $Journal, [bool[]] $Conditions)
    New-Object psobject -Property @{
        Path = $Path; Digits = $Journal.Digits; LacksNewline = $Journal.LacksNewline
        Progress = (New-Progress -Conditions $Conditions -Records $Journal.Records)
    }
}

function Write-JournalRecord {
    <# .SYNOPSIS
    Append one record, with its kind and the time. #>
    param($Writer, [string] $Kind, [System.Collections.IDictionary] $Fields)
    $record = @{ k = $Kind; t = (Format-Moment (Get-RunnerTime)) }
    foreach ($name in $Fields.Keys) { $record[$name] = $Fields[$name] }
    $line = New-JournalLine -Digits $Writer.Digits -Record $record
    $text = $(if ($Writer.LacksNewline) { "`n" + $line.Text } else { $line.Text })
    Add-JournalLine -Path $Writer.Path -Line $script:Latin1.GetBytes($text)
    $Writer.Digits = $line.Digits
    $Writer.LacksNewline = $false
    Add-ProgressRecord -Progress $Writer.Progress -Record $record
}

Export-ModuleMember -Function New-JournalWriter, Write-JournalRecord
